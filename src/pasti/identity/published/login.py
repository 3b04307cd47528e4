"""Signing up and signing in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.kernel.publish.types import ActionName, Measure, Purpose, SubjectRecords

# Accounts residents made themselves in the period, in the area, as known at `as_of`.
_MADE = """FROM identity_signup
WHERE state = 'done' AND done_at >= %(start)s AND done_at < %(end)s AND done_at <= %(as_of)s
  AND starts_with(rt_code || '.', %(area)s || '.')
"""
_COUNTS = f"""SELECT count(*) FILTER (WHERE way = 'passkey') AS with_passkey, count(*) AS everyone {_MADE}"""
_SHARE = f"""SELECT with_passkey AS numerator, everyone AS denominator,
  round(100.0 * with_passkey / nullif(everyone, 0), 4) AS value, everyone AS row_count
FROM ({_COUNTS}) AS counted
"""
_SIGN_UPS = f"""SELECT everyone AS numerator, NULL::bigint AS denominator, everyone AS value, everyone AS row_count
FROM ({_COUNTS}) AS counted
"""
_PROOF = {
    "newest_sql": "SELECT max(done_at) FROM identity_signup WHERE state = 'done' AND done_at < %(end)s",
    "records_sql": f"""SELECT id::text AS record_id, encode(sha256(convert_to(
    concat_ws('|', id, way, rt_code, extract(epoch FROM done_at)), 'UTF8')), 'hex') AS digest
{_MADE}ORDER BY id""",
    "sample_sql": f"""SELECT left(id::text, 4) || '…' AS akun, way AS cara, left(rt_code, 13) AS kelurahan,
  done_at::date AS dibuat {_MADE}ORDER BY done_at DESC LIMIT 5""",
}

MEASURES = [
    Measure(
        code="identity.sign_ups", version=1, name_id="Akun yang dibuat sendiri oleh warga",
        name_en="Accounts residents made themselves", unit="akun", grain="month", rollup="sum",
        method_id="Pendaftaran yang dicocokkan dengan register dan selesai dalam kurun.",
        method_en="Sign-ups matched to the register and finished within the period.", sql=_SIGN_UPS, **_PROOF,
    ),
    Measure(
        code="identity.passkey_share", version=1, name_id="Akun baru dengan kunci sandi",
        name_en="New accounts with a passkey", unit="persen", grain="month", rollup="ratio",
        method_id="Pendaftaran yang memilih kunci sandi dibagi semua pendaftaran yang selesai dalam kurun, kali 100.",
        method_en="Sign-ups that chose a passkey over all sign-ups finished within the period, times 100.",
        sql=_SHARE, **_PROOF,
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("identity.sign_up", "Membuat akun sendiri", "Making one's own account", "UU 25/2009; UU 27/2022 Pasal 20"),
]

ACTIONS = [
    ActionName("accounts.signed_up", "membuat akun PASTI dengan data Anda", "made a PASTI account with your data"),
    ActionName("accounts.shut", "berkali-kali salah mengetik kata sandi atau kode akun Anda, lalu ditahan",
               "mistyped your account's password or code again and again, and was held off"),
    ActionName("accounts.session_ended", "mengeluarkan perangkat dari akun Anda", "signed a device out of your account"),
    ActionName("accounts.webauthn_added", "menambah kunci sandi akun Anda", "added a passkey to your account"),
    ActionName("accounts.webauthn_removed", "menghapus kunci sandi akun Anda", "removed a passkey from your account"),
    ActionName("accounts.totp_activated", "memasang aplikasi autentikator pada akun Anda",
               "set up an authenticator app for your account"),
    ActionName("accounts.totp_deactivated", "melepas aplikasi autentikator dari akun Anda",
               "took the authenticator app off your account"),
    ActionName("accounts.recovery_codes_generated", "membuat kode cadangan akun Anda",
               "made recovery codes for your account"),
    ActionName("identity.level_raised", "memastikan jati diri pemilik akun Anda", "confirmed who owns your account"),
]  # fmt: skip


def _records(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.identity.queries import login

    return login.own_records(person_id)


SUBJECT_RECORDS = [
    SubjectRecords("identity.masuk", "Cara masuk dan perangkat", "Ways of signing in and devices", _records)
]

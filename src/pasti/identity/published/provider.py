"""The OpenID Provider."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.kernel.publish.types import (
    ActionName,
    Grant,
    Measure,
    Purpose,
    Room,
    Service,
    SubjectRecords,
    Subscription,
)

SERVICES = [
    Service(
        code="masuk-satu-akun", name_id="Satu akun untuk semua aplikasi kota", name_en="One account for every city application",
        purpose_id="Masuk ke aplikasi lain dengan akun PASTI, dan putuskan sendiri data mana yang boleh mereka terima.",
        purpose_en="Sign in to other applications with your PASTI account, and decide yourself what they may receive.",
        agency="DISKOMINFOTIK", dimensions=("governance",), life_events=("data-pribadi",),
        audience_id="Pemilik akun PASTI", audience_en="Holders of a PASTI account",
        requirements_id=("Akun PASTI",), requirements_en=("A PASTI account",),
        promised_time_id="Langsung", promised_time_en="At once", cost_id="Gratis", cost_en="Free",
        entry_url="/id/aplikasi/", words=("akun", "masuk", "aplikasi", "terhubung", "izin", "login", "sso"),
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("identity.masuk-aplikasi", "Masuk ke aplikasi lain dengan akun PASTI", "Signing in to another application",
            "UU 27/2022 Pasal 20 ayat (2) huruf a"),
    Purpose("identity.klien", "Pendaftaran aplikasi yang memakai akun PASTI", "Registering applications",
            "Perpres 95/2018 Pasal 40"),
]  # fmt: skip

GRANTS = [Grant("identity.clients", ("admin", "dukcapil"))]

ROOMS = [
    Room("identity.clients", "Aplikasi yang memakai akun PASTI", "Applications that use PASTI accounts", "/id/klien/",
         "identity.clients"),
]  # fmt: skip

ACTIONS = [
    ActionName("identity.claims.given", "menerima data Anda saat Anda masuk", "received your data when you signed in"),
    ActionName("identity.consent.given", "mengizinkan sebuah aplikasi menerima data Anda",
               "allowed an application to receive your data"),
    ActionName("identity.consent.revoked", "mencabut izin sebuah aplikasi", "took an application's permission back"),
    ActionName("identity.client.registered", "mendaftarkan aplikasi", "registered an application"),
    ActionName("identity.client.changed", "mengubah pendaftaran aplikasi", "changed an application's registration"),
    ActionName("identity.client.secret", "mengganti rahasia aplikasi", "replaced an application's secret"),
    ActionName("identity.client.disabled", "mematikan aplikasi", "disabled an application"),
    ActionName("identity.client.enabled", "menghidupkan aplikasi", "enabled an application"),
]  # fmt: skip

SUBSCRIPTIONS = [
    Subscription("identity.SignedOutThere", "pasti.identity.services.provider_logout:queue", "identity.tell_logouts")
]


def _records(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.identity.queries import provider

    return provider.records_of(person_id)


SUBJECT_RECORDS = [SubjectRecords("identity.aplikasi", "Aplikasi yang Anda pakai", "Applications you use", _records)]

_SIGN_INS = """FROM identity_signin s JOIN identity_application a ON a.id = s.application_id
WHERE s.redeemed_at >= %(start)s AND s.redeemed_at < %(end)s AND s.redeemed_at <= %(as_of)s AND %(area)s <> ''
"""
_DIGEST = "encode(sha256(convert_to(concat_ws('|', {}), 'UTF8')), 'hex') AS digest"
_RECORDS = (
    f"SELECT s.id::text AS record_id, {_DIGEST.format('s.id, a.client_id, extract(epoch FROM s.redeemed_at)')}"
    f"\n{_SIGN_INS}ORDER BY s.id"
)
_SAMPLE = (
    "SELECT a.name AS aplikasi, count(*) AS kali_masuk, max(s.redeemed_at)::date AS terakhir"
    f"\n{_SIGN_INS}GROUP BY a.name ORDER BY 2 DESC, 1 LIMIT 5"
)
_NEWEST = "SELECT max(redeemed_at) FROM identity_signin WHERE redeemed_at < %(end)s"

MEASURES = [
    Measure(
        code="identity.connected_applications", version=1,
        name_id="Aplikasi yang dipakai dengan akun PASTI", name_en="Applications used with a PASTI account",
        unit="aplikasi", grain="month", rollup="last",
        method_id="Banyaknya aplikasi terdaftar yang dimasuki sedikitnya satu orang dengan akun PASTI pada kurun itu.",
        method_en="Registered applications at least one person signed in to with a PASTI account in the period.",
        sql="SELECT count(DISTINCT a.id) AS numerator, NULL::bigint AS denominator, count(DISTINCT a.id) AS value, "
        f"count(*) AS row_count\n{_SIGN_INS}",
        records_sql=_RECORDS, sample_sql=_SAMPLE, newest_sql=_NEWEST,
    ),
    Measure(
        code="identity.sign_ins", version=1,
        name_id="Masuk ke aplikasi lain dengan akun PASTI", name_en="Sign-ins to other applications with a PASTI account",
        unit="kali", grain="month", rollup="sum",
        method_id="Banyaknya kode masuk yang ditukarkan aplikasi pada kurun itu; contohnya dirinci menurut aplikasi.",
        method_en="Codes exchanged by applications in the period; the sample breaks them down by application.",
        sql=f"SELECT count(*) AS numerator, NULL::bigint AS denominator, count(*) AS value, count(*) AS row_count\n{_SIGN_INS}",
        records_sql=_RECORDS, sample_sql=_SAMPLE, newest_sql=_NEWEST,
    ),
]  # fmt: skip

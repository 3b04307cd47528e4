"""Signing up and signing in."""

from __future__ import annotations

from pasti.kernel.publish.types import ActionName, Purpose

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

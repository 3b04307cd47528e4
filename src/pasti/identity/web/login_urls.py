"""Paths: Signing up and signing in."""

from django.urls import URLPattern, path

from pasti.identity.web import login_keys, login_own, login_sign_up

# Stands before the library's own page of the same path.
keys: list[URLPattern] = [path("akun/2fa/webauthn/keys/<int:pk>/remove/", login_keys.remove)]

urlpatterns: list[URLPattern] = [
    path("daftar/", login_sign_up.start, name="login_start"),
    path("daftar/kode/", login_sign_up.code, name="login_code"),
    path("daftar/kode/lagi/", login_sign_up.code_again, name="login_code_again"),
    path("daftar/kunci/", login_sign_up.finish, name="login_finish"),
    path("perangkat/", login_own.devices, name="login_devices"),
    path("perangkat/lain/", login_own.end_others, name="login_end_others"),
    path("perangkat/<int:session_id>/", login_own.end, name="login_end"),
    path("tingkat/", login_own.level, name="login_level"),
]

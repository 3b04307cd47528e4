"""Paths of `/akun/`: those doors of allauth that we have furnished. The others lead to where the thing is really done.

Accounts are made, and forgotten passwords renewed, at the kelurahan's desk; nothing is done by e-mail. allauth still
asks for the names of those doors.
"""

from allauth.account import views
from django.urls import include, path
from django.views.generic import RedirectView

AT_THE_DESK = {
    "signup/": "account_signup",
    "password/reset/": "account_reset_password",
    "password/set/": "account_set_password",
    "confirm-email/": "account_email_verification_sent",
    "login/code/confirm/": "account_confirm_login_code",
}

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("email/", RedirectView.as_view(pattern_name="portal:profile"), name="account_email"),
    *(path(at, RedirectView.as_view(pattern_name="portal:join"), name=name) for at, name in AT_THE_DESK.items()),
]

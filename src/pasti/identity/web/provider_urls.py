"""Paths of the OpenID Provider: those fixed by standards, and its pages under `/id/`."""

from django.urls import URLPattern, path

from pasti.identity.web import provider_clients as clients
from pasti.identity.web import provider_connected as mine
from pasti.identity.web import provider_signout as signout
from pasti.identity.web import provider_token as programs
from pasti.identity.web.provider_authorize import Authorize

protocol: list[URLPattern] = [
    path(".well-known/openid-configuration", programs.discovery),
    path("o/authorize", Authorize.as_view()),
    path("o/token", programs.token),
    path("o/revoke", programs.revoke),
    path("o/userinfo", programs.userinfo),
    path("o/jwks", programs.jwks),
    path("o/logout", signout.sign_out),
    path("o/logout/ya", signout.confirmed),
]

urlpatterns: list[URLPattern] = [
    path("aplikasi/", mine.connected, name="provider_connected"),
    path("aplikasi/<int:pk>/putus/", mine.disconnect, name="provider_disconnect"),
    path("klien/", clients.listing, name="provider_clients"),
    path("klien/baru/", clients.register, name="provider_register"),
    path("klien/<int:pk>/", clients.client, name="provider_client"),
    path("klien/<int:pk>/ubah/", clients.change, name="provider_change"),
    path("klien/<int:pk>/<slug:verb>/", clients.act, name="provider_act"),
]

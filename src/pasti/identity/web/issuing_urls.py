"""Paths of issuing: those fixed by standards, and the pages of counter and holder."""

from django.urls import URLPattern, path

from pasti.identity.rules.claims import TYPE
from pasti.identity.web import issuing_metadata as metadata
from pasti.identity.web import issuing_protocol as protocol_views

protocol: list[URLPattern] = [
    path(".well-known/openid-credential-issuer", metadata.issuer),
    path(".well-known/jwt-vc-issuer", metadata.keys),
    path(".well-known/oauth-authorization-server/id/oid4vci", metadata.server),
    path(f"id/vct/{TYPE}", metadata.credential_type),
    path("id/status/<int:number>", metadata.status),
    path("id/oid4vci/offer/<str:code>", protocol_views.offer),
    path("id/oid4vci/token", protocol_views.token),
    path("id/oid4vci/nonce", protocol_views.nonce),
    path("id/oid4vci/credential", protocol_views.credential),
]

urlpatterns: list[URLPattern] = []

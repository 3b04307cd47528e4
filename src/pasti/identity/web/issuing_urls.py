"""Paths of issuing: those fixed by standards, and the pages of counter and holder."""

from django.urls import URLPattern, path

from pasti.identity.rules.claims import TYPE
from pasti.identity.web import issuing_cards as cards
from pasti.identity.web import issuing_desk as desk
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

urlpatterns: list[URLPattern] = [
    path("", cards.mine, name="issuing_mine"),
    path("hilang/", cards.lost, name="issuing_lost"),
    path("kartu/<uuid:card_id>/cabut/", cards.give_up, name="issuing_give_up"),
    path("aktivasi/", desk.home, name="issuing_desk"),
    path("aktivasi/orang/<uuid:person_id>/", desk.person, name="issuing_person"),
    path("aktivasi/kartu/<uuid:card_id>/tangguhkan/", cards.suspend, name="issuing_suspend"),
    path("aktivasi/kartu/<uuid:card_id>/berlakukan/", cards.resume, name="issuing_resume"),
    path("aktivasi/kartu/<uuid:card_id>/cabut/", cards.revoke, name="issuing_revoke"),
    path("aktivasi/<uuid:activation_id>/", desk.activation, name="issuing_activation"),
    path("aktivasi/<uuid:activation_id>/kode/", desk.tx_code, name="issuing_code"),
    path("aktivasi/<uuid:activation_id>/setuju/", desk.confirm, name="issuing_confirm"),
    path("aktivasi/<uuid:activation_id>/tawaran/", desk.offer, name="issuing_offer"),
    path("aktivasi/<uuid:activation_id>/batal/", desk.cancel, name="issuing_cancel"),
]

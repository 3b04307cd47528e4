"""Paths of verifying: those OpenID4VP needs, the desk, and the register of verifiers."""

from django.urls import URLPattern, path

from pasti.identity.web import verifying_desk as desk
from pasti.identity.web import verifying_protocol as protocol_views
from pasti.identity.web import verifying_register as register

protocol: list[URLPattern] = [
    path("id/oid4vp/request/<uuid:pk>", protocol_views.request_object),
    path("id/oid4vp/response/<uuid:pk>", protocol_views.response),
]

urlpatterns: list[URLPattern] = [
    path("meja/", desk.desk, name="verifying_desk"),
    path("meja/luring/", desk.offline, name="verifying_offline"),
    path("meja/luring/bekal/", desk.provisions, name="verifying_provisions"),
    path("meja/<uuid:pk>/", desk.question, name="verifying_question"),
    path("meja/<uuid:pk>/selesai/", desk.finish, name="verifying_finish"),
    path("pemeriksa/", register.listing, name="verifying_register"),
    path("pemeriksa/baru/", register.propose, name="verifying_propose"),
    path("pemeriksa/<slug:code>/", register.verifier, name="verifying_verifier"),
    path("pemeriksa/<slug:code>/<slug:verb>/", register.act, name="verifying_act"),
]

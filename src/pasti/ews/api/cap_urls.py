"""Paths of CAP, below /cap/."""

from django.urls import URLPattern, path

from pasti.ews.api import cap

urlpatterns: list[URLPattern] = [
    path("feed.atom", cap.atom, name="cap_atom"),
    path("feed.rss", cap.rss, name="cap_rss"),
    path("latihan.atom", cap.exercises, name="cap_exercises"),
    path("certificate.pem", cap.certificate, name="cap_certificate"),
    path("<str:identifier>.xml", cap.message, name="cap_message"),
]

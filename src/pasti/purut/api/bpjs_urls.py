"""Paths of "WS Antrean RS", at the root of the site as BPJS calls them."""

from django.urls import path, re_path

from pasti.purut.api.bpjs import antrean_rs
from pasti.purut.api.bpjs_services import SERVICES

protocol = [
    *(path(f"antrean/{name}", antrean_rs, {"service": name}) for name in ("token", *SERVICES)),
    # Everything else too, whatever letters it has: the caller reads a refusal in its own shape only.
    re_path(r"^antrean/(?P<service>[\s\S]*)$", antrean_rs),
]

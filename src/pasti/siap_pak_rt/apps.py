"""Django's handle on this package."""

from django.apps import AppConfig


class SiapPakRtConfig(AppConfig):
    name = "pasti.siap_pak_rt"
    label = "siap_pak_rt"

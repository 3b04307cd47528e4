"""Django's handle on this package."""

from django.apps import AppConfig


class TelemetryConfig(AppConfig):
    name = "pasti.telemetry"
    label = "telemetry"

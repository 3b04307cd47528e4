"""The background work of telemetry; its jobs are found through this module."""

from pasti.telemetry.jobs import devices

__all__ = ["devices"]

"""What telemetry does in the background."""

from pasti.telemetry.jobs import devices, rollups  # their jobs are found through this module

__all__ = ["devices", "rollups"]

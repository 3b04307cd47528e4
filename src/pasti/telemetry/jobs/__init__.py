"""What telemetry does in the background."""

from pasti.telemetry.jobs import rollups  # its jobs are found through this module

__all__ = ["rollups"]

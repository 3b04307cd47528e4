"""Early warning's work in the background."""

from __future__ import annotations

from pasti.ews.jobs import cap, desk, reach  # their jobs are found through this module

__all__ = ["cap", "desk", "reach"]

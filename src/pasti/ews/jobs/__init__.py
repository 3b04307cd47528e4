"""Early warning's work in the background."""

from pasti.ews.jobs import desk  # its jobs are found through this module

__all__ = ["desk"]

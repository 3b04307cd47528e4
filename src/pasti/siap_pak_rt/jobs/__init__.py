"""Background work, by area; Procrastinate finds the tasks here."""

from pasti.siap_pak_rt.jobs import rights

__all__ = ["rights"]

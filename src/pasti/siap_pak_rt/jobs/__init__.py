"""Background work, by area; Procrastinate finds the tasks here."""

from pasti.siap_pak_rt.jobs import papers

__all__ = ["papers"]

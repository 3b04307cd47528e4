"""Background work, by area; Procrastinate finds the tasks here."""

from pasti.siap_pak_rt.jobs import papers, rights, sync

__all__ = ["papers", "rights", "sync"]

"""Background work, by area; Procrastinate finds the tasks here."""

from pasti.siap_pak_rt.jobs import desk, letters, papers, rights, sync

__all__ = ["desk", "letters", "papers", "rights", "sync"]

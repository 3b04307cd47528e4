"""Background work, by area; Procrastinate finds the tasks here."""

from pasti.siap_pak_rt.jobs import papers, rights

__all__ = ["papers", "rights"]

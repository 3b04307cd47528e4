"""Background work, by area; Procrastinate finds the tasks here."""

from pasti.siap_pak_rt.jobs import desk, papers, rights, sync

__all__ = [
    "desk",
    "papers",
    "rights",
    "sync",
]

"""The tables of the RT and RW's work, by area."""

from pasti.siap_pak_rt.models.papers import Paper, PaperCheck

__all__ = ["Paper", "PaperCheck"]

"""What people do at the hospital, one function each; every one is one transaction and safe to retry."""

from pasti.purut.services.booking import PatientWanted, book, cancel
from pasti.purut.services.calling import call_again, call_next, check_in, finish, skip, start
from pasti.purut.services.sessions import ensure_sessions, mark_no_shows

__all__ = [
    "PatientWanted", "book", "call_again", "call_next", "cancel", "check_in", "ensure_sessions", "finish",
    "mark_no_shows", "skip", "start",
]  # fmt: skip

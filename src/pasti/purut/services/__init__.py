"""What people do at the hospital, one function each; every one is one transaction and safe to retry."""

from pasti.purut.services.arriving import admit, arrive, begin_admission, check_in
from pasti.purut.services.booking import book, cancel, walk_in
from pasti.purut.services.calling import call_again, call_next, finish, skip, start
from pasti.purut.services.changes import Changed, call_off, change_hours
from pasti.purut.services.line import set_priority
from pasti.purut.services.offers import accept, refuse, release_lapsed
from pasti.purut.services.patients import PatientWanted
from pasti.purut.services.pharmacy import declare_ready, hand_over, prepare
from pasti.purut.services.sessions import ensure_sessions, mark_no_shows
from pasti.purut.services.transfer import transfer
from pasti.purut.services.waiting import join, leave

__all__ = [
    "Changed", "PatientWanted", "accept", "admit", "arrive", "begin_admission", "book", "call_again", "call_next",
    "call_off", "cancel", "change_hours", "check_in", "declare_ready", "ensure_sessions", "finish", "hand_over", "join",
    "leave", "mark_no_shows", "prepare", "refuse", "release_lapsed", "set_priority", "skip", "start", "transfer", "walk_in",
]  # fmt: skip

"""Every read of people. Each needs a scope in force, and leaves a row in the audit log with its purpose."""

from pasti.civil.queries.facts import FACTS, Reading, facts_of
from pasti.civil.queries.history import as_of, family, happenings, revealed_nik, specific_of
from pasti.civil.queries.matching import Match, matched, named
from pasti.civil.queries.people import (
    CODED,
    LISTED,
    SHOWN,
    Household,
    Member,
    Profile,
    code_names,
    household,
    household_ids,
    household_of,
    ids_by_nik,
    listed,
    masked_name,
    matching,
    names_of,
    people,
    person,
    profile,
    rt_of,
    scope_for,
    search,
    words_of,
)
from pasti.civil.queries.review import (
    comparison,
    event,
    is_taken_back,
    on_their_way,
    open_pairs,
    pairs_listed,
    way_counts,
    way_listed,
)
from pasti.civil.queries.searching import find

__all__ = [
    "CODED", "FACTS", "LISTED", "SHOWN", "Household", "Match", "Member", "Profile", "Reading", "as_of", "code_names",
    "comparison", "event", "facts_of", "family", "find", "happenings", "household", "household_ids", "household_of",
    "ids_by_nik", "is_taken_back", "listed", "masked_name", "matched", "matching", "named", "names_of", "on_their_way",
    "open_pairs", "pairs_listed", "people", "person",
    "profile", "revealed_nik", "rt_of", "scope_for", "search", "specific_of", "way_counts", "way_listed", "words_of",
]  # fmt: skip

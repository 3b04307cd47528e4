"""Every read of people. Each needs a scope in force, and leaves a row in the audit log with its purpose."""

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

__all__ = [
    "CODED", "LISTED", "SHOWN", "Household", "Member", "Profile", "code_names", "household", "household_ids", "ids_by_nik",
    "listed", "masked_name", "matching", "names_of", "people", "person", "profile", "rt_of", "scope_for", "search", "words_of",
]  # fmt: skip

"""Letters as pages show them, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pasti.siap_pak_rt.models import Letter, LetterKind, LetterStep
from pasti.siap_pak_rt.queries.letters import Left
from pasti.siap_pak_rt.queries.letters_access import head_words
from pasti.siap_pak_rt.queries.letters_facts import field_values
from pasti.siap_pak_rt.queries.letters_words import english, kind_name, step_words, who_words
from pasti.siap_pak_rt.rules.letter_states import LEVEL_OF, State


def local(thing: Any, name: str) -> str:
    """`thing.name` or `thing.name_en`."""
    return str(getattr(thing, f"{name}_en" if english() else name))


def shown_kind(one: LetterKind) -> dict[str, Any]:
    """A kind: name, purpose, requirements, steps with their promise, what the law says."""
    language = "en" if english() else "id"
    return {
        "kind": one, "kind_name": kind_name(one), "purpose": local(one, "purpose"), "law_note": local(one, "law_note"),
        "requirements": [row[language] for row in one.requirements],
        "steps": [(head_words(level), days) for level, days in zip(one.route, one.days, strict=True)],
    }  # fmt: skip


def typed(letter: Letter) -> list[tuple[str, str]]:
    """What the resident filled in, label and value, in the order of the form."""
    language, values = "en" if english() else "id", field_values(letter.kind.fields, letter.fields)
    named = [(row["label"][language], values.get(row["name"], "")) for row in letter.kind.fields]
    return [(label, value) for label, value in named if value]


def told(step: LetterStep) -> dict[str, Any]:
    """One line of a letter's history."""
    return {
        "what": step_words(step),
        "who": who_words(step),
        "at": step.occurred_at,
        "reason": _(step.reason) if step.reason else "",
    }


def left_words(left: Left | None) -> str:
    """The time a step has left, in words."""
    if left is None:
        return ""
    if left.late:
        return _("lewat %(count)s hari kerja") % {"count": max(1, -left.days)}
    return _("hari ini") if left.days == 0 else _("sisa %(count)s hari kerja") % {"count": left.days}


def with_whom(letter: Letter) -> str:
    """Who has the letter now."""
    level = LEVEL_OF.get(State(letter.state))
    return head_words(level) if level else ""

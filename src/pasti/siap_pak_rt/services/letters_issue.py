"""Issuing: the number, the frozen words of the paper, the paper itself, all in the transaction of the signature."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pasti.kernel.clock import now, today
from pasti.siap_pak_rt.models import Letter, LetterUnit
from pasti.siap_pak_rt.queries.letters_access import Authority, acting_user
from pasti.siap_pak_rt.queries.letters_facts import facts, field_values, person_lines
from pasti.siap_pak_rt.rules import letter_texts
from pasti.siap_pak_rt.rules.letter_units import unit_of
from pasti.siap_pak_rt.services import papers
from pasti.siap_pak_rt.services.letters_numbers import allot


def issued(letter: Letter, level: str, by: Authority) -> dict[str, Any]:
    """What issuing as the unit of `level` changes in the letter: its number and its paper.

    The letter's row is locked by the caller, who writes the changes: of two who sign at once only one takes a number.
    """
    unit, day = unit_of(level, letter.rt_code), today()
    serial, number = allot(letter.kind, level, unit, day)
    paper_id = _paper(letter, level, unit, number, day, by)
    return {"unit_code": unit, "year": day.year, "serial": serial, "number": number, "issued_at": now(),
            "paper_id": paper_id}  # fmt: skip


def _paper(letter: Letter, level: str, unit: str, number: str, day: dt.date, by: Authority) -> Any:
    known, kind = facts(letter.subject_id), letter.kind
    words, signer = known | field_values(kind.fields, letter.fields), acting_user()
    of_unit = LetterUnit.objects.get(pk=level)
    title = letter_texts.fill(of_unit.signer, known)
    content = papers.PaperContent(
        kind=kind.code, title=kind.name, number=number, issuer=letter_texts.fill(of_unit.issuer, known),
        issuer_code=unit, issued_on=day, subject_id=letter.subject_id, person_lines=person_lines(known),
        paragraphs=tuple(letter_texts.fill(text, words) for text in kind.paragraphs), signer_name=signer.name,
        signer_title=f"a.n. {title}" if by.for_whom else title, signer_id=signer.pk,
    )  # fmt: skip
    return papers.prepare(content).pk

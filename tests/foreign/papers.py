"""A letter about the foreign person. Its code opens a page for anyone, which must stay without a name."""

from __future__ import annotations

from typing import Any

from pasti.siap_pak_rt.services import papers
from tests.foreign import ELSEWHERE, NAME, NIK, STREET, World
from tests.siap_pak_rt.papers_made import content


def objects(world: World) -> dict[str, Any]:
    """A finished letter of the RT next door, with all that must not be seen in it."""
    lines = (("Nama", NAME), ("NIK", NIK), ("Alamat", STREET))
    paper = papers.prepare(content(world.person, issuer_code=ELSEWHERE, person_lines=lines, paragraphs=(NAME,)))
    papers.produce(paper.pk)
    world.public |= {"siap-pak-rt/v/:code": paper.code}
    return {"siap-pak-rt/kertas/:paper_id": paper.pk}

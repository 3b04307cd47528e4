"""Papers for tests: a letter about a person, and what it takes to issue it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid4

from pasti.kernel.accounts.scope import Scope
from pasti.siap_pak_rt.models import Paper
from pasti.siap_pak_rt.services import papers, papers_render, papers_sign

UNIT = "99.01.01.1001"
KELURAHAN = Scope((UNIT,), (), "siap_pak_rt.surat")


def content(subject: UUID, **changes: Any) -> papers.PaperContent:
    """A letter of domicile; any part may be another."""
    usual: dict[str, Any] = {
        "kind": "domisili", "title": "Surat Keterangan Domisili", "number": "470/12/423.401/2026",
        "issuer": "Kelurahan Rekaan Utara", "issuer_code": UNIT, "issued_on": dt.date(2026, 11, 24),
        "subject_id": subject,
        "person_lines": (("Nama", "Siti Ni'mah"), ("NIK", "9901014705889001"), ("Alamat", "Jl. Mawar 3, RT 001 RW 001")),
        "paragraphs": ("Nama tersebut di atas benar berdomisili di alamat tersebut.", "Surat ini untuk melamar kerja."),
        "signer_name": "Lurah Rekaan Utara", "signer_title": "Lurah Rekaan Utara", "signer_id": uuid4(),
    }  # fmt: skip
    return papers.PaperContent(**(usual | changes))


def issued(subject: UUID, **changes: Any) -> Paper:
    """A paper whose file is still to be made. Needs a scope."""
    return papers.prepare(content(subject, **changes))


def ready(subject: UUID, **changes: Any) -> Paper:
    """A finished paper. Needs a scope."""
    return papers.produce(issued(subject, **changes).pk)


def unsaved(**changes: Any) -> Paper:
    """A paper that is in no database; `changes` are parts of its content."""
    one = content(uuid4(), **changes)
    return Paper(
        code="0" * 28, title=one.title, number=one.number, issuer=one.issuer, issued_on=one.issued_on,
        created_at=dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC),
        content={
            "letterhead": ["PEMERINTAH KOTA REKAAN", one.issuer.upper()], "town": "Rekaan",
            "person_lines": [list(line) for line in one.person_lines], "paragraphs": list(one.paragraphs),
            "signer_name": one.signer_name, "signer_title": one.signer_title,
        },
    )  # fmt: skip


def signed_sample() -> bytes:
    """A letter with the local signature, without a database."""
    paper = unsaved()
    return papers_sign.sign(papers_render.render(paper, "local"), paper, "local", None)

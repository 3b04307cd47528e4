"""Reading papers: what anyone may know by a code, one's own, and those of a unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from pasti.civil import queries as register
from pasti.kernel.accounts.access import can
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scope_of, scoped
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.audit.services import record_read, record_reads
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound
from pasti.siap_pak_rt.models import Paper, PaperCheck
from pasti.siap_pak_rt.rules import papers as rules
from pasti.siap_pak_rt.services import papers_files as files

PURPOSE = "siap_pak_rt.surat"


@dataclass(frozen=True)
class KnownPaper:
    """What whoever holds the code may know of a paper; `id` and `subject_id` are for the program, never shown."""

    id: UUID
    code: str
    subject_id: UUID
    kind: str
    title: str
    number: str
    issuer: str
    issued_on: dt.date
    state: str
    signature: str
    certified: bool
    masked_name: str
    revoked_at: dt.datetime | None
    ended: str

    @property
    def grouped(self) -> str:
        """The code in fours."""
        return rules.grouped(self.code)

    def __str__(self) -> str:
        return f"{self.title} {self.number}"


def known(*, code: str = "", sha256: str = "") -> KnownPaper | None:
    """The paper with this code, or whose file has this SHA-256; None when the city issued none such."""
    columns = ", ".join(field.name for field in fields(KnownPaper))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM siap_pak_rt_paper_known(%s, %s)", [code, sha256])
        row = cursor.fetchone()
    return KnownPaper(*row) if row else None


def mine(user: User) -> list[Paper]:
    """Papers about the user and about children on the same family card, newest first, at most a hundred."""
    if user.person_id is None:
        return []
    with scoped(_own(user)):
        found = [one for one in Paper.objects.order_by("-created_at")[:300] if _may_read_own(one, user)][:100]
        record_reads({one.subject_id for one in found}, "siap_pak_rt.paper.listed", purpose=PURPOSE,
                     fields=(), object_type="paper")  # fmt: skip
        return found


def of_unit(words: str = "") -> QuerySet[Paper]:
    """Papers issued within the scope, newest first, to be paged; by number, or by the code of one."""
    rows = Paper.objects.all()
    words = words.strip()
    if words:
        rows = rows.filter(Q(number__icontains=words) | Q(code=rules.read_code(words) or "-"))
    return rows.order_by("-created_at", "-id")


def listed(rows: list[Paper]) -> list[Paper]:
    """Record that these papers were seen in a list; returns them."""
    record_reads([one.subject_id for one in rows], "siap_pak_rt.paper.listed", purpose=PURPOSE, fields=(),
                 object_type="paper")  # fmt: skip
    return rows


def readable(paper_id: UUID, user: User, *, action: str = "siap_pak_rt.paper.read") -> tuple[Paper, list[PaperCheck]]:
    """A paper with its latest checks, for whom it is about, the family of a child, or an official of the scope.

    The reading is recorded as `action`. Raises NotFound for everyone else.
    """
    with scoped(_reading(user)):
        paper = Paper.objects.filter(pk=paper_id).first()
        if paper is None or not may_read(paper, user):
            raise NotFound
        record_read(paper.subject_id, action, purpose=PURPOSE, fields=(), object_type="paper", object_id=paper.pk,
                    object_label=str(paper))  # fmt: skip
        return paper, list(PaperCheck.objects.filter(paper=paper).order_by("-id")[:50])


def may_read(paper: Paper, user: User) -> bool:
    """Whether `readable` would show the paper to `user`; nothing is recorded."""
    return _may_read_own(paper, user) or covers(_reading(user), paper.issuer_code)


def downloaded(paper_id: UUID, user: User) -> tuple[Paper, bytes]:
    """A finished paper and its file, for those who may read it; recorded. Raises NotFound.

    Without a file yet the bytes are empty.
    """
    paper, _checks = readable(paper_id, user, action="siap_pak_rt.paper.downloaded")
    return paper, files.content_of(paper.pk, paper.sha256) if paper.sha256 else b""


def unsigned(user: User) -> list[Paper]:
    """Papers that wait for this official's own signature, the oldest first, at most fifty."""
    with scoped(scope_of(user, PURPOSE)):
        return list(Paper.objects.filter(signer_id=user.pk, state=Paper.State.WAITING).order_by("created_at")[:50])


def records_of(person_id: UUID) -> list[dict[str, Any]]:
    """All that is kept about a person's papers, for the person's own copy of the data."""
    with scoped(Scope.of_person(person_id, PURPOSE)):
        rows = list(Paper.objects.filter(subject_id=person_id).prefetch_related("checks").order_by("created_at"))
        if rows:
            listed(rows[:1])
        return [_record(one) for one in rows]


def _record(one: Paper) -> dict[str, Any]:
    lines = [f"{label}: {value}" for label, value in one.content["person_lines"]]
    checked = [f"{check.at.isoformat()} {check.means} {check.outcome}" for check in one.checks.all()]
    return {
        "surat": one.title, "nomor": one.number, "penerbit": one.issuer, "tanggal": one.issued_on, "keadaan": one.state,
        "isi": "\n".join([*lines, *one.content["paragraphs"]]), "kode": rules.grouped(one.code),
        "dicabut": one.revoked_at, "alasan": one.revoke_reason, "diperiksa": "\n".join(checked),
    }  # fmt: skip


def _own(user: User) -> Scope:
    return Scope((), tuple(register.household_ids(user.person_id)) or ((user.person_id,) if user.person_id else ()),
                 PURPOSE)  # fmt: skip


def _reading(user: User) -> Scope:
    areas = scope_of(user, PURPOSE).areas if can(user, "siap_pak_rt.papers_read") else ()
    return Scope(areas, _own(user).people, PURPOSE)


def _may_read_own(paper: Paper, user: User) -> bool:
    if paper.subject_id == user.person_id:
        return True
    born = dt.date.fromisoformat(paper.content["asked"]["born"])
    return paper.subject_id in register.household_ids(user.person_id) and rules.family_may_read(born, today())

"""Bringing files of people into the register: read (a dry run), decide, commit in steps, undo as a whole.

Each step is a job of many short transactions. Where it is stands in the batch, in the same transaction as the work, so
a job killed in the middle goes on where it was.
"""

from __future__ import annotations

import itertools
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import msgspec
from django.core.files.base import File
from django.db import connection, transaction
from django.utils.translation import gettext as _

from pasti.civil.models import ImportBatch, ImportRow, Person
from pasti.civil.rules import layouts, names, sounds
from pasti.civil.services import codes, workbooks
from pasti.kernel import clock
from pasti.kernel.accounts.access import actor_for
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, current_scope, scoped
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.audit.services import record_change
from pasti.kernel.context import acting_as, current_actor
from pasti.kernel.documents import services as documents
from pasti.kernel.documents.models import Document
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places

State = ImportBatch.State
PURPOSE = "civil.impor"
MAX_BYTES = 100 * 1024 * 1024
STEP = 4000  # rows a transaction
COMPARED = (
    "name", "sex", "birth_place", "birth_date", "religion", "education", "occupation", "marital_status", "blood_type",
    "citizenship", "father_name", "mother_name", "father_nik", "mother_nik", "birth_certificate",
    "marriage_certificate", "marriage_date", "divorce_certificate", "divorce_date", "passport", "passport_expires",
    "kitas", "ktp_status", "disability", "status_dasar", "rt_code",
)  # fmt: skip
_JSON = msgspec.json.Encoder()


@transaction.atomic
def receive(file: File[bytes], area: str, owner: User) -> ImportBatch:
    """Keep a file for the people of `area` and have it read. The same file twice, while one waits, is one batch.

    Raises Refused: `luar-wilayah`, and what `documents.store` raises.
    """
    if not covers(current_scope(), area) or places.place(area) is None:
        raise Refused("luar-wilayah", _("Wilayah ini di luar tugas Anda"), status=404, field="area")
    stored = documents.store(
        file, owner=owner, kind="civil.import", max_bytes=MAX_BYTES, allowed=(workbooks.XLSX, workbooks.CSV)
    )
    known = ImportBatch.objects.filter(document=stored.uid, area=area).first()
    if known is not None:
        return known
    actor = current_actor()
    batch = ImportBatch.objects.create(
        file_name=stored.name, sha256=stored.sha256, area=area, document=stored.uid, created_by=owner.pk,
        created_name=actor.name, created_at=clock.now(),
    )  # fmt: skip
    _told(batch, "civil.import.received")
    _start(batch)
    return batch


def decide(batch_id: UUID, *, accept: Sequence[str] = (), rows: Mapping[int, bool] | None = None) -> None:
    """Take over what differs from the register: whole fields by name, or single rows by number.

    Without a decision nothing is overwritten. Raises NotFound, Refused `belum-siap`.
    """
    with transaction.atomic():
        batch = _locked(batch_id)
        if batch.state != State.READY:
            raise Refused("belum-siap", _("Berkas ini belum selesai dibaca atau sudah dimasukkan"))
        batch.counts = batch.counts | {"accepted_fields": sorted(set(accept) & set(COMPARED))}
        batch.save(update_fields=["counts"])
        for number, wanted in (rows or {}).items():
            ImportRow.objects.filter(batch=batch, number=number, outcome="differs").update(accepted=wanted)


def commit(batch_id: UUID) -> ImportBatch:
    """Put the new people, and what was accepted of the others, into the register. Raises Refused `belum-siap`."""
    return _advance(batch_id, {State.READY}, State.COMMITTING, "civil.import.committed")


def undo(batch_id: UUID) -> ImportBatch:
    """Take the whole batch back. What others have changed since is left, and listed. Raises Refused `belum-siap`."""
    return _advance(batch_id, {State.COMMITTED}, State.UNDOING, "civil.import.undone")


@transaction.atomic
def discard(batch_id: UUID) -> None:
    """Drop a batch of which nothing is in the register. Raises NotFound, Refused `belum-siap`."""
    batch = _locked(batch_id)
    if batch.state not in (State.READY, State.FAILED, State.UNDONE):
        raise Refused("belum-siap", _("Berkas ini sedang dikerjakan"))
    _remove_file(batch)
    _told(batch, "civil.import.discarded")
    ImportRow.objects.filter(batch=batch).delete()
    batch.delete()


def work(batch_id: UUID) -> str:
    """Do what the batch waits for, to its end; the job's one service. Returns the state reached."""
    with _in_name_of(batch_id) as batch:
        steps = {State.WAITING: _read, State.READING: _read, State.COMMITTING: _commit, State.UNDOING: _undo}
        step = steps.get(State(batch.state))
        if step is not None:
            step(batch)
        batch.refresh_from_db()
        return str(batch.state)


@transaction.atomic
def _advance(batch_id: UUID, allowed: set[ImportBatch.State], to: ImportBatch.State, action: str) -> ImportBatch:
    batch = _locked(batch_id)
    if batch.state == to:
        return batch
    if batch.state not in allowed:
        raise Refused("belum-siap", _("Berkas ini belum selesai dibaca atau sudah dimasukkan"))
    batch.state, batch.done = to, 0
    batch.save(update_fields=["state", "done"])
    _told(batch, action)
    _start(batch)
    return batch


def _locked(batch_id: UUID) -> ImportBatch:
    found = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
    if found is None:
        raise NotFound
    return found


def _start(batch: ImportBatch) -> None:
    from pasti.civil.jobs import start_import

    start_import(batch.pk, batch.area)


def _told(batch: ImportBatch, action: str) -> None:
    record_change(None, action, purpose=PURPOSE, object_type="import", object_id=batch.pk,
                  object_label=batch.file_name)  # fmt: skip


@contextmanager
def _in_name_of(batch_id: UUID) -> Iterator[ImportBatch]:
    """Act as who brought the file, within the file's area and no further."""
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise NotFound
    with acting_as(actor_for(User.objects.get(pk=batch.created_by))), scoped(Scope((batch.area,), (), PURPOSE)):
        yield batch


# -- reading -----------------------------------------------------------------------------------------------------------


def _read(batch: ImportBatch) -> None:
    """From the beginning each time: nothing of it is in the register yet."""
    ImportRow.objects.filter(batch=batch).delete()
    batch.state, batch.done, batch.message = State.READING, 0, ""
    batch.save(update_fields=["state", "done", "message"])
    try:
        document = Document.objects.filter(uid=batch.document or batch.pk).first()
        if document is None:
            raise Refused("berkas-hilang", _("Berkas ini sudah tidak ada: kirim sekali lagi"), field="file")
        with workbooks.opened(document.path) as table:
            counts = _Reader(batch, table).run()
    except Refused as refusal:
        batch.state, batch.message, batch.finished_at = State.FAILED, refusal.message, clock.now()
    else:
        batch.state, batch.counts, batch.total = State.READY, counts, batch.done
    batch.save(update_fields=["state", "message", "counts", "total", "finished_at"])
    _remove_file(batch)


def _remove_file(batch: ImportBatch) -> None:
    if batch.document is not None:
        owner = User.objects.get(pk=batch.created_by)
        try:
            documents.remove(batch.document, owner=owner)
        except NotFound:
            pass
        batch.document = None
        batch.save(update_fields=["document"])


class _Reader:
    """Reads one file into rows and remembers what it must compare across them."""

    def __init__(self, batch: ImportBatch, table: workbooks.Table):
        self.batch, self.table = batch, table
        self.counts: Counter[str] = Counter()
        self.problems: Counter[str] = Counter()
        self.seen_niks: set[str] = set()
        self.heads: dict[str, bool] = {}

    def run(self) -> dict[str, Any]:
        """Store every row; returns the counts. Raises Refused `kepala-kolom` for a file of another kind."""
        lines = iter(self.table.rows)
        reading = self._header(lines)
        self.batch.total = max(0, self.table.total - 1)
        for chunk in _batched(lines, STEP):
            self._store(chunk, reading)
        headless = sum(not has for has in self.heads.values())
        return {
            **{outcome: self.counts[outcome] for outcome in ("new", "same", "differs", "error", "warned")},
            "problems": dict(self.problems.most_common()), "families": len(self.heads), "headless": headless,
        }  # fmt: skip

    def _header(self, lines: Iterator[Sequence[layouts.Cell]]) -> layouts.Reading:
        for cells in itertools.islice(lines, 10):
            found = layouts.recognised(cells)
            if found is None:
                continue
            layout, columns = found
            if missing := layouts.missing_columns(layout, columns):
                text = _("Kolom ini tidak ada di dalam berkas: %(columns)s") % {"columns": ", ".join(missing)}
                raise Refused("kepala-kolom", text, field="file")
            self.batch.layout = layout
            self.batch.save(update_fields=["layout"])
            return layouts.Reading(layout, columns, codes.tables(), codes.rts(self.batch.area), clock.today())
        raise Refused("kepala-kolom", _("Baris judul kolom tidak dikenali: pakai susunan OpenSID, SIAK, atau PASTI"),
                      field="file")  # fmt: skip

    def _store(self, chunk: Sequence[Sequence[layouts.Cell]], reading: layouts.Reading) -> None:
        rows = [layouts.read_row(cells, reading) for cells in chunk if any(cell not in (None, "") for cell in cells)]
        known = _known(rows)
        first = self.batch.done + 1
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_STAGING)
            with cursor.copy(
                "COPY importing (number, content, problems, outcome, person_id, differences) FROM STDIN"
            ) as copy:
                for number, row in enumerate(rows, first):
                    copy.write_row(self._judged(number, row, known))
            cursor.execute(_KEEP_ROWS, [self.batch.pk, self.batch.area])
            cursor.execute("DROP TABLE importing")
            self.batch.done += len(rows)
            self.batch.save(update_fields=["done", "total"])

    def _judged(self, number: int, row: layouts.Row, known: _Known) -> tuple[Any, ...]:
        content = row.content
        self._compare_rows(row, known)
        existing = known.people.get(content["nik"]) if content["nik"] else None
        differences = _differences(row, existing) if existing else {}
        stopped = any(problem.stops for problem in row.problems)
        outcome = "error" if stopped else "differs" if differences else "same" if existing else "new"
        self.counts[outcome] += 1
        self.counts["warned"] += bool(row.problems) and not stopped
        self.problems.update(f"{problem.field}.{problem.code}" for problem in row.problems)
        if outcome == "new":
            content["id"] = uuid.uuid4().hex
            content["name_search"], content["name_sounds"] = names.folded(content["name"]), sounds.keys(content["name"])
            self._join(content, known)
        problems = [[p.field, p.code, p.value, p.stops] for p in row.problems]
        return (number, _json(content), _json(problems), outcome, existing["id"] if existing else None,
                _json(differences))  # fmt: skip

    def _compare_rows(self, row: layouts.Row, known: _Known) -> None:
        nik, kk = row.content["nik"], row.content["kk"]
        if nik:
            if nik in self.seen_niks:
                row.problems.append(layouts.Problem("nik", "twice_in_file", nik))
            elif nik in known.taken and nik not in known.people:
                row.problems.append(layouts.Problem("nik", "elsewhere", nik))
            self.seen_niks.add(nik)
        if kk and kk in known.cards and known.cards[kk] not in known.own_cards:
            row.problems.append(layouts.Problem("kk", "elsewhere", kk))
        is_head = row.content["relation"] == 1
        if kk and is_head and not (nik and nik in known.people) and (self.heads.get(kk) or kk in known.headed):
            row.problems.append(layouts.Problem("relation", "second_head", kk))
        if kk:
            self.heads[kk] = self.heads.get(kk, False) or is_head or kk in known.headed

    def _join(self, content: dict[str, Any], known: _Known) -> None:
        """The card of a new person: the one that is there, or one whose id follows from batch and number."""
        if content["kk"] and content["status_dasar"] == 1:
            there = known.cards.get(content["kk"])
            content["family"] = str(there or uuid.uuid5(self.batch.pk, content["kk"]))
            content["address"] = str(uuid.uuid5(self.batch.pk, f"rumah {content['kk']}"))


class _Known:
    """What the register holds of the numbers in a chunk."""

    def __init__(
        self, people: dict[str, dict[str, Any]], taken: set[str], cards: dict[str, UUID], own: dict[UUID, str]
    ):
        self.people, self.taken, self.cards = people, taken, cards
        self.own_cards = set(own)
        self.headed = {number for number, id in cards.items() if own.get(id) == "headed"}


def _known(rows: Sequence[layouts.Row]) -> _Known:
    niks = [row.content["nik"] for row in rows if row.content["nik"]]
    numbers = [row.content["kk"] for row in rows if row.content["kk"]]
    people = {
        one["nik"]: one
        for one in Person.objects.filter(nik__in=niks).exclude(status_dasar=9).values("id", "nik", *COMPARED)
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT civil_niks_taken(%s)", [niks])
        taken = {found for (found,) in cursor.fetchall()}
        cursor.execute("SELECT number, id FROM civil_kk_taken(%s)", [numbers])
        cards = dict(cursor.fetchall())
        cursor.execute(_OWN_CARDS, [list(cards.values())])
        own = dict(cursor.fetchall())
    return _Known(people, taken, cards, own)


def _differences(row: layouts.Row, existing: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field -> [in the register, in the file], for what the file says and says otherwise. Blank says nothing."""
    said = row.given | {"rt_code"}
    found = {}
    for name in COMPARED:
        if name in said:
            here, there = existing[name], row.content.get(name)
            here = here.isoformat() if hasattr(here, "isoformat") else here
            if here != there and not (isinstance(there, str) and str(here).casefold() == there.casefold()):
                found[name] = [here, there]
    return found


def _batched(lines: Iterator[Any], size: int) -> Iterator[tuple[Any, ...]]:
    while chunk := tuple(itertools.islice(lines, size)):
        yield chunk


def _json(value: Any) -> str:
    return _JSON.encode(value).decode()


_STAGING = """CREATE TEMP TABLE importing (number int, content jsonb, problems jsonb, outcome text, person_id uuid,
  differences jsonb)"""
_KEEP_ROWS = """INSERT INTO civil_importrow (batch_id, area, number, content, problems, outcome, person_id, differences)
SELECT %s, %s, number, content, problems, outcome, person_id, differences FROM importing"""
_OWN_CARDS = """SELECT f.id, CASE WHEN EXISTS (SELECT 1 FROM civil_membership m
  WHERE m.family_id = f.id AND m.ends IS NULL AND m.relation = 1) THEN 'headed' ELSE 'headless' END
FROM civil_family f WHERE f.id = ANY (%s)"""


# -- committing and undoing --------------------------------------------------------------------------------------------


def _commit(batch: ImportBatch) -> None:
    from pasti.civil.services.import_rows import commit_step

    _in_steps(batch, commit_step)
    batch.state, batch.committed_at, batch.finished_at = State.COMMITTED, clock.now(), clock.now()
    batch.save(update_fields=["state", "committed_at", "finished_at"])


def _undo(batch: ImportBatch) -> None:
    from pasti.civil.services.import_rows import undo_step

    _in_steps(batch, undo_step)
    left = ImportRow.objects.filter(batch=batch, undone=False).count()
    batch.state, batch.counts, batch.finished_at = State.UNDONE, batch.counts | {"left": left}, clock.now()
    batch.save(update_fields=["state", "counts", "finished_at"])


def _in_steps(batch: ImportBatch, step: Any) -> None:
    """Each step and its mark in one transaction; two workers at once take turns, and the second finds it done."""
    while True:
        with transaction.atomic():
            locked = _locked(batch.pk)
            if locked.done >= locked.total or locked.state != batch.state:
                return
            upto = min(locked.total, locked.done + STEP)
            step(locked, locked.done + 1, upto)
            locked.done = batch.done = upto
            locked.save(update_fields=["done", "counts"])

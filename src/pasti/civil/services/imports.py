"""Bringing files of people into the register: read (a dry run), decide, commit in steps, undo as a whole.

Each step is a job of many short transactions. Where it is stands in the batch, in the same transaction as the work, so
a job killed in the middle goes on where it was.
"""

from __future__ import annotations

import csv
import datetime as dt
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from pasti.civil.models import ImportBatch, ImportRow
from pasti.civil.services import import_rows, workbooks
from pasti.civil.services.alone import alone
from pasti.civil.services.import_known import COMPARED
from pasti.civil.services.import_reading import Reader
from pasti.kernel import clock
from pasti.kernel.accounts.access import actor_for
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, current_scope, scoped
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.api import retries
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
ATTEMPTS = 5  # a file that ends its worker each time is given up
WORKING = (State.WAITING, State.READING, State.COMMITTING, State.UNDOING)
QUIET = dt.timedelta(seconds=45)
log = logging.getLogger(__name__)


@transaction.atomic
def receive(file: File[bytes], area: str, owner: User, *, key: str = "") -> ImportBatch:
    """Keep a file for the people of `area` and have it read. The same file twice, while one waits, is one batch.

    Raises Refused: `luar-wilayah`, and what `documents.store` raises.
    """
    if not covers(current_scope(), area) or places.place(area) is None:
        raise Refused("luar-wilayah", _("Wilayah ini di luar tugas Anda"), status=404, field="area")
    if before := retries.done_before(owner.pk, key, "civil.import"):
        return _found(UUID(before))
    stored = documents.store(
        file, owner=owner, kind="civil.import", max_bytes=MAX_BYTES, allowed=(workbooks.XLSX, workbooks.CSV)
    )
    about = {
        "file_name": stored.name, "sha256": stored.sha256, "created_by": owner.pk,
        "created_name": current_actor().name, "created_at": clock.now(), "touched_at": clock.now(),
    }  # fmt: skip
    batch, made = ImportBatch.objects.get_or_create(document=stored.uid, area=area, defaults=about)
    retries.remember(owner.pk, key, str(batch.pk))
    if made:
        _told(batch, "civil.import.received")
        _start(batch)
    return batch


def decide(
    batch_id: UUID, *, accept: Sequence[str] | None = None, rows: Mapping[int, bool | None] | None = None
) -> None:
    """Take over what differs from the register: whole fields by name, or single rows by number.

    Without a decision nothing is overwritten. None for `accept` leaves the fields as chosen before; None for a row lets
    it follow the fields. Raises NotFound, Refused `belum-siap`.
    """
    with transaction.atomic():
        batch = _locked(batch_id)
        if batch.state != State.READY:
            raise Refused("belum-siap", _("Berkas ini belum selesai dibaca atau sudah dimasukkan"))
        if accept is not None:
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
    """Do what the batch waits for, to its end; the job's one service. Returns the state reached.

    One worker at a time works on a batch: a second one leaves at once. Nothing happens to a batch that is gone.
    """
    with _in_name_of(batch_id) as batch, alone(f"civil.import:{batch_id}") as mine:
        step = _STEPS.get(State(batch.state)) if batch and mine else None
        if batch is None:
            return ""
        if step is not None:
            step(batch)
            batch.refresh_from_db()
        return str(batch.state)


def resume() -> int:
    """Start again what nobody has been working on for a while: its worker died. Returns how many batches."""
    quiet = clock.now() - QUIET
    left = list(ImportBatch.objects.filter(state__in=WORKING, touched_at__lt=quiet))
    for batch in left:
        _start(batch)
    return len(left)


@transaction.atomic
def _advance(batch_id: UUID, allowed: set[ImportBatch.State], to: ImportBatch.State, action: str) -> ImportBatch:
    batch = _locked(batch_id)
    if batch.state == to:
        return batch
    if batch.state not in allowed:
        raise Refused("belum-siap", _("Berkas ini belum selesai dibaca atau sudah dimasukkan"))
    batch.state, batch.done, batch.touched_at = to, 0, clock.now()
    batch.save(update_fields=["state", "done", "touched_at"])
    _told(batch, action)
    _start(batch)
    return batch


def _locked(batch_id: UUID) -> ImportBatch:
    found = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
    if found is None:
        raise NotFound
    return found


def _found(batch_id: UUID) -> ImportBatch:
    found = ImportBatch.objects.filter(pk=batch_id).first()
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
def _in_name_of(batch_id: UUID) -> Iterator[ImportBatch | None]:
    """Act as who brought the file, within the file's area and no further."""
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        yield None
        return
    with acting_as(actor_for(User.objects.get(pk=batch.created_by))), scoped(Scope((batch.area,), (), PURPOSE)):
        yield batch


# -- reading -----------------------------------------------------------------------------------------------------------


def _read(batch: ImportBatch) -> None:
    """From the beginning each time: nothing of it is in the register yet."""
    ImportRow.objects.filter(batch=batch).delete()
    attempts = batch.counts.get("attempts", 0) + 1
    batch.state, batch.done, batch.total, batch.message = State.READING, 0, 0, ""
    batch.counts, batch.touched_at = {"attempts": attempts}, clock.now()
    batch.save(update_fields=["state", "done", "total", "message", "counts", "touched_at"])
    try:
        counts = _rows_of(batch, attempts)
    except Refused as refusal:
        batch.state, batch.message, batch.finished_at = State.FAILED, refusal.message, clock.now()
    else:
        batch.state, batch.counts, batch.total = State.READY, counts, batch.done
    batch.save(update_fields=["state", "message", "counts", "total", "finished_at"])
    _remove_file(batch)


def _rows_of(batch: ImportBatch, attempts: int) -> dict[str, Any]:
    document = Document.objects.filter(uid=batch.document or batch.pk).first()
    if document is None:
        raise Refused("berkas-hilang", _("Berkas ini sudah tidak ada: kirim sekali lagi"), field="file")
    if attempts > ATTEMPTS:
        raise Refused("berkas-rusak", _("Berkas ini berulang kali gagal dibaca sampai selesai"), field="file")
    try:
        with workbooks.opened(document.path) as table:
            return Reader(batch, table).run()
    except csv.Error as error:
        text = _("Berkas CSV ini rusak: periksa tanda kutip dan pemisah kolomnya")
        raise Refused("berkas-rusak", text, field="file") from error


def _remove_file(batch: ImportBatch) -> None:
    if batch.document is not None:
        owner = User.objects.get(pk=batch.created_by)
        try:
            documents.remove(batch.document, owner=owner)
        except NotFound:
            pass
        batch.document = None
        batch.save(update_fields=["document"])


# -- committing and undoing --------------------------------------------------------------------------------------------


def _commit(batch: ImportBatch) -> None:
    if _in_steps(batch, import_rows.commit_step):
        now = clock.now()
        _finish(batch, State.COMMITTED, _result(batch), committed_at=now)


def _undo(batch: ImportBatch) -> None:
    if _in_steps(batch, import_rows.undo_step):
        left = ImportRow.objects.filter(batch=batch, undone=False).count()
        _finish(batch, State.UNDONE, {"left": left})


def _finish(batch: ImportBatch, state: ImportBatch.State, counts: dict[str, Any], **more: Any) -> None:
    with transaction.atomic():
        locked = _locked(batch.pk)
        locked.state, locked.counts, locked.finished_at = state, locked.counts | counts, clock.now()
        for name, value in more.items():
            setattr(locked, name, value)
        locked.save(update_fields=["state", "counts", "finished_at", *more])


def _result(batch: ImportBatch) -> dict[str, Any]:
    """What became of the rows: entered, changed, left as they were; and how many turned out wrong."""
    rows: QuerySet[ImportRow] = ImportRow.objects.filter(batch=batch)
    found = dict(rows.values_list("outcome").annotate(Count("pk")).order_by())
    changed = rows.filter(Q(outcome="differs"), accepted=True).count()
    return {"new": found.get("new", 0), "error": found.get("error", 0), "changed": changed}


def _in_steps(batch: ImportBatch, step: Callable[[ImportBatch, int, int], None]) -> bool:
    """Each step and its mark in one transaction. False when somebody else has decided otherwise meanwhile."""
    failed = 0
    while True:
        try:
            with transaction.atomic():
                locked = _locked(batch.pk)
                if locked.state != batch.state:
                    return False
                if locked.done >= locked.total:
                    return True
                upto = min(locked.total, locked.done + STEP)
                step(locked, locked.done + 1, upto)
                locked.done, locked.touched_at = upto, clock.now()
                locked.save(update_fields=["done", "touched_at"])
        except IntegrityError:
            failed += 1  # somebody entered the same number at the same moment: the next look sees it
            if failed > ATTEMPTS:
                raise
            log.info("a step of import %s is tried again", batch.pk)


_STEPS: dict[ImportBatch.State, Callable[[ImportBatch], None]] = {
    State.WAITING: _read, State.READING: _read, State.COMMITTING: _commit, State.UNDOING: _undo,
}  # fmt: skip

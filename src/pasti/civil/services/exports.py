"""Files of people out of the register: asked for with a reason, written by a job, taken by who asked, gone after a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from pasti.civil.models import Export
from pasti.civil.rules.layouts import LAYOUTS
from pasti.civil.services import export_files
from pasti.civil.services.alone import alone
from pasti.kernel import clock
from pasti.kernel.accounts.access import actor_for
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, active_assignments, current_scope, scoped
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.api import retries
from pasti.kernel.audit.services import record_change
from pasti.kernel.context import acting_as, current_actor
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places
from pasti.kernel.publish.registry import registry

PURPOSE = "civil.ekspor"
AN_HOUR = 10  # files one person may ask for
KEPT = dt.timedelta(hours=24)
QUIET = dt.timedelta(seconds=90)
SPECIFIC = "civil.specific"
State = Export.State


@dataclass(frozen=True)
class Wish:
    """Which people, written how, and what for."""

    area: str
    layout: str
    form: str
    reason: str
    living: bool = True


@transaction.atomic
def ask(wish: Wish, owner: User, *, key: str = "") -> Export:
    """Have a file of the people of an area written. The same form sent twice is one file.

    Raises Refused: `luar-wilayah`, `susunan-tidak-dikenal`, `alasan-kosong`, `terlalu-sering` (429).
    """
    if not covers(current_scope(), wish.area) or places.place(wish.area) is None:
        raise Refused("luar-wilayah", _("Wilayah ini di luar tugas Anda"), status=404, field="area")
    if wish.layout not in LAYOUTS or wish.form not in ("xlsx", "csv"):
        raise Refused("susunan-tidak-dikenal", _("Pilih susunan kolom dan jenis berkas"), status=422, field="layout")
    if len(wish.reason.strip()) < 5:
        raise Refused("alasan-kosong", _("Tulis untuk apa berkas ini dipakai"), status=422, field="reason")
    if before := retries.done_before(owner.pk, key, "civil.export"):
        return Export.objects.get(pk=before)
    _not_too_often(owner)
    now = clock.now()
    made = Export.objects.create(
        area=wish.area, layout=wish.layout, form=wish.form, living=wish.living, reason=wish.reason.strip()[:200],
        specific=_may_see_specific(owner, wish.area), created_by=owner.pk, created_name=current_actor().name,
        created_at=now, touched_at=now,
    )  # fmt: skip
    retries.remember(owner.pk, key, str(made.pk))
    _told(made, "civil.export.asked")
    _start(made)
    return made


def work(export_id: UUID) -> str:
    """Write the file; the job's one service. Doing it twice does it once. Returns the state reached."""
    made = Export.objects.filter(pk=export_id).first()
    if made is None:
        return ""
    owner = User.objects.get(pk=made.created_by)
    scope = Scope((made.area,), (), PURPOSE)
    with acting_as(actor_for(owner)), scoped(scope), alone(f"civil.export:{export_id}") as mine:
        if mine and made.state == State.WAITING:
            _write(made, owner)
        made.refresh_from_db()
        return str(made.state)


def taken(made: Export) -> None:
    """Record that the file was downloaded."""
    _told(made, "civil.export.taken")


def resume() -> int:
    """Start again what no worker gets on with, and delete the files of yesterday. Returns how many of both."""
    now = clock.now()
    left = list(Export.objects.filter(state=State.WAITING, touched_at__lt=now - QUIET))
    for made in left:
        _start(made)
    old = list(Export.objects.filter(state=State.READY, finished_at__lt=now - KEPT))
    for made in old:
        made.path.unlink(missing_ok=True)
        Export.objects.filter(pk=made.pk).update(state=State.GONE)
    return len(left) + len(old)


def _write(made: Export, owner: User) -> None:
    """Who is in the file is recorded in the transaction that makes it ready: no file without its trace."""
    still = any(covers(Scope((one.area_code,)), made.area) for one in active_assignments(owner, clock.today()))
    if not still:
        Export.objects.filter(pk=made.pk).update(state=State.FAILED, finished_at=clock.now())
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS taken_out")
        cursor.execute("CREATE TEMP TABLE taken_out (id uuid)")
    partial = made.path.with_suffix(".part")
    try:
        partial.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        total = export_files.write(made, partial, progress=lambda done, of: _progress(made, done, of))
        with transaction.atomic():
            _record_people(made)
            partial.replace(made.path)
            Export.objects.filter(pk=made.pk).update(
                state=State.READY, done=total, total=total, size=made.path.stat().st_size, finished_at=clock.now()
            )
    finally:
        partial.unlink(missing_ok=True)
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE IF EXISTS taken_out")


def _progress(made: Export, done: int, total: int) -> None:
    Export.objects.filter(pk=made.pk).update(done=done, total=total, touched_at=clock.now())


def _record_people(made: Export) -> None:
    actor = current_actor()
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, {
            "now": clock.now(), "actor": actor.user_id, "name": actor.name, "role": actor.role, "unit": actor.unit,
            "export": str(made.pk), "label": made.reason, "fields": export_files.fields(made), "purpose": PURPOSE,
        })  # fmt: skip


def _not_too_often(owner: User) -> None:
    """The owner's row is locked, so two at once cannot both be the last."""
    User.objects.select_for_update().get(pk=owner.pk)
    since = clock.now() - dt.timedelta(hours=1)
    if Export.objects.filter(created_by=owner.pk, created_at__gt=since).count() >= AN_HOUR:
        text = _("Paling banyak %(count)s berkas dalam satu jam. Coba lagi nanti.") % {"count": AN_HOUR}
        raise Refused("terlalu-sering", text, status=429)


def _may_see_specific(owner: User, area: str) -> bool:
    """By a role held over this very area: being an officer elsewhere opens nothing here."""
    roles = registry().roles_by_permission.get(SPECIFIC, frozenset())
    held = active_assignments(owner, clock.today())
    return any(one.role in roles and covers(Scope((one.area_code,)), area) for one in held)


def _told(made: Export, action: str) -> None:
    record_change(None, action, purpose=PURPOSE, object_type="export", object_id=made.pk, object_label=made.reason,
                  changes={"area": made.area, "layout": made.layout, "people": made.total})  # fmt: skip


def _start(made: Export) -> None:
    from pasti.civil.jobs import start_export

    start_export(made.pk, made.area)


def own(export_id: UUID, owner: User) -> Export:
    """One's own file within the scope. Raises NotFound for another's, as if there were none."""
    found = Export.objects.filter(pk=export_id, created_by=owner.pk).first()
    if found is None:
        raise NotFound
    return found


_RECORD = """INSERT INTO audit_entry (at, kind, action, actor_id, actor_name, actor_role, actor_unit, subject_id,
  object_type, object_id, object_label, fields, changes, purpose, request_id)
SELECT %(now)s, 'read', 'civil.person.exported', %(actor)s, %(name)s, %(role)s, %(unit)s, id, 'export', %(export)s,
  %(label)s, %(fields)s::jsonb, '{}', %(purpose)s, '' FROM taken_out"""

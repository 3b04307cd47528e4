"""Writing the audit log. The actor and the request come from the context, never from the caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from pasti.kernel.context import current_actor, request_id
from pasti.kernel.statements import run

_COLUMNS = (
    "at", "kind", "action", "actor_id", "actor_name", "actor_role", "actor_unit", "subject_id", "object_type", "object_id",
    "object_label", "fields", "changes", "purpose", "request_id",
)  # fmt: skip
_ADD = f"INSERT INTO audit_entry ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"


def record_read(
    subject: UUID | None, action: str, *, purpose: str, fields: Sequence[str],
    object_type: str = "", object_id: object = "", object_label: str = "",
) -> None:  # fmt: skip
    """Record that the current actor read `fields` of `subject`'s record, and why."""
    _add(_entry(Entry.Kind.READ, subject, action, purpose, object_type, object_id, object_label, fields=list(fields)))


def record_reads(
    subjects: Iterable[UUID], action: str, *, purpose: str, fields: Sequence[str], object_type: str = ""
) -> None:
    """Record one read per subject in one statement, for lists."""
    Entry.objects.bulk_create(
        _entry(Entry.Kind.READ, subject, action, purpose, object_type, subject, "", fields=list(fields))
        for subject in subjects
    )


def record_change(
    subject: UUID | None, action: str, *, purpose: str, fields: Sequence[str] = (),
    object_type: str = "", object_id: object = "", object_label: str = "", changes: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Record that the current actor changed something of `subject`'s, in the change's own transaction."""
    _add(_entry(
        Entry.Kind.CHANGE, subject, action, purpose, object_type, object_id, object_label,
        fields=list(fields or (changes or {})), changes=changes or {},
    ))  # fmt: skip


def seal() -> int:
    """Close what has been written since the last seal into the hash chain; returns the rows sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_seal_new_rows()")
        return int(cursor.fetchone()[0])


def _add(entry: Entry) -> None:
    """Write one row: the commonest write of the whole house, so it takes the short way."""
    values = {name: getattr(entry, name) for name in _COLUMNS}
    values |= {"kind": str(entry.kind), "fields": Jsonb(entry.fields), "changes": Jsonb(entry.changes)}
    run(_ADD, list(values.values()))


def _entry(
    kind: str, subject: UUID | None, action: str, purpose: str,
    object_type: str, object_id: object, object_label: str, **more: Any,
) -> Entry:  # fmt: skip
    actor = current_actor()
    return Entry(
        at=now(), kind=kind, action=action, subject_id=subject, purpose=purpose, request_id=request_id(),
        actor_id=actor.user_id, actor_name=actor.name, actor_role=actor.role, actor_unit=actor.unit,
        object_type=object_type, object_id=str(object_id), object_label=object_label, **more,
    )  # fmt: skip

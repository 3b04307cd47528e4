"""One step of committing or undoing a batch: rows from one number to another, inside the caller's transaction.

New people go in by set, straight from the rows of the file, because a city is 200,000 of them; what differs is changed
one by one like any other correction.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.db import connection, transaction

from pasti.civil import events
from pasti.civil.models import ImportBatch, ImportRow, Person
from pasti.civil.services.changes import typed
from pasti.civil.services.persons import update_person
from pasti.kernel import clock
from pasti.kernel.context import current_actor
from pasti.kernel.errors import Refused
from pasti.kernel.outbox.services import emit

PURPOSE = "civil.impor"


def commit_step(batch: ImportBatch, first: int, last: int) -> None:
    """Put the new people of rows `first` to `last` into the register, and the accepted differences."""
    _run(_COMMIT, _parameters(batch, first, last))
    fields = set(batch.counts.get("accepted_fields", ()))
    for row in ImportRow.objects.filter(batch=batch, outcome="differs", number__range=(first, last)).order_by("number"):
        wanted = set(row.differences) if row.accepted else fields if row.accepted is None else set()
        if row.person_id and (kept := _only(row.differences, wanted)):
            _change(row, kept)


def undo_step(batch: ImportBatch, first: int, last: int) -> None:
    """Void the people of these rows that nobody touched since, and put accepted differences back."""
    _run(_UNDO, _parameters(batch, first, last))
    for row in ImportRow.objects.filter(batch=batch, outcome="differs", accepted=True, number__range=(first, last)):
        _put_back(row)


def _run(statements: tuple[str, ...], values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_BY_INDEX.format("off"))
        for statement in statements:
            cursor.execute(statement, values)
        cursor.execute(_BY_INDEX.format("on"))


def _change(row: ImportRow, kept: dict[str, Any]) -> None:
    """Take over what was accepted. What the register refuses by now stops this row alone."""
    changes = typed(Person, {name: there for name, (_here, there) in kept.items()})
    try:
        with transaction.atomic():
            update_person(cast(UUID, row.person_id), changes, purpose=PURPOSE)
            _say(row)
    except Refused as refusal:
        row.problems.append([refusal.field or "nik", "refused", refusal.message, True])
        ImportRow.objects.filter(pk=row.pk).update(accepted=False, problems=row.problems)
        return
    ImportRow.objects.filter(pk=row.pk).update(accepted=True, differences=kept)


def _parameters(batch: ImportBatch, first: int, last: int) -> dict[str, Any]:
    """What the statements below take: which rows, and who does it when and why."""
    actor = current_actor()
    return {
        "batch": batch.pk, "first": first, "last": last, "now": clock.now(), "today": clock.today(),
        "actor": actor.user_id, "actor_name": actor.name, "role": actor.role, "unit": actor.unit, "purpose": PURPOSE,
    }  # fmt: skip


def _put_back(row: ImportRow) -> None:
    person = Person.objects.filter(pk=row.person_id).first() if row.person_id else None
    there = typed(Person, {name: values[1] for name, values in row.differences.items()})
    if person is None or any(getattr(person, name) != value for name, value in there.items()):
        ImportRow.objects.filter(pk=row.pk).update(undone=False)
        return
    here = typed(Person, {name: values[0] for name, values in row.differences.items()})
    update_person(person.pk, here, purpose=PURPOSE)
    _say(row)
    ImportRow.objects.filter(pk=row.pk).update(undone=True)


def _say(row: ImportRow) -> None:
    corrected = events.PersonCorrected(cast(UUID, row.person_id), row.batch_id)
    emit(corrected, aggregate=f"civil.person:{row.person_id}")


def _only(differences: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    return {name: values for name, values in differences.items() if name in wanted}


_COLUMNS = {
    "id": "uuid", "nik": "text", "name": "text", "name_search": "text", "name_sounds": "text[]", "sex": "int",
    "birth_place": "text", "birth_date": "date", "religion": "int", "education": "int", "occupation": "int",
    "marital_status": "int", "blood_type": "int", "citizenship": "int", "father_name": "text", "mother_name": "text",
    "father_nik": "text", "mother_nik": "text", "birth_certificate": "text", "marriage_certificate": "text",
    "marriage_date": "date", "divorce_certificate": "text", "divorce_date": "date", "passport": "text",
    "passport_expires": "date", "kitas": "text", "ktp_status": "int", "disability": "int", "status_dasar": "int",
    "rt_code": "text",
}  # fmt: skip
_CARD = {"family": "uuid", "address": "uuid", "kk": "text", "street": "text", "relation": "int"}
_ROWS = "r.batch_id = %(batch)s AND r.outcome = 'new' AND r.number BETWEEN %(first)s AND %(last)s"
# The tables grow faster than their statistics, and to a planner without them the policies' condition on places looks
# like the best way in. So everything here is looked up by an index of ids: sub-selects that cannot be turned into
# joins, arrays, and no bitmaps.
_BY_INDEX = "SELECT set_config('enable_seqscan', '{0}', true), set_config('enable_bitmapscan', '{0}', true)"
_AUDIT = """INSERT INTO audit_entry (at, kind, action, actor_id, actor_name, actor_role, actor_unit, subject_id,
  object_type, object_id, object_label, fields, changes, purpose, request_id)
SELECT %(now)s, 'change', '{action}', %(actor)s, %(actor_name)s, %(role)s, %(unit)s, id, 'import',
  %(batch)s::text, '', '[]', '{{}}', %(purpose)s, '' FROM {source}"""
_COMMIT = (
    # Each row of the file is unpacked once.
    f"""CREATE TEMP TABLE coming AS SELECT r.number AS row_number, n.* FROM civil_importrow r
CROSS JOIN LATERAL jsonb_to_record(r.content) AS n ({", ".join(f"{n} {t}" for n, t in (_COLUMNS | _CARD).items())})
WHERE {_ROWS}""",
    # What came into the register since the file was read stops its row, not the batch.
    """CREATE TEMP TABLE stopped AS
SELECT row_number, '[["nik", "taken_since", "", true]]'::jsonb AS problem FROM coming
WHERE nik = ANY (ARRAY(SELECT civil_niks_taken(ARRAY(SELECT nik FROM coming WHERE nik IS NOT NULL))))
UNION ALL
SELECT c.row_number, '[["kk", "taken_since", "", true]]' FROM coming c
JOIN civil_kk_taken(ARRAY(SELECT kk FROM coming WHERE family IS NOT NULL)) t ON t.number = c.kk AND t.id <> c.family
UNION ALL
SELECT c.row_number, '[["relation", "second_head", "", true]]' FROM coming c WHERE c.relation = 1 AND (
  SELECT m.id FROM civil_membership m WHERE m.family_id = c.family AND m.ends IS NULL AND m.relation = 1) IS NOT NULL""",
    """UPDATE civil_importrow r SET outcome = 'error', problems = r.problems || s.problem FROM stopped s
WHERE r.batch_id = %(batch)s AND r.number = s.row_number""",
    "DELETE FROM coming c USING stopped s WHERE c.row_number = s.row_number",
    # The cards of these people, each looked at once: those that stand, and the new ones as their first row has them.
    """CREATE TEMP TABLE standing AS SELECT f.id AS family, f.rt_code FROM civil_family f
WHERE f.id = ANY (ARRAY(SELECT DISTINCT family FROM coming WHERE family IS NOT NULL))""",
    """CREATE TEMP TABLE fresh AS SELECT DISTINCT ON (c.family) c.family, c.kk, c.address, c.street, c.rt_code FROM coming c
LEFT JOIN standing s ON s.family = c.family WHERE c.family IS NOT NULL AND s.family IS NULL
ORDER BY c.family, c.row_number""",
    """INSERT INTO civil_address (id, street, number, rt_code, recorded_at)
SELECT DISTINCT ON (address) address, street, '', rt_code, %(now)s FROM fresh ORDER BY address ON CONFLICT DO NOTHING""",
    """INSERT INTO civil_family (id, number, address_id, rt_code, recorded_at)
SELECT family, kk, address, rt_code, %(now)s FROM fresh ON CONFLICT DO NOTHING""",
    """UPDATE civil_family SET closed_on = NULL
WHERE id = ANY (ARRAY(SELECT family FROM standing)) AND closed_on IS NOT NULL""",
    f"""INSERT INTO civil_person ({", ".join(_COLUMNS)}, residency, valid_from, recorded_at)
SELECT {", ".join(_COLUMNS)}, 1, birth_date, %(now)s FROM coming""",
    """INSERT INTO civil_personversion
  (person_id, sign, sex, birth_date, has_nik, status_dasar, rt_code, valid_from, recorded_at)
SELECT id, 1, sex, birth_date, nik IS NOT NULL, status_dasar, rt_code, birth_date, %(now)s FROM coming""",
    """INSERT INTO civil_membership (person_id, family_id, relation, starts, ends, rt_code, recorded_at)
SELECT c.id, c.family, c.relation, %(today)s, NULL, k.rt_code, %(now)s
FROM coming c JOIN (SELECT family, rt_code FROM standing UNION ALL SELECT family, rt_code FROM fresh) k
  ON k.family = c.family""",
    _AUDIT.format(action="civil.person.imported", source="coming"),
    "DROP TABLE coming, stopped, standing, fresh",
)
_UNDO = (
    f"""CREATE TEMP TABLE brought AS SELECT r.number, (r.content ->> 'id')::uuid AS id FROM civil_importrow r
WHERE {_ROWS}""",
    """CREATE TEMP TABLE undoing AS SELECT number, id FROM brought b
WHERE (SELECT count(*) FROM civil_personversion v WHERE v.person_id = b.id) = 1
  AND (SELECT count(*) FROM civil_membership m WHERE m.person_id = b.id) < 2
  AND NOT EXISTS (SELECT 1 FROM civil_peristiwa e WHERE e.person_id = b.id)
  AND (SELECT p.sex FROM civil_person p WHERE p.id = b.id) IS NOT NULL""",
    """UPDATE civil_importrow SET undone = false WHERE batch_id = %(batch)s
  AND number = ANY (ARRAY(SELECT number FROM brought EXCEPT SELECT number FROM undoing))""",
    """INSERT INTO civil_personversion
  (person_id, sign, sex, birth_date, has_nik, status_dasar, rt_code, valid_from, recorded_at)
SELECT p.id, s.sign, p.sex, p.birth_date, p.nik IS NOT NULL, CASE s.sign WHEN 1 THEN 9 ELSE p.status_dasar END,
  p.rt_code, p.valid_from, %(now)s
FROM civil_person p CROSS JOIN (VALUES (-1), (1)) s (sign)
WHERE p.id = ANY (ARRAY(SELECT id FROM undoing)) ORDER BY p.id, s.sign""",
    "UPDATE civil_person SET status_dasar = 9 WHERE id = ANY (ARRAY(SELECT id FROM undoing))",
    """CREATE TEMP TABLE cards AS SELECT DISTINCT family_id FROM civil_membership
WHERE person_id = ANY (ARRAY(SELECT id FROM undoing))""",
    """UPDATE civil_membership SET ends = greatest(starts, %(today)s)
WHERE person_id = ANY (ARRAY(SELECT id FROM undoing)) AND ends IS NULL""",
    """UPDATE civil_family f SET closed_on = %(today)s WHERE f.id = ANY (ARRAY(SELECT family_id FROM cards))
  AND f.closed_on IS NULL
  AND (SELECT count(*) FROM civil_membership m WHERE m.family_id = f.id AND m.ends IS NULL) = 0""",
    _AUDIT.format(action="civil.person.import_undone", source="undoing"),
    "DROP TABLE brought, undoing, cards",
)

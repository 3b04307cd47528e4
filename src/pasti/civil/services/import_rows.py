"""One step of committing or undoing a batch: rows from one number to another, inside the caller's transaction.

New people go in by set, straight from the rows of the file, because a city is 200,000 of them; what differs is changed
one by one like any other correction.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from pasti.civil.models import ImportBatch, ImportRow, Person
from pasti.civil.services.changes import typed
from pasti.civil.services.persons import update_person
from pasti.kernel import clock
from pasti.kernel.context import current_actor

PURPOSE = "civil.impor"


def commit_step(batch: ImportBatch, first: int, last: int) -> None:
    """Put the new people of rows `first` to `last` into the register, and the accepted differences."""
    values = _parameters(batch, first, last)
    with connection.cursor() as cursor:
        for statement in _COMMIT:
            cursor.execute(statement, values)
    fields = set(batch.counts.get("accepted_fields", ()))
    for row in ImportRow.objects.filter(batch=batch, outcome="differs", number__range=(first, last)).order_by("number"):
        wanted = set(row.differences) if row.accepted else fields if row.accepted is None else set()
        changes = {name: there for name, (_here, there) in row.differences.items() if name in wanted}
        if changes and row.person_id:
            update_person(row.person_id, typed(Person, changes), purpose=PURPOSE)
            ImportRow.objects.filter(pk=row.pk).update(accepted=True, differences=_only(row.differences, wanted))


def undo_step(batch: ImportBatch, first: int, last: int) -> None:
    """Void the people of these rows that nobody touched since, and put accepted differences back."""
    values = _parameters(batch, first, last)
    with connection.cursor() as cursor:
        for statement in _UNDO:
            cursor.execute(statement, values)
    for row in ImportRow.objects.filter(batch=batch, outcome="differs", accepted=True, number__range=(first, last)):
        _put_back(row)


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
    ImportRow.objects.filter(pk=row.pk).update(undone=True)


def _only(differences: dict[str, Any], wanted: set[str]) -> dict[str, Any]:
    return {name: values for name, values in differences.items() if name in wanted}


_COLUMNS = (
    "id", "nik", "name", "name_search", "name_sounds", "sex", "birth_place", "birth_date", "religion", "education",
    "occupation", "marital_status", "blood_type", "citizenship", "father_name", "mother_name", "father_nik",
    "mother_nik", "birth_certificate", "marriage_certificate", "marriage_date", "divorce_certificate", "divorce_date",
    "passport", "passport_expires", "kitas", "ktp_status", "disability", "status_dasar", "rt_code",
)  # fmt: skip
_NEW = """FROM civil_importrow r WHERE r.batch_id = %(batch)s AND r.outcome = 'new' AND r.number BETWEEN %(first)s AND %(last)s"""
# In FROM, so that a row is unpacked once and not once a column.
_PEOPLE = """FROM civil_importrow r CROSS JOIN LATERAL jsonb_populate_record(NULL::civil_person, r.content) n
WHERE r.batch_id = %(batch)s AND r.outcome = 'new' AND r.number BETWEEN %(first)s AND %(last)s"""
_AUDIT = """INSERT INTO audit_entry (at, kind, action, actor_id, actor_name, actor_role, actor_unit, subject_id,
  object_type, object_id, object_label, fields, changes, purpose, request_id)
SELECT %(now)s, 'change', '{action}', %(actor)s, %(actor_name)s, %(role)s, %(unit)s, {subject}, 'import',
  %(batch)s::text, '', '[]', '{{}}', %(purpose)s, '' {source}"""
_COMMIT = (
    # A number that came into the register since the file was read stops its row, not the batch.
    f"""UPDATE civil_importrow r SET outcome = 'error', problems = problems || '[["nik", "taken_since", "", true]]'
WHERE r.batch_id = %(batch)s AND r.outcome = 'new' AND r.number BETWEEN %(first)s AND %(last)s
  AND r.content ->> 'nik' IN (SELECT civil_niks_taken(ARRAY(SELECT r.content ->> 'nik' {_NEW})))""",
    f"""INSERT INTO civil_address (id, street, number, rt_code, recorded_at)
SELECT DISTINCT ON (r.content ->> 'address') (r.content ->> 'address')::uuid, r.content ->> 'street', '',
  r.content ->> 'rt_code', %(now)s {_NEW} AND r.content ? 'family'
  AND NOT EXISTS (SELECT 1 FROM civil_family f WHERE f.id = (r.content ->> 'family')::uuid)
ORDER BY r.content ->> 'address', r.number ON CONFLICT DO NOTHING""",
    f"""INSERT INTO civil_family (id, number, address_id, rt_code, recorded_at)
SELECT DISTINCT ON (r.content ->> 'family') (r.content ->> 'family')::uuid, r.content ->> 'kk',
  (r.content ->> 'address')::uuid, r.content ->> 'rt_code', %(now)s {_NEW} AND r.content ? 'family'
  AND NOT EXISTS (SELECT 1 FROM civil_family f WHERE f.id = (r.content ->> 'family')::uuid)
ORDER BY r.content ->> 'family', r.number ON CONFLICT DO NOTHING""",
    f"""UPDATE civil_family f SET closed_on = NULL WHERE closed_on IS NOT NULL
  AND id IN (SELECT (r.content ->> 'family')::uuid {_NEW} AND r.content ? 'family')""",
    f"""INSERT INTO civil_person ({", ".join(_COLUMNS)}, residency, valid_from, recorded_at)
SELECT {", ".join(f"n.{name}" for name in _COLUMNS)}, 1, n.birth_date, %(now)s {_PEOPLE}""",
    f"""INSERT INTO civil_personversion
  (person_id, sign, sex, birth_date, has_nik, status_dasar, rt_code, valid_from, recorded_at)
SELECT n.id, 1, n.sex, n.birth_date, n.nik IS NOT NULL, n.status_dasar, n.rt_code, n.birth_date, %(now)s
{_PEOPLE}""",
    """INSERT INTO civil_membership (person_id, family_id, relation, starts, ends, rt_code, recorded_at)
SELECT (r.content ->> 'id')::uuid, f.id, (r.content ->> 'relation')::int, %(today)s, NULL, f.rt_code, %(now)s
FROM civil_importrow r JOIN civil_family f ON f.id = (r.content ->> 'family')::uuid
WHERE r.batch_id = %(batch)s AND r.outcome = 'new' AND r.number BETWEEN %(first)s AND %(last)s""",
    _AUDIT.format(action="civil.person.imported", subject="(r.content ->> 'id')::uuid", source=_NEW),
)
_UNTOUCHED = f"""SELECT (r.content ->> 'id')::uuid AS id {_NEW}
  AND (SELECT count(*) FROM civil_personversion v WHERE v.person_id = (r.content ->> 'id')::uuid) = 1
  AND (SELECT count(*) FROM civil_membership m WHERE m.person_id = (r.content ->> 'id')::uuid) < 2
  AND NOT EXISTS (SELECT 1 FROM civil_peristiwa e WHERE e.person_id = (r.content ->> 'id')::uuid)"""
_UNDO = (
    f"""CREATE TEMP TABLE undoing AS {_UNTOUCHED}""",
    """UPDATE civil_importrow r SET undone = (r.content ->> 'id')::uuid IN (SELECT id FROM undoing)
WHERE r.batch_id = %(batch)s AND r.outcome = 'new' AND r.number BETWEEN %(first)s AND %(last)s""",
    """INSERT INTO civil_personversion
  (person_id, sign, sex, birth_date, has_nik, status_dasar, rt_code, valid_from, recorded_at)
SELECT p.id, s.sign, p.sex, p.birth_date, p.nik IS NOT NULL, CASE s.sign WHEN 1 THEN 9 ELSE p.status_dasar END,
  p.rt_code, p.valid_from, %(now)s
FROM civil_person p JOIN undoing USING (id) CROSS JOIN (VALUES (-1), (1)) s (sign) ORDER BY p.id, s.sign""",
    "UPDATE civil_person SET status_dasar = 9 WHERE id IN (SELECT id FROM undoing)",
    "UPDATE civil_membership SET ends = greatest(starts, %(today)s) WHERE ends IS NULL AND person_id IN (SELECT id FROM undoing)",
    """UPDATE civil_family f SET closed_on = %(today)s WHERE closed_on IS NULL AND f.id = ANY (ARRAY(
  SELECT m.family_id FROM civil_membership m JOIN undoing u ON u.id = m.person_id
)) AND NOT EXISTS (SELECT 1 FROM civil_membership m WHERE m.family_id = f.id AND m.ends IS NULL)""",
    _AUDIT.format(action="civil.person.import_undone", subject="id", source="FROM undoing"),
    "DROP TABLE undoing",
)

"""The audit log keeps what was written, and says so when it does not."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from pasti.kernel.audit import queries, services
from pasti.kernel.context import Actor, acting_as

NURSE = Actor(uuid.uuid4(), "Siti", "perawat", "RSUD")


def _read(subject: uuid.UUID | None = None) -> None:
    services.record_read(subject or uuid.uuid4(), "purut.patient.read", purpose="purut.care", fields=["name"])


@pytest.mark.django_db
def test_a_read_names_actor_role_purpose_and_fields() -> None:
    subject = uuid.uuid4()
    with acting_as(NURSE, "request-1"):
        _read(subject)
    entry = queries.trail_of(subject).get()
    assert (entry.actor_id, entry.actor_role, entry.actor_unit) == (NURSE.user_id, "perawat", "RSUD")
    assert (entry.kind, entry.purpose, entry.fields, entry.request_id) == ("read", "purut.care", ["name"], "request-1")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET actor_name = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
     "DELETE FROM audit_seal", "INSERT INTO audit_seal VALUES (1, 1, 1, 1, '', '', now())"],
)  # fmt: skip
def test_the_application_role_cannot_change_or_delete(statement: str) -> None:
    _read()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_chain_verifies_over_several_seals() -> None:
    for rows in (3, 1, 0, 5):
        for _ in range(rows):
            _read()
        assert services.seal() == rows
    found = queries.verify_chain()
    assert found.intact, found.fault
    assert found.seals == 3


def _committed(count: int) -> None:
    for _ in range(count):
        _read()
    services.seal()


def _as_owner(owner_url: str, statement: str) -> None:
    """What somebody with the owner's login and bad intent would do: switch the guards off first."""
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        owner.execute(statement)
        owner.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("crime", "fault"),
    [
        ("UPDATE audit_entry SET actor_name = 'Budi' WHERE id = 3", "row 3 was altered"),
        ("DELETE FROM audit_entry WHERE id = 3", "rows 1-5 does not match"),
        ("DELETE FROM audit_entry WHERE id = 5", "rows 1-5 does not match"),
        ("UPDATE audit_entry e SET actor_name='Budi', row_hash=sha256('x') WHERE id = 3", "row 3 was altered"),
    ],
)
def test_tampering_by_the_owner_is_found(fresh_database: str, owner_url: str, crime: str, fault: str) -> None:
    _committed(5)
    _committed(2)
    assert queries.verify_chain().intact
    _as_owner(owner_url, crime)
    assert fault in queries.verify_chain().fault

"""Statements planned once, and acts that are part of a transaction given up as a whole."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from pasti.kernel.accounts.models import AccessToken, User
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.kernel.statements import Finder, run
from pasti.kernel.transactions import act, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    """Somebody with a token."""
    made = User.objects.create_user("siti", name="Siti", kind=User.Kind.CITIZEN)
    AccessToken.objects.create(user=made, digest=b"x" * 32, scopes=["a", "b"], expires_at=now() + dt.timedelta(hours=1))
    return made


def test_a_finder_brings_the_same_rows_as_a_query_set(user: User) -> None:
    finder = Finder("FROM accounts_accesstoken t JOIN accounts_user u ON u.id = t.user_id WHERE u.username = %s",
                    t=AccessToken, u=User)  # fmt: skip
    found = finder.first(["siti"])
    assert found is not None
    fields = [field.attname for field in (*AccessToken._meta.concrete_fields, *User._meta.concrete_fields)]
    plain = AccessToken.objects.select_related("user").get()
    for one, other in zip(found, (plain, plain.user), strict=True):
        assert [getattr(one, name, None) for name in fields] == [getattr(other, name, None) for name in fields]
    assert finder.all(["siti"]) == [found]
    assert finder.first(["nobody"]) is None
    found[1].name = "Siti Aminah"
    found[1].save()
    assert User.objects.get().name == "Siti Aminah"


def test_a_broken_constraint_is_the_error_that_django_raises(user: User) -> None:
    key = [uuid.uuid4(), "key", "op", "", "", now()]
    statement = "INSERT INTO api_keptanswer (caller, key, operation, request_hash, body, created_at) VALUES (%s, %s, %s, %s, %s, %s)"
    assert run(statement, key) is None
    with pytest.raises(IntegrityError), transaction.atomic():
        run(statement, key)
    assert run("SELECT count(*) FROM api_keptanswer", []) == (1,)


@act
def refusing() -> None:
    """Write, then refuse."""
    User.objects.update(name="changed")
    raise Refused("no", "no")


def test_an_act_that_refuses_may_be_caught_by_its_caller(user: User) -> None:
    with transaction.atomic():
        with pytest.raises(Refused):
            refusing()
        assert User.objects.get().name == "Siti"


def test_within_a_whole_nothing_stays_and_no_savepoint_is_made(user: User) -> None:
    def savepoints() -> int:
        return sum("SAVEPOINT" in query["sql"] for query in connection.queries)

    connection.force_debug_cursor = True
    try:
        before = savepoints()
        with pytest.raises(Refused), whole():
            refusing()
        made = savepoints() - before
    finally:
        connection.force_debug_cursor = False
    assert User.objects.get().name == "Siti"
    assert made == 3, "made, rolled back to and released: the whole's own, for the test stands in a transaction"

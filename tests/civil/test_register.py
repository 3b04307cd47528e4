"""The register shows people only within a scope, in Python and in SQL, and tells them who looked."""

import datetime as dt

import pytest
from django.db import connection

from pasti.civil import queries, services
from pasti.civil.models import Family, Membership, Person, PersonVersion
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, everyone, scoped
from pasti.kernel.accounts.services import assign, issue_token
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.publish.registry import registry

from .conftest import OTHER_RT, RT, new

pytestmark = pytest.mark.django_db
TABLES = ("civil_person", "civil_personversion", "civil_family", "civil_membership", "civil_address")
WHOLE = everyone("99.01", "civil.pelayanan")


def counted(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def official(role, area):
    user = User.objects.create_user(role, name=role, kind="official")
    assign(user, role, unit_code=area, unit_name=area, area_code=area)
    return user


def bearer(user):
    return {"headers": {"Authorization": f"Bearer {issue_token(user, scopes=['*'])}"}}


def test_without_a_scope_nothing_is_found_in_python_or_in_sql(town):
    assert not Person.objects.exists()
    assert not Family.objects.exists()
    assert {table: counted(table) for table in TABLES} == dict.fromkeys(TABLES, 0)


def test_the_database_alone_keeps_one_rt_from_another(town):
    with scoped(Scope((RT,), (), "civil.pelayanan")):
        assert counted("civil_person") == 3
        assert counted("civil_address") == 1
        with connection.cursor() as cursor:
            cursor.execute("UPDATE civil_person SET name = 'x' WHERE id = %s", [town.stranger.pk])
            assert cursor.rowcount == 0
    with scoped(Scope((OTHER_RT,), (), "civil.pelayanan")):
        assert {table: counted(table) for table in TABLES[2:]} == dict.fromkeys(TABLES[2:], 0)
        assert list(Person.objects.all()) == [town.stranger]


def test_a_code_that_merely_begins_alike_is_another_place(town):
    with scoped(Scope(("99.01.01.100",), (), "x")):
        assert counted("civil_person") == 0
        assert not Person.objects.exists()


def test_a_resident_sees_the_own_family_and_nobody_else(town):
    user = User.objects.create_user("warga", name="w", person_id=town.mother.pk)
    scope = queries.scope_for(user, "portal.profile")
    assert scope.areas == ()
    assert scope.people[:1] == (town.mother.pk,)
    assert set(scope.people) == {town.father.pk, town.mother.pk, town.child.pk}
    with scoped(scope):
        assert counted("civil_person") == 3
        home = queries.household(town.mother.pk)
        assert [member.relation_name for member in home.members] == ["KEPALA KELUARGA", "ISTRI", "ANAK"]
        with pytest.raises(NotFound):
            queries.person(town.stranger.pk)
    profile = queries.profile(user)
    assert profile.person == town.mother
    assert profile.words["sex"] == "PEREMPUAN"


def test_reading_someone_leaves_a_row_in_their_trail(town):
    with scoped(WHOLE):
        queries.person(town.child.pk)
        queries.search("zahra")
    actions = [(entry.action, entry.purpose) for entry in trail_of(town.child.pk)]
    assert ("civil.person.read", "civil.pelayanan") in actions
    assert ("civil.people.listed", "civil.pelayanan") in actions
    words = registry().actions
    assert all(action in words for action, _ in actions)


@pytest.mark.parametrize("words", ["syafii", "SYAFI’I", "hidayat syafi", "9901010203859001"])
def test_search_forgives_apostrophes_case_and_order(town, words):
    with scoped(WHOLE):
        assert town.father in queries.search(words)


def test_a_nik_belongs_to_one_person_and_must_be_possible(town):
    with scoped(WHOLE):
        with pytest.raises(Refused, match="dipakai") as taken:
            services.register_person(new("Lain", nik="9901010203859001"), purpose="x")
        assert taken.value.field == "nik"
        with pytest.raises(Refused, match="0000"):
            services.register_person(new("Lain", nik="9901010203850000"), purpose="x")
        assert services.register_person(new("Bayi Satu"), purpose="x").nik is None
        assert services.register_person(new("Bayi Dua"), purpose="x").nik is None


def test_nobody_is_registered_or_changed_outside_the_scope(town):
    with scoped(Scope((OTHER_RT,), (), "x")):
        with pytest.raises(Refused, match="luar"):
            services.register_person(new("Lain", rt=RT), purpose="x")
        with pytest.raises(NotFound):
            services.update_person(town.father.pk, {"name": "Lain"}, purpose="x")


def test_a_person_is_on_one_card_and_a_card_has_one_head(town):
    with scoped(WHOLE):
        with pytest.raises(Refused):
            services.add_member(town.family, town.stranger.pk, Membership.HEAD, purpose="x")
        with pytest.raises(Refused):
            services.open_family(
                "9901010101109002", head=town.mother.pk, street="Jl. M", house="1", rt_code=RT, purpose="x"
            )  # fmt: skip
        assert Family.objects.count() == 1


def test_an_update_is_kept_as_a_version_and_says_what_changed(town):
    with scoped(WHOLE):
        services.update_person(town.child.pk, {"nik": "9901014901159001", "name": "Zahra"}, purpose="x")
        services.update_person(town.child.pk, {"name": "Zahra"}, purpose="x")  # no difference, no trace
        ledger = PersonVersion.objects.filter(person=town.child).order_by("id")
        assert list(ledger.values_list("sign", "has_nik")) == [(1, False), (-1, False), (1, True)]
    changed = trail_of(town.child.pk).filter(action="civil.person.updated").get()
    assert changed.changes["name"] == ["Zahra Syafi'i", "Zahra"]


def test_the_share_with_nik_can_be_counted_again_as_it_was_known(town):
    measure = registry().measures["civil.share_with_nik"]
    now = dt.datetime.now(dt.UTC)
    params = {"start": now - dt.timedelta(days=30), "end": now + dt.timedelta(days=1), "area": "99.01", "as_of": now}

    def value(as_of):
        with scoped(WHOLE), connection.cursor() as cursor:
            cursor.execute(measure.sql, params | {"as_of": as_of})
            return cursor.fetchone()

    assert value(now)[:2] == (3, 4)
    with scoped(WHOLE):
        services.update_person(town.child.pk, {"nik": "9901014901159001"}, purpose="x")
    later = dt.datetime.now(dt.UTC)
    assert value(later)[:2] == (4, 4)
    assert value(now)[:2] == (3, 4)
    with scoped(WHOLE), connection.cursor() as cursor:
        cursor.execute(measure.records_sql, params | {"as_of": later})
        records = cursor.fetchall()
        cursor.execute(measure.sample_sql, params | {"as_of": later})
        assert cursor.fetchone()
    assert len(records) == len(set(records)) == 6  # four people, one of them changed


def test_the_api_answers_within_the_scope_and_with_few_queries(town, client, django_assert_max_num_queries):
    head = official("ketua_rt", RT)
    with django_assert_max_num_queries(8):
        page = client.get("/api/v1/civil/people?limit=500", **bearer_once(head)).json()
    assert {item["name"] for item in page["items"]} == {"Syafi'i Hidayat", "Siti Ni'mah", "Zahra Syafi'i"}
    assert client.get(f"/api/v1/civil/people/{town.father.pk}", **bearer(head)).json()["words"]["religion"] == "ISLAM"
    assert client.get(f"/api/v1/civil/people/{town.stranger.pk}", **bearer(head)).status_code == 404
    assert client.get(f"/api/v1/civil/people?area={OTHER_RT}", **bearer(head)).json()["items"] == []


def bearer_once(user):
    from pasti.kernel.publish.registry import registry as warm

    warm()
    return bearer(user)


def test_the_api_pages_by_cursor_without_repeating(town, client):
    officer = official("dukcapil", "99.01")
    seen, cursor = [], ""
    while cursor is not None:
        query = f"?limit=1&cursor={cursor}" if cursor else "?limit=1"
        page = client.get(f"/api/v1/civil/people{query}", **bearer(officer)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 4


def test_the_api_needs_a_token_and_a_role(town, client):
    assert client.get("/api/v1/civil/people").status_code == 401
    clerk = official("pustakawan", "99.01")
    assert client.get("/api/v1/civil/people", **bearer(clerk)).status_code == 403


def test_a_deleted_person_is_not_possible_for_the_application(town):
    from django.db import DatabaseError, transaction

    with scoped(WHOLE), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM civil_person")

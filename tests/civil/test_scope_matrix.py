"""Every address of the installed program, as every role, with objects of the RT next door: nothing of them is shown,
nothing of them changes.

The addresses are taken from the program itself, so a new page is in the matrix the moment it has a path. When it takes
an object nobody has put into `tests/foreign`, the test fails and says so.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern

from pasti import citypack
from pasti.api import api
from pasti.civil import services
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.roles import ROLES
from pasti.kernel.accounts.scope import Scope, everyone, scoped
from pasti.kernel.accounts.services import assign, issue_token
from pasti.kernel.clock import now
from pasti.kernel.publish.registry import registry
from tests.foreign import ELSEWHERE, HOME, KK, NAME, NIK, PURPOSE, STREET, World, gather

pytestmark = pytest.mark.django_db
PACK = Path(__file__).parents[1] / "citypack" / "packs" / "kota-rekaan"
CITY = everyone("99.01", PURPOSE)
STRANGER, PROGRAM = "anonim", "program"
CALLERS = [*ROLES, STRANGER, PROGRAM]
KWARG = re.compile(r"<(?:\w+:)?(\w+)>|\{(?:\w+:)?(\w+)\}")

# Signing in and out itself, where no object of anybody is named; posting there would end the caller's session.
SESSION = ("akun/", "masuk/", "keluar/", "i18n/", "o/logout", "purut/anjungan/pasang/")
# Pages about the city itself: looked at and posted to, but not searched for somebody.
NOBODY = (
    "smart-city/",
    "wilayah/",
    "gaya/",
    "purut/p",
    "api/v1/smart-city",
    "api/v1/places",
    "healthz",
    "readyz",
    *SESSION,
)
# Who legitimately sees people of every RT, and where.
EVERYWHERE = {
    "purut/": {"loket", "perawat", "dokter", "manajer_rs"},  # patients come from anywhere
    "api/v1/purut/": {"loket", "perawat", "dokter", "manajer_rs"},
    "fhir/R4/": {"loket", "perawat", "dokter", "manajer_rs"},
    "ews/jaga/": {"bpbd", "bpbd_kepala"},  # water is reported from anywhere, and checked with who reported it
    "audit/": {"auditor"},  # the log names officers, and its reader guards it
}
# Roles without a right to people's records. Where they may look they see what everybody sees, and everybody searches it;
# their own rooms hold plans, figures and devices.
SEES_NO_PEOPLE = {"asesor_1", "asesor_2", "bappeda", "dlhkp"}
PAGE_REFUSALS, API_REFUSALS = {302, 401, 403, 404, 405}, {400, 401, 403, 404, 405, 415, 422}


@dataclass(frozen=True)
class Address:
    """A path of the program with the names of the values in it."""

    route: str

    @property
    def names(self) -> list[str]:
        return [one or other for one, other in KWARG.findall(self.route)]

    @property
    def is_api(self) -> bool:
        return self.route.startswith(("api/", "fhir/"))

    def filled(self, world: World) -> tuple[str, bool]:
        """The path with the foreign objects in it, and whether one of them belongs to somebody."""
        path, owned = self.route, False
        for name in self.names:
            known = world.value_for(self.route, name)
            assert known is not None, (
                f"/{self.route} takes {name!r}, for which tests/foreign knows no object of a foreign RT: give it one in "
                f"tests/foreign/<area>.py, objects(world) -> {{'{self.route.split('<')[0].split('{')[0]}:{name}': ...}}, or "
                f"in PUBLIC when it names nobody"
            )
            path = re.sub(rf"<(?:\w+:)?{name}>|\{{(?:\w+:)?{name}\}}", str(known[0]), path)
            owned |= known[1]
        return f"/{path}", owned


@cache
def addresses() -> list[Address]:
    """All paths of pages and of the API. Those of allauth written as expressions carry mail keys, not objects."""
    found = {route for route, pattern in _walk(get_resolver().url_patterns) if isinstance(pattern, RoutePattern)}
    found |= {path.removeprefix("/") for path in api.get_openapi_schema()["paths"]}
    pages = {route for route in found if not (route.startswith("api/v1/") and "<" in route)}  # {..} says them too
    return [Address(route) for route in sorted(pages)]


def _walk(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        if isinstance(one, URLPattern):
            yield before + str(one.pattern), one.pattern
        else:
            yield from _walk(one.url_patterns, before + str(one.pattern))


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.MEDIA_ROOT = tmp_path
    citypack.load(PACK)
    with scoped(CITY):
        at_home = _register("Siti Tetangga", HOME, "9901015203889001", 2)
        person = _register(NAME, ELSEWHERE, NIK, 1)
        spouse = _register(f"Istri {NAME}", ELSEWHERE, None, 2)
        family = services.open_family(
            KK, head=person, street=STREET, house="9", rt_code=ELSEWHERE, purpose=PURPOSE, since=dt.date(2020, 1, 1)
        )
        services.add_member(family, spouse, 3, purpose=PURPOSE)
        owner = User.objects.create_user("pemilik-asing", name=NAME, person_id=person, seen_at=now())
        return gather(World(at_home, person, spouse, family.pk, owner))


def _register(name: str, rt: str, nik: str | None, sex: int) -> Any:
    born = dt.date(1988, 3, 12) if sex == 2 else dt.date(1975, 4, 17)
    new = services.NewPerson(name=name, sex=sex, birth_place="Rekaan", birth_date=born, rt_code=rt, religion=1, nik=nik)
    return services.register_person(new, purpose=PURPOSE).pk


@dataclass
class Caller:
    """Somebody, or a program, with a browser and a token."""

    code: str
    browser: Client
    headers: dict[str, str]

    def sees_all_of(self, route: str) -> bool:
        return any(self.code in roles for before, roles in EVERYWHERE.items() if route.startswith(before))


def caller_of(code: str, world: World) -> Caller:
    """Every role is held at HOME, even those that usually cover more: it is the area that is tested."""
    browser, headers = Client(), {}
    if code == PROGRAM:
        user = User.objects.create_user("client:uji", name="Program", kind=User.Kind.CLIENT)
        every = sorted(registry().roles_by_permission)
        headers = {"Authorization": f"Bearer {issue_token(user, scopes=every)}"}
    elif code != STRANGER:
        user = User.objects.create_user(
            f"u-{code}", name="Pemanggil", kind="citizen" if code == "warga" else "official"
        )
        if code == "warga":
            User.objects.filter(pk=user.pk).update(person_id=world.neighbour)
        else:
            assign(user, code, unit_code=HOME, unit_name="Satuan", area_code=HOME)
        if ROLES[code].second_factor:
            TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        browser.force_login(user)
        headers = {"Authorization": f"Bearer {issue_token(user, scopes=['*'])}"}
    return Caller(code, browser, headers)


@pytest.mark.parametrize("code", CALLERS)
def test_nothing_of_the_rt_next_door_is_shown_or_changed(code: str, world: World) -> None:
    caller, before = caller_of(code, world), foreign_rows()
    wrong = [fault for address in addresses() for fault in faults_of(address, caller, world)]
    assert wrong == []
    assert foreign_rows() == before


def faults_of(address: Address, caller: Caller, world: World) -> Iterator[str]:
    """What is shown at an address that should not be, in words."""
    path, owned = address.filled(world)
    closed = False
    for method, sent in asked(address, world, searching=caller.code not in SEES_NO_PEOPLE):
        if (
            closed and method == "GET"
        ):  # a door that is shut does not open for a search; a page that asked nothing is no search
            continue
        answer = send(caller, address, method, path, sent)
        closed = closed or answer.status_code in (302, 401, 403, 404, 405) or "GET" not in vars(answer.wsgi_request)
        body = body_of(answer)
        given = json.dumps(sent)
        shown = [secret for secret in world.secrets if secret in body and secret not in given]
        if shown and not caller.sees_all_of(address.route):
            yield f"{method} {path} shows {shown} to {caller.code}"
        refusals = API_REFUSALS if address.is_api else PAGE_REFUSALS
        if owned and answer.status_code not in refusals and not caller.sees_all_of(address.route):
            yield f"{method} {path} answers {answer.status_code} to {caller.code}, not 404"
        if answer.status_code >= 500:
            yield f"{method} {path} fails with {answer.status_code}"
        if owned and answer.status_code == 302 and not away(answer["Location"], path):
            yield f"{method} {path} leads {caller.code} to {answer['Location']}"


def away(location: str, path: str) -> bool:
    """A refusal by redirect leads to signing in, or to a page that is not about the object."""
    return location.startswith("/masuk/") or location.split("?")[0] in ("/", "/staf/") or not location.startswith(path)


def asked(address: Address, world: World, *, searching: bool = True) -> Iterator[tuple[str, dict[str, Any]]]:
    """The requests tried at an address: looking, looking for the foreign person, and sending what names them."""
    yield "GET", {}
    if searching and not address.names and not address.route.startswith(NOBODY):
        for words in (NIK, NAME, STREET):
            yield "GET", dict.fromkeys(("q", "search", "cari", "nik", "nama", "name"), words)
        yield "GET", dict.fromkeys(("area", "rt", "wilayah", "rt_code", "tempat"), ELSEWHERE)
    if not address.route.startswith(SESSION):
        ids = {key.rsplit(":", 1)[1]: str(value) for key, value in world.found.items()}
        yield "POST", ids | {
            "person": str(world.person), "people": str(world.person), "mother": str(world.person), "q": NIK,
            "family": str(world.family), "rt_code": ELSEWHERE, "nik": NIK, "reason": "uji", "idempotency_key": "uji-1",
        }  # fmt: skip


def send(caller: Caller, address: Address, method: str, path: str, sent: dict[str, Any]) -> Any:
    if address.is_api:
        client, more = Client(), {"headers": caller.headers}
        if method == "POST":
            return client.post(path, json.dumps(sent), content_type="application/json", **more)  # type: ignore[arg-type]
        return client.get(path, sent, **more)  # type: ignore[arg-type]
    return caller.browser.post(path, sent) if method == "POST" else caller.browser.get(path, sent)


def body_of(answer: Any) -> str:
    """The whole answer with its headers, entities undone."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head = "\n".join(f"{name}: {value}" for name, value in answer.items() if name != "Location")
    return f"{head}\n{content.decode('utf-8', 'replace')}".replace("&#x27;", "'")


def foreign_rows() -> dict[str, Any]:
    """A digest of all rows of the foreign RT, table by table."""
    with scoped(CITY), connection.cursor() as cursor:
        return {table: _digest(cursor, table, column) for table, column in tables_with("rt_code", "area")}


def _digest(cursor: Any, table: str, column: str) -> Any:
    cursor.execute(
        f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t WHERE {column} = %s",
        [ELSEWHERE],
    )
    return cursor.fetchone()


def tables_with(*columns: str) -> list[tuple[str, str]]:
    """(table, column) of the program's own tables that have one of `columns`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t "
            "USING (table_schema, table_name) WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' "
            "AND c.column_name = ANY (%s) ORDER BY 1, 2",
            [list(columns)],
        )
        return list(cursor.fetchall())


def test_an_address_with_an_unknown_object_is_a_fault_of_its_own() -> None:
    empty = World(None, None, None, None, None)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="give it one in tests/foreign"):
        Address("kependudukan/<uuid:thing_id>/").filled(empty)


# Tables that name a person and lie outside the scope of an RT, and why.
OTHER_LOCKS = {
    "accounts_user": "read before any scope can exist; gives ids only",
    "audit_entry": "read by subject for Jejak Akses, else by auditors; append-only",
    "purut_patient": "the hospital's own record: patients come from anywhere",
}
NAMES_SOMEBODY = ("person_id", "subject_id", "second_id", "rt_code", "family_id")


def locked_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')")
        return {name for (name,) in cursor.fetchall()}


def test_every_table_that_names_somebody_has_the_second_lock() -> None:
    naming = {table for table, _ in tables_with(*NAMES_SOMEBODY)}
    open_ones = naming - locked_tables() - OTHER_LOCKS.keys()
    assert open_ones == set(), "protect these by kernel.accounts.row_locks, or say in OTHER_LOCKS what else guards them"
    assert {"civil_person", "civil_peristiwa", "civil_duplicatepair"} <= locked_tables()


def test_without_a_scope_the_application_reads_no_row(world: World) -> None:
    with connection.cursor() as cursor:
        for table in sorted(locked_tables()):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert (table, cursor.fetchone()[0]) == (table, 0)
    with scoped(CITY), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM civil_person")
        assert cursor.fetchone()[0] == 3


def test_a_scope_reads_its_own_rt_and_not_the_one_beside_it(world: World) -> None:
    with scoped(Scope((HOME,), (), PURPOSE)), connection.cursor() as cursor:
        for table, column in tables_with("rt_code", "area"):
            if table in locked_tables():
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [ELSEWHERE])
                assert (table, cursor.fetchone()[0]) == (table, 0)


def test_no_row_can_be_written_into_a_foreign_rt(world: World) -> None:
    """A copy of each foreign row is offered again from within another scope: the policy refuses, not a constraint."""
    tried = []
    for table, column in tables_with("rt_code", "area"):
        if table not in locked_tables():
            continue
        with scoped(CITY), connection.cursor() as cursor:
            cursor.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = %s LIMIT 1", [ELSEWHERE])
            row = cursor.fetchone()
        if row is None:
            continue
        tried.append(table)
        again = f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s)"
        values = row[0] if isinstance(row[0], str) else json.dumps(row[0])
        refused = pytest.raises(DatabaseError, match=r"row-level security|permission")
        with scoped(Scope((HOME,), (), PURPOSE)), refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(again, [values])
    assert {"civil_person", "civil_family", "civil_peristiwa", "civil_duplicatepair", "civil_importbatch"} <= set(tried)


def test_roles_that_need_no_search_hold_no_right_to_people() -> None:
    rights = {one for one, roles in registry().roles_by_permission.items() if roles & SEES_NO_PEOPLE}
    assert {one.split(".")[0] for one in rights} <= {"masterplan", "telemetry"}

"""Numbers of people: equal to counting by hand, right at once after any change, hidden from outsiders where small."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from itertools import combinations, product

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction

from pasti.civil import services
from pasti.civil.models import Membership, Person, PersonVersion
from pasti.civil.queries import mutations, statistics
from pasti.civil.rules import layouts
from pasti.civil.rules.peristiwa import age_on
from pasti.civil.services import imports
from pasti.civil.services.statistics import refresh_tallies
from pasti.kernel import clock
from pasti.kernel.accounts.scope import Scope, everyone, scoped
from pasti.kernel.errors import NotFound
from pasti.kernel.outbox.services import deliver_waiting
from pasti.kernel.publish.registry import subscriptions

from .conftest import OTHER_RT, RT, make_town, new
from .test_imports import opensid, read, workbook

CITY = everyone("99.01", "civil.statistik")
KELURAHAN, OTHER_KELURAHAN = RT[:13], OTHER_RT[:13]
TODAY = clock.today()


def told(day: dt.date | None = None, **details: object) -> services.Report:
    return services.Report(day or TODAY, "civil.pelayanan", None, details)


def by_hand() -> list[tuple[str, dict[str, int]]]:
    """Where each living resident lives and what the sides are, read person by person in Python."""
    relations = dict(Membership.objects.filter(ends=None).values_list("person_id", "relation"))
    return [
        (one.rt_code, {side: getattr(one, side, 0) for side in statistics.SIDES}
         | {"age": min(15, age_on(one.birth_date, TODAY) // 5), "relation": relations.get(one.pk, 0)})
        for one in Person.objects.filter(status_dasar=1)
    ]  # fmt: skip


def hold() -> None:
    """Every table, remembered or not, equals counting by hand: by kelurahan, and by RT."""
    people = by_hand()
    with connection.cursor() as cursor:
        for first, second in combinations(statistics.SIDES, 2):
            kind = 16 * (statistics.SIDES.index(first) + 1) + statistics.SIDES.index(second) + 1
            for depth, area in ((4, "99.01"), (6, KELURAHAN)):
                cursor.execute("SELECT * FROM civil_tally_read(%s, %s, %s, %s)", [area, depth, kind, TODAY])
                expected = Counter((".".join(rt.split(".")[:depth]), one[first], one[second])
                                   for rt, one in people if rt.startswith(area))  # fmt: skip
                assert {row[:3]: row[3] for row in cursor.fetchall()} == expected, (area, first, second)


def changes(town):
    """One after another, everything that can happen to people; yields what it was."""
    born = services.report_birth(
        town.mother.pk, services.Child("Bayi", 1, "Rekaan", 1), told(), father_id=town.father.pk
    )
    yield "a birth"
    services.reverse(born.pk, "tercatat dua kali", told())
    yield "the birth is taken back"
    house = services.House(OTHER_RT, "Jl. Melati", "9", "9901020303269001")
    moved = services.report_move_within(town.family.pk, house, told())
    yield "a family moves"
    services.reverse(moved.pk, "keliru", told())
    yield "the move is taken back"
    services.report_change(town.child.pk, {"education": 3, "religion": 2, "occupation": 3}, told())
    yield "data change"
    services.report_move_in([(new("Pendatang", sex=2, nik="9901014203859001"), 1)],
                            services.House(RT, "Jl. Mawar", "4", "9901010101109005"), told())  # fmt: skip
    yield "somebody moves in"
    death = services.report_death(town.father.pk, told())
    yield "a death"
    services.reverse(death.pk, "salah orang", told())
    yield "the death is taken back"
    services.report_move_out([town.stranger.pk], told())
    yield "somebody leaves the city"


@pytest.mark.parametrize("remembered", [False, True], ids=["counted", "remembered"])
def test_after_anything_that_happens_every_table_equals_counting_by_hand(town, remembered):
    with scoped(CITY):
        refresh_tallies()
        for _what in changes(town):
            if remembered:
                refresh_tallies()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT count(*) FROM civil_tally_stale(%s)", [TODAY])
                    assert cursor.fetchone() == (0,)
            hold()


def test_a_table_has_the_sums_of_its_rows_and_columns_whichever_way_it_is_turned(town):
    with scoped(CITY):
        table, turned = (statistics.crosstab("99.01", *sides) for sides in (("sex", "age"), ("age", "sex")))
    assert table.total == turned.total == 4 == sum(table.cells.values())
    assert table.row_sums == turned.column_sums == {1: 2, 2: 2}
    assert {(b, a): n for (a, b), n in table.cells.items()} == dict(turned.cells)


def test_a_death_changes_the_pyramid_at_once_and_a_move_two_places(town):
    with scoped(CITY):
        refresh_tallies()
        men = statistics.pyramid(KELURAHAN).column_sums[1]
        services.report_death(town.father.pk, told())
        assert statistics.pyramid(KELURAHAN).column_sums[1] == men - 1
        refresh_tallies()
        here, there = (statistics.pyramid(area).total for area in (RT, OTHER_RT))
        services.report_move_within(town.family.pk, services.House(OTHER_RT, "Jl. Melati", "9"), told())
        assert [statistics.pyramid(area).total for area in (RT, OTHER_RT)] == [here - 2, there + 2]


def test_only_a_changed_kelurahan_is_counted_again(town):
    with scoped(CITY):
        refresh_tallies()
        services.report_change(town.father.pk, {"education": 4}, told())
        with connection.cursor() as cursor:
            cursor.execute("SELECT civil_tally_stale(%s)", [TODAY])
            assert cursor.fetchall() == [(KELURAHAN,)]
        assert refresh_tallies() == 1


def test_tomorrow_everybody_is_counted_again_for_ages_move_with_the_day(town):
    with scoped(CITY):
        refresh_tallies()
        with connection.cursor() as cursor:
            for day in (dt.date(2040, 3, 1), dt.date(2040, 3, 2)):  # the father's 55th birthday is the second
                cursor.execute("SELECT first FROM civil_tally_read(%s, 6, 18, %s) WHERE second = 1", [RT, day])
                assert cursor.fetchall() == [(10,)] if day.day == 1 else [(11,)]


def test_what_was_counted_some_days_ago_still_serves_for_whoever_grew_older_since(town):
    """Ages move at midnight; each table equals counting every person at that day, without counting them again."""
    with scoped(CITY):
        for number, born in enumerate((dt.date(2027, 1, 30), dt.date(2022, 2, 27), dt.date(1952, 2, 28), dt.date(2012, 2, 29),
                                       dt.date(2017, 3, 1), dt.date(1948, 2, 26))):  # fmt: skip
            services.register_person(new(f"Warga {number}", rt=(RT, OTHER_RT)[number % 2], born=born, sex=1 + number % 2),
                                     purpose="civil.pelayanan")  # fmt: skip
        refresh_tallies(dt.date(2027, 2, 25))
        with connection.cursor() as cursor:
            for day in (dt.date(2027, 2, 25) + dt.timedelta(days=n) for n in range(9)):
                for kind in (16 + 2, 16 + 4, 16 + 10, 2 * 16 + 3, 0):
                    cursor.execute("SELECT * FROM civil_tally_read('99.01', 4, %s, %s)", [kind, day])
                    remembered = sorted(cursor.fetchall())
                    cursor.execute("SELECT civil_part(place, 4), first, second, sum(people) FROM "
                                   "civil_tally_read('99.01', 6, %s, %s) GROUP BY 1, 2, 3", [kind, day])  # fmt: skip
                    assert remembered == sorted(cursor.fetchall()), (day, kind)


def test_a_leap_day_child_is_older_on_the_first_of_march(town):
    with scoped(CITY), connection.cursor() as cursor:
        services.register_person(new("Kabisat", rt=OTHER_RT, born=dt.date(2024, 2, 29)), purpose="civil.pelayanan")
        for day, group in ((dt.date(2029, 2, 28), 0), (dt.date(2029, 3, 1), 1)):
            cursor.execute(
                "SELECT sum(people) FROM civil_tally_read(%s, 6, 18, %s) WHERE first = %s", [OTHER_RT, day, group]
            )
            assert cursor.fetchone() == (1,)


def test_what_is_missing_is_counted_for_those_in_charge_alone(town):
    with scoped(Scope((RT,), (), "civil.statistik")):
        found = {gap.code: gap.people for gap in statistics.gaps(RT)}
        assert found == {
            "nik": 1,
            "card": 0,
            "mother": 3,
            "father": 3,
            "unverified": 3,
            "blood": 3,
            "birth_certificate": 1,
        }
        with pytest.raises(NotFound):
            statistics.gaps(KELURAHAN)


def test_an_rt_is_counted_within_its_scope_alone(town):
    with scoped(Scope((RT,), (), "civil.statistik")):
        assert statistics.pyramid(RT).total == 3
        for foreign in (OTHER_RT, RT[:17]):
            with pytest.raises(NotFound):
                statistics.pyramid(foreign)
    with connection.cursor() as cursor:
        for function in ("civil_tally_read(%s, 6, 18, current_date)", "civil_ledger_at(%s, 6, now(), current_date)",
                         "civil_ledger_net(%s, 6, '-infinity', 'infinity', 'UTC')",
                         "civil_mutations(%s, 6, '-infinity', 'infinity', 'UTC')"):  # fmt: skip
            cursor.execute(f"SELECT count(*) FROM {function}", [RT])
            assert cursor.fetchone() == (0,)
            cursor.execute(f"SELECT count(*) FROM {function}", ["99.01"])
            assert cursor.fetchone() == (0,)


def test_a_file_that_comes_in_and_is_undone_is_counted_as_it_stands(clerk):
    refresh_tallies()
    batch = read(clerk, workbook(layouts.HEADERS["opensid"], opensid(12)))
    for act, people in ((imports.commit, 15), (imports.undo, 3)):
        act(batch.pk)
        imports.work(batch.pk)
        with scoped(CITY):
            hold()
            refresh_tallies()
            hold()
        assert statistics.pyramid(KELURAHAN).total == people


@pytest.mark.parametrize("table", ["civil_tally", "civil_tallymark"])
@pytest.mark.parametrize("act", ["SELECT count(*) FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES"])
def test_the_application_touches_the_remembered_counts_through_functions_alone(town, table, act):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))


def test_an_outsider_sees_no_small_number(town):
    assert statistics.pyramid(KELURAHAN).total is None  # three people live there
    with scoped(CITY):
        for number in range(40):
            services.register_person(new(f"Warga {number}", sex=1 + number % 2, born=dt.date(1950 + number, 6, 1)),
                                     purpose="civil.pelayanan")  # fmt: skip
            services.register_person(new(f"Sana {number}", rt=OTHER_RT, sex=1 + number % 2, born=dt.date(1950 + number, 6, 1)),
                                     purpose="civil.pelayanan")  # fmt: skip
        everything = statistics.pyramid(KELURAHAN)
        assert not everything.hides
    open_to_all = statistics.pyramid(KELURAHAN)
    assert open_to_all.total == everything.total == 43
    assert open_to_all.hides
    for cell, people in open_to_all.cells.items():
        assert people is None or people == everything.cells[cell]
        assert people is None or people == 0 or people >= 5


def test_as_known_on_a_day_is_the_ledgers_sum(town):
    with scoped(CITY):
        services.report_death(town.father.pk, told())
        assert statistics.pyramid(RT, known_on=TODAY).total == 2
        assert statistics.pyramid(RT, known_on=TODAY - dt.timedelta(days=1)).total == 0  # nobody was registered yet
        with pytest.raises(NotFound):
            statistics.crosstab(RT, "age", "religion", known_on=TODAY)


# -- LAMPID ------------------------------------------------------------------------------------------------------------


def ledger(area: str, before: dt.datetime) -> dict[int, int]:
    found: Counter[int] = Counter()
    for one in PersonVersion.objects.filter(status_dasar=1, recorded_at__lt=before):
        if f"{one.rt_code}.".startswith(f"{area}."):
            found[one.sex] += one.sign
    return found


def test_the_monthly_report_tells_what_happened_and_equals_the_ledger(town):
    month = TODAY.replace(day=1)
    with scoped(CITY):
        for _what in changes(town):
            for area in ("99.01", KELURAHAN, OTHER_KELURAHAN, RT, OTHER_RT):
                report = mutations.lampid(area, month)
                for sex, name in ((1, "men"), (2, "women")):
                    change = sum(mutations.ADDS[row.kind] * getattr(row, name) for row in report.changes)
                    assert getattr(report.opening, name) + change == getattr(report.closing, name)
                    assert getattr(report.opening, name) == ledger(area, clock.start_of_day(month))[sex]
                    assert getattr(report.closing, name) == ledger(area, clock.now())[sex]
        rows = {row.kind: row for row in mutations.lampid(RT, month).changes}
        # The birth, the move and the death were taken back in the same month; one woman came to live here.
        assert [rows[kind].total for kind in (1, 2, 3, 4)] == [0, 0, 1, 0]
        gone = {row.kind: row for row in mutations.lampid(OTHER_RT, month).changes}
        assert (gone[4].men, gone[4].total) == (1, 1)


def test_a_move_is_an_arrival_here_a_departure_there_and_neither_for_the_city(town):
    month = TODAY.replace(day=1)
    with scoped(CITY):
        services.report_move_within(town.family.pk, services.House(OTHER_RT, "Jl. Melati", "9"), told())
        arrivals, departures = ({a: {r.kind: r.total for r in mutations.lampid(a, month).changes}[kind]
                                 for a in ("99.01", KELURAHAN, OTHER_KELURAHAN)} for kind in (3, 4))  # fmt: skip
    assert arrivals == {"99.01": 0, KELURAHAN: 0, OTHER_KELURAHAN: 3}
    assert departures == {"99.01": 0, KELURAHAN: 3, OTHER_KELURAHAN: 0}


def test_the_head_of_the_rt_people_move_to_sees_them_arrive(town):
    with scoped(CITY):
        services.report_move_within(town.family.pk, services.House(OTHER_RT, "Jl. Melati", "9"), told())
    with scoped(Scope((OTHER_RT,), (), "civil.statistik")):
        report = mutations.lampid(OTHER_RT, TODAY)
    assert {row.kind: row.total for row in report.changes}[3] == 3


def test_the_newest_month_with_events_is_one_that_is_over(town):
    first = TODAY.replace(day=1)
    with scoped(CITY):
        assert mutations.last_told(TODAY) == first
        services.report_death(town.father.pk, told())
        assert mutations.last_told(TODAY) == first
        assert mutations.last_told((first + dt.timedelta(days=70)).replace(day=1)) == first


def test_the_series_ends_with_those_who_live_there_now(town):
    with scoped(CITY):
        months = mutations.series("99.01", TODAY, 3)
        assert [people for _month, people in months] == [0, 0, 4]
        assert months[-1][0] == TODAY.replace(day=1)
    assert [people for _month, people in mutations.series("99.01", TODAY, 3)] == [None, None, None]


# -- at once -----------------------------------------------------------------------------------------------------------


def _change(share: list[object], rt: str) -> None:
    """Educate people three times over, bury the first and move the others."""
    try:
        with scoped(CITY):
            for education, one in product((2, 3, 4), share):
                services.report_change(one, {"education": education}, told())
            services.report_death(share[0], told())
            for one in share[1:]:
                services.report_change(one, {"rt_code": rt}, told())
    finally:
        connections.close_all()


def _refresh_until(done: threading.Event) -> None:
    try:
        while not done.is_set():
            refresh_tallies()
    finally:
        connections.close_all()


def test_changes_at_once_and_counting_beside_them_lose_nobody(fresh_database):
    make_town()
    with scoped(CITY):
        people = [services.register_person(new(f"Warga {n}", rt=(RT, OTHER_RT)[n % 2]), purpose="civil.pelayanan").pk
                  for n in range(12)]  # fmt: skip
    done = threading.Event()
    beside = [threading.Thread(target=_refresh_until, args=(done,)) for _ in range(2)]
    work = [threading.Thread(target=_change, args=(people[at::3], (RT, OTHER_RT)[at % 2])) for at in range(3)]
    for thread in (*beside, *work):
        thread.start()
    for thread in work:
        thread.join()
    done.set()
    for thread in beside:
        thread.join()
    with scoped(CITY):
        hold()
        refresh_tallies()
        hold()
        assert statistics.pyramid("99.01").total == 4 + 12 - 3


def test_a_card_changed_while_its_person_moves_is_counted_where_the_person_went(fresh_database, owner_url):
    town = make_town()
    with scoped(CITY):
        refresh_tallies()
    with psycopg.connect(owner_url) as mover, psycopg.connect(owner_url, autocommit=True) as other:
        mover.execute("UPDATE civil_person SET rt_code = %s WHERE id = %s", [OTHER_RT, town.child.pk])
        late = threading.Thread(
            target=lambda: other.execute(
                "UPDATE civil_membership SET relation = 9 WHERE person_id = %s AND ends IS NULL", [town.child.pk]
            )
        )
        late.start()
        late.join(0.5)
        mover.commit()
        late.join()
    with scoped(CITY):
        refresh_tallies()
        hold()


def test_what_happened_has_the_counts_made_again_at_once(town, django_capture_on_commit_callbacks):
    with scoped(CITY):
        refresh_tallies()
        services.report_death(town.father.pk, services.Report(clock.today(), "civil.pelayanan"))
    with django_capture_on_commit_callbacks(execute=True):
        deliver_waiting(subscriptions())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'civil.tallies' AND status = 'todo'")
        assert cursor.fetchone() == (1,)

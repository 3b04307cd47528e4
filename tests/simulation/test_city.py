"""The synthetic city is plausible, numbered by the rules, and the same for the same seed."""

import datetime as dt
import hashlib
import json
import stat
from collections import Counter, defaultdict
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.hashers import check_password

from pasti import citypack
from pasti.civil import queries as civil
from pasti.civil.models import Membership, Person
from pasti.civil.queries import mutations
from pasti.civil.rules import nik
from pasti.civil.services import bulk
from pasti.civil.services.bulk import TABLES
from pasti.kernel import clock
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.siap_pak_rt.queries import desk
from pasti.simulation import accounts, city
from pasti.simulation.households import CHILD, HEAD, MARRIED, WIFE, age_on
from pasti.simulation.rows import Settlement, batches

PACK = Path(__file__).parents[1] / "citypack" / "packs" / "kota-rekaan"
TODAY = dt.date(2026, 6, 30)
PLACES = [Settlement(f"99.01.01.100{i}", (f"99.01.01.100{i}.001.001",), 2500) for i in (1, 2)]


def rows(table, seed=1):
    for batch in batches(seed, PLACES, TODAY, "Rekaan"):
        for line in batch.lines[table]:
            yield dict(zip(TABLES[table], line.rstrip("\n").split("\t"), strict=True))


@pytest.fixture(scope="module")
def people():
    return {row["id"]: row for row in everybody() if row["status_dasar"] == "1"}


def everybody():
    """The living, and those who died or left in the last two years."""
    return [row | {"birth": dt.date.fromisoformat(row["birth_date"])} for row in rows("civil_person")]


def test_the_same_seed_makes_the_same_bytes_and_another_seed_another_city():
    def digest(seed):
        content = ("".join(lines) for batch in batches(seed, PLACES, TODAY, "Rekaan") for lines in batch.lines.values())
        return hashlib.sha256("".join(content).encode()).hexdigest()

    assert digest(1) == digest(1) != digest(2)


def test_exactly_as_many_people_as_asked_for_each_kelurahan(people):
    assert Counter(row["rt_code"][:13] for row in people.values()) == {one.kelurahan: 2500 for one in PLACES}


def test_part_of_the_families_was_looked_at_in_the_last_year_and_each_look_is_kept():
    cards = {row["id"]: row for row in rows("civil_family")}
    looked = {pk: row["verified_on"] for pk, row in cards.items() if row["verified_on"] != r"\N"}
    assert 0.2 < len(looked) / len(cards) < 0.6
    assert {row["family_id"]: row["day"] for row in rows("civil_familycheck")} == looked
    assert all(
        max(cards[pk]["recorded_at"][:10], str(TODAY - dt.timedelta(days=365))) <= day < str(TODAY)
        for pk, day in looked.items()
    )


def test_every_number_is_valid_unique_and_of_no_living_person(people):
    numbers = [row["nik"] for row in people.values() if row["nik"] != "\\N"]
    assert len(set(numbers)) == len(numbers) > 4900
    for row in people.values():
        if row["nik"] != "\\N":
            parts = nik.parse(row["nik"])
            assert 9000 <= parts.serial <= 9999
            assert nik.differences(parts, row["birth"], int(row["sex"])) == []
    cards = [row["number"] for row in rows("civil_family")]
    assert len(set(cards)) == len(cards)


def test_ages_and_sexes_are_those_of_a_city_like_it(people):
    ages = [age_on(row["birth"], TODAY) for row in people.values()]
    assert 0.19 < sum(age < 15 for age in ages) / len(ages) < 0.28
    assert 0.04 < sum(age >= 65 for age in ages) / len(ages) < 0.11
    assert max(ages) < 103
    assert 0.9 < sum(row["sex"] == "1" for row in people.values()) / (len(people) / 2) < 1.1


def test_families_could_be(people):
    families = defaultdict(list)
    for row in rows("civil_membership"):
        if row["ends"] != "\\N":
            continue
        families[row["family_id"]].append((int(row["relation"]), people[row["person_id"]]))
    assert 2.5 < len(people) / len(families) < 4
    for members in families.values():
        heads = [person for relation, person in members if relation == HEAD]
        wives = [person for relation, person in members if relation == WIFE]
        assert len(heads) == 1
        assert len(wives) <= 1
        assert all(wife["marital_status"] == str(MARRIED) == heads[0]["marital_status"] for wife in wives)
        assert age_on(heads[0]["birth"], TODAY) >= 17
        mother = wives[0] if wives else heads[0]
        for relation, person in members:
            if relation == CHILD:
                assert 16 <= (person["birth"] - mother["birth"]).days / 365.25 <= 48


def test_the_last_two_years_are_told_and_explain_the_ledger():
    events, living = list(rows("civil_peristiwa")), {row["id"]: row for row in everybody()}
    kinds = Counter(event["kind"] for event in events)
    assert kinds["birth"] > 80
    assert min(kinds["death"], kinds["move_in"], kinds["move_out"]) > 10
    changes = Counter(
        (row["recorded_at"], row["person_id"]) for row in rows("civil_personversion") if row["status_dasar"] == "1"
    )
    for event in events:
        people = [effect["person"] for effect in json.loads(event["effects"])]
        assert event["person_id"] in people
        assert TODAY - dt.timedelta(days=740) < dt.date.fromisoformat(event["occurred_on"]) <= TODAY
        assert event["occurred_on"] <= event["recorded_at"][:10]
        for person in people:
            assert changes[event["recorded_at"], person] == 1, event
            expected = {"death": "2", "move_out": "3"}.get(event["kind"], "1")
            assert living[person]["status_dasar"] == expected


def test_what_breaks_a_rule_of_the_register_does_not_come_in(built, owner_url):
    with psycopg.connect(owner_url) as connection:
        batch = bulk.Batch()
        batch.person("0" * 31 + "1", "9901011203850000", "Nomor Mustahil", "nomor mustahil", "{}", 1, "Rekaan", "1985-03-12",
                     1, 1, 1, 1, 13, 1, "", "", 1, "99.01.01.1001.001.001", "1985-03-12", "2026-01-01")  # fmt: skip
        with pytest.raises(ValueError, match="NIK"):
            bulk.load(connection, iter([batch]))
        connection.rollback()
        stray = bulk.Batch()
        stray.person("0" * 31 + "1", None, "Entah", "entah", "{}", 1, "Rekaan", "1985-03-12", 1, 1, 1, 1, 13, 1, "", "", 1,
                     "99.09", "1985-03-12", "2026-01-01")  # fmt: skip
        with pytest.raises(ValueError, match="no RT"):
            bulk.load(connection, iter([stray]))
        connection.rollback()


def test_a_month_of_the_past_shows_births_deaths_and_moves_that_equal_the_ledger(built):
    with scoped(everyone("99.01", "civil.statistik")):
        told = Counter()
        for month in mutations.months_before(dt.date(2026, 6, 30), 24):
            report = mutations.lampid("99.01", month)
            assert (
                report.opening.total + sum(mutations.ADDS[r.kind] * r.total for r in report.changes)
                == report.closing.total
            )
            told.update({row.kind: row.total for row in report.changes})
    assert min(told[kind] for kind in (mutations.BIRTHS, mutations.ARRIVALS, mutations.DEPARTURES)) > 0


def test_names_carry_apostrophes(people):
    assert sum("'" in row["name"] for row in people.values()) > 50
    assert not any("'" in row["name_search"] for row in people.values())


def test_a_day_with_a_thousand_births_is_refused_rather_than_numbered_twice():
    from random import Random

    from pasti.simulation.rows import Clerk

    clerk = Clerk(Random(1))
    for _ in range(1000):
        clerk.nik("990101", dt.date(2000, 2, 29), 1)
    with pytest.raises(OverflowError):
        clerk.nik("990101", dt.date(2000, 2, 29), 1)


@pytest.fixture
def built(fresh_database, owner_url, monkeypatch, settings):
    monkeypatch.setenv("PASTI_DATABASE_OWNER_URL", owner_url)
    settings.PASTI_CITY_PACK, settings.PASTI_CITY = PACK, {"code": "99.01"}
    citypack.load(PACK)
    return city.build(800, seed=3)


def test_the_register_holds_the_city_and_building_again_adds_nobody(built):
    assert built == city.Built(800, created=True)
    assert city.build(2000, seed=9) == city.Built(800, created=False)
    with scoped(everyone("99.01", "civil.statistik")):
        assert Person.objects.filter(status_dasar=1).count() == Membership.objects.filter(ends=None).count() == 800


def test_a_size_out_of_bounds_is_refused(built):
    with pytest.raises(ValueError, match="500"):
        city.build(499)


def test_demo_accounts_are_private_repeatable_and_real_residents(built, tmp_path):
    path = accounts.create(tmp_path, "http://localhost:8000")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = json.loads(path.read_text())
    accounts.create(tmp_path, "http://localhost:8000")
    assert json.loads(path.read_text()) == first
    by_role = {one["role"]: one for one in first["accounts"]}
    assert by_role.keys() == {"warga", "ketua_rt", "kelurahan", "dukcapil", "admin"}
    assert {role for role, one in by_role.items() if "totp_secret" not in one} == {"warga"}
    assert {one["client_id"]: one["scopes"] for one in first["clients"]}["bpjs"] == ["antrean"]
    for one in first["accounts"]:
        assert check_password(one["password"], User.objects.get(username=one["username"]).password)
    warga = User.objects.get(username="warga")
    home = civil.profile(warga).household
    assert home.members[0].person.pk == warga.person_id
    assert home.rt_code.startswith("99.01.01.1001.")
    assert sum(member.relation == CHILD for member in home.members) >= 2
    assert {relation.relation_name for relation in home.members} >= {"KEPALA KELUARGA", "ANAK"}


def test_the_rt_head_of_the_demo_sees_the_residents_rt_alone(built, tmp_path):
    accounts.create(tmp_path, "http://localhost:8000")
    warga, head = (User.objects.get(username=name) for name in ("warga", "ketua_rt"))
    with scoped(civil.scope_for(head, "civil.pelayanan")):
        seen = list(civil.people())
        assert warga.person_id in {one.pk for one in seen}
        assert len({one.rt_code for one in seen}) == 1


def test_a_token_of_a_demo_account_opens_the_register_within_its_scope(built, tmp_path, client):
    accounts.create(tmp_path, "http://localhost:8000")
    token = accounts.token_for("warga")
    page = client.get("/api/v1/civil/people", headers={"Authorization": f"Bearer {token}"}).json()
    assert 3 <= len(page["items"]) <= 10
    assert accounts.token_for("tidak-ada") is None


def test_the_desk_of_the_demo_has_life_and_is_filled_once(built, tmp_path):
    accounts.create(tmp_path, "http://localhost:8000")
    accounts.create(tmp_path, "http://localhost:8000")
    head, warga = (User.objects.get(username=name) for name in ("ketua_rt", "warga"))
    with scoped(civil.scope_for(head, "civil.pelayanan")):
        reports = list(desk.reports())
        assert Counter(one.state for one in reports) == dict.fromkeys(
            ("submitted", "returned", "confirmed", "withdrawn"), 1
        )
        assert warga.person_id not in {one.person_id for one in reports}
        assert desk.guests(today=clock.today()).count() == 4
        assert {one["house"].name for one in desk.houses()} == {"Kos Melati", "Kontrakan Pak Rusdi"}

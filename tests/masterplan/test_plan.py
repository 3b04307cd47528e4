"""The plan of the real city pack: loaded, shown, judged, and typed values with two pairs of eyes."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pasti import citypack
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.accounts.services import assign
from pasti.kernel.context import Actor, acting_as
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.publish.registry import registry
from pasti.masterplan import pack, queries, services
from pasti.masterplan.models import Indicator, ManualValue, PlanVersion

PASURUAN = Path(__file__).parents[2] / "cities" / "pasuruan"
pytestmark = pytest.mark.django_db
PAGES = [
    "",
    "rencana/",
    "matriks/",
    "indikator/",
    "indikator/IK-PURUT-DARING/",
    "indikator/IM-PERTUMBUHAN/",
    "indikator/?dimensi=governance&misi=M4",
    "indikator/?tahun=2022&sasaran=S1.1",
]


@pytest.fixture(autouse=True)
def _city() -> None:
    with scoped(everyone("35.75", "kernel.load")):
        citypack.load(PASURUAN)


@pytest.fixture
def official() -> Callable[..., User]:
    def make(role: str, name: str = "") -> User:
        user = User.objects.create_user(name or role, name=name or role, kind=User.Kind.OFFICIAL)
        assign(user, role, unit_code="BAPPERIDA", unit_name="Bapperida")
        return user

    return make


def test_the_plan_has_what_the_programme_names() -> None:
    assert len(queries.tree()) == 4
    assert len(queries.dimensions()) == 6
    assert {win.dimension_id for win in queries.quick_wins()} == {d.pk for d in queries.dimensions()}
    assert len(queries.quick_wins()) == 6


def test_loading_the_pack_again_changes_nothing() -> None:
    def kept() -> list[object]:
        return [list(model.objects.order_by("pk").values()) for model in (Indicator, ManualValue, PlanVersion)]

    before, section = kept(), pack.Section.model_validate(yaml.safe_load((PASURUAN / "masterplan.yaml").read_text()))
    counts = pack.load(section)
    assert (counts["created"], counts["changed"]) == (0, 0)
    assert kept() == before
    assert PlanVersion.objects.count() == 1


def test_every_cell_of_the_matrix_counts_the_indicators_it_leads_to() -> None:
    for row in queries.missions_by_dimension():
        for dimension, _tied, count in row.cells:
            assert queries.indicators(dimension=dimension.pk, mission=row.code).count() == count
    for row in queries.sasaran_by_dimension():
        for dimension, _tied, count in row.cells:
            assert queries.indicators(dimension=dimension.pk, sasaran=row.code).count() == count


def test_what_the_plan_leaves_alone_is_named() -> None:
    before = queries.orphans()
    emptied = Indicator.objects.first()
    assert emptied is not None
    ManualValue.objects.filter(indicator__sasaran=emptied.sasaran_id).delete()
    Indicator.objects.filter(sasaran=emptied.sasaran_id).delete()
    assert emptied.sasaran_id in queries.orphans()["sasaran"]
    assert emptied.sasaran_id not in before["sasaran"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_speak_both_languages(client: Client, path: str, language: str) -> None:
    client.get("/bahasa/", {"ke": language, "kembali": "/"})
    page = client.get(f"/smart-city/{path}")
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.content.decode()


@pytest.mark.parametrize("path", ["indikator/TIDAK-ADA/", "indikator/IK-PURUT-DARING/asal/999999/"])
def test_what_does_not_exist_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/smart-city/{path}").status_code == 404
    assert client.get("/api/v1/smart-city/indicators/TIDAK-ADA/values").status_code == 404


def _copies(count: int) -> None:
    pattern = Indicator.objects.filter(formula="").first()
    assert pattern is not None
    for number in range(count):
        pattern.pk = f"ZZ-{number:04}"
        pattern.save(force_insert=True)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "rencana/",
        "matriks/",
        "indikator/",
        "indikator/?sesudah=ZZ-0001",
        "indikator/IM-PERTUMBUHAN/",
        "indikator/IM-PERTUMBUHAN/nilai.csv",
    ],
)
def test_ten_times_more_indicators_cost_no_query_more(client: Client, path: str) -> None:
    _copies(30)
    counts = []
    for _time in range(2):
        client.get(f"/smart-city/{path}")
        with CaptureQueriesContext(connection) as made:
            assert client.get(f"/smart-city/{path}").status_code == 200
        counts.append(len(made))
        if not Indicator.objects.filter(pk="ZZ-0300").exists():
            Indicator.objects.filter(pk__startswith="ZZ-").delete()
            _copies(301)
    # Two for each measure the systems publish (its last look, and whether anything is newer), none for an indicator.
    assert counts[0] == counts[1] <= 14 + 2 * len(registry().measures)


def test_indicators_are_shown_page_by_page_without_losing_one(client: Client) -> None:
    _copies(45)
    seen, path = [], "/smart-city/indikator/"
    while path:
        page = client.get(path)
        seen += [reading.indicator.pk for reading, _name in page.context["readings"]]
        path = page.context["next_url"] and f"/smart-city/indikator/{page.context['next_url']}"
    assert seen == sorted(set(seen))
    assert len(seen) == Indicator.objects.count()


def test_the_trend_is_there_as_csv(client: Client) -> None:
    answer = client.get("/smart-city/indikator/IM-PERTUMBUHAN/nilai.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert lines[0] == "indikator,periode,nilai,satuan"
    assert all(line.startswith("IM-PERTUMBUHAN,") for line in lines[1:])


def test_provenance_shows_the_query_and_proves_it(client: Client) -> None:
    reading = queries.reading(queries.indicator("IK-PURUT-DARING"), queries.current_year())
    path = f"/smart-city/indikator/IK-PURUT-DARING/asal/{reading.measurements[0].pk}/"
    shown = client.get(path).content.decode()
    assert "purut_antrean" in shown
    assert reading.measurements[0].records_root in shown
    assert "Terbukti" in client.post(path).content.decode()
    other = client.get(path.replace("IK-PURUT-DARING", "IK-CIVIL-NIK"))
    assert other.status_code == 404, "a measurement of another indicator"


@pytest.mark.parametrize(("language", "proved"), [("id", "Terbukti"), ("en", "Proven")])
def test_csv_and_proof_speak_to_readers_of_both_languages(client: Client, language: str, proved: str) -> None:
    client.get("/bahasa/", {"ke": language, "kembali": "/"})
    assert client.get("/smart-city/indikator/IK-PURUT-DARING/nilai.csv").status_code == 200
    reading = queries.reading(queries.indicator("IK-PURUT-DARING"), queries.current_year())
    path = f"/smart-city/indikator/IK-PURUT-DARING/asal/{reading.measurements[0].pk}/"
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.content.decode()
    assert proved in answer.content.decode()


def test_masked_samples_are_for_assessors(client: Client, official: Callable[..., User]) -> None:
    reading = queries.reading(queries.indicator("IK-PURUT-DARING"), queries.current_year())
    path = f"/smart-city/indikator/IK-PURUT-DARING/asal/{reading.measurements[0].pk}/"
    assert client.get(path).context["may_see"] is False
    client.force_login(official("asesor_1"))
    assert client.get(path).context["may_see"] is True


def test_a_typed_value_counts_when_a_second_person_agrees(official: Callable[..., User]) -> None:
    one = queries.indicator("IM-PERTUMBUHAN")
    year = queries.current_year()
    first, second = official("opd"), official("bappeda")
    before = queries.reading(one, year).value
    with acting_as(_actor(first)):
        entered = services.enter_value(one, year=year, value=Decimal("5.25"), source="BPS, BRS 2026 hal. 3")
        with pytest.raises(Refused, match="orang lain"):
            services.approve_value(entered.pk)
    assert queries.reading(one, year).value == before
    with acting_as(_actor(second)):
        services.approve_value(entered.pk)
        assert services.approve_value(entered.pk).approved_by == second.pk, "twice is once"
        with pytest.raises(NotFound):
            services.approve_value(0)
    assert queries.reading(one, year).value == Decimal("5.25")


def test_on_the_page_too_nobody_agrees_to_the_own_value(client: Client, official: Callable[..., User]) -> None:
    first, second = official("bappeda", "bappeda-1"), official("bappeda", "bappeda-2")
    client.force_login(first)
    form = {"indicator": "IM-PERTUMBUHAN", "year": "2025", "value": "5,25", "source": "BPS"}
    client.post("/smart-city/nilai/", form)
    entered = ManualValue.objects.get(source="BPS")
    for user, approved_by in ((first, None), (second, second.pk), (first, second.pk)):
        client.force_login(user)
        assert client.post(f"/smart-city/nilai/{entered.pk}/setujui/").status_code == 302
        entered.refresh_from_db()
        assert entered.approved_by == approved_by
    assert client.post("/smart-city/nilai/0/setujui/").status_code == 404


def _actor(user: User) -> Actor:
    return Actor(user_id=user.pk, name=user.name, role="", unit="")


def test_nobody_types_a_computed_indicator(official: Callable[..., User]) -> None:
    with acting_as(_actor(official("bappeda"))), pytest.raises(Refused, match="dihitung"):
        services.enter_value(queries.indicator("IK-PURUT-DARING"), year=2026, value=Decimal(1), source="x")


def test_a_value_without_source_is_refused_at_the_field_and_kept(client: Client, official: Callable[..., User]) -> None:
    client.force_login(official("opd"))
    form = {"indicator": "IM-PERTUMBUHAN", "year": "2025", "value": "5,25", "source": ""}
    answer = client.post("/smart-city/nilai/", form)
    assert answer.status_code == 422
    assert "id_source" in answer.content.decode()
    assert 'value="5,25"' in answer.content.decode()
    assert client.post("/smart-city/nilai/", form | {"source": "BPS"}).status_code == 302
    assert ManualValue.objects.filter(source="BPS", approved_at=None).count() == 1


def test_values_are_entered_and_approved_by_those_with_the_right_alone(
    client: Client, official: Callable[..., User]
) -> None:
    assert client.get("/smart-city/nilai/").status_code == 302
    client.force_login(official("perawat"))
    assert client.get("/smart-city/nilai/").status_code == 403
    client.force_login(official("opd", "opd-2"))
    assert client.post("/smart-city/nilai/1/setujui/").status_code == 403


def test_the_api_pages_through_every_indicator_and_gives_values(client: Client) -> None:
    seen, cursor = [], ""
    while True:
        page = client.get(f"/api/v1/smart-city/indicators?limit=7{cursor}").json()
        seen += [one["code"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == sorted(Indicator.objects.values_list("code", flat=True))
    values = client.get("/api/v1/smart-city/indicators/IK-PURUT-DARING/values").json()["items"]
    assert values[0]["computed"] is True
    assert len(values[0]["measurements"]) == 1
    proof = client.get("/api/v1/smart-city/indicators/IK-PURUT-DARING/provenance").json()["items"][0]
    assert (proof["verified"], proof["fault"]) == (True, "")
    problem = client.get("/api/v1/smart-city/indicators/XX/values")
    assert (problem.status_code, problem["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(problem.content)["type"] == "/masalah/tidak-ditemukan"


@pytest.mark.parametrize("path", ["indicators/XX/values", "indicators/XX/provenance"])
def test_the_api_says_in_a_problem_that_an_indicator_is_unknown(client: Client, path: str) -> None:
    problem = client.get(f"/api/v1/smart-city/{path}")
    assert (problem.status_code, problem["Content-Type"]) == (404, "application/problem+json")


def test_the_api_refuses_a_cursor_that_is_not_its_own_and_gives_typed_values_by_year(client: Client) -> None:
    assert client.get("/api/v1/smart-city/indicators?cursor=xyz").status_code == 400
    whole, *years = client.get("/api/v1/smart-city/indicators/IM-PERTUMBUHAN/values?year=2022").json()["items"]
    assert (whole["computed"], Decimal(whole["value"]), whole["measurements"]) == (False, Decimal("6.22"), [])
    assert [one["period"] for one in years] == ["2020", "2022"]

"""An event's way to Disdukcapil: one step at a time, once, in the order of the last days the law gives."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from pasti.civil import queries, services
from pasti.civil.models import Peristiwa
from pasti.civil.services import dukcapil
from pasti.civil.tasks import waiting
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, everyone, scoped
from pasti.kernel.accounts.services import assign
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.outbox.models import StoredEvent

from .conftest import OTHER_RT

pytestmark = pytest.mark.django_db
CITY = everyone("99.01", dukcapil.PURPOSE)


def told(days_ago: int) -> services.Report:
    return services.Report(today() - dt.timedelta(days=days_ago), dukcapil.PURPOSE)


@pytest.fixture
def death(town: Any) -> Peristiwa:
    with scoped(CITY):
        return services.report_death(town.father.pk, told(10))


def test_an_event_goes_from_told_to_submitted_to_issued_once(town: Any, death: Peristiwa) -> None:
    with scoped(CITY):
        assert dukcapil.mark_dukcapil(death.pk, "submitted").dukcapil_state == "submitted"
        dukcapil.mark_dukcapil(death.pk, "submitted")
        with pytest.raises(Refused, match="nomor"):
            dukcapil.mark_dukcapil(death.pk, "issued", document=" ")
        done = dukcapil.mark_dukcapil(death.pk, "issued", document="3575-KM-1")
        dukcapil.mark_dukcapil(death.pk, "issued", document="3575-KM-1")
        assert (done.dukcapil_state, done.dukcapil_document) == ("issued", "3575-KM-1")
        for to, document in (("issued", "LAIN"), ("submitted", "")):
            with pytest.raises(Refused, match="lebih jauh"):
                dukcapil.mark_dukcapil(death.pk, to, document=document)
        with pytest.raises(Refused, match="tidak dikenal"):
            dukcapil.mark_dukcapil(death.pk, "not_reported")
    assert StoredEvent.objects.filter(name="civil.DukcapilMoved").count() == 2
    assert trail_of(town.father.pk).filter(action="civil.peristiwa.dukcapil").count() == 2


def test_an_event_beyond_the_scope_cannot_be_moved(death: Peristiwa) -> None:
    with scoped(Scope((OTHER_RT,), (), "x")), pytest.raises(NotFound):
        dukcapil.mark_dukcapil(death.pk, "submitted")


def test_what_was_taken_back_before_it_was_submitted_is_nothing_to_tell(town: Any, death: Peristiwa) -> None:
    with scoped(CITY):
        services.reverse(death.pk, "keliru", told(0))
        assert not queries.on_their_way().exists()
        with pytest.raises(Refused, match="dibatalkan"):
            dukcapil.mark_dukcapil(death.pk, "submitted")


def test_a_counter_event_of_what_was_submitted_must_be_told_too(town: Any, death: Peristiwa) -> None:
    with scoped(CITY):
        dukcapil.mark_dukcapil(death.pk, "submitted")
        counter = services.reverse(death.pk, "keliru", told(0))
        assert {one.pk for one in queries.on_their_way()} == {death.pk, counter.pk}


def test_the_nearest_last_day_comes_first(town: Any) -> None:
    with scoped(CITY):
        change = services.report_change(town.mother.pk, {"education": 5}, told(50))
        birth = services.report_birth(town.mother.pk, services.Child("Bayi", 1, "Rekaan", 1), told(40))  # 20 days left
        death = services.report_death(town.father.pk, told(25))  # 5 days left
        order = [one.pk for one in queries.on_their_way().order_by("due", "id")]
        assert order == [death.pk, birth.pk, change.pk]
        assert queries.way_counts() == {"not_reported": 3, "submitted": 0, "issued": 0}


def test_the_clerk_sees_the_queue_and_records_the_next_step(town: Any, death: Peristiwa, client: Any) -> None:
    clerk = User.objects.create_user("kel", name="Petugas", kind="official")
    assign(clerk, "kelurahan", unit_code="99.01.01.1001", unit_name="Kelurahan", area_code="99.01.01.1001")
    client.force_login(clerk)
    page = client.get("/kependudukan/dukcapil/").content.decode()
    assert "20 hari lagi" in page
    path = f"/kependudukan/dukcapil/{death.pk}/"
    assert path in page
    assert client.post(path, {"to": "issued", "document": ""}).status_code == 422
    assert client.post(path, {"to": "issued", "document": "KM-7"}).status_code == 302
    assert "Tidak ada yang menunggu" in client.get("/kependudukan/dukcapil/").content.decode()
    assert "KM-7" in client.get(f"/kependudukan/orang/{town.father.pk}/").content.decode()
    assert "KM-7" in client.get(path).content.decode()
    assert client.get("/kependudukan/dukcapil/?keadaan=issued&jenis=death").context["rows"]


def test_a_last_day_that_is_near_waits_on_the_staff_home(town: Any) -> None:
    clerk = User.objects.create_user("kel", name="Petugas", kind="official")
    assign(clerk, "kelurahan", unit_code="99.01.01.1001", unit_name="Kelurahan", area_code="99.01.01.1001")
    with scoped(CITY):
        services.report_death(town.father.pk, told(25))
    assert [one.url for one in waiting(clerk)] == ["/kependudukan/dukcapil/"]
    assert waiting(User.objects.create_user("lain", name="Lain")) == []

"""The clerk's pages about BPJS: what waits, what was refused, and the planned operations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import now, today
from pasti.kernel.publish.registry import registry
from pasti.purut import services
from pasti.purut.models import BpjsMessage, Operasi, Sesi
from pasti.purut.queries import bpjs as queries_bpjs

from .conftest import booked

pytestmark = pytest.mark.django_db


def test_the_clerk_sees_how_the_messages_stand_and_sends_the_refused_again(
    sesi: Sesi, official: Callable[..., Any], browsing: Callable[..., Any]
) -> None:
    clerk, made = browsing(official("loket")), booked(sesi)
    assert "0 pesan menunggu dikirim" in clerk.get("/purut/bpjs/").content.decode()
    at = {"occurred_at": now(), "next_attempt_at": now(), "recorded_at": now(), "antrean": made}
    BpjsMessage.objects.create(kind="add", position=0, state="refused", answer="NIK tidak sesuai", **at)
    BpjsMessage.objects.create(kind="updatewaktu", position=3, **at)
    page = clerk.get("/purut/bpjs/").content.decode()
    assert "1 pesan menunggu dikirim" in page
    assert all(text in page for text in (made.code, "NIK tidak sesuai", "Kirim ulang yang ditolak"))
    assert made.patient.name not in page
    assert clerk.post("/purut/bpjs/").status_code == 302
    assert queries_bpjs.outbox().waiting == 2


@pytest.mark.parametrize(("path", "roles"), [("/purut/bpjs/", {"loket", "manajer_rs"}), ("/purut/operasi/", {"loket"})])
def test_the_pages_are_for_those_who_work_them(
    sesi: Sesi, official: Callable[..., Any], browsing: Callable[..., Any], path: str, roles: set[str]
) -> None:
    for role in ("loket", "manajer_rs", "perawat", "opd"):
        assert (browsing(official(role)).get(path).status_code == 200) == (role in roles), role


def test_a_clerk_plans_an_operation_and_marks_it_done(
    sesi: Sesi, town: Any, official: Callable[..., Any], browsing: Callable[..., Any]
) -> None:
    with scoped(Scope((), (town.mother.pk,), "purut.registration")):
        made = services.book(sesi_id=sesi.pk, patient=town.mother.pk, payer="umum", channel="web")
    clerk, day = browsing(official("loket")), today() + dt.timedelta(days=3)
    asked = {"norm": str(made.patient), "poli": "INT", "date": day.isoformat(), "action": "Herniorafi"}
    for _ in range(2):  # a second press plans nothing twice
        assert clerk.post("/purut/operasi/", asked).status_code == 302
    (operation,) = Operasi.objects.all()
    assert "Herniorafi" in clerk.get("/purut/operasi/").content.decode()
    for _ in range(2):
        assert clerk.post(f"/purut/operasi/{operation.code}/selesai/").status_code == 302
    operation.refresh_from_db()
    assert operation.done
    actions = list(trail_of(town.mother.pk).values_list("action", flat=True))
    assert (actions.count("purut.operasi.planned"), actions.count("purut.operasi.done")) == (1, 1)
    assert "purut.operasi.read" in actions
    (source,) = (one for one in registry().subject_records if one.code == "purut")
    assert "operasi" in [record["catatan"] for record in source.collect(town.mother.pk)]


@pytest.mark.parametrize(("changes", "words"), [
    ({"norm": "999999"}, "Nomor rekam medis tidak ditemukan"),
    ({"date": "2020-01-01"}, "Isi tanggal mulai hari ini"),
])  # fmt: skip
def test_an_operation_that_cannot_be_keeps_what_was_typed(
    sesi: Sesi, official: Callable[..., Any], browsing: Callable[..., Any], changes: dict[str, str], words: str
) -> None:
    norm = str(booked(sesi).patient)
    asked = {"norm": norm, "poli": "INT", "date": today().isoformat(), "action": "Herniorafi"}
    answer = browsing(official("loket")).post("/purut/operasi/", asked | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Herniorafi" in answer.content.decode()

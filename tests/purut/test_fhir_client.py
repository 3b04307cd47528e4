"""A FHIR client that somebody else wrote (`fhirpy`) uses the hospital over the network, knowing only the standard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connections
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import issue_token
from pasti.purut import pack
from pasti.purut.models import Antrean, Sesi
from pasti.purut.rules.fhir_appointments import NIK
from tests.civil.conftest import make_town

from .conftest import open_session, section

WHO = {"actor": {"identifier": {"system": NIK, "value": "9901014705889001"}}, "status": "accepted"}


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def address(fresh_database: str, settings: Any) -> Iterator[str]:
    """The address of a running hospital."""
    program = get_wsgi_application()

    def answering(environ: Any, start: Any) -> list[bytes]:
        try:
            return [b"".join(program(environ, start))]
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, answering, server_class=Threaded, handler_class=Quiet)
    settings.PASTI_BASE_URL = f"http://127.0.0.1:{server.server_port}"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"{settings.PASTI_BASE_URL}/fhir/R4"
    server.shutdown()
    server.server_close()


def test_many_who_send_the_same_at_once_get_one_appointment(address: str) -> None:
    town = make_town()
    pack.load(section())
    slots = [open_session("ANA").pk, open_session("INT").pk]
    mother = User.objects.create_user("siti", name="Siti", kind=User.Kind.CITIZEN, person_id=town.mother.pk)
    speaks = {"Authorization": f"Bearer {issue_token(mother, scopes=['*'])}"}

    def send(slot: int, **header: str) -> tuple[int, str]:
        body = {
            "resourceType": "Appointment",
            "status": "booked",
            "participant": [WHO],
            "slot": [{"reference": f"Slot/{slot}"}],
        }
        answer = httpx.post(f"{address}/Appointment", json=body, headers=speaks | header)
        return answer.status_code, answer.json()["id"]

    for slot, header in zip(slots, ({"If-None-Exist": f"slot={slots[0]}"}, {"Idempotency-Key": "k-1"}), strict=True):
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _, s=slot, h=header: send(s, **h), range(6)))
        assert len({made for _, made in answers}) == 1
        assert {status for status, _ in answers} <= {200, 201}
    assert Antrean.objects.count() == 2


def test_a_foreign_client_finds_books_and_cancels(address: str) -> None:
    town = make_town()
    pack.load(section())
    sesi = open_session()
    mother = User.objects.create_user("siti", name="Siti", kind=User.Kind.CITIZEN, person_id=town.mother.pk)
    anyone = SyncFHIRClient(address)
    resident = SyncFHIRClient(address, authorization=f"Bearer {issue_token(mother, scopes=['*'])}")

    doctor = anyone.resources("Practitioner").search(name="dr").sort().limit(10).fetch()
    assert {one["id"] for one in doctor} == {"D-ANA", "D-INT"}
    schedules = anyone.resources("Schedule").search(actor="Practitioner/D-ANA").limit(3).fetch_all()
    assert len(schedules) == 7, "the client follows the next links"
    free = anyone.resources("Slot").search(schedule=f"Schedule/{sesi.jadwal_id}", status="free").fetch_all()
    slot = next(one for one in free if one["id"] == str(sesi.pk))
    assert slot.to_reference().to_resource()["id"] == slot["id"]

    booking = resident.resource("Appointment", status="booked", start=slot["start"], end=slot["end"], participant=[WHO],
                                slot=[slot.to_reference()])  # fmt: skip
    booking.save()
    assert booking["id"]
    found = resident.resources("Appointment").search(slot=f"Slot/{sesi.pk}", status="booked").fetch()
    assert [one["id"] for one in found] == [booking["id"]]
    assert anyone.reference("Slot", str(sesi.pk)).to_resource()["extension"][0]["extension"][0]["valueUnsignedInt"] == 9

    booking["status"] = "cancelled"
    booking.save()
    assert resident.reference("Appointment", booking["id"]).to_resource()["status"] == "cancelled"
    Sesi.objects.filter(pk=sesi.pk).update(used_online=10)
    with pytest.raises(OperationOutcome, match="kuota-habis"):
        resident.resource("Appointment", status="booked", participant=[WHO], slot=[slot.to_reference()]).save()
    with pytest.raises(ResourceNotFound):
        resident.reference("Appointment", "TIDAKADA").to_resource()

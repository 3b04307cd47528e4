"""A SensorThings client that somebody else wrote (Fraunhofer's `frost-sta-client`) over the network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import frost_sta_client as fsc
import pytest
import requests
from django.core.wsgi import get_wsgi_application
from django.db import connections
from frost_sta_client.model.ext.unitofmeasurement import UnitOfMeasurement
from frost_sta_client.service.auth_handler import AuthHandler
from geojson import Point

from .sta import MEASUREMENT, writing


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class Bearer(requests.auth.AuthBase):
    """Puts the token into each request."""

    def __init__(self, header: str):
        self.header = header

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self.header
        return request


class Handler(AuthHandler):
    """The client's way to be told of a login."""

    def __init__(self, header: str):
        super().__init__()
        self.header = header

    def add_auth_header(self) -> Bearer:
        return Bearer(self.header)


@pytest.fixture
def service(fresh_database: str, settings: Any) -> Iterator[Any]:
    """The client, at a running server, with the right to write."""
    program = get_wsgi_application()

    def answering(environ: Any, start: Any) -> list[bytes]:
        try:
            return [b"".join(program(environ, start))]
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, answering, server_class=Threaded, handler_class=Quiet)
    settings.PASTI_BASE_URL = f"http://127.0.0.1:{server.server_port}"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    client = fsc.SensorThingsService(f"{settings.PASTI_BASE_URL}/sensorthings/v1.1")
    client.auth_handler = Handler(writing().headers["Authorization"])
    yield client
    server.shutdown()
    server.server_close()


def datastream(thing: Any, sensor: Any, about: Any) -> Any:
    """A datastream of the client's."""
    unit = UnitOfMeasurement(name="centimetre", symbol="cm", definition="http://unitsofmeasure.org/ucum.html#cm")
    return fsc.Datastream(
        name="Tinggi air", description="d", observation_type=MEASUREMENT, unit_of_measurement=unit, thing=thing,
        sensor=sensor, observed_property=about,
    )  # fmt: skip


def test_a_foreign_client_makes_reads_asks_pages_changes_and_deletes_all_eight_entities(service: Any) -> None:
    place = fsc.Location(
        name="Bokwedi", description="d", encoding_type="application/geo+json", location=Point((112.9, -7.65))
    )
    thing = fsc.Thing(name="Welang", description="d", properties={"river": "Welang"}, locations=[place])
    service.create(thing)
    sensor = fsc.Sensor(
        name="Radar", description="d", encoding_type="text/html", metadata="https://example.org", properties={"a": 1}
    )
    about = fsc.ObservedProperty(name="Tinggi air", definition="https://example.org/level", description="d")
    service.create(sensor)
    service.create(about)
    stream = datastream(thing, sensor, about)
    service.create(stream)
    feature = fsc.FeatureOfInterest(
        name="Sungai", description="d", encoding_type="application/geo+json", feature=Point((113.0, -7.7))
    )
    service.create(feature)
    for minute in range(25):
        time = f"2026-03-01T12:{minute:02}:00Z"
        service.create(
            fsc.Observation(phenomenon_time=time, result=float(minute), datastream=stream, feature_of_interest=feature)
        )
    places = service.locations().query().list().entities
    second = fsc.HistoricalLocation(time="2026-03-02T00:00:00Z", thing=thing, locations=[places[0]])
    service.create(second)

    # asks and pages
    found = service.observations().query().filter("result gt 3").orderby("phenomenonTime", "desc").top(10).list()
    assert [one.result for one in found] == [float(n) for n in range(24, 3, -1)], "it followed the next links"
    assert service.observations().query().count().list().count == 25
    expanded = service.things().query().expand("Datastreams($expand=Observations($top=3)),Locations").list().entities[0]
    assert expanded.locations.entities[0].name == "Bokwedi"
    assert [one.result for one in expanded.datastreams.entities[0].observations.entities] == [0.0, 1.0, 2.0]
    assert service.datastreams().find(stream.id).phenomenon_time == "2026-03-01T12:00:00Z/2026-03-01T12:24:00Z"
    near = service.locations().query().filter("geo.distance(location, geography'POINT(112.9 -7.65)') lt 0.1").list()
    assert [one.name for one in near] == ["Bokwedi"]

    # changes: the client sends whole entities, ids and all, by PATCH; and JSON Patches
    known = service.things().find(thing.id)
    known.name = "Welang hilir"
    service.update(known)
    assert service.things().find(thing.id).name == "Welang hilir"
    for one, dao in ((sensor, service.sensors()), (about, service.observed_properties()), (feature, service.features_of_interest()),
                     (places[0], service.locations()), (stream, service.datastreams())):  # fmt: skip
        one.description = "baru"
        service.update(one)
        assert dao.find(one.id).description == "baru"
    service.patch(thing, [{"op": "add", "path": "/properties/km", "value": 12}])
    assert service.things().find(thing.id).properties == {"river": "Welang", "km": 12}
    reading = found.entities[0]
    reading.result = 99.5
    service.update(reading)
    assert service.observations().find(reading.id).result == 99.5
    second.time = "2026-03-03T00:00:00Z"
    service.update(second)
    assert "2026-03-03" in str(service.historical_locations().find(second.id).time)

    # many at once
    array = fsc.model.ext.data_array_value.DataArrayValue()
    array.datastream = stream
    array.components = {array.Property.PHENOMENON_TIME, array.Property.RESULT}
    for hour in range(13, 16):
        array.add_observation(
            fsc.Observation(phenomenon_time=f"2026-03-01T{hour}:00:00Z", result=hour, datastream=stream)
        )
    document = fsc.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(array)
    answer = service.observations().create(document)
    assert len(answer) == 3
    assert "error" not in answer

    # deletes
    service.delete(reading)
    service.delete(second)
    assert service.observations().query().count().list().count == 27
    for one in (feature, places[0], stream, sensor, about, thing):
        service.delete(one)
    for dao in (service.things(), service.observations(), service.historical_locations(), service.datastreams()):
        assert dao.query().list().entities == []
    with pytest.raises(requests.HTTPError):
        service.things().find(thing.id)

"""What an officer reads of a device's doubtful readings and refused messages, in the own language."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils.translation import override

from pasti.kernel.clock import now
from pasti.telemetry.models import RefusedMessage
from pasti.telemetry.services.devices import DeviceWanted, register
from pasti.telemetry.services.incoming import Incoming, take
from pasti.telemetry.services.readings import Reading, store
from pasti.telemetry.web import wording

from .conftest import stream
from .test_devices import official

pytestmark = pytest.mark.django_db


def test_a_spike_and_a_stuck_sensor_stand_on_the_devices_page(client: Any) -> None:
    kept = stream(quality={"spike": [25, 50], "flat": [4, 6]})
    made, _ = register(DeviceWanted("bokwedi", "Bokwedi", fields={"level": kept.pk}))
    begins = now() - dt.timedelta(hours=1)
    levels = [80.0, 80.5, 380.0, 80.5, *[80.1] * 7]
    store([Reading(kept.pk, begins + n * dt.timedelta(minutes=1), level) for n, level in enumerate(levels)])
    client.force_login(official())
    address = f"/telemetri/alat/{made.pk}/"
    page = " ".join(client.get(address).content.decode().split())
    assert re.search(r"melonjak sesaat: 1 bacaan, terakhir", page)
    assert re.search(r"macet pada satu nilai: 4 bacaan, terakhir", page)
    assert ">diragukan</span>" in page
    assert '24 jam</dt><dd class="govuk-summary-list__value">5</dd>' in page
    assert "stuck at one value: 4 readings" in client.get(address, headers={"Accept-Language": "en"}).content.decode()


def test_why_a_message_was_refused_is_said_in_the_readers_language(client: Any) -> None:
    client.force_login(official())
    take(
        [
            Incoming("pas/tidak-ada/up", b'{"ts": "kemarin", "values": {"a": 1}}', now()),
            Incoming("apa/saja", b"{}", now()),
        ]
    )
    page = client.get("/telemetri/ditolak/").content.decode()
    assert "tidak terbaca" in page
    assert "topik tidak dikenal" in page
    english = client.get("/telemetri/ditolak/", headers={"Accept-Language": "en"}).content.decode()
    assert "cannot be read" in english
    assert "unknown topic" in english
    with override("en"):
        assert wording.refusal(RefusedMessage(reason="sebab lama")) == "sebab lama"

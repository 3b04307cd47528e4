"""A small network of gauges, and calls of the SensorThings API as tests make them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import quote

from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import issue_token

from .sta_bodies import MEASUREMENT, UNIT, point, stream, thing

__all__ = ["BASE", "MEASUREMENT", "NOON", "UNIT", "Api", "observations", "point", "stream", "thing", "writing"]

BASE = "/sensorthings/v1.1"
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


class Api:
    """Calls the API; `write` ones with a program's token."""

    def __init__(self, authorization: str = ""):
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": authorization} if authorization else {}

    def get(self, path: str, status: int = 200, /, **options: Any) -> Any:
        """The JSON of an address; options are named without their $."""
        query = "&".join(f"${name}={quote(str(value), safe='')}" for name, value in options.items())
        answer = self.client.get(self._at(path) + (f"?{query}" if query else ""))
        assert answer.status_code == status, answer.content
        return json.loads(answer.content) if answer.content else None

    def names(self, path: str, /, **options: Any) -> list[str]:
        """The names of a set's entities."""
        return [one["name"] for one in self.get(path, **options)["value"]]

    def send(self, method: str, path: str, body: Any = None, status: int = 200, kind: str = "application/json") -> Any:
        """Send JSON; the answer's JSON."""
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.client.generic(method, self._at(path), content, content_type=kind, headers=self.headers)
        assert answer.status_code == status, (answer.status_code, answer.content)
        self.last = answer
        return json.loads(answer.content) if answer.content else None

    def make(self, path: str, body: Any) -> Any:
        """POST an entity; its id."""
        return self.send("POST", path, body, 201)["@iot.id"]

    def _at(self, path: str) -> str:
        return path.partition("//")[2].partition("/")[2].join(("/", "")) if "//" in path else f"{BASE}/{path}"


def writing() -> Api:
    """A program that may write."""
    user = User.objects.create_user("client:uji-telemetri", name="Uji", kind=User.Kind.CLIENT)
    return Api(f"Bearer {issue_token(user, scopes=['telemetry.write'])}")


def observations(
    api: Api, stream_id: int, values: list[Any], begin: dt.datetime = NOON, minutes: int = 10
) -> list[str]:
    """Readings a few minutes apart, by a data array."""
    rows = [[(begin + dt.timedelta(minutes=minutes * at)).isoformat(), value] for at, value in enumerate(values)]
    sent = [{"Datastream": {"@iot.id": stream_id}, "components": ["phenomenonTime", "result"], "dataArray": rows}]
    return list(api.send("POST", "CreateObservations", sent, 201))

"""The program behind a real HTTP server, and Mobile JKN as it calls it: over a socket, with nothing of a test client."""

from __future__ import annotations

import http.client
import json
import socketserver
import threading
import wsgiref.simple_server
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections

from pasti.kernel.accounts.models import Client, User
from pasti.kernel.accounts.services import issue_token

USER = "bpjs-uji"


class Threads(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    """Many requests at once."""

    daemon_threads = True
    request_queue_size = 64


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    """Writes no log."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@cache
def _program() -> Any:
    return get_wsgi_application()


@contextmanager
def running(shared: Any = None) -> Iterator[int]:
    """The port of a server. With `shared` it works on that connection, inside of the test's own transaction."""

    def app(environ: dict[str, Any], start: Any) -> Any:
        if shared is not None:
            connections["default"] = shared
        try:
            return [b"".join(_program()(environ, start))]
        finally:
            if shared is None:
                connections.close_all()

    kept = (request_started, request_finished) if shared is not None else ()
    for signal in kept:  # a request would close a connection that is inside of a transaction
        signal.disconnect(close_old_connections)
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, app, Threads, Quiet)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    for signal in kept:
        signal.connect(close_old_connections)


class MobileJkn:
    """Calls the hospital; each answer is checked to be in the one shape it may have."""

    def __init__(self, port: int):
        self.port = port
        user = User.objects.create_user(f"client:{USER}", name="BPJS Kesehatan (uji)", kind=User.Kind.CLIENT)
        Client.objects.create(user=user, client_id=USER, secret_hash="", scopes=["antrean"])
        self.user = user
        self.headers = {"x-username": USER, "x-token": issue_token(user, scopes=["antrean"])}

    def send(
        self, path: str, body: bytes = b"", *, method: str = "POST", headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """The whole answer. HTTP says 200 and nothing else, whatever was sent."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = self.headers if headers is None else headers
        line.request(method, path, body, {"Content-Type": "application/json", **sent})
        answer = line.getresponse()
        content = answer.read()
        line.close()
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json"), content[:300]
        assert answer.headers["Set-Cookie"] is None
        said = json.loads(content)
        assert set(said) == {"response", "metadata"}
        assert set(said["metadata"]) == {"code", "message"}
        assert said["metadata"]["code"] in (200, 201, 202)
        return dict(said)

    def asks(self, service: str, **fields: Any) -> dict[str, Any]:
        """The answer to a call of a service."""
        return self.send(f"/antrean/{service}", json.dumps(fields).encode())

    def gets(self, service: str, **fields: Any) -> dict[str, Any]:
        """The response of a call that succeeds."""
        said = self.asks(service, **fields)
        assert said["metadata"]["code"] == 200, said
        return dict(said["response"])

    def refused(self, service: str, **fields: Any) -> str:
        """The words with which a call is refused."""
        said = self.asks(service, **fields)
        assert (said["metadata"]["code"], said["response"]) == (201, {}), said
        return str(said["metadata"]["message"])

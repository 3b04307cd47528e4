"""The raw floor: bare programs that do the same work with no framework at all.

`application` is a bare ASGI program (a fixed page, one row by primary key, a stream); it runs under the same server as ours.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import Any

from psycopg_pool import AsyncConnectionPool

PAGE = b"<!doctype html><title>floor</title><h1>floor</h1>"
TOLD = b'id: 1\ndata: {"jenis": "panggil"}\n\n'
listening: set[asyncio.Queue[bytes]] = set()
pool = AsyncConnectionPool(os.environ.get("PASTI_DATABASE_URL", ""), min_size=4, max_size=4, open=False)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """`/page` answers a fixed page, `/row/<id>` one row as JSON, `/stream` what `/tell` tells."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["path"] in ("/stream", "/tell"):
        await (_stream(send) if scope["path"] == "/stream" else _tell(send))
        return
    body, kind = PAGE, b"text/html"
    if scope["path"].startswith("/row/"):
        async with pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT code, name, level FROM places_place WHERE code = %s", [scope["path"].removeprefix("/row/")]
            )
            row = await cursor.fetchone()
        body, kind = (
            json.dumps(dict(zip(("code", "name", "level"), row or (), strict=False))).encode(),
            b"application/json",
        )
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _stream(send: Any) -> None:
    """A page that listens: what is told is passed on, nothing else."""
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    listening.add(queue)
    try:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
        await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
        while True:
            await send({"type": "http.response.body", "body": await queue.get(), "more_body": True})
    finally:
        listening.discard(queue)


async def _tell(send: Any) -> None:
    """Tell all who listen, and answer."""
    for queue in listening:
        queue.put_nowait(TOLD)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await pool.open()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await pool.close()
            await send({"type": "lifespan.shutdown.complete"})
            return

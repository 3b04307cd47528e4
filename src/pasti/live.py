"""The live process: streams what happened to open pages (Server-Sent Events), and does nothing else.

It listens to PostgreSQL, never writes, and needs no Django. Topics are public; what is private is not streamed
but fetched by the page that was told something changed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import psycopg
from psycopg_pool import AsyncConnectionPool

from pasti.platform import environment

log = logging.getLogger(__name__)
CHANNEL = "pasti_live"
HEARTBEAT = 15.0  # seconds; shorter than the idle limits of common proxies
BEAT = b"event: detak\ndata: {}\n\n"  # an event, not a comment: pages see from its absence that the line is dead
REPLAY_LIMIT = 200
WAITING_LIMIT = 100  # messages a slow page may lag behind before it is cut off (it reconnects and replays)
PATH = re.compile(r"^/live/([A-Za-z0-9._:-]{1,120})$")

READERS = 4  # connections that read what pages missed; a thousand of them may come back at once
Message = tuple[int, bytes]  # an event's id and its frame, made once for all pages
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Stream:
    """One listener to the database, many pages. `last_id` is the newest event seen."""

    def __init__(self, url: str):
        self.url = url
        self.pages: dict[str, set[asyncio.Queue[Message | None]]] = defaultdict(set)
        self.last_id = 0
        self.connected = False
        self.readers: AsyncConnectionPool[Any] | None = None

    async def open(self) -> None:
        """Get ready to read what pages missed; the database need not be there yet."""
        self.readers = AsyncConnectionPool(
            self.url, min_size=1, max_size=READERS, open=False, kwargs={"autocommit": True},
            check=AsyncConnectionPool.check_connection,
        )  # fmt: skip
        await self.readers.open()

    async def listen_forever(self) -> None:
        """Listen; when the database goes away, come back and send what was missed."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, ValueError) as error:
                log.warning("stopped listening: %r", error)
            self.connected = False
            await asyncio.sleep(1)

    async def _listen(self) -> None:
        # A connection that waits for notices cannot ask: one listens, the other reads.
        async with await self._connect() as ear, await self._connect() as eye:
            await ear.execute(f"LISTEN {CHANNEL}")
            await self._catch_up(eye)
            self.connected = True
            async for notice in ear.notifies():
                event = json.loads(notice.payload)
                self._spread(await self._rows(eye, "id = %s", [event["id"]]))

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(self.url, autocommit=True)

    async def _catch_up(self, connection: psycopg.AsyncConnection[Any]) -> None:
        if self.last_id:
            self._spread(await self._rows(connection, "id > %s AND topic <> ''", [self.last_id]))
        else:
            cursor = await connection.execute("SELECT coalesce(max(id), 0) FROM outbox_storedevent")
            self.last_id = (await cursor.fetchone() or (0,))[0]

    async def _rows(
        self, connection: psycopg.AsyncConnection[Any], where: str, values: list[Any], limit: int = 10_000
    ) -> list[tuple[int, str, str]]:
        cursor = await connection.execute(
            f"SELECT id, topic, live::text FROM outbox_storedevent WHERE {where} ORDER BY id LIMIT {limit}",
            values,
        )
        return list(await cursor.fetchall())

    def _spread(self, rows: list[tuple[int, str, str]]) -> None:
        for event_id, topic, text in rows:
            self.last_id = max(self.last_id, event_id)
            message = (event_id, _frame(event_id, text))
            for queue in list(self.pages.get(topic, ())):
                try:
                    queue.put_nowait(message)
                except asyncio.QueueFull:
                    self._cut(topic, queue)

    def _cut(self, topic: str, queue: asyncio.Queue[Message | None]) -> None:
        self.pages[topic].discard(queue)
        queue.get_nowait()
        queue.put_nowait(None)

    async def missed(self, topic: str, after: int) -> list[Message]:
        """What `topic` had after event `after`, for a page that comes back."""
        assert self.readers is not None, "opened before the first page is served"
        async with self.readers.connection() as connection:
            rows = await self._rows(connection, "topic = %s AND id > %s", [topic, after], REPLAY_LIMIT)
        return [(event_id, _frame(event_id, text)) for event_id, _, text in rows]


stream = Stream(environment.read().database_url)


async def application(scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    """The ASGI program: `/live/<topic>` streams, `/healthz` answers."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and (match := PATH.match(scope["path"])):
        await _serve(match[1], _resume_point(scope), receive, send)
    elif scope["type"] == "http":
        ready = scope["path"] == "/healthz" and stream.connected
        await _answer(send, 200 if ready else 503 if scope["path"] == "/healthz" else 404)


async def _lifespan(receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    task: asyncio.Task[None] | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await stream.open()
            task = asyncio.create_task(stream.listen_forever())
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if task:
                task.cancel()
            if stream.readers:
                await stream.readers.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _resume_point(scope: dict[str, Any]) -> int | None:
    """The last event the page has: its `Last-Event-ID`, else `?after=`."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    text = headers.get(b"last-event-id", b"").decode("latin-1")
    text = text or parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    return int(text) if text.isdigit() and len(text) < 19 else None


async def _serve(topic: str, after: int | None, receive: Callable[[], Awaitable[dict[str, Any]]], send: Send) -> None:
    queue: asyncio.Queue[Message | None] = asyncio.Queue(WAITING_LIMIT)
    stream.pages[topic].add(queue)
    gone = asyncio.create_task(_gone(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await _send(send, b"retry: 2000\n\n")
        sent = after or 0
        for event_id, frame in await stream.missed(topic, after) if after is not None else []:
            await _send(send, frame)
            sent = event_id
        await _follow(queue, sent, gone, send)
    except (psycopg.Error, OSError) as error:
        log.info("stream of %s ended: %s", topic, error)
    finally:
        gone.cancel()
        stream.pages[topic].discard(queue)
        if not stream.pages[topic]:
            stream.pages.pop(topic, None)


async def _follow(queue: asyncio.Queue[Message | None], sent: int, gone: asyncio.Task[None], send: Send) -> None:
    while not gone.done():
        try:
            message = await asyncio.wait_for(queue.get(), HEARTBEAT)
        except TimeoutError:
            await _send(send, BEAT)
            continue
        if message is None:
            return
        if message[0] > sent:
            await _send(send, message[1])


async def _gone(receive: Callable[[], Awaitable[dict[str, Any]]]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, frame: bytes) -> None:
    await send({"type": "http.response.body", "body": frame, "more_body": True})


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def _frame(event_id: int, text: str) -> bytes:
    return f"id: {event_id}\ndata: {text}\n\n".encode()


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    # Topics carry public facts only, so any page may listen.
    (b"access-control-allow-origin", b"*"),
    (b"x-content-type-options", b"nosniff"),
]

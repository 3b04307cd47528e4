"""A push service and a gateway on this machine that fail as real ones do, and remember what they were given."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web


class Sink:
    """Answers `/push/<n>` and `/gateway`. `faults` by the end of the address: what to answer first, a status or "hang"."""

    def __init__(self, faults: dict[str, object] | None = None) -> None:
        self.faults = faults or {}
        self.taken: Counter[str] = Counter()
        self.keys: Counter[str] = Counter()
        self.bodies: list[bytes] = []
        self.headers: dict[str, str] = {}
        self.port = 0
        self._tried: Counter[str] = Counter()

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        name = request.path if request.path != "/gateway" else (await request.json())["to"]
        self._tried[name] += 1
        fault = next((fault for end, fault in self.faults.items() if name.endswith(end)), None)
        if fault == 410:
            return web.Response(status=410)
        if fault and self._tried[name] == 1:
            if fault == "hang":
                await asyncio.sleep(60)
            return web.Response(status=int(str(fault)), headers={"Retry-After": "1"})
        self.taken[name] += 1
        self.keys[request.headers.get("Idempotency-Key", "")] += 1
        self.headers = dict(request.headers)
        self.bodies.append(body)
        return web.Response(status=201, headers={"Location": f"{self.base}/pesan/{self.taken.total()}"})


@contextmanager
def running(sink: Sink) -> Iterator[Sink]:
    """Serve the sink from a thread of its own."""
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def start() -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/{rest:.*}", sink.answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        sink.port = runner.addresses[0][1]
        ready.set()
        return runner

    async def stop() -> None:
        await runner.result().cleanup()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()  # requests that hang

    runner = loop.create_task(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)

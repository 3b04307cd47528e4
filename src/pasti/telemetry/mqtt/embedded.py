"""The broker of a demo: amqtt (MQTT 3.1.1) with our accounts. A city runs Mosquitto (docs/mqtt.md).

Its sessions live in memory: what it took and we have not stored is lost when it is killed.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from amqtt.broker import Broker as Amqtt
from amqtt.broker import BrokerContext, RetainedApplicationMessage
from amqtt.contexts import Action
from amqtt.mqtt.connack import NOT_AUTHORIZED, ConnackPacket
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session
from django.db import DatabaseError, close_old_connections

from pasti.telemetry.rules.topics import INGEST_FILTERS, SERVICES, Account
from pasti.telemetry.services import broker_accounts

log = logging.getLogger(__name__)
REMEMBER = 5.0  # seconds an account's rights are believed before they are looked up again
AT_ONCE = 500  # messages on their way to one client
T = TypeVar("T")


@dataclass
class _Guest:
    """Whose a session is, and when that was looked up."""

    account: Account
    looked: float


class Doorkeeper:
    """Whose each session is. It hangs on the session, not on its name: a name can be claimed by a stranger."""

    async def sign_in(self, session: Session) -> bool:
        """Let in who has the right key; a kept session stays with the account that began it."""
        user, password = session.username or "", session.password or ""
        before = _guest(session)
        if before is not None and before.account.user != user:
            log.warning("refused: the session %r belongs to another", session.client_id)
            return False
        try:
            account = await _in_thread(lambda: broker_accounts.sign_in(user, password))
        except DatabaseError as error:
            log.warning("nobody can sign in, the database is away: %s", error)
            return False
        if account is None:
            return False
        session.is_anonymous = not user
        self.expect(session, account)
        return True

    async def account(self, session: Session) -> Account | None:
        """The account behind a session, as it is by now."""
        guest = _guest(session)
        if guest is None or time.monotonic() - guest.looked < REMEMBER:
            return guest.account if guest else None
        known = guest.account
        try:
            account = await _in_thread(lambda: broker_accounts.current(known))
        except DatabaseError:
            account = known  # who was let in stays while the database is away: what they send is not to be dropped
        self.expect(session, account or Account(known.user))
        return account

    def expect(self, session: Session, account: Account) -> None:
        """The session is this account's, also before its client comes."""
        session.__dict__["guest"] = _Guest(account, time.monotonic())


def _guest(session: Session) -> _Guest | None:
    return session.__dict__.get("guest")


DOOR = Doorkeeper()


async def _in_thread(ask: Callable[[], T]) -> T:
    """Ask the database beside the loop. Raises DatabaseError when it is away."""

    def asked() -> T:
        close_old_connections()
        try:
            return ask()
        finally:
            close_old_connections()

    return await asyncio.to_thread(asked)


class Authentication(BaseAuthPlugin):
    """Lets in devices by their keys and programs by their secrets."""

    @dataclass
    class Config:
        """Nothing to set."""

    async def authenticate(self, *, session: Session) -> bool | None:
        """Whether the session may begin."""
        return await DOOR.sign_in(session)


class Access(BaseTopicPlugin):
    """A device writes to its own topics and reads its own commands."""

    @dataclass
    class Config:
        """Nothing to set."""

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool | None:
        """Whether the act is allowed."""
        account = await DOOR.account(session) if session else None
        if account is None or topic is None:
            return False
        return account.may_write(topic) if action == Action.PUBLISH else account.may_read(topic)


class Patient:
    """Delivers through a client's handler until it is acknowledged or the client leaves: amqtt itself gives up in 5 s."""

    def __init__(self, broker: PatientBroker, session: Session, handler: Any):
        self._broker, self._session, self._handler = broker, session, handler

    async def mqtt_publish(self, topic: str, data: bytes, qos: int, retain: bool) -> Any:
        """Deliver; what could not be waits in the session for the client's return."""
        keeps = bool(qos) and not self._session.clean_session and not self._session.is_anonymous
        if not keeps:
            return await self._handler.mqtt_publish(topic, data, qos, retain)
        pause = 1.0
        async with self._broker.window(self._session):
            while self._broker.is_with(self._session, self._handler):
                try:
                    return await self._handler.mqtt_publish(topic, data, qos, retain)
                except TimeoutError:  # the client has not stored it yet
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, 30)
                except (Exception, asyncio.CancelledError):  # it left: the session keeps the message
                    break
        await self._session.retained_messages.put(RetainedApplicationMessage(None, topic, data, qos))
        return None


class PatientBroker(Amqtt):
    """amqtt that loses nothing a client with a kept session has not acknowledged, as long as it runs."""

    def __init__(self, config: dict[str, Any]):
        super().__init__(config)
        self._windows: dict[str, asyncio.Semaphore] = {}

    async def keep_for(self, identity: str, account: Account, filters: Sequence[str]) -> None:
        """Keep messages for a client that has not come yet, so that none is lost between our start and its own."""
        context = BrokerContext(self)
        await context.add_subscription(identity, None, None)
        DOOR.expect(self.sessions[identity][0], account)
        for one in filters:
            await context.add_subscription(identity, one, 1)

    async def _handle_client_session(
        self, reader: Any, writer: Any, client_session: Session, handler: Any, server: Any, listener_name: str
    ) -> None:
        # Asked before amqtt does: it would cut the connection whose session a stranger names, and then refuse.
        if not await self._authenticate(client_session, self.listeners_config[listener_name]):
            await ConnackPacket.build(0, NOT_AUTHORIZED).to_stream(writer)
            await writer.close()
            return
        await super()._handle_client_session(reader, writer, client_session, handler, server, listener_name)

    def window(self, session: Session) -> asyncio.Semaphore:
        """At most AT_ONCE messages on their way to one client."""
        return self._windows.setdefault(session.client_id or "", asyncio.Semaphore(AT_ONCE))

    def is_with(self, session: Session, handler: Any) -> bool:
        """Whether the session is connected, and by this handler."""
        return session.transitions.state == "connected" and super()._get_handler(session) is handler

    def _get_handler(self, session: Session) -> Any:
        handler = super()._get_handler(session)
        return Patient(self, session, handler) if handler else None

    async def _publish_session_retained_messages(self, session: Session) -> None:
        """Hand over what waited, beside the client's own requests and not before them."""
        handler = self._get_handler(session)
        waiting = session.retained_messages
        for _ in range(waiting.qsize() if handler else 0):
            one = waiting.get_nowait()
            self._tasks_queue.append(asyncio.ensure_future(handler.mqtt_publish(one.topic, one.data, one.qos, False)))


async def serve(host: str, port: int, until: asyncio.Event, takers: Sequence[str] = ()) -> None:
    """Serve at an address until `until` is set. For `takers`, client ids of `pasti ingest`, messages are kept from the start."""
    for name in ("amqtt", "transitions"):  # they tell of every message, and warn of whoever asks for MQTT 5
        logging.getLogger(name).setLevel(logging.ERROR)
    here = f"{__name__}."
    broker = PatientBroker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{host}:{port}", "max_connections": 1000}},
            "plugins": {f"{here}Authentication": {}, f"{here}Access": {}},
            "session_expiry_interval": 7 * 24 * 3600,
        }
    )
    await broker.start()
    for identity in takers:
        await broker.keep_for(identity, SERVICES[0], INGEST_FILTERS)
    log.info("broker at %s:%s", host, port)
    await until.wait()
    await broker.shutdown()


def run(host: str, port: int, takers: Sequence[str]) -> None:
    """Serve until SIGTERM."""

    async def main() -> None:
        until, loop = asyncio.Event(), asyncio.get_running_loop()
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(one, until.set)
        await serve(host, port, until, takers)

    asyncio.run(main())

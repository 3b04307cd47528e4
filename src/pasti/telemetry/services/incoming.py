"""Taking in what came by the broker: many messages in one transaction, and no bad one in the way of the others."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connection, transaction

from pasti.kernel.outbox.services import emit
from pasti.telemetry.events import DeviceAnswered
from pasti.telemetry.models import RefusedMessage
from pasti.telemetry.rules.decoded import Unreadable
from pasti.telemetry.services import calibrating, sta_features
from pasti.telemetry.services.known import Known
from pasti.telemetry.services.readings import Outcome, Reading, store
from pasti.telemetry.services.translating import Translated, translate

log = logging.getLogger(__name__)
KEPT = 5000  # refused messages, the newest
SHOWN = 4096  # bytes of a refused message
SEEN_EVERY = dt.timedelta(seconds=10)  # a device's row is written at most this often
REASONS = {
    Outcome.FUTURE: Unreadable("waktu di masa depan", "its time lies in the future"),
    Outcome.ANCIENT: Unreadable("waktu sebelum 1970", "its time lies before 1970"),
    Outcome.UNKNOWN: Unreadable("aliran data tidak ada", "there is no such datastream"),
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message as it came."""

    topic: str
    payload: bytes
    received: dt.datetime


@dataclass
class Taken:
    """What became of a batch: readings stored, readings known already, messages refused."""

    stored: int = 0
    repeated: int = 0
    refused: int = 0

    def __iadd__(self, other: Taken) -> Taken:
        self.stored += other.stored
        self.repeated += other.repeated
        self.refused += other.refused
        return self


def take(messages: Sequence[Incoming]) -> Taken:
    """Store what the messages say. When this returns, every one is stored or kept as refused: durable either way.

    Raises DatabaseError or InterfaceError when the database cannot do its work; then nothing was taken.
    """
    if not messages:
        return Taken()
    try:
        return _take(messages)
    except DatabaseError as error:
        # Only what the values themselves cause is the fault of a message; the rest is the database's, and passes.
        if not isinstance(error, DataError | IntegrityError):
            raise
        return _parted(messages, error)
    except InterfaceError:
        raise
    except Exception as error:
        return _parted(messages, error)


def _parted(messages: Sequence[Incoming], error: Exception) -> Taken:
    """One of the messages is poison: halving finds it in a few steps, and the others are stored."""
    if len(messages) == 1:
        log.exception("message on %s could not be taken", messages[0].topic)
        return _refuse_one(messages[0], Unreadable(f"tidak dapat disimpan: {error}", f"cannot be stored: {error}"))
    middle = len(messages) // 2
    taken = take(messages[:middle])
    taken += take(messages[middle:])
    return taken


@transaction.atomic
def _take(messages: Sequence[Incoming]) -> Taken:
    known = Known.about(messages)
    translated = [translate(one, known) for one in messages]
    readings: list[Reading] = []
    owners: list[int] = []
    for index, one in enumerate(translated):
        readings += one.readings
        owners += [index] * len(one.readings)
    newest = max(one.received for one in messages)
    outcomes = store(calibrating.apply(readings), at=newest) if readings else []
    reasons = {index: one.refusal for index, one in enumerate(translated) if one.refusal}
    for owner, outcome in zip(owners, outcomes, strict=True):
        if outcome in REASONS:
            reasons.setdefault(owner, REASONS[outcome])
    sta_features.use((one.feature_id, one.datastream_id) for one in readings if one.feature_id is not None)
    _seen([one for index, one in enumerate(translated) if index not in reasons], newest)
    _answers(translated)
    _refuse([(messages[index], reason, translated[index].device_id) for index, reason in sorted(reasons.items())])
    counts = [outcomes.count(which) for which in (Outcome.STORED, Outcome.REPEATED)]
    return Taken(counts[0], counts[1], len(reasons))


_SEEN = """
WITH heard (id, battery, signal, skew) AS (
  SELECT * FROM unnest(%s::bigint[], %s::float8[], %s::float8[], %s::float8[])
), due AS (
  -- A row another hand is writing at this moment is as good as written.
  SELECT d.id FROM telemetry_device d WHERE d.id = ANY (%s) AND (d.last_seen IS NULL OR d.last_seen < %s)
  ORDER BY d.id FOR UPDATE SKIP LOCKED
)
UPDATE telemetry_device d SET last_seen = %s, battery_percent = coalesce(heard.battery, d.battery_percent),
  signal_dbm = coalesce(heard.signal, d.signal_dbm), clock_skew_seconds = coalesce(heard.skew, d.clock_skew_seconds)
FROM due JOIN heard USING (id) WHERE d.id = due.id
"""


def _seen(translated: Sequence[Translated], moment: dt.datetime) -> None:
    """Devices that said something are alive; their battery, signal and clock as they last told."""
    heard: dict[int, Translated] = {}
    for one in translated:
        if one.device_id is not None:
            heard[one.device_id] = one
    if heard:
        ids = sorted(heard)
        columns = [[getattr(heard[pk], name) for pk in ids] for name in ("battery", "signal", "skew")]
        with connection.cursor() as cursor:
            cursor.execute(_SEEN, [ids, *columns, ids, moment - SEEN_EVERY, moment])


def _answers(translated: Sequence[Translated]) -> None:
    for one in translated:
        if one.answer is not None:
            emit(DeviceAnswered(one.answer[0], one.answer[1]), aggregate=f"device:{one.answer[0]}")


def _refuse(refused: Sequence[tuple[Incoming, Unreadable, int | None]]) -> None:
    if not refused:
        return
    made = RefusedMessage.objects.bulk_create(
        RefusedMessage(
            topic=one.topic.replace("\x00", "")[:300], payload=one.payload[:SHOWN], size=len(one.payload),
            reason=_kept(why.reason), reason_en=_kept(why.reason_en), device_id=device_id, at=one.received,
        )
        for one, why, device_id in refused
    )  # fmt: skip
    RefusedMessage.objects.filter(pk__lte=max(row.pk for row in made) - KEPT).delete()


def _kept(words: str) -> str:
    return words.replace("\x00", "")[:300]


@transaction.atomic
def _refuse_one(message: Incoming, why: Unreadable) -> Taken:
    _refuse([(message, why, None)])
    return Taken(refused=1)

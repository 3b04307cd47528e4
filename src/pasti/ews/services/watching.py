"""From readings to proposals: the rules run over a river's gauges, and what they remember is kept with what they propose.

One transaction under the river's lock holds both, so that a process that dies in the middle proposes nothing twice and
forgets nothing: the event or the sweep comes again and finds the memory of before.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from django.db import DatabaseError, transaction

from pasti.ews.models import Gauge, River
from pasti.ews.queries import moment
from pasti.ews.rules.config import GaugeRules
from pasti.ews.rules.detection import evaluate
from pasti.ews.rules.findings import Finding
from pasti.ews.rules.memory import Memory, Surroundings
from pasti.ews.rules.readings import Reading
from pasti.ews.rules.set_up import rules_of
from pasti.ews.services import proposing
from pasti.kernel.outbox.models import StoredEvent
from pasti.telemetry.queries.readings import readings

log = logging.getLogger(__name__)
UNWATCHED = "unwatched"  # the rules cannot be run over this gauge: a fault in what is set or remembered of its river
STANDS_STILL = dt.timedelta(hours=6)  # to within a digit: even calm water moves more
MOST = 5000  # readings of one gauge taken in one go


def heard(event: StoredEvent) -> None:
    """`telemetry.WatchedReadings`: look at the rivers these streams belong to."""
    streams = event.payload["datastreams"]
    for code in (
        Gauge.objects.filter(datastream_id__in=streams).values_list("river_id", flat=True).distinct().order_by()
    ):
        _watched(code)


def watch_all() -> int:
    """Look at every river: silence and run-out times bring no reading. Returns how many findings there were."""
    return sum(_watched(code) for code in River.objects.values_list("code", flat=True))


def _watched(river_code: str) -> int:
    """Look at one river; what is wrong with it must not blind the others. Its gauges are shown as not watched meanwhile.

    Trouble of the database is raised: it passes, and the event comes again.
    """
    try:
        return watch(river_code)
    except DatabaseError:
        raise
    except Exception:
        log.exception("the river %s cannot be watched; the others are", river_code)
        Gauge.objects.filter(river_id=river_code).update(trouble=UNWATCHED)
        return 0


@transaction.atomic
def watch(river_code: str) -> int:
    """Take what is new at the river's gauges, upstream first; returns how many findings there were."""
    River.objects.select_for_update().get(pk=river_code)
    gauges = {one.code: one for one in Gauge.objects.filter(river_id=river_code)}
    names = {code: one.name for code, one in gauges.items()}
    # What a gauge upstream sees is not here yet: it speaks through the gauge it is linked to, with the travel time.
    above = {link["gauge"] for one in gauges.values() for link in one.rules.get("upstream") or ()}
    at, found = moment.now(), 0
    for gauge in _downstream(gauges.values()):
        rules = rules_of(gauge.code, gauge.kind, gauge.name, gauge.rules, names)
        findings = _take(gauge, rules, gauges, at)
        for finding in findings if gauge.code not in above else ():
            proposing.propose(finding, gauge)
            found += 1
    return found


def _take(gauge: Gauge, rules: GaugeRules, gauges: dict[str, Gauge], at: dt.datetime) -> list[Finding]:
    """Run the rules over one gauge and keep what they remember."""
    at = max(at, gauge.evaluated_to or at)
    before = _memory(gauge, at)
    around = Surroundings.of(
        {link.gauge: _memory(gauges[link.gauge], at) for link in rules.links if link.gauge in gauges}
    )
    after, findings = evaluate(rules, before, _new(gauge, before, rules, at), around, at)
    trouble = "blind" if after.blind else "stuck" if after.flat and at - after.flat.since >= STANDS_STILL else ""
    if after != before or trouble != gauge.trouble:
        changed = after.stage != gauge.stage
        Gauge.objects.filter(pk=gauge.pk).update(
            memory=after.to_json(), stage=after.stage, stage_since=at if changed else gauge.stage_since,
            trouble=trouble, evaluated_to=at,
        )  # fmt: skip
        gauge.memory, gauge.stage = after.to_json(), after.stage
    return findings


def _new(gauge: Gauge, memory: Memory, rules: GaugeRules, at: dt.datetime) -> list[Reading]:
    """Readings newer than the newest that was taken. Older ones say nothing to the rules, so nothing is missed."""
    since = max(filter(None, [memory.taken_at, memory.since, at - dt.timedelta(hours=6)]))
    replay = moment.running()
    return [
        Reading(one.time, one.value, one.flag, replay.played(one.recorded_at) if replay else one.recorded_at)
        for one in readings(gauge.datastream_id, since, None, MOST)
        if one.time > since
    ]


def _memory(gauge: Gauge, at: dt.datetime) -> Memory:
    """What the rules remember of a gauge; one never watched is heeded from now on."""
    return Memory.from_json(gauge.memory) if gauge.memory else Memory.begin(at - dt.timedelta(minutes=30))


def _downstream(gauges: Iterable[Gauge]) -> list[Gauge]:
    """The gauges in the order water passes them: each after those it is linked to."""
    waiting, ordered = {one.code: one for one in gauges}, []
    while waiting:
        ready = [
            one for one in waiting.values()
            if not any(link["gauge"] in waiting for link in one.rules.get("upstream") or () if link["gauge"] != one.code)
        ] or list(waiting.values())  # fmt: skip
        for one in ready:
            ordered.append(waiting.pop(one.code))
    return ordered

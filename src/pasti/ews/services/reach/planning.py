"""From a warning that was sent to a row for everybody who is to get it. The same event twice plans nothing twice."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from pasti.ews.models import Delivery, Dispatch, Warning
from pasti.ews.queries.moment import now
from pasti.ews.rules import reach
from pasti.ews.services.reach import rt_heads, sirens
from pasti.kernel import clock
from pasti.kernel.outbox.models import StoredEvent

State = Delivery.State

# Lane 0: who asked for a place that is in, or around, the warned areas. Lane 1: others of the same kelurahan. Lane 2: who
# asked for the whole city. Everybody's first place that fits is remembered, for counting by kelurahan.
_PLAN = """
INSERT INTO ews_delivery (warning_id, subscription_id, channel, lane, place_code, state, attempts, next_attempt_at, receipt)
SELECT %(warning)s, s.id, s.channel,
  CASE WHEN hit.code IS NOT NULL THEN 0 WHEN near.code IS NOT NULL THEN 1 ELSE 2 END,
  coalesce(hit.code, near.code, ''), 'queued', 0, %(at)s, ''
FROM ews_subscription s
LEFT JOIN LATERAL (
  SELECT p.code FROM unnest(s.place_codes) AS p (code)
  WHERE p.code = ANY(%(around)s) OR p.code LIKE ANY(%(inside)s) LIMIT 1) hit ON true
LEFT JOIN LATERAL (
  SELECT p.code FROM unnest(s.place_codes) AS p (code) WHERE p.code LIKE ANY(%(wards)s) LIMIT 1) near ON true
WHERE s.confirmed_at IS NOT NULL AND s.ended_at IS NULL
  AND (s.place_codes = '{}' OR hit.code IS NOT NULL OR near.code IS NOT NULL)
ON CONFLICT (warning_id, subscription_id) DO NOTHING
"""


def heard(event: StoredEvent) -> None:
    """A warning was issued, updated, cancelled or ended: plan whom its message goes to."""
    if event.payload.get("how") == "expired":  # it ran out by itself; nothing was sent that could be passed on
        lapse(event.payload["replaced"])
        sirens.switch_off(Warning.objects.select_related("episode").get(pk=event.payload["replaced"]))
        _wake()
        return
    plan(event.payload["warning"])


@transaction.atomic
def plan(warning_id: int) -> int:
    """Sirens and RT heads first, then queue the message for all others; returns how many. Again plans only what is new.

    An exercise goes to RT heads alone, and says what it is; the database refuses anything else.
    """
    warning = Warning.objects.select_related("replaces", "episode").get(pk=warning_id)
    if warning.sent_at is None:
        return 0
    if warning.replaces_id:
        lapse(warning.replaces_id)
    sirens.plan(warning)
    rt_heads.ask(warning)
    if warning.status != Warning.Status.ACTUAL:
        return 0
    made = _queue(warning)
    _wake()
    return made


def lapse(warning_id: int) -> int:
    """What was not sent of a warning that no longer holds is not sent any more."""
    return Delivery.objects.filter(warning_id=warning_id, state=State.QUEUED).update(state=State.LAPSED)


def _wake() -> None:
    from pasti.ews.jobs.reach import wake

    wake()


def _queue(warning: Warning) -> int:
    wards = reach.wards(warning.area_codes)
    given: dict[str, Any] = {
        "warning": warning.pk, "at": clock.now(), "around": reach.around(warning.area_codes),
        "inside": [f"{area}.%" for area in warning.area_codes], "wards": [f"{ward}%" for ward in wards],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, given)
        made = int(cursor.rowcount)
        cursor.execute(
            "INSERT INTO ews_dispatch (warning_id, channel, lane, planned, planned_at) "
            "SELECT warning_id, channel, lane, count(*), %s FROM ews_delivery WHERE warning_id = %s GROUP BY 1, 2, 3 "
            "ON CONFLICT (warning_id, channel, lane) DO UPDATE SET planned = excluded.planned",
            [now(), warning.pk],
        )
    return made


def progress(warning_id: int) -> list[Dispatch]:
    """The warning's ways through lanes and channels."""
    return list(Dispatch.objects.filter(warning_id=warning_id))

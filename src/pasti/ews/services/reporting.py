"""Water in a street, told by those who stand before it: kept, grouped, confirmed by officers."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from pasti.ews.events import StreetReported
from pasti.ews.models import Drill, Episode, Gauge, StreetReport
from pasti.ews.queries import risk
from pasti.ews.queries.moment import now
from pasti.ews.queries.policy import policy
from pasti.ews.rules import outcome, streets
from pasti.ews.services import photos, proposing, timeline
from pasti.kernel.accounts.access import roles_of
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.outbox.models import StoredEvent
from pasti.kernel.outbox.services import emit
from pasti.kernel.places import queries as places

PURPOSE = "ews.laporan"
TRUSTED_ROLES = ("ketua_rt", "ketua_rw", "kelurahan", "bpbd", "bpbd_kepala")
OLDEST = dt.timedelta(hours=24)
PHONE_KEPT = dt.timedelta(days=30)
AT_MOST = 20  # reports of one person within an hour
State = StreetReport.State


@dataclass(frozen=True)
class Seen:
    """What somebody saw: where (WGS 84 degrees), how deep (cm), when, and words to find the place."""

    lon: float
    lat: float
    depth_cm: int
    seen_at: dt.datetime
    words: str = ""
    place_code: str = ""


@transaction.atomic
def report(
    seen: Seen, *, user: User | None, phone: str = "", photo: File[bytes] | None = None, drill: int | None = None
) -> StreetReport:
    """Keep a report. Signed in, or with a telephone number at which the reporter can be asked.

    Raises Refused: `pelapor-wajib`, `di-luar-kota`, `waktu-salah`, `terlalu-sering` (429), and those of photos.
    """
    key = reporter_key(user, phone)
    _check(seen, key, user)
    place = seen.place_code or _place_of(seen)
    made = StreetReport.objects.create(
        lon=seen.lon, lat=seen.lat, place_code=place, words=seen.words[:300], depth_cm=seen.depth_cm, seen_at=seen.seen_at,
        recorded_at=now(), reporter=user, reporter_key=key, phone="" if user else phone, trusted=_trusted(user),
        photo=photos.keep(photo, owner=user) if photo else None, drill_id=_running(drill),
    )  # fmt: skip
    record_change(
        user.person_id if user else None, "ews.report.made", purpose=PURPOSE, object_type="ews_report",
        object_id=made.pk, fields=("depth_cm", "place_code"),
    )  # fmt: skip
    emit(StreetReported(made.pk), aggregate="ews.streets", topic=timeline.TOPIC,
         live=timeline.live("laporan", "exercise" if drill else "actual"))  # fmt: skip
    return made


@transaction.atomic
def confirm(report_id: int, *, by: User, river: str) -> StreetReport:
    """Water indeed, from this river (or rain that found no way into it). Twice is once.

    The episode under way takes it up; where the river has none, one begins: a flood nobody warned of must count too.
    """
    timeline.lock_river(river)
    found = _locked(report_id)
    if found.state == State.CONFIRMED:
        return found
    episode = _episode_for(found, river)
    found.state, found.episode = State.CONFIRMED, episode
    _answer(found, by)
    flooded = found.depth_cm >= outcome.FLOOD_CM
    if flooded and (episode.flooded_at is None or found.seen_at < episode.flooded_at):
        episode.flooded_at = found.seen_at
        episode.save(update_fields=["flooded_at"])
    timeline.note(
        episode, "depth", by=by, at=found.seen_at, report=found.pk, depth_cm=found.depth_cm,
        where=found.words or found.place_code,
    )  # fmt: skip
    return found


@transaction.atomic
def reject(report_id: int, *, by: User, reason: str) -> StreetReport:
    """No water there, or a joke. Twice is once. A confirmed report stays. Raises Refused `laporan-terjawab`."""
    found = _locked(report_id)
    if found.state == State.CONFIRMED:
        raise Refused("laporan-terjawab", _("Laporan ini sudah dibenarkan."))
    found.state, found.reason = State.REJECTED, reason[:300]
    _answer(found, by)
    return found


def heard(event: StoredEvent) -> None:
    """`ews.StreetReported`: see whether enough people now say the same."""
    propose_from_streets()


def propose_from_streets() -> int:
    """Propose a warning where enough people reported water near each other; returns how many groups ask for one.

    Safe to run again and at once: a group keeps the key of its first report.
    """
    rules = street_rules()
    since = now() - dt.timedelta(minutes=rules.minutes) * 3
    rows = list(StreetReport.objects.filter(seen_at__gte=since).exclude(state=State.REJECTED)[:2000])
    asked = 0
    over = set(Drill.objects.exclude(ended_at=None).values_list("pk", flat=True))
    for drill in {one.drill_id for one in rows} - over:
        mine = {_of(one): one for one in rows if one.drill_id == drill}
        for group, finding in streets.propose(list(mine), rules):
            members = [mine[one] for one in group.reports if one in mine]
            codes = sorted({one.place_code for one in members if one.place_code})
            evidence: dict[str, Any] = {**finding.evidence, "place_code": codes[0] if codes else ""}
            found = replace(finding, evidence=evidence)
            made = proposing.propose(
                found, river=river_near(codes, group.centre), drill=drill,
                by_clock=_answered_for(members, *rules.stages[finding.stage - 1]),
            )  # fmt: skip
            asked += made is not None
    return asked


def _answered_for(members: Sequence[StreetReport], people: int, depth: float) -> bool:
    """Whether enough of those who reported water so deep can be held to it: an RT head or officer, or so many accounts.

    Anybody can invent telephone numbers. On those alone an officer is asked, and no siren goes off by the clock.
    """
    deep = [one for one in members if one.depth_cm >= depth]
    return any(one.trusted for one in deep) or len({one.reporter_id for one in deep} - {None}) >= people


def street_rules() -> streets.StreetRules:
    """The city's choice of what is near, and how many people make a warning."""
    chosen = policy().streets
    people = int(chosen["reporters"])
    return streets.StreetRules(
        float(chosen["near_metres"]), float(chosen["within_minutes"]),
        tuple((people, float(depth)) for depth in chosen["stage_from_cm"]),
    )  # fmt: skip


def river_near(codes: list[str], centre: tuple[float, float]) -> str:
    """The river whose places at risk hold these places; without one, the river with the nearest gauge."""

    wards = {".".join(code.split(".")[:4]) for code in codes}
    for area in risk.areas().order_by("from_stage", "pk"):
        if ".".join(area.place_code.split(".")[:4]) in wards:
            return str(area.river_id)
    lat, lon = centre
    gauges = list(Gauge.objects.filter(kind=Gauge.Kind.LEVEL))
    if not gauges:
        raise NotFound
    return str(min(gauges, key=lambda one: streets.metres(lat, lon, one.lat, one.lon)).river_id)


def forget_phones() -> int:
    """Take away the telephone numbers of reports older than thirty days; returns how many."""
    return StreetReport.objects.filter(recorded_at__lt=now() - PHONE_KEPT).exclude(phone="").update(phone="")


def reporter_key(user: User | None, phone: str) -> str:
    """Tells reporters apart: by account, else by a keyed digest of the number. Raises Refused `pelapor-wajib`."""
    if user is not None:
        return str(user.pk)
    digits = "".join(one for one in phone if one.isdecimal())
    digits = f"62{digits[1:]}" if digits.startswith("0") else digits
    if not 9 <= len(digits) <= 15:
        text = _("Isi nomor telepon yang bisa dihubungi petugas, atau masuk dengan akun PASTI")
        raise Refused("pelapor-wajib", text, status=422, field="phone")
    return hmac.new(settings.SECRET_KEY.encode(), f"ews:{digits}".encode(), hashlib.sha256).hexdigest()


def _check(seen: Seen, key: str, user: User | None) -> None:
    moment = now()
    if seen.seen_at > moment + dt.timedelta(minutes=5) or seen.seen_at < moment - OLDEST:
        raise Refused("waktu-salah", _("Waktu harus dalam 24 jam terakhir"), status=422, field="seen_at")
    if not seen.place_code and not places.locate(seen.lon, seen.lat):
        raise Refused(
            "di-luar-kota", _("Tempat ini di luar kota. Geser titik atau pilih kelurahan."), status=422, field="lat"
        )
    hour = StreetReport.objects.filter(reporter_key=key, recorded_at__gte=moment - dt.timedelta(hours=1))
    if hour.count() >= AT_MOST:
        raise Refused("terlalu-sering", _("Sudah banyak laporan dari Anda dalam satu jam. Hubungi 112."), status=429)


def _place_of(seen: Seen) -> str:
    found = places.locate(seen.lon, seen.lat)
    return found[-1].code if found else ""


def _trusted(user: User | None) -> bool:
    return user is not None and not set(TRUSTED_ROLES).isdisjoint(roles_of(user))


def _running(drill: int | None) -> int | None:
    if drill is not None and not Drill.objects.filter(pk=drill, began_at__isnull=False, ended_at=None).exists():
        raise Refused("latihan-selesai", _("Latihan ini tidak sedang berjalan"))
    return drill


def _episode_for(found: StreetReport, river: str) -> Episode:
    """The river's open episode, or a new one; but a drill that is over begins no more."""
    if found.drill is not None and found.drill.ended_at is not None:
        last = Episode.objects.filter(drill=found.drill).order_by("-pk").first()
        if last is not None:
            return last
    return timeline.open_episode(river, found.drill_id, found.seen_at)


def _locked(report_id: int) -> StreetReport:
    found = StreetReport.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
    if found is None:
        raise NotFound
    return found


def _answer(found: StreetReport, by: User) -> None:
    found.answered_by, found.answered_at = by, now()
    found.save(update_fields=["state", "episode", "reason", "answered_by", "answered_at"])
    subject = found.reporter.person_id if found.reporter else None
    record_change(subject, f"ews.report.{found.state}", purpose=PURPOSE, object_type="ews_report", object_id=found.pk,
                  fields=("state",))  # fmt: skip
    timeline.nudge("report", "exercise" if found.drill_id else "actual")


def _of(one: StreetReport) -> streets.Report:
    return streets.Report(one.reporter_key, one.lat, one.lon, float(one.depth_cm), one.seen_at)

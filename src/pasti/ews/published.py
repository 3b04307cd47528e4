"""What early warning declares to the platform."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from pasti.ews.datasets import DATASETS
from pasti.ews.measures import MEASURES
from pasti.kernel.publish.types import (
    ActionName,
    Grant,
    Hit,
    LifeEvent,
    Notice,
    NoticeSource,
    Purpose,
    Room,
    SearchSource,
    Service,
    SubjectRecords,
    Subscription,
    Task,
    TaskSource,
)

__all__ = ["DATASETS", "MEASURES"]

LIFE_EVENTS = [
    LifeEvent("bencana", "Banjir atau bencana", "Flood or disaster", ("banjir", "bencana", "air", "mengungsi"))
]

SERVICES = [
    Service(
        code="ews", name_id="Peringatan dini banjir", name_en="Flood early warning",
        purpose_id="Ketahui apakah RT Anda aman, berapa tinggi air sungai, dan ke mana mengungsi.",
        purpose_en="Know whether your RT is safe, how high the rivers stand, and where to go.",
        agency="BPBD", dimensions=("living", "environment"), life_events=("bencana",), quick_win="ews",
        audience_id="Siapa saja", audience_en="Anyone", requirements_id=("Tidak ada",), requirements_en=("None",),
        promised_time_id="Langsung", promised_time_en="Immediate", cost_id="Gratis", cost_en="Free", entry_url="/ews/",
        sign_in=False, kept_promise_measure="ews.detection",
        words=("banjir", "sungai", "air", "hujan", "mengungsi", "peringatan", "petung", "gembong", "welang", "siaga", "sirene"),
    ),
    Service(
        code="ews-lapor", name_id="Laporkan air di jalan", name_en="Report water in a street",
        purpose_id="Laporkan jalan yang tergenang; beberapa laporan membuat peringatan diusulkan.",
        purpose_en="Report a flooded street; a few reports together propose a warning.",
        agency="BPBD", dimensions=("living",), life_events=("bencana",), audience_id="Siapa saja", audience_en="Anyone",
        requirements_id=("Nomor telepon, atau akun PASTI",), requirements_en=("A telephone number, or a PASTI account",),
        promised_time_id="Langsung sampai di meja jaga", promised_time_en="At once on the officers' desk", cost_id="Gratis",
        cost_en="Free", entry_url="/ews/lapor/", sign_in=False, words=("banjir", "genangan", "jalan", "lapor", "air", "foto"),
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("ews.peringatan", "Memperingatkan warga akan banjir", "Warning residents of floods",
            "UU 24/2007 tentang Penanggulangan Bencana Pasal 46; UU 27/2022 Pasal 20 ayat (2) huruf d"),
    Purpose("ews.laporan", "Memeriksa laporan genangan", "Checking reports of water",
            "UU 24/2007 tentang Penanggulangan Bencana Pasal 27; UU 27/2022 Pasal 20 ayat (2) huruf a dan d"),
]  # fmt: skip

GRANTS = [
    Grant("ews.watch", ("bpbd", "bpbd_kepala")),
    Grant("ews.issue", ("bpbd", "bpbd_kepala")),
    Grant("ews.approve", ("bpbd", "bpbd_kepala")),
    Grant("ews.review", ("bpbd", "bpbd_kepala")),
]

ROOMS = [
    Room("ews.desk", "Meja jaga PUSDALOPS", "Flood duty desk", "/ews/jaga/", "ews.watch"),
    Room("ews.episodes", "Evaluasi peringatan banjir", "After-action reviews of floods", "/ews/episode/", "ews.watch"),
    Room("ews.drills", "Latihan peringatan dini", "Early warning drills", "/ews/latihan/", "ews.watch"),
]

ACTIONS = [
    ActionName("ews.report.made", "menerima laporan genangan dari Anda", "took your report of water in a street"),
    ActionName("ews.report.read", "membuka laporan genangan Anda", "opened your report of water in a street"),
    ActionName("ews.report.confirmed", "membenarkan laporan genangan Anda", "confirmed your report of water"),
    ActionName("ews.report.rejected", "menyatakan laporan genangan Anda tidak benar", "rejected your report of water"),
    ActionName("ews.warning.edited", "mengubah konsep peringatan banjir", "changed a draft flood warning"),
    ActionName("ews.warning.asked", "meminta persetujuan peringatan banjir", "asked approval of a flood warning"),
    ActionName("ews.warning.sent_back", "mengembalikan konsep peringatan banjir", "sent back a draft flood warning"),
    ActionName("ews.warning.issued", "menerbitkan peringatan banjir", "issued a flood warning"),
    ActionName("ews.warning.cancelled", "membatalkan peringatan banjir", "cancelled a flood warning"),
    ActionName("ews.warning.all_clear", "menyatakan banjir berakhir", "declared the end of a flood"),
    ActionName(
        "ews.warning.expired", "mencatat peringatan banjir yang habis waktunya", "recorded that a flood warning ran out"
    ),
    ActionName("ews.shift.began", "mengambil jaga PUSDALOPS", "took over the flood watch"),
    ActionName("ews.shift.ended", "menyerahkan jaga PUSDALOPS", "handed over the flood watch"),
    ActionName("ews.episode.reviewed", "mengevaluasi sebuah banjir", "reviewed a flood"),
    ActionName("ews.drill.planned", "merencanakan latihan banjir", "planned a flood drill"),
    ActionName("ews.drill.began", "memulai latihan banjir", "began a flood drill"),
    ActionName("ews.drill.ended", "mengakhiri latihan banjir", "ended a flood drill"),
]

SUBSCRIPTIONS = [
    Subscription("telemetry.WatchedReadings", "pasti.ews.services.watching:heard", "ews.watch_readings"),
    Subscription("ews.StreetReported", "pasti.ews.services.reporting:heard", "ews.group_streets"),
    Subscription("ews.WarningProposed", "pasti.ews.services.telling:proposed", "ews.tell_officers"),
    Subscription("telemetry.DeviceAnswered", "pasti.ews.services.reach.sirens:heard", "ews.sirens"),
    *(
        Subscription(f"ews.Warning{what}", "pasti.ews.services.reach.planning:heard", f"ews.reach_{what.lower()}")
        for what in ("Issued", "Updated", "Cancelled", "Ended")
    ),
]


def _notices() -> list[Notice]:
    from pasti.ews.queries import warnings
    from pasti.ews.templatetags.ews import local

    rows = [*warnings.in_force()[:5], *warnings.just_ended()[:2]]
    notices = [
        Notice(local(one, "headline"), local(one, "instruction"), f"/ews/peringatan/{one.pk}/", grave=one.stage >= 2)
        for one in rows
    ]
    # A river that rose and fell twice is said to be safe once: the newest stands for both.
    return list({one.title: one for one in reversed(notices)}.values())[::-1]


NOTICES = [NoticeSource("ews", _notices)]


def _tasks(user: Any) -> list[Task]:
    from pasti.ews.queries import reach, warnings
    from pasti.ews.templatetags.ews import local
    from pasti.kernel.accounts.access import can

    mine = [
        Task(
            title=_("Peringatkan RT Anda"), text=str(local(one.warning, "headline")), url=f"/ews/rt/{one.pk}/",
            action_label=_("Saya sudah memperingatkan RT saya"), system="EWS", due=one.asked_at,
        )
        for one in reach.open_tasks_of(user)[:10]
    ]  # fmt: skip
    if not can(user, "ews.watch"):
        return mine
    asked = [
        Task(
            title=_("Jawab usulan peringatan %(river)s") % {"river": one.proposal.episode.river.name},
            text=str(local(one.proposal, "sentence")), url="/ews/jaga/", action_label=_("Buka meja jaga"), system="EWS",
            due=one.proposal.auto_at, staff=True,
        )
        for one in warnings.proposals(with_people=False)
    ]  # fmt: skip
    waits = [
        Task(
            title=_("Setujui peringatan %(river)s") % {"river": one.episode.river.name}, text=str(local(one, "headline")),
            url="/ews/jaga/", action_label=_("Buka meja jaga"), system="EWS", due=one.composed_at, staff=True,
        )
        for one in warnings.waiting() if one.composed_by_id != user.pk
    ]  # fmt: skip
    return mine + asked + waits


TASKS = [TaskSource("ews", _tasks)]


def _search(query: str, user: Any, limit: int) -> list[Hit]:
    from pasti.ews.queries import levels

    wanted = query.lower().split()
    found = [(sum(word in f"{one.name} {one.river.name}".lower() for word in wanted), one) for one in levels.gauges()]
    best = sorted((pair for pair in found if pair[0]), key=lambda pair: -pair[0])
    return [
        Hit(one.name, one.river.name, f"/ews/sungai/{one.river_id}/", _("Alat ukur"), hits / len(wanted))
        for hits, one in best[:limit]
    ]


SEARCHES = [SearchSource("ews.gauges", "Sungai dan alat ukur", "Rivers and gauges", _search)]


def _records(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.ews.queries import episodes

    return episodes.records_of(person_id)


SUBJECT_RECORDS = [SubjectRecords("ews", "EWS (peringatan dini banjir)", "EWS (flood early warning)", _records)]

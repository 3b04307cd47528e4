"""What the frame declares to the platform."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pasti.kernel.publish.types import ActionName, Grant, Hit, Purpose, Room, SearchSource, Service, Task, TaskSource

SERVICES = [
    Service(
        code="smart-city", name_id="Rencana dan capaian Smart City", name_en="Smart City plan and results",
        purpose_id="Lihat rencana kota, indikator, target, dan dari mana setiap angka berasal.",
        purpose_en="See the city's plan, indicators, targets, and where each number comes from.",
        agency="DISKOMINFOTIK", dimensions=("governance",), life_events=(), audience_id="Siapa saja", audience_en="Anyone",
        requirements_id=("Tidak ada",), requirements_en=("None",), promised_time_id="Langsung", promised_time_en="Immediate",
        cost_id="Gratis", cost_en="Free", entry_url="/smart-city/", sign_in=False,
        words=("rencana", "masterplan", "indikator", "target", "capaian", "kinerja", "misi", "visi"),
    )
]  # fmt: skip

PURPOSES = [
    Purpose("masterplan.values", "Pengisian nilai indikator", "Entering indicator values",
            "Perpres 39/2019 tentang Satu Data Indonesia; Permendagri 86/2017"),
    Purpose("masterplan.measure", "Penghitungan indikator", "Computing indicators",
            "Perpres 39/2019 tentang Satu Data Indonesia; hanya jumlah, tanpa membuka data perorangan"),
    Purpose("masterplan.evaluation", "Evaluasi capaian oleh asesor", "Evaluation by assessors",
            "Permendagri 86/2017; UU 27/2022 Pasal 20 ayat (2) huruf e"),
]  # fmt: skip

ROOMS = [
    Room("masterplan.values", "Isi nilai indikator", "Enter indicator values", "/smart-city/nilai/", "masterplan.enter")
]

GRANTS = [
    Grant("masterplan.enter", ("opd", "bappeda")),
    Grant("masterplan.approve", ("bappeda",)),
    Grant("masterplan.sample", ("bappeda", "asesor_1", "asesor_2", "auditor")),
]

ACTIONS = [
    ActionName("masterplan.value.entered", "mengisi nilai indikator", "entered an indicator value"),
    ActionName("masterplan.value.approved", "menyetujui nilai indikator", "approved an indicator value"),
    ActionName("masterplan.sample.read", "membuka contoh catatan yang disamarkan", "opened a masked sample of records"),
]


def _search(query: str, user: Any, limit: int) -> list[Hit]:
    from pasti.masterplan import queries

    words = [word for word in query.lower().split() if len(word) > 2]
    hits = []
    for one in queries.indicators():
        text = f"{one.name} {one.name_en} {one.definition}".lower()
        found = sum(word in text for word in words)
        if words and found:
            hits.append(Hit(queries.local(one, "name"), queries.local(one, "definition"),
                            f"/smart-city/indikator/{one.pk}/", _("Indikator"), 0.8 * found / len(words)))  # fmt: skip
    return sorted(hits, key=lambda hit: -hit.score)[:limit]


SEARCHES = [SearchSource("masterplan.indicators", "Indikator", "Indicators", _search)]


def _tasks(user: Any) -> list[Task]:
    from pasti.kernel.accounts.access import can
    from pasti.masterplan import queries

    if not can(user, "masterplan.approve"):
        return []
    return [
        Task(_("Setujui nilai %(code)s tahun %(year)s") % {"code": v.indicator_id, "year": v.year}, v.source,
             "/smart-city/nilai/", _("Periksa"), "Smart City", v.recorded_at, staff=True)
        for v in queries.values_to_approve().exclude(entered_by=user.pk)[:20]
    ]  # fmt: skip


TASKS = [TaskSource("masterplan", _tasks)]

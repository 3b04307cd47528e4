"""What is declared of the rights of the person the data is about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from pasti.kernel.publish.types import (
    ActionName,
    Grant,
    Measure,
    Purpose,
    Room,
    Service,
    SubjectRecords,
    Task,
    TaskSource,
)

SERVICES = [
    Service(
        code="hak-data", name_id="Hak atas data pribadi", name_en="Rights over my data",
        purpose_id="Unduh salinan data Anda, minta perbaikan, atau minta pemrosesan dibatasi.",
        purpose_en="Download a copy of your data, ask for a correction, or ask for processing to be restricted.",
        agency="DISPENDUKCAPIL", dimensions=("governance", "society"), life_events=("data-pribadi",),
        audience_id="Warga yang punya akun PASTI", audience_en="Residents with a PASTI account",
        requirements_id=("Akun PASTI",), requirements_en=("A PASTI account",),
        promised_time_id="Salinan langsung; yang lain paling lambat 3x24 jam",
        promised_time_en="A copy at once; the rest within 3x24 hours", cost_id="Gratis", cost_en="Free",
        entry_url="/siap-pak-rt/hak-saya/", kept_promise_measure="siap_pak_rt.rights_in_time",
        words=("data", "salinan", "perbaikan", "keliru", "privasi", "pembatasan", "hak", "pdp"),
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("siap_pak_rt.hak", "Permintaan subjek data", "A data subject's request",
            "UU 27/2022 Pasal 7, 30, 32, dan 41"),
    Purpose("siap_pak_rt.kegagalan", "Pemberitahuan kegagalan pelindungan data", "Notice of a data breach",
            "UU 27/2022 Pasal 46"),
]  # fmt: skip

GRANTS = [
    Grant("siap_pak_rt.rights.ask", ("warga",)),
    Grant("siap_pak_rt.rights.answer", ("kelurahan", "dukcapil")),
    Grant("siap_pak_rt.rights.restrict", ("dukcapil",)),
    Grant("siap_pak_rt.breach", ("admin", "auditor")),
]

ROOMS = [
    Room("siap_pak_rt.rights", "Permintaan atas data pribadi", "Requests about personal data", "/siap-pak-rt/hak/",
         "siap_pak_rt.rights.answer"),
    Room("siap_pak_rt.breaches", "Kegagalan pelindungan data", "Data breaches", "/siap-pak-rt/kegagalan/",
         "siap_pak_rt.breach"),
]  # fmt: skip

ACTIONS = [
    ActionName("siap_pak_rt.copy.taken", "mengunduh salinan data Anda", "downloaded a copy of your data"),
    ActionName("siap_pak_rt.correction.asked", "meminta perbaikan data Anda", "asked for a correction of your data"),
    ActionName("siap_pak_rt.restriction.asked", "meminta data Anda dibatasi", "asked for a restriction of your data"),
    ActionName("siap_pak_rt.lifting.asked", "meminta pembatasan dicabut", "asked to lift the restriction"),
    ActionName("siap_pak_rt.request.done", "mengabulkan permintaan Anda", "granted your request"),
    ActionName("siap_pak_rt.request.refused", "menolak permintaan Anda", "refused your request"),
    ActionName("siap_pak_rt.request.withdrawn", "menarik kembali permintaan", "took a request back"),
    ActionName("siap_pak_rt.request.listed", "membaca permintaan Anda", "read your request"),
    ActionName("siap_pak_rt.breach.told", "memberi tahu Anda bahwa data Anda terungkap",
               "told you that your data was revealed"),
]  # fmt: skip


def _records(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.siap_pak_rt.queries import rights

    return rights.records_of(person_id)


SUBJECT_RECORDS = [SubjectRecords("siap_pak_rt.hak", "Permintaan atas data", "Requests about my data", _records)]


def _tasks(user: Any) -> list[Task]:
    from pasti.kernel.accounts.access import can
    from pasti.siap_pak_rt.queries import rights

    if not can(user, "siap_pak_rt.rights.answer"):
        return []
    found = rights.oldest_waiting(user)
    if found is None:
        return []
    count, due = found
    return [
        Task(
            title=_("%(count)s permintaan atas data pribadi menunggu jawaban") % {"count": count}, text=_("batas 3x24 jam"),
            url="/siap-pak-rt/hak/", action_label=_("Jawab"), system="SIAP PAK RT", due=due, staff=True,
        )
    ]  # fmt: skip


TASKS = [TaskSource("siap_pak_rt.rights", _tasks)]

# Requests whose 3 x 24 hours ended in the period: answered in time, or not (also those still open).
_DUE = """FROM siap_pak_rt_datarequest r
WHERE r.kind <> 'copy' AND r.state <> 'withdrawn' AND r.asked_at + interval '72 hours' >= %(start)s
  AND r.asked_at + interval '72 hours' < %(end)s AND r.asked_at <= %(as_of)s
  AND starts_with(r.rt_code || '.', %(area)s || '.')
"""
_KEPT = "r.decided_at <= %(as_of)s AND r.decided_at <= r.asked_at + interval '72 hours'"

MEASURES = [
    Measure(
        code="siap_pak_rt.rights_in_time", version=1,
        name_id="Permintaan subjek data dijawab dalam 3x24 jam", name_en="Data subject requests answered within 3x24 hours",
        unit="persen", grain="month", rollup="ratio",
        method_id="Permintaan perbaikan dan pembatasan yang batas 3x24 jamnya jatuh pada kurun itu dan dijawab sebelum batas, "
        "dibagi semua yang batasnya jatuh pada kurun itu, kali 100. Yang ditarik kembali tidak dihitung.",
        method_en="Requests for correction or restriction due in the period and answered before the limit, over all due in "
        "the period, times 100. Those withdrawn do not count.",
        sql=f"SELECT count(*) FILTER (WHERE {_KEPT}) AS numerator, count(*) AS denominator, "
        f"round(100.0 * count(*) FILTER (WHERE {_KEPT}) / nullif(count(*), 0), 4) AS value, count(*) AS row_count\n{_DUE}",
        records_sql="SELECT r.id::text AS record_id, encode(sha256(convert_to(concat_ws('|', r.kind, extract(epoch FROM "
        "r.asked_at), CASE WHEN r.decided_at <= %(as_of)s THEN extract(epoch FROM r.decided_at) END), 'UTF8')), 'hex') AS digest"
        f"\n{_DUE}ORDER BY r.id",
        sample_sql="SELECT r.kind AS jenis, r.asked_at::date AS diminta, r.decided_at::date AS dijawab"
        f"\n{_DUE}ORDER BY r.asked_at DESC LIMIT 5",
        newest_sql="SELECT max(greatest(asked_at, decided_at)) FROM siap_pak_rt_datarequest",
    ),
]  # fmt: skip

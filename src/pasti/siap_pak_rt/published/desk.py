"""What the RT head's desk declares."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.kernel.publish.types import (
    ActionName,
    Grant,
    Purpose,
    Room,
    Service,
    SubjectRecords,
    Subscription,
    Task,
    TaskSource,
)
from pasti.siap_pak_rt.published.desk_measures import MEASURES as MEASURES

SERVICES = [
    Service(
        code="siap-lapor-peristiwa", name_id="Lapor peristiwa lewat RT", name_en="Report an event through the RT",
        purpose_id="Kelahiran, kematian, pindah, dan peristiwa lain dicatat Ketua RT dari rumah dan diperiksa kelurahan.",
        purpose_en="Births, deaths, moves and other events, entered by the RT head and checked by the kelurahan.",
        agency="DISPENDUKCAPIL", dimensions=("governance", "society"), life_events=("lahir", "data-pribadi"),
        quick_win="siap-pak-rt", audience_id="Warga melalui Ketua RT", audience_en="Residents through their RT head",
        requirements_id=("Foto surat bukti, bila ada",), requirements_en=("A photo of the proof, if there is one",),
        promised_time_id="Diperiksa kelurahan pada hari kerja berikutnya",
        promised_time_en="Checked by the kelurahan on the next working day",
        cost_id="Gratis", cost_en="Free", entry_url="/siap-pak-rt/",
        words=("rt", "rw", "ketua rt", "lapor", "kelahiran", "kematian", "meninggal", "pindah", "kawin", "cerai"),
        kept_promise_measure="siap_pak_rt.reported_in_time",
    ),
    Service(
        code="siap-lapor-tamu", name_id="Lapor tamu 1x24 jam dan penghuni kos", name_en="Report guests and lodgers",
        purpose_id="Ketua RT atau pemilik kos mencatat siapa yang menginap, dari mana, dan sampai kapan.",
        purpose_en="The RT head or a landlord enters who stays, from where and until when.",
        agency="DISPENDUKCAPIL", dimensions=("society",), life_events=(), audience_id="Ketua RT dan pemilik kos",
        audience_en="RT heads and landlords", requirements_id=("Nama dan asal tamu",),
        requirements_en=("The guest's name and where from",), promised_time_id="Langsung", promised_time_en="Immediate",
        cost_id="Gratis", cost_en="Free", entry_url="/siap-pak-rt/tamu/",
        words=("tamu", "kos", "kontrakan", "menginap", "lapor", "pendatang"),
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("siap_pak_rt.laporan", "Pelaporan peristiwa oleh Ketua RT", "Reporting of events by the RT head",
            "UU 23/2006 jo. UU 24/2013; Permendagri 18/2018 Pasal 7; UU 27/2022 Pasal 20 ayat (2) huruf e"),
    Purpose("siap_pak_rt.keluarga", "Memelihara data keluarga di RT", "Keeping the data of the RT's families right",
            "UU 23/2006 jo. UU 24/2013; Permendagri 18/2018 Pasal 7; UU 27/2022 Pasal 20 ayat (2) huruf e"),
    Purpose("siap_pak_rt.tamu", "Pencatatan tamu dan penduduk tidak tetap", "Record of guests and non-permanent residents",
            "Permendagri 74/2022; UU 27/2022 Pasal 20 ayat (2) huruf e"),
    Purpose("siap_pak_rt.serah_terima", "Serah terima jabatan RT dan RW", "Handing over the office of RT and RW",
            "Permendagri 18/2018"),
]  # fmt: skip

GRANTS = [
    Grant("siap_pak_rt.desk", ("ketua_rt", "ketua_rw", "kelurahan", "dukcapil")),
    Grant("siap_pak_rt.report", ("ketua_rt",)),
    Grant("siap_pak_rt.decide", ("kelurahan",)),
    Grant("siap_pak_rt.dukcapil", ("kelurahan", "dukcapil")),
    Grant("siap_pak_rt.verify", ("ketua_rt", "kelurahan")),
    Grant("siap_pak_rt.stays", ("ketua_rt",)),
    Grant("siap_pak_rt.hand_over", ("kelurahan",)),
    Grant("siap_pak_rt.own", ("warga",)),
]

ACTIONS = [
    ActionName("siap_pak_rt.laporan.listed", "melihat nama Anda dalam daftar laporan", "saw your name in a list of reports"),
    ActionName("siap_pak_rt.laporan.read", "membuka laporan tentang Anda", "opened a report about you"),
    ActionName("siap_pak_rt.laporan.submitted", "melaporkan peristiwa tentang Anda", "reported an event about you"),
    ActionName("siap_pak_rt.laporan.resent", "memperbaiki laporan tentang Anda", "mended a report about you"),
    ActionName("siap_pak_rt.laporan.returned", "mengembalikan laporan tentang Anda", "sent a report about you back"),
    ActionName("siap_pak_rt.laporan.confirmed", "mengesahkan laporan tentang Anda", "confirmed a report about you"),
    ActionName("siap_pak_rt.laporan.withdrawn", "menarik laporan tentang Anda", "withdrew a report about you"),
    ActionName("siap_pak_rt.laporan.reversed", "membatalkan laporan tentang Anda", "took a report about you back"),
    ActionName("siap_pak_rt.kos.kept", "mencatat rumah kos Anda", "entered your boarding house"),
    ActionName("siap_pak_rt.kos.vacant", "mencatat kamar kosong di rumah kos Anda", "entered your empty rooms"),
    ActionName("siap_pak_rt.tamu.arrived", "mencatat tamu", "entered a guest"),
    ActionName("siap_pak_rt.tamu.extended", "memperpanjang masa tinggal tamu", "extended a guest's stay"),
    ActionName("siap_pak_rt.tamu.left", "mencatat tamu pulang", "recorded that a guest left"),
    ActionName("siap_pak_rt.tamu.resident", "mencatat tamu menjadi penduduk sementara",
               "recorded a guest as a temporary resident"),
    ActionName("siap_pak_rt.tamu.read", "membuka catatan tamu", "opened the record of a guest"),
    ActionName("siap_pak_rt.tamu.listed", "melihat daftar tamu", "saw the list of guests"),
]  # fmt: skip

SUBSCRIPTIONS = [
    Subscription("siap_pak_rt.LaporanDecided", "pasti.siap_pak_rt.desk_messages:decided", "siap_pak_rt.tell_reporter"),
]


def _tasks(user: Any) -> list[Task]:
    from pasti.siap_pak_rt import desk_tasks

    return desk_tasks.of(user)


TASKS = [TaskSource("siap_pak_rt.desk", _tasks)]

ROOMS = [
    Room("siap_pak_rt.desk", "SIAP PAK RT", "SIAP PAK RT", "/siap-pak-rt/", "siap_pak_rt.desk"),
    Room(
        "siap_pak_rt.queue",
        "Laporan RT yang masuk",
        "Reports of RTs",
        "/siap-pak-rt/lapor/masuk/",
        "siap_pak_rt.decide",
    ),
]


def _records(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.siap_pak_rt import desk_records

    return desk_records.collect(person_id)


SUBJECT_RECORDS = [SubjectRecords("siap_pak_rt.desk", "Laporan Ketua RT", "Reports of the RT head", _records)]

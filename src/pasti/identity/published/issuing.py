"""Activation, credentials and their status."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.identity.published.issuing_measures import MEASURES as MEASURES
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

SERVICES = [
    Service(
        code="kartu-warga-digital", name_id="Kartu Warga Digital", name_en="Digital Resident Card",
        purpose_id="Bukti diri dari kota di telepon Anda: menunjukkan hanya yang diminta, juga tanpa jaringan, dan mencatat siapa "
        "yang meminta. Tidak menggantikan KTP-el maupun IKD.",
        purpose_en="The city's proof of who you are, on your phone: it shows just what is asked, works offline, and keeps who "
        "asked. It replaces neither KTP-el nor IKD.",
        agency="DISPENDUKCAPIL", dimensions=("governance", "society"), life_events=("data-pribadi",),
        audience_id="Warga kota yang sudah ber-KTP-el", audience_en="Residents who have a KTP-el",
        requirements_id=("KTP-el, ditunjukkan langsung di kelurahan atau Dispendukcapil", "Telepon dengan peramban"),
        requirements_en=("Your KTP-el, shown in person at the kelurahan or Dispendukcapil", "A phone with a browser"),
        promised_time_id="Langsung, sekitar lima menit di loket", promised_time_en="At once, about five minutes at the counter",
        cost_id="Gratis", cost_en="Free", entry_url="/id/",
        words=("kartu", "warga", "digital", "identitas", "ktp", "ikd", "dompet", "hilang", "aktivasi"),
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("identity.kartu", "Kartu Warga Digital: aktivasi, penerbitan, keadaan",
            "Digital Resident Card: activation, issuing, state",
            "UU 23/2006 jo. UU 24/2013 Pasal 58; UU 27/2022 Pasal 20 ayat (2) huruf a dan e"),
]  # fmt: skip

GRANTS = [
    Grant("identity.activate", ("kelurahan", "dukcapil")),
    Grant("identity.own_card", ("warga",)),
]

_WHAT = "Kartu Warga Digital Anda"
ACTIONS = [
    ActionName("identity.activation.seen", f"melihat Anda dan dokumen Anda untuk {_WHAT}",
               "saw you and your document for your Digital Resident Card"),
    ActionName("identity.activation.confirmed", f"sebagai petugas kedua menyetujui {_WHAT}",
               "approved your Digital Resident Card as the second officer"),
    ActionName("identity.activation.offered", f"menampilkan kode untuk mengambil {_WHAT}",
               "showed the codes to take your Digital Resident Card"),
    ActionName("identity.activation.cancelled", f"membatalkan penyerahan {_WHAT}",
               "called off handing over your Digital Resident Card"),
    ActionName("identity.activation.wrong_code", f"mengetik kode transaksi yang salah untuk {_WHAT}",
               "typed a wrong transaction code for your Digital Resident Card"),
    ActionName("identity.activation.read", f"membuka aktivasi {_WHAT}", "opened the activation of your Digital Resident Card"),
    ActionName("identity.activation.listed", f"melihat aktivasi {_WHAT} dalam daftar",
               "saw the activation of your Digital Resident Card in a list"),
    ActionName("identity.card.issued", f"menerbitkan {_WHAT} ke perangkat", "issued your Digital Resident Card to a device"),
    ActionName("identity.card.suspended", f"menangguhkan {_WHAT}", "suspended your Digital Resident Card"),
    ActionName("identity.card.resumed", f"memberlakukan lagi {_WHAT}", "made your Digital Resident Card valid again"),
    ActionName("identity.card.revoked", f"mencabut {_WHAT}", "revoked your Digital Resident Card"),
    ActionName("identity.card.compared", f"membandingkan {_WHAT} dengan register penduduk",
               "compared your Digital Resident Card with the register of people"),
    ActionName("identity.card.read", f"melihat keadaan {_WHAT}", "looked at the state of your Digital Resident Card"),
]  # fmt: skip

_HANDLERS = "pasti.identity.services.issuing_events"
SUBSCRIPTIONS = [
    Subscription("civil.PersonDied", f"{_HANDLERS}:person_died", "identity.revoke_dead"),
    Subscription("civil.PersonMoved", f"{_HANDLERS}:person_moved", "identity.revoke_moved"),
    Subscription("civil.PersonChanged", f"{_HANDLERS}:person_changed", "identity.revoke_changed"),
    Subscription("civil.PersonCorrected", f"{_HANDLERS}:person_changed", "identity.revoke_corrected"),
    Subscription("civil.PersonMerged", f"{_HANDLERS}:person_merged", "identity.revoke_merged"),
    Subscription("civil.PeristiwaReversed", f"{_HANDLERS}:event_reversed", "identity.revoke_reversed"),
]


ROOMS = [
    Room("identity.activation", "Aktivasi Kartu Warga Digital", "Activating Digital Resident Cards", "/id/aktivasi/",
         "identity.activate"),
]  # fmt: skip


def _tasks(user: Any) -> list[Task]:
    from pasti.identity.queries import issuing_desk

    return issuing_desk.tasks(user)


TASKS = [TaskSource("identity.activation", _tasks)]


def _records(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.identity.queries import issuing_desk

    return issuing_desk.records_of(person_id)


SUBJECT_RECORDS = [SubjectRecords("identity.cards", "Kartu Warga Digital", "Digital Resident Card", _records)]

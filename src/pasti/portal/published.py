"""What the front door itself declares: life events, its own services, its search."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.kernel.publish.types import (
    ActionName,
    Grant,
    Hit,
    LifeEvent,
    Purpose,
    Room,
    SearchSource,
    Service,
    SubjectRecords,
    Subscription,
)

LIFE_EVENTS = [
    LifeEvent("lahir", "Menyambut kelahiran", "Having a baby", ("anak", "bayi", "hamil", "melahirkan")),
    LifeEvent("sakit", "Sakit atau berobat", "Falling ill", ("sakit", "dokter", "obat", "rumah sakit", "demam")),
    LifeEvent("data-pribadi", "Mengurus data pribadi", "Your own data", ("data", "privasi", "ktp", "nik")),
    LifeEvent("akun", "Punya akun kota", "A city account", ("akun", "masuk", "daftar", "sandi")),
]

SERVICES = [
    Service(
        code="jejak-akses", name_id="Jejak Akses", name_en="Access trail",
        purpose_id="Lihat siapa yang membuka atau mengubah data Anda, kapan, dan untuk apa.",
        purpose_en="See who opened or changed your data, when, and why.",
        agency="DISKOMINFOTIK", dimensions=("governance", "society"), life_events=("data-pribadi",),
        audience_id="Warga yang punya akun PASTI", audience_en="Residents with a PASTI account",
        requirements_id=("Akun PASTI",), requirements_en=("A PASTI account",), promised_time_id="Dalam hitungan detik",
        promised_time_en="Within seconds", cost_id="Gratis", cost_en="Free", entry_url="/jejak-akses/",
        words=("privasi", "data", "siapa", "melihat", "membuka"),
    ),
    Service(
        code="profil", name_id="Data kependudukan saya", name_en="My register data",
        purpose_id="Lihat data diri dan keluarga Anda sebagaimana tercatat, dan laporkan yang keliru.",
        purpose_en="See your and your family's record as registered, and report what is wrong.",
        agency="DISPENDUKCAPIL", dimensions=("governance", "society"), life_events=("data-pribadi", "lahir"),
        audience_id="Warga yang punya akun PASTI", audience_en="Residents with a PASTI account",
        requirements_id=("Akun PASTI",), requirements_en=("A PASTI account",), promised_time_id="Langsung",
        promised_time_en="Immediate", cost_id="Gratis", cost_en="Free", entry_url="/akun-saya/",
        words=("nik", "kk", "keluarga", "alamat", "salah", "perbaikan", "profil"),
    ),
    Service(
        code="akun", name_id="Akun PASTI", name_en="PASTI account",
        purpose_id="Satu akun untuk semua layanan kota. Buat sendiri, atau di meja kelurahan.",
        purpose_en="One account for every city service. Make it yourself, or at the kelurahan desk.",
        agency="DISPENDUKCAPIL", dimensions=("governance",), life_events=("akun",), audience_id="Warga yang tercatat di kota",
        audience_en="Residents on the city's register", requirements_id=("KTP-el dan Kartu Keluarga", "HP atau surel sendiri"),
        requirements_en=("Identity card and family card", "Your own phone or e-mail"),
        promised_time_id="5 menit sendiri, 10 menit di meja kelurahan",
        promised_time_en="5 minutes by yourself, 10 at the kelurahan desk", cost_id="Gratis", cost_en="Free",
        entry_url="/masuk/daftar/", sign_in=False, words=("akun", "daftar", "buat", "sandi", "lupa", "masuk"),
    ),
    Service(
        code="wilayah", name_id="Peta wilayah kota", name_en="Map of the city's areas",
        purpose_id="Temukan kecamatan, kelurahan, RW, dan RT di peta.",
        purpose_en="Find kecamatan, kelurahan, RW and RT on the map.",
        agency="BAPPEDA", dimensions=("governance",), life_events=(), audience_id="Siapa saja", audience_en="Anyone",
        requirements_id=("Tidak ada",), requirements_en=("None",), promised_time_id="Langsung", promised_time_en="Immediate",
        cost_id="Gratis", cost_en="Free", entry_url="/wilayah/", sign_in=False, words=("peta", "rt", "rw", "kelurahan"),
    ),
]  # fmt: skip

PURPOSES = [
    Purpose(
        "kernel.accounts", "Pengelolaan akun dan peran", "Managing accounts and roles", "UU 27/2022 Pasal 20 ayat (2)"
    ),
    Purpose("kernel.load", "Pemuatan data kota", "Loading the city's data", "Perpres 39/2019"),
    Purpose(
        "portal.desk",
        "Pembuatan akun di meja pelayanan",
        "Making accounts at the desk",
        "UU 25/2009; UU 27/2022 Pasal 20",
    ),
]

GRANTS = [
    Grant("portal.make_account", ("kelurahan", "dukcapil")),
    Grant("audit.read", ("auditor",)),
    Grant("operations.read", ("admin", "auditor")),
]

ROOMS = [
    Room("portal.desk", "Buat akun warga", "Make a resident's account", "/meja-akun/", "portal.make_account"),
    Room("portal.audit", "Catatan audit", "Audit log", "/audit/", "audit.read"),
    Room("portal.operations", "Keadaan sistem", "State of the system", "/operasi/", "operations.read"),
]

ACTIONS = [
    ActionName("accounts.assigned", "memberi Anda peran", "gave you a role"),
    ActionName("accounts.denied", "meminta data di luar wilayah tugasnya", "asked for data outside the own area"),
    ActionName(
        "accounts.denied_told",
        "meminta berulang kali, pengawas diberi tahu",
        "asked again and again, the guardians were told",
    ),
    ActionName("accounts.unassigned", "mengakhiri peran Anda", "ended your role"),
    ActionName("accounts.password_renewed", "mengganti kata sandi akun Anda", "gave your account a new password"),
    ActionName("accounts.created", "membuat akun Anda", "made your account"),
]


def _search(query: str, user: Any, limit: int) -> list[Hit]:
    from pasti.portal.queries import find_services

    return find_services(query, user, limit)


SEARCHES = [SearchSource("portal.services", "Layanan", "Services", _search)]


def _account(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.portal import subject_records

    return subject_records.account(person_id)


def _trail(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.portal import subject_records

    return subject_records.trail(person_id)


SUBJECT_RECORDS = [
    SubjectRecords("akun", "Akun, pesan, dan berkas", "Account, messages and files", _account),
    SubjectRecords("jejak", "Jejak Akses", "Access trail", _trail),
]

SUBSCRIPTIONS = [
    Subscription("accounts.AttemptsOutsideScope", "pasti.portal.watch:attempts_outside_scope", "portal.tell_guardians"),
]

"""What is declared of letters and their way from RT to kelurahan."""

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
    Task,
    TaskSource,
)  # fmt: skip
from pasti.siap_pak_rt.published.letters_measures import MEASURES as MEASURES

LIFE_EVENTS = [
    LifeEvent("menikah", "Menikah", "Getting married", ("nikah", "kawin", "kua", "n1")),
    LifeEvent("usaha", "Membuka usaha", "Starting a business", ("usaha", "warung", "toko", "umkm", "dagang")),
    LifeEvent("bantuan", "Mencari bantuan atau beasiswa", "Seeking aid or a scholarship",
              ("bantuan", "beasiswa", "sktm", "kurang mampu", "keringanan")),
]  # fmt: skip

SERVICES = [
    Service(
        code="surat-pengantar", name_id="Surat pengantar dan keterangan", name_en="Letters of introduction and statements",
        purpose_id="Minta surat RT, RW, dan kelurahan dari rumah; ikuti jalannya; unduh setelah ditandatangani.",
        purpose_en="Ask for letters of RT, RW and kelurahan from home, follow them, download them once signed.",
        agency="SETDA", dimensions=("governance", "society"), life_events=("menikah", "usaha", "bantuan", "data-pribadi"),
        quick_win="", audience_id="Warga yang punya akun PASTI, untuk diri sendiri dan anggota KK; yang tidak punya akun "
        "dapat meminta lewat Ketua RT atau kelurahan",
        audience_en="Residents with a PASTI account, for themselves and their family card; others through the head of the RT "
        "or the kelurahan",
        requirements_id=("Akun PASTI", "Foto bukti bila jenis suratnya memerlukan"),
        requirements_en=("A PASTI account", "A photo of the proof where the kind of letter needs it"),
        promised_time_id="1 sampai 4 hari kerja menurut jenis surat; harinya disebut saat meminta",
        promised_time_en="1 to 4 working days by kind; the day is told when you ask",
        cost_id="Gratis", cost_en="Free", entry_url="/siap-pak-rt/surat/",
        words=("surat", "pengantar", "keterangan", "rt", "rw", "kelurahan", "domisili", "usaha", "sktm", "skck", "nikah", "n1",
               "keramaian", "kematian", "ahli waris", "beda nama"),
        kept_promise_measure="siap_pak_rt.letters_in_time",
    ),
    Service(
        code="surat-saya", name_id="Surat saya", name_en="My letters",
        purpose_id="Lihat di mana surat Anda sekarang dan kapan dijanjikan siap.",
        purpose_en="See where your letter is now and when it is promised.",
        agency="SETDA", dimensions=("governance",), life_events=(), audience_id="Warga yang punya akun PASTI",
        audience_en="Residents with a PASTI account", requirements_id=("Akun PASTI",), requirements_en=("A PASTI account",),
        promised_time_id="Langsung", promised_time_en="Immediate", cost_id="Gratis", cost_en="Free",
        entry_url="/siap-pak-rt/surat/saya/", words=("surat", "lacak", "sampai mana", "unduh surat", "status"),
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("siap_pak_rt.letters", "Pelayanan surat RT, RW, dan kelurahan", "Letters of RT, RW and kelurahan",
            "UU 25/2009; Permendagri 18/2018; UU 27/2022 Pasal 20 ayat (2) huruf e"),
]  # fmt: skip

GRANTS = [
    Grant("siap_pak_rt.letters.ask", ("warga",)),
    Grant("siap_pak_rt.letters.ask_for", ("ketua_rt", "kelurahan")),
    Grant("siap_pak_rt.letters.decide", ("ketua_rt", "ketua_rw", "kelurahan")),
    Grant("siap_pak_rt.letters.revoke", ("kelurahan",)),
]

ROOMS = [
    Room("siap_pak_rt.letters", "Surat yang menunggu", "Letters that wait", "/siap-pak-rt/surat/kerja/",
         "siap_pak_rt.letters.decide"),
    Room("siap_pak_rt.letters_book", "Buku surat", "Book of letters", "/siap-pak-rt/surat/buku/", "siap_pak_rt.letters.decide"),
]  # fmt: skip

ACTIONS = [
    ActionName("siap_pak_rt.letter.ask", "meminta surat untuk Anda", "asked for a letter for you"),
    ActionName("siap_pak_rt.letter.approve", "menyetujui surat Anda", "approved your letter"),
    ActionName("siap_pak_rt.letter.refuse", "menolak surat Anda", "refused your letter"),
    ActionName("siap_pak_rt.letter.meet", "meminta bertemu tentang surat Anda", "asked to meet about your letter"),
    ActionName("siap_pak_rt.letter.cancel", "membatalkan surat Anda", "took your letter back"),
    ActionName("siap_pak_rt.letter.revoke", "mencabut surat Anda", "revoked your letter"),
    ActionName("siap_pak_rt.letter.close", "menutup surat Anda", "closed your letter"),
    ActionName(
        "siap_pak_rt.letter.remind", "mengingatkan petugas tentang surat Anda", "reminded officials of your letter"
    ),
    ActionName(
        "siap_pak_rt.letter.escalate",
        "meneruskan surat Anda ke tingkat di atasnya",
        "passed your letter to the level above",
    ),
    ActionName("siap_pak_rt.letter.read", "membuka surat Anda", "opened your letter"),
    ActionName("siap_pak_rt.letters.listed", "melihat surat Anda dalam daftar", "saw your letter in a list"),
    ActionName(
        "siap_pak_rt.letters.exported",
        "mengunduh buku register yang memuat surat Anda",
        "downloaded the register of letters with yours in it",
    ),
]

SUBSCRIPTIONS = [
    Subscription(
        "siap_pak_rt.LetterMoved", "pasti.siap_pak_rt.services.letters_messages:moved", "siap_pak_rt.tell_letter"
    ),
    Subscription("civil.PersonDied", "pasti.siap_pak_rt.services.letters_clock:person_died", "siap_pak_rt.close_dead"),
    Subscription(
        "civil.PersonMoved", "pasti.siap_pak_rt.services.letters_clock:person_moved", "siap_pak_rt.close_moved"
    ),
]


def _search(words: str, user: Any, limit: int) -> list[Hit]:
    from django.utils.translation import gettext as _

    from pasti.siap_pak_rt.queries import letters, letters_words

    return [
        Hit(
            letters_words.kind_name(one),
            letters_words.kind_purpose(one),
            f"/siap-pak-rt/surat/jenis/{one.pk}/",
            _("Surat"),
            score,
        )
        for one, score in letters.ranked(letters.kinds(), words)[:limit]
    ]


SEARCHES = [SearchSource("siap_pak_rt.letters", "Surat RT dan kelurahan", "Letters of RT and kelurahan", _search)]


def _tasks(user: Any) -> list[Task]:
    from pasti.siap_pak_rt.queries import letters_tasks

    return letters_tasks.of(user)


TASKS = [TaskSource("siap_pak_rt.letters", _tasks)]


def _records(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.siap_pak_rt.queries import letters_tasks

    return letters_tasks.records_of(person_id)


SUBJECT_RECORDS = [
    SubjectRecords("siap_pak_rt.surat", "Surat RT, RW, dan kelurahan", "Letters of RT, RW and kelurahan", _records)
]

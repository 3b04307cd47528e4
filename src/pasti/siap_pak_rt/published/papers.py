"""What signed papers and their verification declare."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from pasti.kernel.publish.types import ActionName, Grant, Purpose, Service, SubjectRecords, Task, TaskSource

SERVICES = [
    Service(
        code="periksa-surat",
        name_id="Periksa keaslian surat", name_en="Check whether a letter is genuine",
        purpose_id="Pindai kode QR, ketik kode, atau unggah berkas surat untuk mengetahui apakah surat itu asli dan masih "
        "berlaku.",
        purpose_en="Scan the QR code, type the code or upload the file of a letter to learn whether it is genuine and still "
        "holds.",
        agency="DISPENDUKCAPIL", dimensions=("governance",), life_events=(), audience_id="Siapa saja", audience_en="Anyone",
        requirements_id=("Kode pada surat, atau berkas PDF surat",),
        requirements_en=("The code on the letter, or its PDF file",),
        promised_time_id="Langsung", promised_time_en="Immediate", cost_id="Gratis", cost_en="Free",
        entry_url="/siap-pak-rt/verifikasi/", sign_in=False,
        words=("surat", "asli", "palsu", "keaslian", "verifikasi", "periksa surat", "kode qr", "tanda tangan elektronik"),
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("siap_pak_rt.surat", "Menerbitkan dan menyimpan surat", "Issuing and keeping letters",
            "UU 23/2006 jo. UU 24/2013; UU 27/2022 Pasal 20 ayat (2) huruf e"),
    Purpose("siap_pak_rt.verifikasi", "Memeriksa keaslian surat", "Checking that a letter is genuine",
            "UU 11/2008 jo. UU 1/2024 Pasal 5 dan 11; UU 27/2022 Pasal 20 ayat (2) huruf e"),
]  # fmt: skip

GRANTS = [
    Grant("siap_pak_rt.papers_read", ("ketua_rt", "ketua_rw", "kelurahan", "dukcapil")),
    Grant("siap_pak_rt.papers_revoke", ("kelurahan",)),
    Grant("siap_pak_rt.papers_sign", ("kelurahan",)),
]

_SEEN = "memeriksa keaslian surat Anda"
ACTIONS = [
    ActionName("siap_pak_rt.paper.issued", "menerbitkan surat tentang Anda", "issued a letter about you"),
    ActionName("siap_pak_rt.paper.signed", "menyelesaikan berkas surat Anda", "finished the file of your letter"),
    ActionName("siap_pak_rt.paper.revoked", "mencabut surat Anda", "revoked your letter"),
    ActionName("siap_pak_rt.paper.read", "membuka rincian surat Anda", "opened the details of your letter"),
    ActionName("siap_pak_rt.paper.listed", "melihat surat Anda dalam daftar", "saw your letter in a list"),
    ActionName("siap_pak_rt.paper.downloaded", "mengunduh surat Anda", "downloaded your letter"),
    ActionName(
        "siap_pak_rt.paper.looked_up",
        f"{_SEEN} dengan kodenya. Yang tampak: penerbit, nomor, tanggal, jenis, keadaan, dan nama tersamar",
        "checked your letter by its code. Shown: issuer, number, date, kind, state and masked name",
    ),
    ActionName(
        "siap_pak_rt.paper.proved",
        f"{_SEEN} dengan berkasnya, atau empat angka akhir NIK dan tanggal lahir Anda. Yang tampak: seluruh isi surat",
        "checked your letter with its file, or the last four digits of your NIK and your birth date. Shown: all of it",
    ),
    ActionName(
        "siap_pak_rt.paper.not_proved",
        f"{_SEEN} dengan berkas atau data yang tidak cocok. Isi surat tidak ditampilkan",
        "checked your letter with a file or facts that do not match. The content was not shown",
    ),
]


def _tasks(user: Any) -> list[Task]:
    from pasti.kernel.accounts.access import can
    from pasti.siap_pak_rt.queries import papers

    if settings.PASTI_SIGNATURE != "bsre" or not can(user, "siap_pak_rt.papers_sign"):
        return []
    waiting = papers.unsigned(user)
    if not waiting:
        return []
    title = _("%(count)s surat menunggu tanda tangan elektronik Anda") % {"count": len(waiting)}
    return [Task(title, _("Yang tertua: %(letter)s") % {"letter": waiting[0]}, "/siap-pak-rt/kertas/tanda-tangan/",
                 _("Tanda tangani"), "siap_pak_rt", staff=True)]  # fmt: skip


TASKS = [TaskSource("siap_pak_rt.papers", _tasks)]


def _records(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.siap_pak_rt.queries import papers

    return papers.records_of(person_id)


SUBJECT_RECORDS = [SubjectRecords("siap_pak_rt.papers", "Surat yang terbit", "Letters issued", _records)]

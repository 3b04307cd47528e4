"""What is declared of proofs and of work without a network."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.kernel.publish.types import ActionName, Grant, Purpose, Room, SubjectRecords

PURPOSES = [
    Purpose("siap_pak_rt.bukti", "Menyimpan dan memeriksa bukti laporan dan surat",
            "Keeping and checking proofs of reports and letters", "UU 23/2006 Pasal 3 dan 4; Perpres 96/2018"),
    Purpose("siap_pak_rt.luring", "Pekerjaan RT tanpa jaringan", "Work of the RT without a network",
            "UU 23/2006 Pasal 3 dan 4; UU 27/2022 Pasal 20 ayat (2) huruf e"),
]  # fmt: skip

GRANTS = [
    Grant("siap_pak_rt.attachments", ("ketua_rt", "ketua_rw", "kelurahan", "dukcapil")),
    Grant("siap_pak_rt.offline", ("ketua_rt",)),
]

ROOMS = [
    Room("siap_pak_rt.offline", "Kerja luring", "Work without a network", "/siap-pak-rt/luring/", "siap_pak_rt.offline"),
]  # fmt: skip

ACTIONS = [
    ActionName("siap_pak_rt.attachment.added", "menyimpan berkas bukti tentang Anda", "stored a proof about you"),
    ActionName("siap_pak_rt.attachment.read", "membuka berkas bukti tentang Anda", "opened a proof about you"),
    ActionName(
        "siap_pak_rt.sync.kept",
        "menyimpan data keluarga Anda di perangkatnya untuk bekerja tanpa jaringan",
        "kept your family's data on a device to work without a network",
    ),
]


def _proofs(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.siap_pak_rt.queries import attachments

    return attachments.records_of(person_id)


def _acts(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.siap_pak_rt.queries import sync

    return sync.records_of(person_id)


SUBJECT_RECORDS = [
    SubjectRecords("siap_pak_rt.proofs", "Berkas bukti", "Proofs", _proofs),
    SubjectRecords("siap_pak_rt.offline", "Kerja RT tanpa jaringan", "Work of the RT without a network", _acts),
]

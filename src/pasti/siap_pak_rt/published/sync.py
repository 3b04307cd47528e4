"""What is declared of proofs and of work without a network."""

from __future__ import annotations

from pasti.kernel.publish.types import ActionName, Grant, Purpose

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

ACTIONS = [
    ActionName("siap_pak_rt.attachment.added", "menyimpan berkas bukti tentang Anda", "stored a proof about you"),
    ActionName("siap_pak_rt.attachment.read", "membuka berkas bukti tentang Anda", "opened a proof about you"),
    ActionName(
        "siap_pak_rt.sync.kept",
        "menyimpan data keluarga Anda di perangkatnya untuk bekerja tanpa jaringan",
        "kept your family's data on a device to work without a network",
    ),
]

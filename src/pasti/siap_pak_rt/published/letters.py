"""What is declared of letters and their way from RT to kelurahan."""

from __future__ import annotations

from pasti.kernel.publish.types import ActionName, Grant, Purpose

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

ACTIONS = [
    ActionName("siap_pak_rt.letter.ask", "meminta surat untuk Anda", "asked for a letter for you"),
    ActionName("siap_pak_rt.letter.approve", "menyetujui surat Anda", "approved your letter"),
    ActionName("siap_pak_rt.letter.refuse", "menolak surat Anda", "refused your letter"),
    ActionName("siap_pak_rt.letter.meet", "meminta bertemu tentang surat Anda", "asked to meet about your letter"),
    ActionName("siap_pak_rt.letter.cancel", "membatalkan surat Anda", "took your letter back"),
    ActionName("siap_pak_rt.letter.revoke", "mencabut surat Anda", "revoked your letter"),
    ActionName("siap_pak_rt.letter.close", "menutup surat Anda", "closed your letter"),
    ActionName("siap_pak_rt.letter.remind", "mengingatkan petugas tentang surat Anda", "reminded the officials of your letter"),
    ActionName("siap_pak_rt.letter.escalate", "meneruskan surat Anda ke tingkat di atasnya", "passed your letter to the level above"),
    ActionName("siap_pak_rt.letter.read", "membuka surat Anda", "opened your letter"),
    ActionName("siap_pak_rt.letters.listed", "melihat surat Anda dalam daftar", "saw your letter in a list"),
    ActionName("siap_pak_rt.letters.exported", "mengunduh buku register yang memuat surat Anda",
               "downloaded the register of letters with yours in it"),
]  # fmt: skip

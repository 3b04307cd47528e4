"""Paths of letters and their way from RT to kelurahan."""

from django.urls import URLPattern, path

from pasti.siap_pak_rt.web import letters_away, letters_book, letters_resident, letters_work

urlpatterns: list[URLPattern] = [
    path("surat/", letters_resident.home, name="letters_home"),
    path("surat/saya/", letters_resident.mine, name="letters_mine"),
    path("surat/jenis/<slug:code>/", letters_resident.kind, name="letters_kind"),
    path("surat/minta/<slug:code>/", letters_resident.ask, name="letters_ask"),
    path("surat/kerja/", letters_work.work, name="letters_work"),
    path("surat/loket/", letters_work.counter, name="letters_counter"),
    path("surat/buku/", letters_book.book, name="letters_book"),
    path("surat/buku/unduh/", letters_book.download, name="letters_book_csv"),
    path("surat/berhalangan/", letters_away.away, name="letters_away"),
    path("surat/<uuid:letter_id>/", letters_work.letter, name="letters_letter"),
    path("surat/<uuid:letter_id>/putusan/", letters_work.decide, name="letters_decide"),
    path("surat/<uuid:letter_id>/batal/", letters_resident.cancel, name="letters_cancel"),
    path("surat/<uuid:letter_id>/cabut/", letters_work.revoke, name="letters_revoke"),
]

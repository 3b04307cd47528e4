"""Paths of the RT head's desk: people, events, guests, handover."""

from django.urls import URLPattern, path

from pasti.siap_pak_rt.web import (
    desk_families,
    desk_handover,
    desk_home,
    desk_move_in,
    desk_queue,
    desk_reports,
    desk_stays,
)

urlpatterns: list[URLPattern] = [
    path("", desk_home.home, name="desk_home"),
    path("keluarga/", desk_families.listing, name="desk_families"),
    path("keluarga/sementara/", desk_families.sojourners, name="desk_sojourners"),
    path("keluarga/<uuid:family_id>/", desk_families.card, name="desk_card"),
    path("keluarga/<uuid:family_id>/benar/", desk_families.verify, name="desk_verify"),
    path("lapor/", desk_reports.kinds, name="desk_kinds"),
    path("lapor/daftar/", desk_queue.listing, name="desk_reports"),
    path("lapor/masuk/", desk_queue.queue, name="desk_queue"),
    path("lapor/buku/", desk_queue.ledger, name="desk_ledger"),
    path("lapor/baru/datang/", desk_move_in.move_in, name="desk_move_in"),
    path("lapor/baru/<slug:path>/", desk_reports.new, name="desk_new"),
    path("lapor/<uuid:laporan_id>/", desk_queue.report, name="desk_report"),
    path("lapor/<uuid:laporan_id>/perbaiki/", desk_reports.mend, name="desk_mend"),
    path("lapor/<uuid:laporan_id>/dukcapil/", desk_queue.dukcapil, name="desk_dukcapil"),
    path("lapor/<uuid:laporan_id>/<slug:verb>/", desk_queue.act, name="desk_act"),
    path("tamu/", desk_stays.listing, name="desk_stays"),
    path("tamu/baru/", desk_stays.new_guest, name="desk_new_guest"),
    path("tamu/kos/baru/", desk_stays.edit_house, name="desk_new_house"),
    path("tamu/kos/<uuid:house_id>/", desk_stays.house, name="desk_house"),
    path("tamu/kos/<uuid:house_id>/ubah/", desk_stays.edit_house, name="desk_edit_house"),
    path("tamu/kos/<uuid:house_id>/kosong/", desk_stays.vacant, name="desk_vacant"),
    path("tamu/<uuid:guest_id>/", desk_stays.guest, name="desk_guest"),
    path("serah-terima/", desk_handover.overview, name="desk_roster"),
    path("serah-terima/pengganti/<int:assignment_id>/akhiri/", desk_handover.dismiss, name="desk_dismiss"),
    path("serah-terima/<str:code>/", desk_handover.unit, name="desk_unit"),
    path("serah-terima/<str:code>/serahkan/", desk_handover.hand_over, name="desk_hand_over"),
    path("serah-terima/<str:code>/kosongkan/", desk_handover.vacate, name="desk_vacate"),
    path("serah-terima/<str:code>/pengganti/", desk_handover.appoint, name="desk_appoint"),
]

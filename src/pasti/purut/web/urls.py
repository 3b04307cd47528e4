"""Paths of the hospital."""

from django.urls import path

from pasti.purut.web import (
    boards,
    bpjs,
    changes,
    counter,
    kiosk,
    kiosk_card,
    kiosk_device,
    manager,
    offers,
    patient,
    pharmacy,
    staff,
)

app_name = "purut"
urlpatterns = [
    path("", patient.home, name="home"),
    path("poli/<slug:code>/", patient.poli, name="poli"),
    path("daftar/<int:sesi_id>/", patient.book, name="book"),
    path("antrean/", patient.mine, name="mine"),
    path("antrean/<slug:code>/", patient.antrean, name="antrean"),
    path("antrean/<slug:code>/batal/", patient.cancel, name="cancel"),
    path("antrean/<slug:code>/pilihan/", offers.offer, name="offer"),
    path("tunggu/<int:tunggu_id>/keluar/", offers.leave, name="leave"),
    path("anjungan/", kiosk.kiosk, name="kiosk"),
    path("anjungan/pasang/", kiosk_device.set_up, name="kiosk_set_up"),
    path("anjungan/kartu/", kiosk_card.ask, name="kiosk_ask"),
    path("anjungan/kartu/<uuid:pk>/", kiosk_card.card, name="kiosk_card"),
    path("anjungan/<slug:code>/", kiosk.check_in, name="kiosk_check_in"),
    path("papan/", boards.boards, name="boards"),
    path("papan/<slug:code>/", boards.board, name="board"),
    path("perawat/", staff.sessions, name="sessions"),
    path("perawat/<int:sesi_id>/", staff.queue, name="queue"),
    path("perawat/<int:sesi_id>/panggil/", staff.call_next, name="call_next"),
    path("perawat/antrean/<slug:code>/pindah/", staff.transfer, name="transfer"),
    path("perawat/antrean/<slug:code>/prioritas/", staff.priority, name="priority"),
    path("perawat/antrean/<slug:code>/<slug:verb>/", staff.act, name="act"),
    path("manajer/", manager.overview, name="manager"),
    path("loket/", counter.counter, name="counter"),
    path("loket/cari/", counter.find, name="find"),
    path("loket/karcis/<slug:code>/", counter.ticket, name="ticket"),
    path("bpjs/", bpjs.outbox, name="bpjs"),
    path("operasi/", bpjs.operations, name="operations"),
    path("operasi/<slug:code>/selesai/", bpjs.operation_done, name="operation_done"),
    path("farmasi/", pharmacy.pharmacy, name="pharmacy"),
    path("jadwal/", changes.sessions, name="changes"),
    path("jadwal/<int:sesi_id>/", changes.change, name="change"),
]

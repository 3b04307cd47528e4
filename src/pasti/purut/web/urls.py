"""Paths of the hospital."""

from django.urls import path

from pasti.purut.web import boards, bpjs, manager, patient, staff

app_name = "purut"
urlpatterns = [
    path("", patient.home, name="home"),
    path("poli/<slug:code>/", patient.poli, name="poli"),
    path("daftar/<int:sesi_id>/", patient.book, name="book"),
    path("antrean/", patient.mine, name="mine"),
    path("antrean/<slug:code>/", patient.antrean, name="antrean"),
    path("antrean/<slug:code>/batal/", patient.cancel, name="cancel"),
    path("papan/", boards.boards, name="boards"),
    path("papan/<slug:code>/", boards.board, name="board"),
    path("perawat/", staff.sessions, name="sessions"),
    path("perawat/<int:sesi_id>/", staff.queue, name="queue"),
    path("perawat/<int:sesi_id>/panggil/", staff.call_next, name="call_next"),
    path("perawat/antrean/<slug:code>/<slug:verb>/", staff.act, name="act"),
    path("manajer/", manager.overview, name="manager"),
    path("loket/", staff.counter, name="counter"),
    path("loket/cari/", staff.find, name="find"),
    path("loket/karcis/<slug:code>/", staff.ticket, name="ticket"),
    path("bpjs/", bpjs.outbox, name="bpjs"),
    path("operasi/", bpjs.operations, name="operations"),
    path("operasi/<slug:code>/selesai/", bpjs.operation_done, name="operation_done"),
]

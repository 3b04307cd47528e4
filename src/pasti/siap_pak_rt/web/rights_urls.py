"""Paths of the rights of the person the data is about."""

from django.urls import path

from pasti.siap_pak_rt.web import breaches, rights_desk, rights_mine

urlpatterns = [
    path("hak-saya/", rights_mine.mine, name="rights_mine"),
    path("hak-saya/salinan/<slug:form>/", rights_mine.copy, name="rights_copy"),
    path("hak-saya/perbaikan/<slug:field>/", rights_mine.correction, name="rights_correction"),
    path("hak-saya/pembatasan/", rights_mine.restriction, name="rights_restriction"),
    path("hak-saya/<uuid:request_id>/tarik/", rights_mine.withdraw, name="rights_withdraw"),
    path("hak/", rights_desk.queue, name="rights_queue"),
    path("hak/<uuid:request_id>/", rights_desk.answer, name="rights_answer"),
    path("kegagalan/", breaches.listing, name="breach_list"),
    path("kegagalan/baru/", breaches.enter, name="breach_enter"),
    path("kegagalan/<uuid:breach_id>/", breaches.breach, name="breach"),
    path("kegagalan/<uuid:breach_id>/laporan.pdf", breaches.report, name="breach_report"),
    path("kegagalan/<uuid:breach_id>/surat-<int:first>.pdf", breaches.letters, name="breach_letters"),
    path("kegagalan/<uuid:breach_id>/<slug:verb>/", breaches.act, name="breach_act"),
]

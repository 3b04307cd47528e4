"""Paths of early warning."""

from django.urls import path

from pasti.ews.web import after, citizen, desk, forecast, report, watch

app_name = "ews"
urlpatterns = [
    path("", citizen.home, name="home"),
    path("lupa/", citizen.forget, name="forget"),
    path("sungai/<slug:code>/", citizen.river, name="river"),
    path("prakiraan/", forecast.skill, name="forecast"),
    path("peringatan/", citizen.warning_list, name="warnings"),
    path("peringatan/<int:warning_id>/", citizen.warning, name="warning"),
    path("peta/", citizen.map_page, name="map"),
    path("peta/data/", citizen.map_data, name="map_data"),
    path("lapor/", report.report, name="report"),
    path("lapor/terkirim/", report.reported, name="reported"),
    path("jaga/", desk.board, name="desk"),
    path("jaga/usulan/<int:proposal_id>/terbit/", desk.issue, name="issue"),
    path("jaga/usulan/<int:proposal_id>/tulis/", desk.write, name="write"),
    path("jaga/peringatan/<int:warning_id>/", desk.edit, name="edit"),
    path("jaga/peringatan/<int:warning_id>/setuju/", desk.approve, name="approve"),
    path("jaga/peringatan/<int:warning_id>/perbarui/", desk.update, name="update"),
    path("jaga/peringatan/<int:warning_id>/aman/", desk.all_clear, name="all_clear"),
    path("jaga/alasan/<slug:verb>/<int:pk>/", desk.act, name="act"),
    path("jaga/catatan/", watch.shift, name="shift"),
    path("jaga/catatan/ambil/", watch.take_over, name="take_over"),
    path("jaga/catatan/tulis/", watch.write, name="log"),
    path("jaga/catatan/serah/", watch.hand_over, name="hand_over"),
    path("jaga/laporan/", watch.reports, name="streets"),
    path("jaga/laporan/<int:report_id>/", watch.report, name="street"),
    path("jaga/laporan/<int:report_id>/foto/", watch.photo, name="photo"),
    path("jaga/laporan/<int:report_id>/<slug:verb>/", watch.answer, name="answer"),
    path("episode/", after.listing, name="episodes"),
    path("episode/<int:episode_id>/", after.episode, name="episode"),
    path("episode/<int:episode_id>/evaluasi/", after.review, name="review"),
    path("episode/<int:episode_id>/catat/", after.remark, name="remark"),
    path("episode/<int:episode_id>/tutup/", after.close, name="close"),
    path("latihan/", after.drill_list, name="drills"),
    path("latihan/<int:drill_id>/", after.drill, name="drill"),
    path("latihan/<int:drill_id>/<slug:verb>/", after.drill_act, name="drill_act"),
]

"""Paths of the front door."""

from allauth.account.views import LoginView, LogoutView
from django.urls import path

from pasti.portal.web import account, desk, home, operations, static_pages

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("cari/", home.search, name="search"),
    path("layanan/", home.services, name="services"),
    path("layanan/<slug:code>/", home.service, name="service"),
    path("masuk/", LoginView.as_view(), name="sign_in"),
    path("masuk/daftar/", static_pages.how_to_join, name="join"),
    path("keluar/", LogoutView.as_view(), name="sign_out"),
    path("kotak-masuk/", account.inbox, name="inbox"),
    path("kotak-masuk/baca/", account.read_all, name="read_all"),
    path("kotak-masuk/<int:pk>/", account.message, name="message"),
    path("jejak-akses/", account.trail, name="trail"),
    path("akun-saya/", account.profile, name="profile"),
    path("staf/", home.staff, name="staff"),
    path("meja-akun/", desk.desk, name="desk"),
    path("meja-akun/<uuid:person_id>/", desk.make, name="make_account"),
    path("meja-akun/<uuid:person_id>/sandi/", desk.renew, name="renew_password"),
    path("audit/", operations.audit, name="audit"),
    path("operasi/", operations.operations, name="operations"),
    path("bantuan/", static_pages.help_, name="help"),
    path("privasi/", static_pages.privacy, name="privacy"),
    path("aksesibilitas/", static_pages.accessibility, name="accessibility"),
    path("manifest.webmanifest", static_pages.manifest, name="manifest"),
    path("sw.js", static_pages.service_worker, name="service_worker"),
    path("luring/", static_pages.offline, name="offline"),
]

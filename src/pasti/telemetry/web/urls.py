"""Paths of the officers who look after the devices."""

from django.urls import path

from pasti.telemetry.web import acts, devices

app_name = "telemetry"
urlpatterns = [
    path("", devices.listing, name="devices"),
    path("baru/", acts.register, name="register"),
    path("ditolak/", devices.refused, name="refused"),
    path("alat/<int:device_id>/", devices.device, name="device"),
    path("alat/<int:device_id>/ubah/", acts.change, name="change"),
    path("alat/<int:device_id>/catatan/", acts.note, name="note"),
    path("alat/<int:device_id>/kalibrasi/", acts.calibrate, name="calibrate"),
    path("alat/<int:device_id>/kunci/", acts.renew_key, name="renew_key"),
    path("alat/<int:device_id>/keadaan/", acts.set_state, name="set_state"),
]

"""Paths of proofs and of work without a network."""

from django.urls import path

from pasti.siap_pak_rt.web import sync_attachments, sync_devices, sync_uploads

urlpatterns = [
    path("lampiran/<uuid:attachment_id>/", sync_attachments.attachment, name="sync_attachment"),
    path("luring/", sync_devices.workplace, name="sync_workplace"),
    path("luring/perangkat/", sync_devices.listing, name="sync_devices"),
    path("sinkron/masuk/", sync_devices.enter, name="sync_enter"),
    path("sinkron/perangkat/", sync_devices.prepare, name="sync_prepare"),
    path("sinkron/keadaan/", sync_devices.state, name="sync_state"),
    path("sinkron/<uuid:device_id>/isi/", sync_devices.contents, name="sync_contents"),
    path("sinkron/<uuid:device_id>/aksi/", sync_devices.act, name="sync_act"),
    path("sinkron/unggahan/", sync_uploads.begin, name="sync_upload_begin"),
    path("sinkron/unggahan/<uuid:upload_id>/", sync_uploads.piece, name="sync_upload"),
    path("sinkron/unggahan/<uuid:upload_id>/selesai/", sync_uploads.complete, name="sync_upload_complete"),
]

"""Paths of proofs and of work without a network."""

from django.urls import path

from pasti.siap_pak_rt.web import sync_attachments, sync_uploads

urlpatterns = [
    path("lampiran/<uuid:attachment_id>/", sync_attachments.attachment, name="sync_attachment"),
    path("sinkron/unggahan/", sync_uploads.begin, name="sync_upload_begin"),
    path("sinkron/unggahan/<uuid:upload_id>/", sync_uploads.piece, name="sync_upload"),
    path("sinkron/unggahan/<uuid:upload_id>/selesai/", sync_uploads.complete, name="sync_upload_complete"),
]

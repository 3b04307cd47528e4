"""Paths of bringing files of people in and out."""

from django.urls import URLPattern, path

from pasti.civil.web import files, files_acts, files_export, files_rows

urlpatterns: list[URLPattern] = [
    path("berkas/", files.listing, name="files"),
    path("berkas/baru/", files.new, name="files_new"),
    path("berkas/contoh/<slug:layout>.<slug:form>", files.example, name="files_example"),
    path("berkas/<uuid:batch_id>/", files.batch, name="files_batch"),
    path("berkas/<uuid:batch_id>/baris/", files_rows.rows, name="files_rows"),
    path("berkas/<uuid:batch_id>/beda/", files_rows.differences, name="files_differences"),
    path("berkas/<uuid:batch_id>/masalah.<slug:form>", files_rows.problem_file, name="files_problems"),
    path("berkas/<uuid:batch_id>/<slug:verb>/", files_acts.act, name="files_act"),
    path("unduhan/", files_export.listing, name="files_exports"),
    path("unduhan/baru/", files_export.new, name="files_export_new"),
    path("unduhan/<uuid:export_id>/", files_export.one, name="files_export"),
    path("unduhan/<uuid:export_id>/isi/", files_export.download, name="files_download"),
]

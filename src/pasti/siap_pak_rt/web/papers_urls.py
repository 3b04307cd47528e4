"""Paths of signed papers and their verification."""

from django.urls import URLPattern, path

from pasti.siap_pak_rt.web import papers, papers_public

urlpatterns: list[URLPattern] = [
    path("verifikasi/", papers_public.verification, name="papers_verify"),
    path("v/<str:code>/", papers_public.by_code, name="papers_code"),
    path("kertas/", papers.mine, name="papers_mine"),
    path("kertas/tanda-tangan/", papers.sign, name="papers_sign"),
    path("kertas/<uuid:paper_id>/", papers.download, name="papers_download"),
    path("kertas/<uuid:paper_id>/rincian/", papers.detail, name="papers_detail"),
    path("kertas/<uuid:paper_id>/cabut/", papers.revoke, name="papers_revoke"),
]

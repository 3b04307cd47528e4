"""Paths of SIAP PAK RT, by area of work."""

from pasti.siap_pak_rt.web import desk_urls, letters_urls, papers_urls, rights_urls, statistics_urls, sync_urls

app_name = "siap_pak_rt"
urlpatterns = [
    *desk_urls.urlpatterns,
    *letters_urls.urlpatterns,
    *papers_urls.urlpatterns,
    *statistics_urls.urlpatterns,
    *rights_urls.urlpatterns,
    *sync_urls.urlpatterns,
]

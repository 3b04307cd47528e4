"""Paths of the register."""

from pasti.civil.web import files_urls, review_urls

app_name = "civil"
urlpatterns = [*files_urls.urlpatterns, *review_urls.urlpatterns]

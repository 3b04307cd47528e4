"""Paths of the identity's pages, by area of work."""

from pasti.identity.web import issuing_urls, login_urls, provider_urls, verifying_urls, wallet_urls

app_name = "identity"
urlpatterns = [
    *login_urls.urlpatterns,
    *provider_urls.urlpatterns,
    *issuing_urls.urlpatterns,
    *verifying_urls.urlpatterns,
    *wallet_urls.urlpatterns,
]

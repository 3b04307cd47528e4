"""Every path of the platform (the table of the architecture)."""

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from pasti import operations
from pasti.api import api
from pasti.identity.web import issuing_urls, login_urls, provider_urls, verifying_urls
from pasti.purut.api import bpjs_urls

SYSTEMS = (
    ("kependudukan/", "pasti.civil.web.urls"),
    ("id/", "pasti.identity.web.urls"),
    ("siap-pak-rt/", "pasti.siap_pak_rt.web.urls"),
    ("purut/", "pasti.purut.web.urls"),
    ("telemetri/", "pasti.telemetry.web.urls"),
    ("ews/", "pasti.ews.web.urls"),
    ("smart-city/", "pasti.masterplan.web.urls"),
    ("wilayah/", "pasti.kernel.places.web.urls"),
    ("berkas/", "pasti.kernel.documents.web.urls"),
    ("", "pasti.kernel.ui.web.urls"),
    ("", "pasti.portal.web.urls"),
)


def _inhabited(module: str) -> bool:
    """A room is connected once it has its doors."""
    package = module.removesuffix(".web.urls")
    return any(c.name == package for c in apps.get_app_configs()) and _has(module)


def _has(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", operations.healthz),
    path("readyz", operations.readyz),
    path("sensorthings/v1.1/", include("pasti.telemetry.api.sta_urls")),  # sensors call most often: found first
    *provider_urls.protocol,
    *issuing_urls.protocol,
    *verifying_urls.protocol,
    *bpjs_urls.protocol,
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
    path("fhir/R4/", include("pasti.purut.api.fhir_urls")),
    path("cap/", include("pasti.ews.api.cap_urls")),
    *login_urls.keys,
    path("akun/", include("pasti.portal.web.account_urls")),
    *(path(prefix, include(module)) for prefix, module in SYSTEMS if _inhabited(module)),
]
handler400 = "pasti.kernel.ui.web.errors.bad_request"
handler403 = "pasti.kernel.ui.web.errors.permission_denied"
handler404 = "pasti.kernel.ui.web.errors.not_found"
handler500 = "pasti.kernel.ui.web.errors.server_error"

"""Pages that say how things are: help, privacy, accessibility; and what browsers need to install the portal."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from pasti.portal.web.public import public_page


@require_safe
@public_page
def help_(request: HttpRequest) -> HttpResponse:
    """Where to ask."""
    return render(request, "portal/help.html")


@require_safe
@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of whom, why, and one's rights."""
    from pasti.kernel.publish.registry import registry
    from pasti.portal.queries import local

    purposes = [(local(purpose, "name"), purpose.legal_basis) for purpose in registry().purposes.values()]
    return render(request, "portal/privacy.html", {"purposes": purposes})


@require_safe
@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    """What is accessible and what is not yet."""
    return render(request, "portal/accessibility.html")


@require_safe
@public_page
def how_to_join(request: HttpRequest) -> HttpResponse:
    """How to get an account."""
    return render(request, "portal/join.html")


@require_safe
@public_page
def offline(request: HttpRequest) -> HttpResponse:
    """Shown by the service worker when there is no network."""
    return render(request, "portal/offline.html")


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest."""
    icon = {"src": static("ui/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    return JsonResponse(
        {"name": f"PASTI {settings.PASTI_CITY.get('name', '')}", "short_name": "PASTI", "start_url": "/", "display": "standalone",
         "background_color": "#ffffff", "theme_color": "#0b4f6c", "lang": "id", "icons": [icon]},
        content_type="application/manifest+json",
    )  # fmt: skip


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker: the offline page, and nothing kept that belongs to a person."""
    response = render(request, "portal/sw.js", {"css": static("dist/pasti.css")}, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response

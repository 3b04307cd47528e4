"""Pages on places: public, and nothing on them needs JavaScript but the map."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pasti.kernel.places import queries

PER_PAGE = 50


@require_safe
def whole_city(request: HttpRequest) -> HttpResponse:
    """The page of the city itself."""
    city = queries.city()
    if city is None:
        raise Http404
    return area(request, city.code)


@require_safe
def area(request: HttpRequest, code: str) -> HttpResponse:
    """One area: what it is in, its facts, a map, and the areas inside it by pages."""
    place = queries.place(code)
    if place is None:
        raise Http404
    page = Paginator(queries.children(code), PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "place": place,
        "around": queries.ancestors(code),
        "page": page,
        "next_url": f"?halaman={page.next_page_number()}" if page.has_next() else "",
        "prev_url": f"?halaman={page.previous_page_number()}" if page.has_previous() else "",
        "has_map": place.level in ("city", "kecamatan", "kelurahan"),
    }
    return render(request, "places/place.html", context)


@require_safe
@cache_control(public=True, max_age=3600)
def outlines(request: HttpRequest, code: str) -> HttpResponse:
    """The outlines of the areas inside one, as GeoJSON for the map; each carries the address of its page."""
    collection = queries.geojson(code)
    if not collection["features"]:
        raise Http404
    for feature in collection["features"]:
        feature["properties"]["url"] = f"/wilayah/{feature['id']}/"
    return JsonResponse(collection, content_type="application/geo+json")

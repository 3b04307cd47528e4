"""Paths of the FHIR facade: those of the table in `rules/fhir_table.py`, and an answer for all others."""

from functools import partial

from django.urls import URLPattern, path

from pasti.purut.api import fhir
from pasti.purut.api import fhir_appointments as booking
from pasti.purut.api.fhir_edge import View, endpoint
from pasti.purut.rules.fhir_table import CREATE, KINDS, PATCH, READ, SEARCH, UPDATE, Kind

WRITES: dict[str, dict[str, View]] = {
    "Appointment": {CREATE: booking.create, UPDATE: booking.update, PATCH: booking.patch},
}


def _paths(kind: Kind) -> list[URLPattern]:
    """The addresses of one type with the methods its interactions give them."""
    doing: dict[str, View] = {READ: partial(fhir.read, kind), SEARCH: partial(fhir.search, kind)} | WRITES.get(
        kind.name, {}
    )
    able = {interaction: doing[interaction] for interaction in kind.interactions}
    of_type = {method: able[name] for method, name in (("GET", SEARCH), ("POST", CREATE)) if name in able}
    of_one = {method: able[name] for method, name in (("GET", READ), ("PUT", UPDATE), ("PATCH", PATCH)) if name in able}
    return [
        path(kind.name, endpoint(**of_type)),
        path(f"{kind.name}/_search", endpoint(POST=partial(fhir.search_by_post, kind))),
        path(f"{kind.name}/<{'int' if kind.numbered else 'str'}:fhir_id>", endpoint(**of_one)),
    ]


_elsewhere = endpoint(**dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), fhir.unknown))
urlpatterns = [
    path("metadata", endpoint(GET=fhir.metadata)),
    *(one for kind in KINDS.values() for one in _paths(kind)),
    path("", _elsewhere),
    path("<path:rest>", _elsewhere),
]

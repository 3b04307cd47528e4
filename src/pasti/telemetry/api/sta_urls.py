"""Paths of the SensorThings API."""

from django.urls import path

from pasti.telemetry.api import sta, sta_arrays, sta_writing
from pasti.telemetry.api.sta_edge import endpoint

urlpatterns = [
    path("", endpoint(GET=sta.landing)),
    path("CreateObservations", endpoint(POST=sta_arrays.create_observations)),
    path(
        "<path:rest>",
        endpoint(
            GET=sta.read,
            POST=sta_writing.create,
            PATCH=sta_writing.change,
            PUT=sta_writing.replace,
            DELETE=sta_writing.remove,
        ),
    ),
]

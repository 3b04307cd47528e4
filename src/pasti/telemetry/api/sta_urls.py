"""Paths of the SensorThings API."""

from django.urls import path, re_path

from pasti.telemetry.api import sta, sta_arrays, sta_batch, sta_writing
from pasti.telemetry.api.sta_edge import endpoint

urlpatterns = [
    path("", endpoint(GET=sta.landing)),
    path("CreateObservations", endpoint(POST=sta_arrays.create_observations)),
    path("$batch", endpoint(POST=sta_batch.batch)),
    # Any character, also an end of line: what is wrong is refused in our own words.
    re_path(
        r"^(?P<rest>[\s\S]+)$",
        endpoint(
            GET=sta.read,
            POST=sta_writing.create,
            PATCH=sta_writing.change,
            PUT=sta_writing.replace,
            DELETE=sta_writing.remove,
        ),
    ),
]

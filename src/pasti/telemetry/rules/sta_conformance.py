"""What of SensorThings 1.1 this server holds, as its landing page says it; `docs/sensorthings.md` names a test for each."""

from __future__ import annotations

SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req"
_DATA_MODEL = (
    "entity-control-information/common-control-information",
    *(
        f"{entity}/{what}"
        for entity in (
            "thing", "location", "historical-location", "datastream", "sensor", "observed-property", "observation",
            "feature-of-interest",
        )
        for what in ("properties", "relations")
    ),
)  # fmt: skip
_REQUESTS = (
    "status-code", "query-status-code", "order", "expand", "select", "orderby", "top", "skip", "count", "filter",
    "built-in-filter-operations", "built-in-query-functions", "pagination",
)  # fmt: skip
_CHANGES = (
    "create-entity", "link-to-existing-entities", "deep-insert", "deep-insert-status-code", "update-entity",
    "update-entity-put", "update-entity-jsonpatch", "delete-entity", "historical-location-auto-creation",
    "historical-location-manual-creation",
)  # fmt: skip
CONFORMANCE = (
    f"{SPEC}/datamodel",
    *(f"{SPEC}/datamodel/{one}" for one in _DATA_MODEL),
    f"{SPEC}/resource-path/resource-path-to-entities",
    f"{SPEC}/request-data",
    *(f"{SPEC}/request-data/{one}" for one in _REQUESTS),
    f"{SPEC}/create-update-delete",
    *(f"{SPEC}/create-update-delete/{one}" for one in _CHANGES),
    f"{SPEC}/data-array/data-array",
)
# Held where the city runs a broker (docs/mqtt.md). Of the updates by MQTT only those of observations are published.
BY_MQTT = f"{SPEC}/create-observations-via-mqtt/observations-creation"

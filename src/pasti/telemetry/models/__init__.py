"""The tables of measurements, after OGC SensorThings 1.1 (18-088), with the city's devices beside them."""

from pasti.telemetry.models.devices import Calibration, Device, DeviceNote
from pasti.telemetry.models.messages import Announcement, RefusedMessage
from pasti.telemetry.models.readings import ArchivedMonth, Daily, Hourly, Latest, Observation, StaleHour
from pasti.telemetry.models.streams import Datastream, FeatureOfInterest, FeatureStream, ObservedProperty, Sensor
from pasti.telemetry.models.things import HistoricalLocation, Location, Thing

__all__ = [
    "Announcement",
    "ArchivedMonth",
    "Calibration",
    "Daily",
    "Datastream",
    "Device",
    "DeviceNote",
    "FeatureOfInterest",
    "FeatureStream",
    "HistoricalLocation",
    "Hourly",
    "Latest",
    "Location",
    "Observation",
    "ObservedProperty",
    "RefusedMessage",
    "Sensor",
    "StaleHour",
    "Thing",
]

"""The one place that asks what time it is in the city. Stored times are UTC; days are the city's days."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def city_zone() -> ZoneInfo:
    """The city's time zone (WIB for Pasuruan)."""
    return ZoneInfo(settings.TIME_ZONE)


def now() -> dt.datetime:
    """Now, aware, in UTC."""
    return timezone.now()


def today() -> dt.date:
    """Today's date in the city."""
    return timezone.now().astimezone(city_zone()).date()


def start_of_day(day: dt.date) -> dt.datetime:
    """The first moment of `day` in the city, aware."""
    return dt.datetime.combine(day, dt.time(), tzinfo=city_zone())

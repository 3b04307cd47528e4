"""A moment typed into a form, in the city's time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LOCAL = "%Y-%m-%dT%H:%M"
YEARS = range(1900, 2200)  # outside of them is a slip; the first and the last years do not survive a change of zone


class MomentField(forms.DateTimeField):
    """A day and a time of day, as the browser's own field sends them. A year that cannot be is refused at the field: kept,
    it could not be read again, and no page that lists it would open."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL))
        super().__init__(input_formats=[LOCAL, f"{LOCAL}:%S"], **kwargs)

    def to_python(self, value: Any) -> dt.datetime | None:
        """The aware moment."""
        found: dt.datetime | None = super().to_python(value)
        if found is not None and found.year not in YEARS:
            raise ValidationError(_("Periksa tahunnya"), code="year")
        return found

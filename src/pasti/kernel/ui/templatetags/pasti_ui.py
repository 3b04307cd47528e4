"""Tags and filters of the design system: dates and numbers in the Indonesian manner, fields, codes, charts."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import segno
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select, Textarea
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from pasti.kernel.clock import city_zone
from pasti.kernel.ui import charts

register = template.Library()
ZONE_NAMES = {7: "WIB", 8: "WITA", 9: "WIT"}


def _language() -> str:
    return "en_GB" if (translation.get_language() or "id").startswith("en") else "id_ID"


@register.filter
def tanggal(value: dt.date | dt.datetime | None, style: str = "full") -> str:
    """A day in words: "Senin, 23 November 2026"; `style` as Babel's (full, long, medium)."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = value.astimezone(city_zone()).date()
    return str(format_date(value, style, locale=_language()))


@register.filter
def jam(value: dt.datetime | None) -> str:
    """The time of day in the city: "09.14"."""
    if value is None:
        return ""
    pattern = "HH:mm" if _language() == "en_GB" else "HH.mm"
    return str(format_time(value.astimezone(city_zone()), pattern, locale=_language()))


@register.filter
def wib(value: dt.datetime | None) -> str:
    """A moment in words with the city's zone: "Senin, 23 November 2026 09.14 WIB"."""
    if value is None:
        return ""
    local = value.astimezone(city_zone())
    offset = local.utcoffset() or dt.timedelta()
    return f"{tanggal(local)} {jam(local)} {ZONE_NAMES.get(int(offset.total_seconds() // 3600), '')}".strip()


@register.filter
def angka(value: Any, digits: int | None = None) -> str:
    """A number in the reader's manner: 1.234,5 in Indonesian, 1,234.5 in English; an em dash when there is none."""
    if value is None or value == "":
        return "–"
    number = Decimal(str(value))
    places = 2 if digits is None else digits
    return str(
        format_decimal(round(number, places), format=f"#,##0.{'#' * places}" if places else "#,##0", locale=_language())
    )


@register.simple_tag
def idempotency_key(value: str = "") -> SafeString:
    """A hidden field that makes sending the form twice the same as once."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', value or uuid.uuid4().hex)


@register.filter
def field_kind(field: BoundField) -> str:
    """How a field is drawn: "choices", "checkbox" or "input"."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect):
        return "choices"
    return "checkbox" if isinstance(widget, CheckboxInput) else "input"


@register.filter
def is_multiple(field: BoundField) -> bool:
    """Whether more than one choice may be taken."""
    return bool(getattr(field.field.widget, "allow_multiple_selected", False))


@register.filter
def govuk(field: BoundField) -> SafeString:
    """The bare widget with the classes of its kind."""
    widget = field.field.widget
    base = {Select: "govuk-select", Textarea: "govuk-textarea", CheckboxInput: "govuk-checkboxes__input"}
    name = next((css for kind, css in base.items() if isinstance(widget, kind)), "govuk-input")
    classes = f"{name} {name}--error" if field.errors else name
    return field.as_widget(attrs={"class": f"{classes} {widget.attrs.get('class', '')}".strip()})


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """A QR code of `text` as inline SVG with an accessible name; no style attributes."""
    target = io.BytesIO()
    segno.make(text, error="m").save(
        target, kind="svg", xmldecl=False, svgns=True, omitsize=True, title=label, svgclass=None, lineclass=None
    )
    return mark_safe(f'<span class="pasti-qr" role="img" aria-label="{label}">{target.getvalue().decode()}</span>')  # noqa: S308


@register.inclusion_tag("ui/components/chart.html")
def line_chart(points: Sequence[tuple[str, Any]], title: str, unit: str = "", target: Any = None) -> dict[str, Any]:
    """A line over labelled values (None leaves a gap), with an optional target line and its table."""
    return {"chart": charts.line(points, target), "points": points, "title": title, "unit": unit, "target": target}


@register.inclusion_tag("ui/components/chart.html")
def bar_chart(points: Sequence[tuple[str, Any]], title: str, unit: str = "") -> dict[str, Any]:
    """Bars over labelled values, with their table."""
    return {"chart": charts.bars(points), "points": points, "title": title, "unit": unit}


@register.inclusion_tag("ui/components/pyramid.html")
def pyramid_chart(groups: Sequence[tuple[str, Any, Any]], left: str, right: str, title: str) -> dict[str, Any]:
    """A population pyramid of (label, left, right), youngest first. Its table is the caller's."""
    return {"chart": charts.pyramid(groups), "left": left, "right": right, "title": title}


@register.inclusion_tag("ui/components/light.html")
def light(band: str, percent: Any = None) -> dict[str, Any]:
    """A traffic light that also says its meaning in words; `band` is a code of the achievement bands."""
    return {"band": band, "percent": percent}


@register.filter
def unlocalized(value: float) -> str:
    """A number for SVG: always with a decimal point."""
    return f"{value:g}"

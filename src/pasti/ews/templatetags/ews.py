"""Stages, trends and texts as early warning's pages show them: in words and shapes, never by colour alone."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from pasti.ews.models import Note
from pasti.ews.queries import notes
from pasti.ews.rules.policy import Policy

register = template.Library()
SHAPES = ("●", "▲", "◆", "■")


def english() -> bool:
    """Whether the reader reads English."""
    return (translation.get_language() or "").startswith("en")


@register.filter
def local(thing: Any, name: str) -> Any:
    """`thing.name_id` or `thing.name_en`, by the reader's language."""
    return getattr(thing, f"{name}_en" if english() else f"{name}_id")


@register.simple_tag
def stage(policy: Policy, number: int) -> SafeString:
    """A stage as a tag: shape, name and the city's number."""
    one = policy.stage(number)
    words = f"{local(one, 'name')} (Siaga {one.siaga})" if number else local(one, "name")
    return format_html(
        '<span class="pasti-stage pasti-stage--{}"><span aria-hidden="true">{}</span>&nbsp;{}</span>',
        number, SHAPES[number], words,
    )  # fmt: skip


@register.simple_tag
def stage_name(policy: Policy, number: int) -> str:
    """The name of a stage."""
    return str(local(policy.stage(number), "name"))


@register.filter
def trend(row: Any) -> str:
    """How the water moves, with its pace."""
    words = {"up": _("↑ naik"), "down": _("↓ turun"), "steady": _("→ tetap")}.get(row.trend, "")
    if row.trend in ("up", "down"):
        return f"{words} {abs(row.per_hour):.0f} {_('cm/jam')}"
    return words


@register.filter
def warning_state(warning: Any) -> str:
    """What became of a warning."""
    return {
        "draft": _("konsep"), "approval": _("menunggu persetujuan"), "in_force": _("berlaku"), "replaced": _("diganti"),
        "cancelled": _("dibatalkan"), "ended": _("berakhir"), "withdrawn": _("dikesampingkan"),
    }.get(warning.state, warning.state)  # fmt: skip


@register.filter
def warning_kind(warning: Any) -> str:
    """What kind of message it is."""
    return {
        "alert": _("Peringatan"), "update": _("Pembaruan"), "cancel": _("Pembatalan"), "all_clear": _("Aman"),
    }.get(warning.kind, warning.kind)  # fmt: skip


@register.filter
def report_state(report: Any) -> str:
    """What officers said of a street report."""
    return {"new": _("belum diperiksa"), "confirmed": _("dibenarkan"), "rejected": _("tidak benar")}[report.state]


@register.filter
def outcome_words(code: str) -> str:
    """Whether a warning came true."""
    return {
        "hit": _("Tepat: banjir datang sesudah peringatan"), "false": _("Alarm palsu: peringatan tanpa banjir"),
        "miss": _("Luput: banjir tanpa peringatan sebelumnya"),
    }.get(code, _("Belum dapat dinilai"))  # fmt: skip


@register.filter
def said(note: Note) -> str:
    """A line of the timeline."""
    return notes.said(note)


@register.filter
def distance(metres: int | None) -> str:
    """A distance in words."""
    if metres is None:
        return ""
    return f"± {metres} m" if metres < 1000 else f"± {metres / 1000:.1f} km".replace(".", "." if english() else ",")


@register.filter
def countdown(seconds: int | None) -> str:
    """Minutes and seconds left."""
    return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"

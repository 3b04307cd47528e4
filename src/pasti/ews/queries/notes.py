"""What a line of the timeline says: kept as its kind and values, put into the reader's language when it is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from pasti.ews.models import Note
from pasti.kernel.clock import city_zone


def said(note: Note) -> str:
    """The line for its reader. What a person wrote, and lines from before values were kept, are as they were written."""
    if (translation.get_language() or "").startswith("en") and note.facts.get("en"):
        return str(note.facts["en"])
    return words(note.kind, note.facts) or note.text


def words(kind: str, facts: Mapping[str, Any]) -> str:
    """The words for a kind of line with these values, in the language that is active; empty where there are none."""
    pattern = _pattern(kind, facts)
    try:
        return pattern % _values(facts) if pattern else ""
    except KeyError:
        return ""


def _pattern(kind: str, facts: Mapping[str, Any]) -> str:
    if kind == "drill":
        return {"began": _("Latihan dimulai: %(name)s"), "ended": _("Latihan selesai")}.get(facts.get("step", ""), "")
    return {
        "automatic": _("Diterbitkan sistem karena usulan tidak dijawab pada waktunya"),
        "escalated": _("Persetujuan kedua belum ada sesudah %(minutes)s menit"),
        "renewal": _("Peringatan habis pukul %(until)s: perbarui, atau nyatakan aman"),
        "asked": _("Menunggu persetujuan orang kedua"),
        "sent_back": _("Dikembalikan: %(reason)s"),
        "dismissed": _("Usulan ditolak: %(reason)s"),
        "despite": _("Dinyatakan aman meskipun %(gauge)s masih di atas normal: %(reason)s"),
        "expired": _("Peringatan berakhir karena waktunya habis"),
        "closed": _("Episode berakhir"),
        "depth": _("Air %(depth_cm)s cm: %(where)s"),
        "review": _("Evaluasi: %(outcome)s"),
    }.get(kind, "")


def _values(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are read: a moment as the city's time of day, an outcome as a word."""
    shown = dict(facts)
    if "until" in shown:
        shown["until"] = f"{dt.datetime.fromisoformat(shown['until']).astimezone(city_zone()):%H.%M}"
    if "outcome" in shown:
        outcomes = {"hit": _("tepat"), "false": _("alarm palsu"), "miss": _("luput")}
        shown["outcome"] = outcomes.get(shown["outcome"], _("belum dapat dinilai"))
    return shown

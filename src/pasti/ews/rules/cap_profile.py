"""What the standard allows and a public warning should still not do: WMO practice ("CAP-composer", Alert Hub) and ours.

Everything here is a warning; what we send ourselves has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pasti.ews.rules import cap_geometry
from pasti.ews.rules.cap_fault import CapFault
from pasti.ews.rules.cap_message import Alert, Area, Info, MsgType, Scope

PROFILE = "WMO"
LONGEST_EVENT = 35
LONGEST_HEADLINE = 160  # an SMS


def check(alert: Alert) -> tuple[CapFault, ...]:
    """What a public alert or update should do better; empty for other messages."""
    if alert.scope != Scope.PUBLIC or alert.msg_type not in (MsgType.ALERT, MsgType.UPDATE, MsgType.CANCEL):
        return ()
    return tuple(
        fault
        for place, info in enumerate(alert.infos, 1)
        for rule in RULES
        for fault in rule(info, f"alert/info[{place}]")
    )


def says_how_grave(info: Info, path: str) -> Iterator[CapFault]:
    """Urgency, severity and certainty are known to who warns."""
    for tag, value in (("urgency", info.urgency), ("severity", info.severity), ("certainty", info.certainty)):
        if value == "Unknown":
            yield _warn("tidak-diketahui", f"{path}/{tag}", "Sebaiknya bukan Unknown", "Should not be Unknown")


def short(info: Info, path: str) -> Iterator[CapFault]:
    """Event and headline fit where they are shown."""
    if len(info.event) > LONGEST_EVENT:
        yield _warn("kejadian-panjang", f"{path}/event", f"Lebih dari {LONGEST_EVENT} huruf",
                    f"Longer than {LONGEST_EVENT} characters")  # fmt: skip
    if len(info.headline) > LONGEST_HEADLINE:
        yield _warn("judul-panjang", f"{path}/headline", f"Lebih dari {LONGEST_HEADLINE} huruf",
                    f"Longer than {LONGEST_HEADLINE} characters")  # fmt: skip


def told(info: Info, path: str) -> Iterator[CapFault]:
    """There is a headline, and the language is named: without it English is assumed."""
    if not info.headline:
        yield _warn("tanpa-judul", f"{path}/headline", "Tidak ada judul", "There is no headline")
    if not info.language:
        yield _warn("tanpa-bahasa", f"{path}/language", "Bahasa tidak disebut", "The language is not named")


def ends(info: Info, path: str) -> Iterator[CapFault]:
    """It says until when it holds."""
    if info.expires is None:
        yield _warn(
            "tanpa-akhir", f"{path}/expires", "Tidak disebut sampai kapan berlaku", "Does not say when it expires"
        )


def somewhere(info: Info, path: str) -> Iterator[CapFault]:
    """It says where, so that a machine can draw it."""
    if not info.areas:
        yield _warn("tanpa-wilayah", path, "Tidak disebut di mana", "Does not say where")
    for place, area in enumerate(info.areas, 1):
        if not area.polygons and not area.circles:
            yield _warn("tanpa-bentuk", f"{path}/area[{place}]", "Wilayah tanpa poligon atau lingkaran",
                        "The area has neither polygon nor circle")  # fmt: skip
        yield from _corners(area, f"{path}/area[{place}]")


def _corners(area: Area, path: str) -> Iterator[CapFault]:
    if any(len(text.split()) > cap_geometry.MOST_VERTICES for text in area.polygons):
        yield _warn("poligon-rinci", f"{path}/polygon", f"Lebih dari {cap_geometry.MOST_VERTICES} titik",
                    f"More than {cap_geometry.MOST_VERTICES} corners")  # fmt: skip


def _warn(code: str, path: str, id_: str, en: str) -> CapFault:
    return CapFault(code, path, id_, en, PROFILE, grave=False)


RULES: tuple[Callable[[Info, str], Iterator[CapFault]], ...] = (says_how_grave, short, told, ends, somewhere)

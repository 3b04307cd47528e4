"""The sentences in which a rule explains itself, with its numbers: Indonesian, and English."""

from __future__ import annotations

import datetime as dt

STAGES = ("normal", "waspada", "siaga", "awas")
STAGES_EN = ("normal", "advisory", "watch", "warning")
WIB = dt.timezone(dt.timedelta(hours=7))
Both = tuple[str, str]


def level(value: float, limit: float, stage: int, reached: int, among: int, rise: float | None) -> Both:
    """A level reached the limit of a stage."""
    id_rise, en_rise = "", ""
    if rise is not None and abs(rise) >= 1:
        id_rise = f"; {'naik' if rise > 0 else 'turun'} {comma(abs(rise), 0)} cm/jam"
        en_rise = f"; {'rising' if rise > 0 else 'falling'} {abs(rise):.0f} cm/h"
    above_id, above_en = ("di atas", "above") if value > limit else ("tepat di", "at")
    return (
        f"Tinggi air {comma(value)} cm, {above_id} batas {STAGES[stage]} {comma(limit)} cm, "
        f"{reached} dari {among} bacaan terakhir{id_rise}.",
        f"Water level {point(value)} cm, {above_en} the {STAGES_EN[stage]} limit of {point(limit)} cm in {reached} of the "
        f"last {among} readings{en_rise}.",
    )


def rise(rate: float, limit: float, value: float, above: float) -> Both:
    """A level rises faster than a limit."""
    return (
        f"Air naik {comma(rate, 0)} cm/jam, lebih cepat dari batas {comma(limit)} cm/jam; tinggi air {comma(value)} cm, "
        f"sudah di atas {comma(above)} cm.",
        f"The water rises {rate:.0f} cm/h, faster than the limit of {point(limit)} cm/h; level {point(value)} cm, "
        f"already above {point(above)} cm.",
    )


def rain(fallen: float, hours: int, limit: float, stage: int) -> Both:
    """Rain reached the limit of a stage."""
    return (
        f"Hujan {comma(fallen)} mm dalam {hours} jam, mencapai batas {STAGES[stage]} {comma(limit)} mm.",
        f"Rain of {point(fallen)} mm in {hours} h reached the {STAGES_EN[stage]} limit of {point(limit)} mm.",
    )


def upstream(name: str, there: int, here: int, arrives: dt.datetime, travel: dt.timedelta) -> Both:
    """Trouble is on its way from another gauge."""
    clock = arrives.astimezone(WIB)
    return (
        f"{name} berstatus {STAGES[there]}; dengan waktu tempuh {hours_id(travel)}, {STAGES[here]} diperkirakan di sini "
        f"sekitar pukul {clock:%H.%M} WIB.",
        f"{name} stands at {STAGES_EN[there]}; with a travel time of {hours_en(travel)}, {STAGES_EN[here]} is expected here "
        f"at about {clock:%H:%M} WIB.",
    )


def blind(why: str, minutes: float, name: str, there: int) -> Both:
    """A gauge that gives no usable news while trouble comes from another."""
    if why == "stuck":
        return (
            f"Bacaan alat tidak berubah selama {minutes:.0f} menit padahal {name} berstatus {STAGES[there]}: "
            f"alat mungkin macet; periksa di tempat.",
            f"The gauge has not moved for {minutes:.0f} minutes although {name} stands at {STAGES_EN[there]}: it may be "
            f"stuck; look on the spot.",
        )
    return (
        f"Alat tidak memberi bacaan yang dapat dipakai selama {minutes:.0f} menit padahal {name} berstatus "
        f"{STAGES[there]}; periksa di tempat.",
        f"The gauge has given no usable reading for {minutes:.0f} minutes although {name} stands at {STAGES_EN[there]}; look "
        f"on the spot.",
    )


def lowered(before: int, after: int, hold: dt.timedelta, value: float | None, *, linked: bool) -> Both:
    """A stage was let go: by the readings here, and (`linked`) by what was on its way."""
    minutes = f"{hold.total_seconds() / 60:.0f}"
    id_why, en_why = f"bertahan di bawah batas selama {minutes} menit", f"under the limit for {minutes} minutes"
    if linked:
        id_why, en_why = (
            "di bawah batas, dan kiriman dari hulu sudah lewat",
            "under the limit, and what came down has passed",
        )
    id_value = "" if value is None else f"; bacaan terakhir {comma(value)}"
    en_value = "" if value is None else f"; last reading {point(value)}"
    return (
        f"Turun dari {STAGES[before]} ke {STAGES[after]}: {id_why}{id_value}.",
        f"Down from {STAGES_EN[before]} to {STAGES_EN[after]}: {en_why}{en_value}.",
    )


def streets(reports: int, people: int, deepest: float, minutes: float) -> Both:
    """Residents report water in the street."""
    return (
        f"{reports} laporan genangan dari {people} pelapor dalam {minutes:.0f} menit, terdalam {comma(deepest)} cm.",
        f"{reports} reports of water in the street from {people} people within {minutes:.0f} minutes, deepest "
        f"{point(deepest)} cm.",
    )


def renewal(name: str, ends: str) -> Both:
    """A warning runs out while the water is still up; `ends` is the time of day."""
    return (
        f"Peringatan habis pukul {ends} WIB, padahal air di {name} masih di atas normal.",
        f"The warning runs out at {ends} WIB while the water at {name} is still above normal.",
    )


def comma(value: float, digits: int = 1) -> str:
    """A number as Indonesian writes it, without an empty decimal."""
    return point(value, digits).replace(".", ",")


def point(value: float, digits: int = 1) -> str:
    """A number as English writes it, without an empty decimal."""
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def hours_id(span: dt.timedelta) -> str:
    """A span in Indonesian hours and minutes."""
    return _span(span, "jam", "menit")


def hours_en(span: dt.timedelta) -> str:
    """A span in English hours and minutes."""
    return _span(span, "h", "min")


def _span(span: dt.timedelta, hour: str, minute: str) -> str:
    hours, minutes = divmod(round(span.total_seconds() / 60), 60)
    return " ".join(f"{n} {word}" for n, word in ((hours, hour), (minutes, minute)) if n) or f"0 {minute}"

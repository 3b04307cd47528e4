"""The rules of CAP 1.2 in prose about one info: times, language, addresses of the web, resources, areas."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from pasti.ews.rules import cap_geometry
from pasti.ews.rules.cap_fault import CapFault
from pasti.ews.rules.cap_message import Alert, Area, Info, Resource

LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # RFC 3066
MIME_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]*/[A-Za-z0-9][\w.+-]*(\s*;.*)?", re.ASCII)  # RFC 2046
SHA1 = re.compile(r"[0-9a-fA-F]{40}")


def filled(info: Info, path: str, alert: Alert) -> Iterator[CapFault]:
    """What must stand there says something: an event, a description of each area and resource, names of values."""
    texts = [(f"{path}/event", info.event)]
    texts += [(f"{path}/area/areaDesc", area.description) for area in info.areas]
    texts += [(f"{path}/resource/resourceDesc", one.description) for one in info.resources]
    named = [*info.event_codes, *info.parameters, *(code for area in info.areas for code in area.geocodes)]
    texts += [(f"{path}/valueName", one.name) for one in named]
    for where, text in texts:
        if not text.strip():
            yield CapFault("kosong", where, "Tidak boleh kosong", "Must not be empty", "3.2.2")


def language(info: Info, path: str, alert: Alert) -> Iterator[CapFault]:
    """The language is a tag of RFC 3066 (3.2.2)."""
    if info.language and not LANGUAGE.fullmatch(info.language):
        yield CapFault("bahasa", f"{path}/language", "Bukan kode bahasa", "Not a language tag (RFC 3066)", "3.2.2")


def times(info: Info, path: str, alert: Alert) -> Iterator[CapFault]:
    """It expires after it takes effect and not before its onset; without `effective` it takes effect when sent (3.2.2)."""
    if info.expires and info.expires <= (info.effective or alert.sent):
        yield CapFault("kedaluwarsa", f"{path}/expires", "Berakhir sebelum mulai berlaku", "Expires before it takes effect",
                       "3.2.2")  # fmt: skip
    elif info.expires and info.onset and info.expires < info.onset:
        yield CapFault("kedaluwarsa", f"{path}/expires", "Berakhir sebelum kejadian mulai", "Expires before the onset",
                       "3.2.2")  # fmt: skip


def web(info: Info, path: str, alert: Alert) -> Iterator[CapFault]:
    """The page about it is an absolute address (3.2.2, web)."""
    if info.web and not _absolute(info.web):
        yield CapFault("alamat-web", f"{path}/web", "Alamat web harus lengkap", "The address must be absolute", "3.2.2")


def resources(info: Info, path: str, alert: Alert) -> Iterator[CapFault]:
    """A resource has a media type, a relative address only with its content, content in base64, a digest of SHA-1 (3.2.3)."""
    for place, one in enumerate(info.resources, 1):
        yield from _resource(one, f"{path}/resource[{place}]")


def areas(info: Info, path: str, alert: Alert) -> Iterator[CapFault]:
    """Polygons, circles and heights can be understood (3.2.4)."""
    for place, area in enumerate(info.areas, 1):
        yield from _polygons(area, f"{path}/area[{place}]")
        yield from _circles(area, f"{path}/area[{place}]")
        yield from _heights(area, f"{path}/area[{place}]")


def _resource(one: Resource, path: str) -> Iterator[CapFault]:
    if not MIME_TYPE.fullmatch(one.mime_type):
        yield CapFault("jenis-berkas", f"{path}/mimeType", "Jenis berkas (MIME) tidak ada atau keliru",
                       "The media type is missing or wrong", "3.2.3")  # fmt: skip
    if one.uri and not _absolute(one.uri) and not one.deref_uri:
        yield CapFault("alamat-relatif", f"{path}/uri", "Alamat relatif memerlukan derefUri",
                       "A relative address needs derefUri", "3.2.3")  # fmt: skip
    if one.deref_uri and not _base64(one.deref_uri):
        yield CapFault("derefuri", f"{path}/derefUri", "Isi derefUri bukan base64", "derefUri is not base64", "3.2.3")
    if one.digest and not SHA1.fullmatch(one.digest):
        yield CapFault("digest", f"{path}/digest", "Digest bukan SHA-1", "The digest is not SHA-1", "3.2.3")
    if one.size is not None and one.size < 0:
        yield CapFault("ukuran", f"{path}/size", "Ukuran negatif", "A negative size", "3.2.3")


def _polygons(area: Area, path: str) -> Iterator[CapFault]:
    for place, text in enumerate(area.polygons, 1):
        where = f"{path}/polygon[{place}]"
        try:
            crossed = cap_geometry.crosses_itself(text)
        except ValueError as error:
            yield CapFault(
                "poligon", where, f"Poligon tidak dapat dibaca ({error})", f"Not a polygon ({error})", "3.2.4"
            )
            continue
        if crossed:
            yield CapFault(
                "poligon-bersilang", where, "Garis poligon bersilangan", "The polygon crosses itself", "3.2.4"
            )


def _circles(area: Area, path: str) -> Iterator[CapFault]:
    for place, text in enumerate(area.circles, 1):
        try:
            cap_geometry.circle(text)
        except ValueError as error:
            yield CapFault("lingkaran", f"{path}/circle[{place}]", f"Lingkaran tidak dapat dibaca ({error})",
                           f"Not a circle ({error})", "3.2.4")  # fmt: skip


def _heights(area: Area, path: str) -> Iterator[CapFault]:
    if area.ceiling is not None and (area.altitude is None or area.ceiling < area.altitude):
        yield CapFault("ketinggian", f"{path}/ceiling", "Ceiling memerlukan altitude yang lebih rendah",
                       "A ceiling needs a lower altitude", "3.2.4")  # fmt: skip


def _absolute(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and not re.search(r"\s", address)


def _base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


RULES: tuple[Callable[[Info, str, Alert], Iterator[CapFault]], ...] = (
    filled, language, times, web, resources, areas,
)  # fmt: skip

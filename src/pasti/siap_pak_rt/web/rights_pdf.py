"""Papers of the rights area: the copy of a person's data, notices of a breach. Texts are data, never markup."""

from __future__ import annotations

import datetime as dt
import json
from importlib import resources
from typing import Any

import typst

from pasti.kernel.clock import city_zone

LAST_TRAIL = 500  # rows of the trail printed; the JSON holds them all
_UPPER = {"nik": "NIK", "kk": "KK", "rt": "RT", "ktp": "KTP"}


def compiled(name: str, content: dict[str, Any]) -> bytes:
    """The PDF of `web/typst/<name>.typ` over `content`, which the template reads as JSON."""
    source = resources.files("pasti.siap_pak_rt.web").joinpath("typst", f"{name}.typ").read_bytes()
    return bytes(typst.compile(source, sys_inputs={"content": json.dumps(content, default=text)}))


def label(key: str) -> str:
    """A record's key as a person reads it: "nomor_kk" -> "Nomor KK"."""
    words = [_UPPER.get(word, word) for word in key.split("_")]
    return words[0][:1].upper() + words[0][1:] + "".join(f" {word}" for word in words[1:])


def text(value: Any) -> str:
    """A value in words: days and moments in the city's time, yes and no, lists joined."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(city_zone()):%d-%m-%Y %H.%M}"
    if isinstance(value, dt.date):
        return f"{value:%d-%m-%Y}"
    if isinstance(value, list):
        return ", ".join(map(text, value)) or "–"
    if isinstance(value, dict):
        return "; ".join(f"{label(str(k))}: {text(v)}" for k, v in value.items()) or "–"
    return str(value)


def copy_pdf(parts: list[tuple[str, str, list[dict[str, Any]]]], taken: dt.datetime, city: str) -> bytes:
    """The copy of a person's data as a paper to read."""
    printed = [
        {
            "name": name, "left_out": max(0, len(records) - LAST_TRAIL),
            "records": [[[label(k), text(v)] for k, v in record.items()] for record in records[:LAST_TRAIL]],
        }
        for _code, name, records in parts
    ]  # fmt: skip
    return compiled("copy", {"city": city, "taken": text(taken), "parts": printed})


def letters_pdf(people: list[dict[str, str]], title: str, body: str, city: str) -> bytes:
    """One page per person who is to be told by letter."""
    return compiled("breach_letters", {"city": city, "title": title, "body": body, "people": people})

"""CAP messages of the corpus in `cap/` (see its README), and one of our own to change."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from pasti.ews.rules import cap_read
from pasti.ews.rules.cap_compose import Draft, Issuer, Where, Words
from pasti.ews.rules.cap_message import Alert

CORPUS = Path(__file__).with_name("cap")
WIB = ZoneInfo("Asia/Jakarta")
SENT = dt.datetime(2026, 11, 23, 13, 15, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SQUARE = "-7.64000,112.90000 -7.64000,112.92000 -7.65500,112.92000 -7.65500,112.90000 -7.64000,112.90000"
ISSUER = Issuer("pusdalops@bpbd.example", "BPBD Kota Contoh", "https://ews.example/ews/", "112", WIB)
WORDS = (
    Words("id", "Siaga banjir Kali Gembong", "Tinggi muka air 245 cm dan naik.", "Pindahkan barang ke tempat tinggi."),
    Words("en", "Flood alert, river Gembong", "The water stands at 245 cm and rises.", "Move belongings upstairs."),
)


def index() -> list[dict[str, str]]:
    """The corpus with the verdict that each file deserves."""
    with (CORPUS / "INDEX.csv").open(newline="") as rows:
        return list(csv.DictReader(rows))


def content(name: str = "authored/valid/base.cap") -> bytes:
    """A file of the corpus."""
    return (CORPUS / name).read_bytes()


def base() -> Alert:
    """A message that is valid in every respect."""
    return cap_read.read(content()).alert


def draft(**changes: object) -> Draft:
    """A warning of stage 2 for one place."""
    usual = {"identifier": "urn:uuid:0f7f3ad4-7d4a-4c0c-9f0a-3a1c7b9d2e10", "sent": SENT, "stage": 2, "river": "Gembong",
             "places": (Where("Kelurahan Contoh", ("99.01.01.1001.001.002",), (SQUARE,)),), "words": WORDS,
             "expires": SENT + 6 * HOUR, "onset": SENT + HOUR}  # fmt: skip
    return Draft(**(usual | changes))  # type: ignore[arg-type]

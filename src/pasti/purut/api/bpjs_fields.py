"""Fields of BPJS's requests: numbers come as texts or numbers, and each mistake has words of its own."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

from django.utils.translation import gettext as _

from pasti.kernel.clock import today
from pasti.kernel.errors import Refused
from pasti.purut.queries.bpjs import Hours

LARGEST = 200_000  # bytes of a request
CARD, NIK = 13, 16  # digits
BORN_FIRST = 1900  # nobody alive is older
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HOURS = re.compile(r"([0-2]\d:[0-5]\d) ?- ?([0-2]\d:[0-5]\d)", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PHONE = re.compile(r"[0-9+ -]{6,20}", re.ASCII)
_REFERRAL = re.compile(r"[A-Z0-9]{10,30}", re.ASCII)


def wrong(message: str) -> Refused:
    """A request that says something impossible."""
    return Refused("isian-tidak-sah", message, status=422)


class Fields:
    """The fields of one request."""

    def __init__(self, body: bytes):
        """Raises Refused for what is not a JSON object that can be kept."""
        unreadable = wrong(_("Isi permintaan bukan JSON yang sah"))
        try:
            given = json.loads(body[: LARGEST + 1]) if len(body) <= LARGEST else None
        except (ValueError, RecursionError):
            raise unreadable from None
        if not isinstance(given, dict):
            raise unreadable
        self._given: dict[str, Any] = given

    def text(self, name: str, most: int = 120, *, required: bool = True) -> str:
        """A text, or a number as text, without spaces around it; empty when it may be left out."""
        value = self._given.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
            value = str(value)
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise wrong(_("%(name)s harus berupa teks atau angka") % {"name": name})
        value = value.strip()
        if not value and required:
            raise wrong(_("%(name)s tidak boleh kosong") % {"name": name})
        if len(value) > most:
            raise wrong(_("%(name)s terlalu panjang, paling banyak %(most)s huruf") % {"name": name, "most": most})
        if _CONTROL.search(value) or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise wrong(_("%(name)s memuat karakter yang tidak sah") % {"name": name})
        return value

    def number(self, name: str, most: int = 2**31 - 1) -> int:
        """A whole number from 0."""
        value = self.text(name, 20)
        if not (value.isascii() and value.isdigit()) or int(value) > most:
            raise wrong(_("%(name)s harus berupa angka") % {"name": name})
        return int(value)

    def digits(self, name: str, length: int, words: str) -> str:
        """Exactly so many digits."""
        value = self.text(name, 40)
        if not (value.isascii() and value.isdigit() and len(value) == length):
            raise wrong(words)
        return value

    def nik(self) -> str:
        """Sixteen digits. Whether they are somebody's, BPJS has asked Dukcapil."""
        return self.digits("nik", NIK, _("Format NIK tidak sesuai, NIK 16 digit angka"))

    def card(self, name: str = "nomorkartu", *, required: bool = True) -> str:
        """The thirteen digits of an insurance card; empty for who has none, where that may be."""
        if not required and not self.text(name, 40, required=False):
            return ""
        return self.digits(name, CARD, _("Format nomor kartu tidak sesuai, nomor kartu 13 digit angka"))

    def date(self, name: str) -> dt.date:
        """A day written YYYY-MM-DD."""
        value = self.text(name, 40)
        try:
            if _DATE.fullmatch(value):
                return dt.date.fromisoformat(value)
        except ValueError:
            pass
        raise wrong(_("Format %(name)s tidak sesuai, format yang benar YYYY-MM-DD") % {"name": name})

    def birth_date(self) -> dt.date:
        """A day that has been."""
        born = self.date("tanggallahir")
        if born > today():
            raise wrong(_("Tanggal lahir tidak boleh sesudah hari ini"))
        if born.year < BORN_FIRST:
            raise wrong(_("Tanggal lahir tidak mungkin: periksa tahunnya"))
        return born

    def hours(self) -> Hours:
        """The hours of practice, "08:00-16:00"."""
        found = _HOURS.fullmatch(self.text("jampraktek", 40))
        try:
            if found:
                return Hours(*(dt.time.fromisoformat(part) for part in found.groups()))
        except ValueError:
            pass
        raise wrong(_("Format jam praktik tidak sesuai, contoh 08:00-16:00"))

    def phone(self) -> str:
        """A telephone number, or none."""
        value = self.text("nohp", 40, required=False)
        if value and not _PHONE.fullmatch(value):
            raise wrong(_("Format nomor HP tidak sesuai"))
        return value

    def norm(self) -> int | None:
        """A medical record number, if one is given that can be one of ours."""
        value = self.text("norm", 40, required=False)
        return int(value) if value.isascii() and value.isdigit() and 0 < int(value) < 2**63 else None

    def visit_kind(self) -> int:
        """1 referral, 2 internal, 3 control, 4 between hospitals."""
        value = self.text("jeniskunjungan", 40)
        if value not in ("1", "2", "3", "4"):
            raise wrong(_("Jenis kunjungan tidak sesuai, isi 1 sampai 4"))
        return int(value)

    def referral(self, *, required: bool) -> str:
        """The number of a referral or control letter; the insured need one."""
        value = self.text("nomorreferensi", 60, required=False).upper()
        if not value and required:
            raise wrong(_("Nomor referensi (rujukan atau surat kontrol) tidak boleh kosong"))
        if value and not _REFERRAL.fullmatch(value):
            raise wrong(_("Format nomor referensi tidak sesuai, 10–30 huruf dan angka"))
        return value

    def sex(self) -> str:
        """L or P."""
        value = self.text("jeniskelamin", 20).upper()
        if value not in ("L", "P"):
            raise wrong(_("Jenis kelamin tidak sesuai, isi L atau P"))
        return value

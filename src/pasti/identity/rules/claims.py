"""What a Kartu Warga Digital says of a resident: each statement can be shown by itself.

Ages are flags, so that who asks "of age?" learns neither the birth date nor the age. They are of the city's day of issue:
until the card is renewed a flag may still say no to somebody who has turned that age since, never yes to who has not.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

TYPE = "warga/1"  # the end of the credential's type, an address under the issuer's
AGES = (12, 17, 18, 21, 60)  # years
SEXES = {1: "laki-laki", 2: "perempuan"}
RESIDENCY = {1: "tetap", 2: "sementara"}
LIFE = dt.timedelta(days=730)

# Path of each claim to its name in Indonesian and English, in the order in which they are shown.
LABELS: dict[tuple[str, ...], tuple[str, str]] = {
    ("nik",): ("NIK", "National identity number (NIK)"),
    ("name",): ("Nama", "Name"),
    ("birth_place",): ("Tempat lahir", "Place of birth"),
    ("birth_date",): ("Tanggal lahir", "Date of birth"),
    ("sex",): ("Jenis kelamin", "Sex"),
    ("address", "street"): ("Jalan dan nomor rumah", "Street and house number"),
    ("address", "kecamatan"): ("Kecamatan", "Kecamatan (district)"),
    ("address", "city"): ("Kota", "City"),
    ("rt",): ("RT", "RT (neighbourhood)"),
    ("rw",): ("RW", "RW (hamlet)"),
    ("kelurahan",): ("Kelurahan", "Kelurahan (ward)"),
    ("resident_status",): ("Status penduduk", "Resident status"),
    **{(f"age_over_{age}",): (f"Berusia {age} tahun atau lebih", f"Aged {age} or over") for age in AGES},
}


@dataclass(frozen=True)
class Facts:
    """What the register holds of a person. `address` is street and number, `rt` and `rw` are numbers as written, "003"."""

    nik: str
    name: str
    birth_place: str
    birth_date: dt.date
    sex: int
    residency: int
    address: str
    rt: str
    rw: str
    kelurahan: str
    kecamatan: str
    city: str


def claims_of(facts: Facts, on: dt.date) -> dict[str, Any]:
    """The disclosable claims on the city's day `on`. What the register does not know is left out."""
    address = {"street": facts.address, "kecamatan": facts.kecamatan, "city": facts.city}
    told: dict[str, Any] = {
        "nik": facts.nik, "name": facts.name, "birth_place": facts.birth_place, "birth_date": facts.birth_date.isoformat(),
        "sex": SEXES.get(facts.sex, ""), "address": {name: value for name, value in address.items() if value},
        "rt": facts.rt, "rw": facts.rw, "kelurahan": facts.kelurahan,
        "resident_status": RESIDENCY.get(facts.residency, ""),
    }  # fmt: skip
    return {name: value for name, value in told.items() if value} | age_flags(facts.birth_date, on)


def age_flags(born: dt.date, on: dt.date) -> dict[str, bool]:
    """For each age of AGES whether it has been reached on `on`; who was born on 29 February turns a year on 1 March."""
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return {f"age_over_{one}": age >= one for one in AGES}


def period(moment: dt.datetime) -> tuple[int, int]:
    """`iat` and `exp` of copies issued at `moment`, in seconds since 1970.

    Both fall on midnight UTC: copies of one person, made in the same second, are told apart from nobody else's of that day
    (RFC 9901, section 10.1).
    """
    day = moment.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(day.timestamp()), int((day + LIFE).timestamp())

"""What a letter says of its resident: the register's words, never typed again. Texts of letters are Indonesian."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from babel.dates import format_date

from pasti.civil import queries as register
from pasti.kernel.clock import today
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.queries.letters_access import PURPOSE

LINES = (
    ("Nama", "nama"), ("NIK", "nik"), ("Nomor KK", "no_kk"), ("Tempat, tanggal lahir", "lahir"),
    ("Jenis kelamin", "jenis_kelamin"), ("Agama", "agama"), ("Status perkawinan", "status_kawin"),
    ("Pekerjaan", "pekerjaan"), ("Kewarganegaraan", "kewarganegaraan"), ("Alamat", "alamat"),
)  # fmt: skip


def facts(person_id: UUID) -> dict[str, str]:
    """The values of the register's placeholders for one person of the scope; recorded as read. Raises NotFound."""
    person = register.person(person_id, purpose=PURPOSE)
    words, home = register.words_of(person), register.household(person_id, purpose=PURPOSE)
    born, area = day_words(person.birth_date), place_facts(person.rt_code)
    street = home.address if home else ""
    return area | {
        "nama": person.name, "nik": person.nik or "", "no_kk": home.family.number if home else "",
        "tempat_lahir": person.birth_place, "tanggal_lahir": born, "lahir": f"{person.birth_place}, {born}",
        "umur": str(_age(person.birth_date, today())), "jenis_kelamin": words.get("sex", ""),
        "agama": words.get("religion", ""), "pekerjaan": words.get("occupation", ""),
        "pendidikan": words.get("education", ""), "status_kawin": words.get("marital_status", ""),
        "kewarganegaraan": words.get("citizenship", ""), "nama_ayah": person.father_name, "nama_ibu": person.mother_name,
        "alamat": ", ".join(filter(None, [street, places.label(person.rt_code)])),
    }  # fmt: skip


def place_facts(rt_code: str) -> dict[str, str]:
    """The names of the areas around an RT, by placeholder."""
    named = {one.level: one.name for one in places.ancestors(rt_code)}
    levels, city = rt_code.split("."), places.city()
    return {
        "rt": levels[5][-2:], "rw": levels[4][-2:], "kelurahan": named.get("kelurahan", ""),
        "kecamatan": named.get("kecamatan", ""), "kota": city.name if city else "",
    }  # fmt: skip


def person_lines(known: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Label and value of each line about the person on the paper; what is not known is left out."""
    return tuple((label, known[name]) for label, name in LINES if known.get(name))


def field_values(kind_fields: list[dict[str, Any]], given: dict[str, str]) -> dict[str, str]:
    """What was typed, as the paper says it: dates in words, amounts with dots."""
    shown = dict(given)
    for field in kind_fields:
        value = given.get(field["name"], "")
        if value and field["kind"] == "date":
            shown[field["name"]] = day_words(dt.date.fromisoformat(value))
        elif value and field["kind"] == "number":
            shown[field["name"]] = f"{int(value):,}".replace(",", ".")
    return shown


def day_words(day: dt.date) -> str:
    """A day on paper: "24 November 2026"."""
    return str(format_date(day, "d MMMM y", locale="id_ID"))


def _age(born: dt.date, day: dt.date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

"""Files of people as other programs write them: which column means what, and what a cell can mean.

OpenSID's 43 columns and SIAK's 37 are read as they are: codes or labels, points in a NIK, dates in many forms. Our own
CSV has our own names. Nothing is guessed: what cannot be read is a problem of that row at that field.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pasti.civil.rules import kk as kk_rules
from pasti.civil.rules import nik as nik_rules
from pasti.civil.rules import regions

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

OPENSID = {
    "alamat": "street", "dusun": "kelurahan", "rw": "rw", "rt": "rt", "nama": "name", "no_kk": "kk", "nik": "nik", "sex": "sex",
    "tempatlahir": "birth_place", "tanggallahir": "birth_date", "agama_id": "religion",
    "pendidikan_kk_id": "education", "pekerjaan_id": "occupation", "status_kawin": "marital_status",
    "kk_level": "relation", "warganegara_id": "citizenship", "ayah_nik": "father_nik", "nama_ayah": "father_name",
    "ibu_nik": "mother_nik", "nama_ibu": "mother_name", "golongan_darah_id": "blood_type",
    "akta_lahir": "birth_certificate", "dokumen_pasport": "passport", "tanggal_akhir_paspor": "passport_expires",
    "dokumen_kitas": "kitas", "akta_perkawinan": "marriage_certificate", "tanggalperkawinan": "marriage_date",
    "akta_perceraian": "divorce_certificate", "tanggalperceraian": "divorce_date", "cacat_id": "disability",
    "status_rekam": "ktp_status", "status_dasar": "status_dasar",
}  # fmt: skip
SIAK = {
    "nomor kk": "kk", "nik": "nik", "nama penduduk": "name", "status": "status_dasar", "tempat lahir": "birth_place",
    "tanggal lahir": "birth_date", "kelamin": "sex", "nik ayah": "father_nik", "ayah": "father_name",
    "nik ibu": "mother_nik", "ibu": "mother_name", "status kawin": "marital_status", "shdk": "relation",
    "agama": "religion", "desa/kel": "kelurahan", "alamat": "street", "rw": "rw", "rt": "rt",
    "pendidikan": "education", "pekerjaan": "occupation", "gol. darah": "blood_type", "cacat": "disability",
    "nomor paspor": "passport", "nomor akta lahir": "birth_certificate", "nomor akta kawin": "marriage_certificate",
    "tanggal kwn": "marriage_date", "nomor akta cerai": "divorce_certificate", "tgl cerai": "divorce_date",
}  # fmt: skip
PASTI = {name: name for name in (
    "kk", "nik", "name", "sex", "birth_place", "birth_date", "religion", "education", "occupation", "marital_status",
    "relation", "citizenship", "blood_type", "father_nik", "father_name", "mother_nik", "mother_name",
    "birth_certificate", "marriage_certificate", "marriage_date", "divorce_certificate", "divorce_date", "passport",
    "passport_expires", "kitas", "ktp_status", "disability", "status_dasar", "street", "kelurahan", "rw", "rt",
)}  # fmt: skip
LAYOUTS: dict[str, dict[str, str]] = {"opensid": OPENSID, "siak": SIAK, "pasti": PASTI}
_OPENSID_HEADERS = """
alamat dusun rw rt nama no_kk nik sex tempatlahir
tanggallahir agama_id pendidikan_kk_id pendidikan_sedang_id pekerjaan_id status_kawin kk_level warganegara_id ayah_nik
nama_ayah ibu_nik nama_ibu golongan_darah_id akta_lahir dokumen_pasport tanggal_akhir_paspor dokumen_kitas akta_perkawinan
tanggalperkawinan akta_perceraian tanggalperceraian cacat_id cara_kb_id hamil ktp_el status_rekam alamat_sekarang
status_dasar suku tag_id_card id_asuransi no_asuransi lat lng
"""
# Every column of each layout, in the order in which the program writes it.
HEADERS: dict[str, tuple[str, ...]] = {
    "opensid": tuple(_OPENSID_HEADERS.split()),
    "siak": (
        "nomor kk", "nik", "nama penduduk", "status", "tempat lahir", "tanggal lahir", "kelamin", "nik ayah", "ayah",
        "nik ibu", "ibu", "status kawin", "shdk", "agama", "kecamatan", "desa/kel", "alamat", "rw", "rt", "pendidikan",
        "pekerjaan", "deskripsi pekerjaan", "gol. darah", "cacat", "cetak ktp", "ganti ktp", "ktp berakhir",
        "nomor paspor", "nomor akta lahir", "nomor akta kawin", "tanggal kwn", "nomor akta cerai", "tgl cerai",
        "petugas registrasi", "tgl ubah", "petugas entri", "tgl entri",
    ),
    "pasti": tuple(PASTI),
}  # fmt: skip
REQUIRED = ("name", "nik", "sex", "birth_date", "religion", "rt", "rw")
CODE_LISTS = {
    "sex": "jenis_kelamin", "religion": "agama", "education": "pendidikan_kk", "occupation": "pekerjaan_f101",
    "marital_status": "status_kawin", "relation": "hubungan_keluarga_shdk", "citizenship": "kewarganegaraan",
    "blood_type": "golongan_darah", "status_dasar": "status_dasar", "ktp_status": "status_ktp_el",
    "disability": "disabilitas_opensid",
}  # fmt: skip
DATES = ("birth_date", "marriage_date", "divorce_date", "passport_expires")
NUMBERS = frozenset({"nik", "kk", "father_nik", "mother_nik"})
REPEATING = frozenset({*CODE_LISTS, *DATES, "rt", "rw"})
TEXTS = {
    "name": 150, "birth_place": 100, "father_name": 150, "mother_name": 150, "birth_certificate": 60,
    "marriage_certificate": 60, "divorce_certificate": 60, "passport": 40, "kitas": 40, "street": 150,
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    "birth_place": "", "education": 1, "occupation": 1, "marital_status": 1, "blood_type": 13, "citizenship": 1,
    "father_nik": "", "father_name": "", "mother_nik": "", "mother_name": "", "birth_certificate": "",
    "marriage_certificate": "", "divorce_certificate": "", "passport": "", "kitas": "", "marriage_date": None,
    "divorce_date": None, "passport_expires": None, "ktp_status": None, "disability": None, "status_dasar": 1,
    "street": "", "kk": "", "relation": None, "nik": None,
}  # fmt: skip
# Other spellings of the same code: SIAK's short forms, OpenSID's own labels.
ALIASES = {
    "jenis_kelamin": {"l": 1, "p": 2, "lk": 1, "pr": 2, "pria": 1, "wanita": 2},
    "agama": {"katolik": 3, "buddha": 5, "konghucu": 6, "kepercayaan": 7, "lainnya": 7, "penghayat": 7,
              "kepercayaanterhadaptuhanyme": 7, "aliran": 7},
    "status_kawin": {"kawintercatat": 2, "kawinbelumtercatat": 2, "belum": 1, "janda": 4, "duda": 4},
    "golongan_darah": {"tdkth": 13, "-": 13, "tidaktahu": 13},
    "hubungan_keluarga_shdk": {"kepala": 1, "kepalakk": 1, "orangtua": 7, "famili": 9, "isteri": 3},
    "pendidikan_kk": {"tidaktamatsd": 2, "tamatsd": 3, "sltp": 4, "smp": 4, "slta": 5, "sma": 5, "diplomaiv": 8, "s1": 8,
                      "s2": 9, "s3": 10, "d3": 7, "belumtamatsd": 2, "tidakbelumsekolah": 1},
    "pekerjaan_f101": {"belumbekerja": 1, "pns": 5, "irt": 2, "pelajar": 3, "mahasiswa": 3},
    "status_dasar": {"aktif": 1, "meninggal": 2, "tidakaktif": 9},
    "kewarganegaraan": {"indonesia": 1, "asing": 2},
}  # fmt: skip
_NONE = {"", "-", "--", "0", "null", "0000-00-00", "00-00-0000", "none", "tidak ada"}
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?:[ T].*)?$")
_YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?$")
_ACTIVE = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r"'+[=+\-@\t\r]")
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_WARN_NIK = {"day", "date", "serial", "region"}  # numbers so were issued; a person keeps them for life
OPENSID_OTHER_JOB, SIAK_OTHER_JOB = 89, 99  # OpenSID writes 89 for "lainnya", which is another job in SIAK's list


@dataclass(frozen=True)
class Problem:
    """Something wrong in a row: at which field, why, what stood there, and whether it stops the row."""

    field: str
    code: str
    value: str = ""
    stops: bool = True


@dataclass
class Row:
    """A line in our terms. `given` names the fields that were not blank."""

    content: dict[str, Any]
    given: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


Meant = dict[Cell, tuple[Any, Problem | None]]


@dataclass(frozen=True)
class Reading:
    """What a file is read with: where its columns are, the codes, the RT of the area by kelurahan, RW and RT."""

    layout: str
    columns: tuple[tuple[int, str], ...]
    codes: Mapping[str, Mapping[str, int]]
    places: Mapping[tuple[str, str, str], str]
    today: dt.date
    # Column, field, and what a cell of the field meant before: codes, days and RT repeat all through a file.
    plan: tuple[tuple[int, str, Meant | None], ...] = ()

    def __post_init__(self) -> None:
        fresh: Callable[[str], Meant | None] = lambda name: {} if name in REPEATING else None  # noqa: E731
        object.__setattr__(self, "plan", tuple((at, name, fresh(name)) for at, name in self.columns))


def folded_label(text: str) -> str:
    """A label without what differs between programs: case, spaces, points, slashes."""
    return re.sub(r"[^a-z0-9+-]", "", text.lower())


def code_table(name: str, entries: Mapping[int, str]) -> dict[str, int]:
    """Folded label or code in digits -> code, for one list."""
    table = {folded_label(label): code for code, label in entries.items()}
    table |= {key: code for key, code in ALIASES.get(name, {}).items() if code in entries}
    return table | {str(code): code for code in entries}


def recognised(cells: Sequence[Cell]) -> tuple[str, tuple[tuple[int, str], ...]] | None:
    """The layout whose header this line is, and where its columns are; None when it is no header."""
    heads = [re.sub(r"\s+", " ", str(cell or "")).strip().lower() for cell in cells]
    best: tuple[int, str] = (0, "")
    for layout, names in LAYOUTS.items():
        fits = sum(head in names for head in heads)
        best = max(best, (fits, layout))
    if best[0] < 5:
        return None
    names = LAYOUTS[best[1]]
    return best[1], tuple((at, names[head]) for at, head in enumerate(heads) if head in names)


def missing_columns(layout: str, columns: Sequence[tuple[int, str]]) -> list[str]:
    """The headers a file of this layout must have and does not."""
    there = {name for _, name in columns}
    names = {ours: theirs for theirs, ours in LAYOUTS[layout].items()}
    return [names[one] for one in REQUIRED if one not in there]


def read_row(cells: Sequence[Cell], reading: Reading) -> Row:
    """One line of a file in our terms, with every problem found in it."""
    row, width = Row(DEFAULTS.copy()), len(cells)
    content, given = row.content, row.given
    for at, name, meant in reading.plan:
        cell = cells[at] if at < width else None
        if cell is None or cell == "":
            continue
        value = _value(name, cell, row) if meant is None else _repeated(name, cell, meant, reading, row)
        if value is not None and value != "":
            content[name] = value
            given.add(name)
    _complete(row, reading)
    return row


def _repeated(name: str, cell: Cell, meant: Meant, reading: Reading, row: Row) -> Any:
    known = meant.get(cell)
    if known is None:
        known = meant[cell] = _meaning(name, cell, reading)
    if known[1] is not None:
        row.problems.append(known[1])
    return known[0]


def _value(name: str, cell: Cell, row: Row) -> Any:
    if name in NUMBERS:
        return _number(name, cell, row)
    text = cell_text(cell)
    if len(text) > TEXTS.get(name, 200):
        row.problems.append(Problem(name, "too_long", text[:40]))
        return None
    return text


def _meaning(name: str, cell: Cell, reading: Reading) -> tuple[Any, Problem | None]:
    if name in CODE_LISTS:
        return _code(name, cell, reading)
    if name in DATES:
        return _date(name, cell)
    return padded(cell), None


def plain_text(cell: Cell) -> str:
    """A cell as text: one space between words, no control characters, Unicode in its composed form."""
    if isinstance(cell, str) and cell.isascii() and cell.isprintable():
        return " ".join(cell.split())
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFC", str(cell))
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def cell_text(cell: Cell) -> str:
    """A cell as text, without the apostrophe that `harmless` put before it."""
    text = plain_text(cell)
    return text[1:] if _QUOTED.match(text) else text


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before = + - @ (OWASP, "CSV injection").

    The first `cell_text` of the result is the text again, so text that already looks so gets one more.
    """
    return f"'{text}" if _ACTIVE.match(text) else text


def padded(cell: Cell) -> str:
    """The number of an RT or RW in three digits: 7, "07", "RT 07" and 7.0 are "007"."""
    digits = re.sub(r"\D", "", plain_text(cell))
    return f"{int(digits):03}" if digits and len(digits) < 5 else ""


def _code(name: str, cell: Cell, reading: Reading) -> tuple[int | None, Problem | None]:
    text = cell_text(cell)
    folded = folded_label(text)
    if name == "occupation" and reading.layout == "opensid" and folded == str(OPENSID_OTHER_JOB):
        return SIAK_OTHER_JOB, None
    code = reading.codes[name].get(folded.lstrip("0") if folded.isdigit() else folded)
    if code is None and text.lower() not in _NONE:
        return None, Problem(name, "code_unknown", text[:40])
    return code, None


def _date(name: str, cell: Cell) -> tuple[str | None, Problem | None]:
    found = as_date(cell)
    if found is None and plain_text(cell).lower() not in _NONE:
        return None, Problem(name, "date_unreadable", plain_text(cell)[:40], stops=name == "birth_date")
    return (str(found) if found else None), None


def as_date(cell: Cell) -> dt.date | None:
    """A day from a date cell, a spreadsheet's serial number, or text with the day or the year first; else None."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _EXCEL_EPOCH + dt.timedelta(days=int(cell)) if 60 < cell < 80_000 else None
    text = plain_text(cell)
    try:
        if match := _YEAR_FIRST.match(text):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _DAY_FIRST.match(text):
            return dt.date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None
    return None


def _number(name: str, cell: Cell, row: Row) -> str | None:
    """A NIK or KK number; of a number cell the sixteenth digit is lost when it ends in 0."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        text = f"{cell:.0f}"
        if len(text) == nik_rules.LENGTH and text.endswith("0"):
            row.problems.append(Problem(name, "excel", text, stops=name in ("nik", "kk")))
            return None
    else:
        text = nik_rules.cleaned(plain_text(cell))
    if text.lower() in _NONE or set(text) == {"0"} or _is_temporary(text):
        return None
    found = _number_fault(name, text)
    if found:
        warns = found in _WARN_NIK or name not in ("nik", "kk")
        row.problems.append(Problem(name, found, text[:40], stops=not warns))
        if not warns or found not in _WARN_NIK:
            return None
    return text


def _is_temporary(text: str) -> bool:
    """OpenSID's stand-in for a missing NIK: 0, the village's ten digits, five digits."""
    return len(text) == nik_rules.LENGTH and text.isdigit() and text[0] == "0"


def _number_fault(name: str, text: str) -> str:
    try:
        kk_rules.check(text) if name == "kk" else nik_rules.parse(text)
    except nik_rules.InvalidNik as error:
        return error.code
    return ""


def _locate(row: Row, reading: Reading) -> None:
    content = row.content
    place = (folded_label(str(content.pop("kelurahan", ""))), content.pop("rw", ""), content.pop("rt", ""))
    content["rt_code"] = reading.places.get(place, "")
    if reading.layout == "opensid" and not content["rt_code"]:  # a dusun is often no kelurahan
        content["rt_code"] = reading.places.get(("", *place[1:]), "")
    if not content["rt_code"]:
        row.problems.append(Problem("rt", "rt_unknown", f"RT {place[2]} RW {place[1]} {place[0]}".strip()))


def _complete(row: Row, reading: Reading) -> None:
    """What no cell alone can say: required fields, the place, and whether the number fits the person."""
    content, faulty = row.content, {one.field for one in row.problems}
    for name in ("name", "sex", "birth_date", "religion"):
        if content.get(name) is None and name not in faulty:
            row.problems.append(Problem(name, "missing"))
    _locate(row, reading)
    if content["kk"] and content["relation"] is None and "relation" not in faulty:
        row.problems.append(Problem("relation", "missing"))
    if not content["kk"] and "kk" not in faulty:
        row.problems.append(Problem("kk", "missing", stops=False))
    born = dt.date.fromisoformat(content["birth_date"]) if content.get("birth_date") else None
    if born and born > reading.today:
        row.problems.append(Problem("birth_date", "future", str(born)))
    if content["nik"] and "nik" not in faulty:
        number = nik_rules.parse(content["nik"])
        differs = nik_rules.differences(number, born, content.get("sex"))
        row.problems += [Problem("nik", f"differs_{one}", content["nik"], stops=False) for one in differs]
        if regions.doubt(number.region):
            row.problems.append(Problem("nik", "kecamatan_unknown", content["nik"][:6], stops=False))

"""Validation against the OASIS schema (CAP 1.2, section 3.4), with words for people beside those of the validator."""

from __future__ import annotations

from typing import Any

from lxml import etree

from pasti.ews.rules.cap_fault import CapFault

# Kinds of errors of libxml2, by the end of their names.
WORDS = (
    (
        "ELEMENT_CONTENT",
        "urutan-atau-wajib",
        "Unsur {tag} tidak pada tempatnya, berlebih, atau ada unsur wajib yang kurang",
    ),
    ("ENUMERATION_VALID", "kode", "Isi {tag} bukan kata dalam daftar CAP"),
    ("PATTERN_VALID", "tulisan", "Penulisan {tag} tidak sesuai CAP (waktu: 2026-11-23T20:15:00+07:00)"),
    ("DATATYPE_VALID_1_2_1", "jenis", "Isi {tag} bukan jenis nilai yang diminta"),
    ("ELT_1", "akar", "Unsur {tag} bukan peringatan CAP 1.2"),
)


def check(root: Any, schema: etree.XMLSchema) -> tuple[CapFault, ...]:
    """What the schema has against the document; empty when it is valid. `root` was opened by `cap_guard`."""
    if schema.validate(root.getroottree()):
        return ()
    return tuple(_fault(error) for error in schema.error_log)


def _fault(error: Any) -> CapFault:
    message = str(error.message)
    tag = message.partition("}")[2].partition("'")[0] or "alert"
    for ending, code, words in WORDS:
        if str(error.type_name).endswith(ending):
            return CapFault(code, tag, words.format(tag=tag), message, "3.4", error.line or 0)
    return CapFault("skema", tag, f"Unsur {tag} tidak sesuai skema", message, "3.4", error.line or 0)

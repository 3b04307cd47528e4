"""Opening XML that may be hostile: what could expand, fetch or nest without end is refused before anything is built.

CAP 1.2, section 3.3.1 and 4.3: a message is plain XML without a document type, so nothing is lost by refusing one.
"""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from lxml import etree

from pasti.ews.rules.cap_fault import CapFault, CapRefused

LARGEST = 1_000_000  # bytes
DEEPEST = 24  # elements in one another; a signed message in an EDXL envelope has 12
MOST = 20_000  # elements


def document(content: bytes, largest: int = LARGEST) -> Any:
    """The root element. Raises CapRefused. Nothing outside of `content` is ever read."""
    if len(content) > largest:
        raise CapRefused(
            CapFault("terlalu-besar", "/", f"Berkas lebih besar dari {largest // 1000} kB",
                     f"The file is larger than {largest // 1000} kB", "4.3")
        )  # fmt: skip
    _look_over(content)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _broken(str(error), getattr(error, "lineno", 0) or 0) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype(0)
    return root


def _look_over(content: bytes) -> None:
    """Read through once, stopping at the first declaration of a type or an entity."""
    parser = expat.ParserCreate()
    depth = count = 0

    def doctype(*_: Any) -> None:
        raise _doctype(parser.CurrentLineNumber)

    def start(*_: Any) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEEPEST or count > MOST:
            line = parser.CurrentLineNumber
            raise CapRefused(
                CapFault("terlalu-dalam", "/", "Unsur bersarang terlalu dalam atau terlalu banyak",
                         "Elements are nested too deep or too many", "4.3", line)
            )  # fmt: skip

    def end(*_: Any) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise _broken(expat.errors.messages.get(error.code, str(error)), error.lineno) from None
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        raise _broken(str(error), 0) from None


def _doctype(line: int) -> CapRefused:
    return CapRefused(
        CapFault("doctype", "/", "Berkas memuat DOCTYPE atau entitas; berkas seperti itu tidak dibuka",
                 "The file declares a document type or an entity; such a file is not opened", "4.3", line)
    )  # fmt: skip


def _broken(why: str, line: int) -> CapRefused:
    return CapRefused(
        CapFault("bukan-xml", "/", f"Berkas bukan XML yang utuh ({why})", f"The file is not well-formed XML ({why})",
                 "3.3.1", line)
    )  # fmt: skip

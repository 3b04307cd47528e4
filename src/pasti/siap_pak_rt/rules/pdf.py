"""Does a PDF want to do something? Papers may be read, never run (ISO 32000-2, 12.6: actions; 7.5.7: object streams)."""

from __future__ import annotations

import re
import zlib

# Names under which a PDF runs programs, opens others, or carries files and forms that can.
ACTING = frozenset({"JavaScript", "JS", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "XFA", "ImportData"})
TAIL = 1024  # bytes in which a reader looks for the end mark
MOST = 8 * 1024 * 1024  # bytes unfolded of one object stream: more is not believed

_NAME = re.compile(rb"/([^\s/<>\[\](){}%]{1,127})")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


def is_whole(content: bytes) -> bool:
    """Whether the bytes begin and end as a PDF: nothing stands before it or is hung on behind (a polyglot)."""
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-TAIL:]


def acts(content: bytes) -> bool:
    """Whether a name that acts stands outside the streams, or in a packed stream of objects.

    Contents of pages and pictures are left out: in megabytes of picture any three letters come up by chance.
    """
    if _names(_STREAM.sub(b" ", content)) & ACTING:
        return True
    return any(_names(part) & ACTING for part in _object_streams(content))


def _names(part: bytes) -> set[str]:
    plain = (_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), name) for name in _NAME.findall(part))
    return {name.decode("latin-1") for name in plain}


def _object_streams(content: bytes) -> list[bytes]:
    found = []
    for match in _STREAM.finditer(content):
        head = content[max(0, match.start() - 512) : match.start()]
        if "ObjStm" in _names(head[head.rfind(b" obj") + 1 :]):
            try:
                found.append(zlib.decompressobj().decompress(match[1], MOST))
            except zlib.error:  # packed otherwise: the file is handed out to be saved only, in a sandbox
                continue
    return found

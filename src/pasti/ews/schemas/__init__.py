"""The OASIS schema of CAP 1.2, compiled."""

from __future__ import annotations

import threading
from pathlib import Path

from lxml import etree

FILE = Path(__file__).with_name("cap12.xsd")
_of_thread = threading.local()  # a compiled schema keeps the errors of its last use: each thread has its own


def cap12() -> etree.XMLSchema:
    """The schema, for this thread."""
    if not hasattr(_of_thread, "cap12"):
        _of_thread.cap12 = etree.XMLSchema(etree.parse(str(FILE)))
    schema: etree.XMLSchema = _of_thread.cap12
    return schema

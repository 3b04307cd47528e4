"""The CAP message of a warning: composed, signed and kept in the transaction that issues it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from xml.etree import ElementTree as XML

from pasti.ews.models import Warning
from pasti.ews.queries.policy import policy


def seal(warning: Warning, replaced: Sequence[Warning]) -> None:
    """Give `warning`, which is about to be saved, its identifier and its bytes. `sent_at` is set before."""
    assert warning.sent_at is not None
    mark = {"actual": "A", "exercise": "L", "test": "T"}[warning.status]
    river = warning.episode.river_id
    warning.cap_identifier = f"PASTI-{mark}-{river}-{warning.sent_at:%Y%m%dT%H%M%SZ}-{warning.episode_id}"
    warning.cap_bytes = _bytes(warning, replaced)
    warning.cap_sha256 = hashlib.sha256(warning.cap_bytes).hexdigest()


def _bytes(warning: Warning, replaced: Sequence[Warning]) -> bytes:
    alert = XML.Element("alert", xmlns="urn:oasis:names:tc:emergency:cap:1.2")
    for name, text in (("identifier", warning.cap_identifier), ("sender", policy().sender_id)):
        XML.SubElement(alert, name).text = text
    return XML.tostring(alert)

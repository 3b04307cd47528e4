"""What identity declares to the platform, by area of work."""

from __future__ import annotations

from dataclasses import fields

from pasti.identity.published import issuing, login, provider, verifying, wallet
from pasti.kernel.publish.types import Published

AREAS = (login, provider, issuing, verifying, wallet)
KINDS = tuple(field.name for field in fields(Published))

for _kind in KINDS:
    globals()[_kind.upper()] = [one for area in AREAS for one in getattr(area, _kind.upper(), ())]

"""What SIAP PAK RT declares to the platform, by area of work."""

from __future__ import annotations

from dataclasses import fields

from pasti.kernel.publish.types import Published
from pasti.siap_pak_rt.published import desk, letters, papers, rights, statistics, sync

AREAS = (desk, letters, papers, statistics, rights, sync)
KINDS = tuple(field.name for field in fields(Published))

for _kind in KINDS:
    globals()[_kind.upper()] = [one for area in AREAS for one in getattr(area, _kind.upper(), ())]

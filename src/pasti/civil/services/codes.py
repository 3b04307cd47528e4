"""The code lists and places an import reads with."""

from __future__ import annotations

from collections import defaultdict

from pasti.civil.models import CodeEntry
from pasti.civil.rules.layouts import CODE_LISTS, code_table, folded_label
from pasti.kernel.places import queries as places


def tables() -> dict[str, dict[str, int]]:
    """Field -> (folded label or digits -> code), from the city pack's lists."""
    named = labels()
    return {field: code_table(name, named[field]) for field, name in CODE_LISTS.items()}


def labels() -> dict[str, dict[int, str]]:
    """Field -> code -> label, from the same lists."""
    by_list: dict[str, dict[int, str]] = defaultdict(dict)
    for one in CodeEntry.objects.filter(list__in=CODE_LISTS.values()):
        by_list[one.list][one.code] = one.name
    return {field: by_list[name] for field, name in CODE_LISTS.items()}


def rts(area: str) -> dict[tuple[str, str, str], str]:
    """(folded kelurahan, RW, RT) -> place code of the RT of `area`. With one kelurahan its name may be left out."""
    found: dict[tuple[str, str, str], str] = {}
    kelurahan = {one.code: folded_label(one.name) for one in places.within(_kelurahan_or_wider(area), "kelurahan")}
    for code in places.within(area, "rt").values_list("code", flat=True):
        above, rw, rt = code.rsplit(".", 2)
        for name in (kelurahan[above], f"kel{kelurahan[above]}", f"kelurahan{kelurahan[above]}"):
            found[(name, rw, rt)] = code
    if len({code.rsplit(".", 2)[0] for code in found.values()}) == 1:
        found |= {("", rw, rt): code for (_, rw, rt), code in found.items()}
    return found


def _kelurahan_or_wider(area: str) -> str:
    return ".".join(area.split(".")[:4])

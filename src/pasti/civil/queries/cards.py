"""The families of one RT with few fields of each member, in two statements: for devices that keep a copy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pasti.civil.models import Family, Membership
from pasti.civil.queries.people import code_names

_SHOWN = ("family_id", "person_id", "person__name", "person__sex", "person__birth_date", "relation")


def of_rt(rt_code: str) -> list[dict[str, Any]]:
    """Open cards of the RT with their living members, head first. No record: whoever hands them out records it."""
    return _with_members(Family.objects.filter(rt_code=rt_code, closed_on=None).values_list("pk", flat=True))


def one(family_id: UUID) -> dict[str, Any] | None:
    """One open card of the scope, as `of_rt` gives it; None outside of it."""
    found = _with_members(Family.objects.filter(pk=family_id, closed_on=None).values_list("pk", flat=True))
    return found[0] if found else None


def _with_members(families: Any) -> list[dict[str, Any]]:
    names = code_names("hubungan_keluarga_shdk")
    shown: dict[UUID, dict[str, Any]] = {
        family.pk: {"id": family.pk, "address": str(family.address), "members": []}
        for family in Family.objects.filter(pk__in=families).select_related("address").order_by("address__street", "pk")
    }
    rows = Membership.objects.filter(family__in=families, ends__isnull=True, person__status_dasar=1)
    for family_id, person_id, name, sex, born, relation in rows.order_by(
        "relation", "person__birth_date", "id"
    ).values_list(*_SHOWN):
        if family_id in shown:
            shown[family_id]["members"].append(
                {
                    "id": person_id,
                    "name": name,
                    "sex": sex,
                    "born": born,
                    "relation": names.get(relation, str(relation)),
                }
            )
    return [family for family in shown.values() if family["members"]]

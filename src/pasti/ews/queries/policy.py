"""The city's choices about early warning, as loaded from its pack."""

from __future__ import annotations

from pasti.ews.models import Policy as StoredPolicy
from pasti.ews.rules import policy as rules
from pasti.ews.rules.policy import Policy


def policy() -> Policy:
    """The policy in force; the usual one before a pack is loaded."""
    content = StoredPolicy.objects.values_list("content", flat=True).first()
    return rules.from_pack(content or {})

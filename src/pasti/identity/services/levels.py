"""How sure the city is who an account belongs to: 1 only says so, 2 matched to the register, 3 seen in person."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused

PURPOSE = "identity.sign_up"
SAID, MATCHED, SEEN = 1, 2, 3


def is_seen(user: User) -> bool:
    """Whether a resident's account belongs to who was seen in person; officials' own accounts are made by the city."""
    return user.kind != User.Kind.CITIZEN or user.level >= SEEN


@transaction.atomic
def raise_level(user: User, level: int, how: str) -> User:
    """Bring the account to `level`; an account that is there already stays as it is. `how` says what was done.

    Level 2 comes with the match to the register alone. Raises Refused `belum-cocok` for somebody not in the register.
    """
    if level >= MATCHED and not user.person_id and user.kind == User.Kind.CITIZEN:
        raise Refused("belum-cocok", _("Akun ini belum dicocokkan dengan data penduduk."), status=409)
    if level < SEEN or not User.objects.filter(pk=user.pk, seen_at=None).update(seen_at=now()):
        user.refresh_from_db(fields=["seen_at"])
        return user
    user.refresh_from_db(fields=["seen_at"])
    record_change(user.person_id, "identity.level_raised", purpose=PURPOSE, object_type="user", object_id=user.pk,
                  object_label=user.name, changes={"level": level, "how": how[:80]})  # fmt: skip
    return user

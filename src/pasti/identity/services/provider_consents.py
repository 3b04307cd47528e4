"""A person allows an application to learn something, changes that, or takes it all back."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from pasti.identity.models import Application, Consent
from pasti.identity.queries.provider_claims import PURPOSE
from pasti.identity.services import provider_sessions as sessions
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused


@transaction.atomic
def decide(user: User, application: Application, *, asked: Collection[str], given: Collection[str]) -> Consent:
    """Keep what of `asked` the person allows and what not; what was not asked stays as decided before.

    Raises Refused `wajib` when a claim the application cannot do without is refused.
    """
    allowed = [claim for claim in asked if claim in given]
    missing = [claim for claim in application.required_claims if claim in asked and claim not in allowed]
    if missing:
        raise Refused("wajib", _("Tanpa data yang wajib, Anda tidak dapat masuk ke aplikasi ini."), status=422)
    consent, created = Consent.objects.select_for_update().get_or_create(
        user=user, application=application, revoked_at=None, defaults={"given_at": now(), "changed_at": now()}
    )
    before = (consent.given, consent.refused)
    consent.given = [c for c in consent.given if c not in asked] + allowed
    consent.refused = [c for c in consent.refused if c not in asked] + [c for c in asked if c not in allowed]
    if created or before != (consent.given, consent.refused):
        consent.changed_at = now()
        consent.save()
        _record(consent, "identity.consent.given", {"given": consent.given, "refused": consent.refused})
    return consent


@transaction.atomic
def revoke(consent: Consent) -> bool:
    """Take back all an application was allowed: its sessions and tokens end with it. False when done before."""
    taken = Consent.objects.filter(pk=consent.pk, revoked_at=None).update(revoked_at=now())
    if taken:
        _record(consent, "identity.consent.revoked", {"given": []})
        sessions.end_at(consent.user, consent.application, "revoked")
    return bool(taken)


def _record(consent: Consent, action: str, changes: dict[str, list[str]]) -> None:
    record_change(
        consent.user.person_id, action, purpose=PURPOSE, object_type="application", object_id=consent.application_id,
        object_label=consent.application.name, fields=changes["given"], changes=changes,
    )  # fmt: skip

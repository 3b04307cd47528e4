"""What a desk takes along to work without a network: passes that the city signed, the issuer's keys, the status lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from pasti.identity.models import StatusList
from pasti.identity.queries import issuing as issuer
from pasti.identity.queries import verifying as queries
from pasti.identity.queries.verifying import Desk
from pasti.identity.rules import jws
from pasti.identity.rules import verifying as rules
from pasti.identity.services import keys
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now

PASS_TYPE = "pasti-desk+jwt"  # noqa: S105 a kind of token, not a secret
PASS_LIFE = dt.timedelta(hours=72)


def provisions(user: User) -> dict[str, Any]:
    """All of it, for the user's desks of today; taking it is recorded."""
    desks = queries.desks(user)
    record_change(
        None, "identity.desk.provisioned", purpose="identity.periksa", object_type="desk", object_id=user.pk,
        object_label=", ".join(one.purpose.key for one in desks), changes={},
    )  # fmt: skip
    numbers = StatusList.objects.order_by("number").values_list("number", flat=True)
    return {
        "at": int(now().timestamp()),
        "issuer": settings.PASTI_BASE_URL,
        "vct": issuer.type_address(),
        "keys": issuer.issuer_jwks()["keys"],
        "lists": [f"{settings.PASTI_BASE_URL}/id/status/{number}" for number in numbers],
        "desks": [
            {
                "pass": desk_pass(one),
                "paths": {name: rules.PATHS[name] for name in one.purpose.claims},
            }
            for one in desks
        ],
    }


def desk_pass(desk: Desk) -> str:
    """The city's word, to a wallet without a network, that this desk may ask this. Claims as registered today."""
    purpose = desk.purpose
    verifier = purpose.verifier
    moment = now()
    payload = {
        "iss": settings.PASTI_BASE_URL, "sub": f"pasti-desk:{purpose.key}",
        "iat": int(moment.timestamp()), "exp": int((moment + PASS_LIFE).timestamp()),
        "name": verifier.name, "agency": verifier.agency, "purpose": purpose.name, "legal_basis": purpose.legal_basis,
        "claims": [name for name in purpose.claims if name in verifier.approved_claims], "required": purpose.required,
    }  # fmt: skip
    return jws.sign({"typ": PASS_TYPE}, payload, keys.current())

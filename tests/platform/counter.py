"""The counters of a running platform, in a process of their own: an officer's and a verifier's acts, asked by JSON lines.

    python -m tests.platform.counter FOLDER

Acts through the services, in the officer's name and area, on the platform's own database.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID


@contextmanager
def officer() -> Iterator[None]:
    """In the name of the kelurahan's demo officer."""
    from pasti.identity.services.issuing_facts import PURPOSE
    from pasti.kernel.accounts.access import actor_where, scope_where
    from pasti.kernel.accounts.models import User
    from pasti.kernel.accounts.scope import scoped
    from pasti.kernel.context import acting_as

    user = User.objects.get(username="kelurahan")
    with (
        scoped(scope_where(user, "identity.activate", PURPOSE)),
        acting_as(actor_where(user, "identity.activate")),
    ):
        yield


def offer() -> dict[str, Any]:
    """A card is offered to a grown-up of the kelurahan who has none."""
    from pasti.civil.models import Person
    from pasti.identity.models import Activation
    from pasti.identity.rules import oid4vci
    from pasti.identity.services import issuing, issuing_desk
    from pasti.identity.services import issuing_codes as codes

    had = Activation.objects.values_list("person_id", flat=True)
    grown = Person.objects.filter(status_dasar=1, birth_date__lt="2000-01-01").exclude(nik="").exclude(nik=None)
    person = grown.exclude(pk__in=list(had)).order_by("pk").first()
    assert person is not None
    seen = issuing_desk.Seen(document="ktp_el", mode="instead", device="Telepon")
    one = issuing_desk.begin(person.pk, seen, issuing_desk.Desk("uji", "Kelurahan"))
    where = f"{issuing.issuer()}/id/oid4vci/offer/{codes.code(codes.OFFER, one.pk, one.round)}"
    return {"offer": oid4vci.offer_link(where), "tx_code": codes.tx_code(one.pk, one.round), "activation": str(one.pk),
            "person": str(person.pk), "name": person.name, "nik": person.nik}  # fmt: skip


def let_expire(activation: str) -> dict[str, Any]:
    """Five minutes pass over an offer."""
    from pasti.identity.models import Activation
    from pasti.kernel.clock import now

    return {"changed": Activation.objects.filter(pk=activation).update(expires_at=now())}


def suspend(person: str) -> dict[str, Any]:
    """The device was reported lost."""
    from pasti.identity.services import issuing_cards

    return {"cards": issuing_cards.report_loss(UUID(person))}


def resume(person: str) -> dict[str, Any]:
    """It was found again."""
    from pasti.identity.models import Card
    from pasti.identity.services import issuing_cards

    return {"cards": [issuing_cards.resume(card.pk).state for card in Card.objects.filter(person_id=person)]}


def revoke(person: str) -> dict[str, Any]:
    """The card ends."""
    from pasti.identity.services import issuing_cards

    return {"cards": issuing_cards.revoke_all(UUID(person), "office")}


ACTS = {one.__name__: one for one in (offer, let_expire, suspend, resume, revoke)}


def main(folder: Path) -> None:
    """Answer each line with one."""
    os.environ["PASTI_DATA"], os.environ["DJANGO_SETTINGS_MODULE"] = str(folder), "pasti.settings"
    import django

    django.setup()
    for line in sys.stdin:
        asked = json.loads(line)
        with officer():
            said = ACTS[asked.pop("do")](**asked)
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

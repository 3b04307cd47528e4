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
    """In the name of the civil registry's demo officer."""
    from pasti.identity.services.issuing_facts import PURPOSE
    from pasti.kernel.accounts.access import actor_where, scope_where
    from pasti.kernel.accounts.models import User
    from pasti.kernel.accounts.scope import scoped
    from pasti.kernel.context import acting_as

    user = User.objects.get(username="dukcapil")
    with (
        scoped(scope_where(user, "identity.activate", PURPOSE)),
        acting_as(actor_where(user, "identity.activate")),
    ):
        yield


def offer() -> dict[str, Any]:
    """A card is offered to a grown-up; whoever got one in an earlier run got it long ago."""
    from pasti.civil.models import Person
    from pasti.identity.models import Activation
    from pasti.identity.rules import oid4vci
    from pasti.identity.services import issuing, issuing_desk
    from pasti.identity.services import issuing_codes as codes
    from pasti.kernel.clock import now

    grown = Person.objects.filter(status_dasar=1, birth_date__lt="2000-01-01", nik__gt="")
    held = dict(Activation.objects.order_by("seen_at").values_list("person_id", "seen_at"))
    person = min(
        grown.order_by("pk")[:60], key=lambda one: (held.get(one.pk, now() - issuing_desk.TWO_OFFICERS), one.pk)
    )
    long_ago = now() - 2 * issuing_desk.TWO_OFFICERS
    Activation.objects.filter(person_id=person.pk, issued_at__gt=long_ago).update(issued_at=long_ago)
    seen = issuing_desk.Seen(document="ktp_el", mode="instead", device="Telepon")
    one = issuing_desk.begin(person.pk, seen, issuing_desk.Desk("uji", "Dispendukcapil"))
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


def record_death(person: str) -> dict[str, Any]:
    """The civil register learns that the person died today; returns the state of the cards some moments later."""
    import time

    from pasti.civil import services as register
    from pasti.identity.models import Card
    from pasti.kernel.clock import today

    began = time.monotonic()
    register.report_death(UUID(person), register.Report(today(), "civil.pelayanan"))
    while Card.objects.filter(person_id=person).exclude(state="revoked").exists():
        assert time.monotonic() - began < 60, "the card still holds"
        time.sleep(0.05)
    return {"seconds": time.monotonic() - began}


DESK = "rsud-loket/pendaftaran"  # asks for nik, name, birth date and sex; may ask for kelurahan and age_over_18


def ask() -> dict[str, Any]:
    """The hospital's counter asks."""
    from django.conf import settings

    from pasti.identity.rules import oid4vp
    from pasti.identity.services import verifying

    asked = verifying.ask(_loket(), DESK)
    where = f"{settings.PASTI_BASE_URL}/id/oid4vp/request/{asked.pk}"
    return {"request": oid4vp.request_link(asked.client_id, where), "id": str(asked.pk)}


def ask_beyond() -> dict[str, Any]:
    """The hospital's counter would ask for more than it was approved for."""
    from django.db import transaction

    from pasti.identity.models import VerifierPurpose
    from pasti.identity.services import verifying
    from pasti.kernel.errors import Refused

    with transaction.atomic():
        VerifierPurpose.objects.filter(pk=DESK).update(claims=["nik", "name", "birth_date", "birth_place"])
        try:
            verifying.ask(_loket(), DESK)
            refused = ""
        except Refused as refusal:
            refused = refusal.code
        transaction.set_rollback(True)
    return {"refused": refused}


def outcome(id: str) -> dict[str, Any]:
    """What the counter sees."""
    from pasti.identity.queries import verifying

    found = verifying.result(_loket(), UUID(id))
    return {"state": found.asked.state, "cause": found.asked.cause, "shown": found.shown}


def _loket() -> Any:
    from pasti.kernel.accounts.models import User

    return User.objects.get(username="loket")


ACTS = {
    one.__name__: one for one in (offer, let_expire, suspend, resume, revoke, record_death, ask, ask_beyond, outcome)
}


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

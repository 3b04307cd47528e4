"""Hands for tests of cards: an officer at the counter and a wallet, both through the platform's own doors."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client

from pasti.identity.models import Activation
from pasti.identity.rules import jws, oid4vci
from pasti.identity.rules.jws import LocalKey
from pasti.identity.services import issuing, issuing_desk
from pasti.identity.services import issuing_codes as codes
from pasti.identity.services.issuing_desk import Desk, Seen
from pasti.identity.services.issuing_facts import PURPOSE
from pasti.kernel.accounts.access import actor_where, scope_where
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.context import acting_as

PERMISSION = "identity.activate"
SEEN = Seen(document="ktp_el", mode="instead", device="Telepon")


@contextmanager
def at_the_counter(officer: User) -> Any:
    """Within the officer's areas and in the officer's name."""
    with scoped(scope_where(officer, PERMISSION, PURPOSE)), acting_as(actor_where(officer, PERMISSION)):
        yield


def activation(officer: User, person_id: UUID, seen: Seen = SEEN) -> Activation:
    """The officer saw person and document."""
    with at_the_counter(officer):
        return issuing_desk.begin(person_id, seen, Desk("99.01.01.1001", "Kelurahan Rekaan"))


def new_key() -> LocalKey:
    """A key of a wallet."""
    private = ec.generate_private_key(ec.SECP256R1())
    return LocalKey(jws.thumbprint(jws.jwk_of(private.public_key())), private)


def proof(key: LocalKey, nonce: str, **more: Any) -> str:
    """A key proof; `more` replaces what it says."""
    payload = {"aud": issuing.issuer(), "iat": int(time.time()), "nonce": nonce} | more
    jwk = jws.jwk_of(key.private.public_key())
    return jws.sign({"typ": oid4vci.PROOF_TYPE, "jwk": jwk}, payload, key)


@dataclass
class Wallet:
    """A wallet that speaks OpenID4VCI over HTTP. Answers are kept: the last response, the token, keys and copies."""

    client: Client = field(default_factory=Client)
    token: str = ""
    keys: list[LocalKey] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)

    def offer(self, one: Activation) -> Any:
        """The offer behind the QR."""
        return self.client.get(f"/id/oid4vci/offer/{codes.code(codes.OFFER, one.pk, one.round)}")

    def redeem(self, one: Activation, tx_code: str | None = None, **more: str) -> Any:
        """Show the code with the transaction code (the right one unless given)."""
        form = {
            "grant_type": oid4vci.PRE_AUTHORIZED, "pre-authorized_code": codes.code(codes.GRANT, one.pk, one.round),
            "tx_code": codes.tx_code(one.pk, one.round) if tx_code is None else tx_code,
        } | more  # fmt: skip
        answer = self.client.post("/id/oid4vci/token", form)
        self.token = answer.json().get("access_token", self.token)
        return answer

    def nonce(self) -> str:
        """A fresh nonce."""
        return str(self.client.post("/id/oid4vci/nonce").json()["c_nonce"])

    def ask(self, proofs: list[str], token: str = "", **more: Any) -> Any:
        """Ask for copies."""
        body = {"credential_configuration_id": issuing.CONFIGURATION, "proofs": {"jwt": proofs}} | more
        answer = self.client.post("/id/oid4vci/credential", json.dumps(body), content_type="application/json",
                                  headers={"Authorization": f"Bearer {token or self.token}"})  # fmt: skip
        if answer.status_code == 200:
            self.copies = [one["credential"] for one in answer.json()["credentials"]]
        return answer

    def take(self, one: Activation, count: int = 2) -> list[str]:
        """The whole way: token, nonce, proofs, copies."""
        assert self.redeem(one).status_code == 200
        self.keys, nonce = [new_key() for _ in range(count)], self.nonce()
        answer = self.ask([proof(key, nonce) for key in self.keys])
        assert answer.status_code == 200, answer.content
        return self.copies


def payload(copy: str) -> dict[str, Any]:
    """What stands open in a copy."""
    return jws.parse(copy.split("~")[0]).payload

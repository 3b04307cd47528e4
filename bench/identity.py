"""Cards verified a second on one core beside bare ES256, and the size of a city's status list as it is served."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench.harness import Row, paired
from pasti.identity.rules import dcql, jws, sd_jwt, status_list, verifying
from pasti.identity.rules.jws import LocalKey
from pasti.identity.rules.status_list import StatusList

NOW, AUDIENCE, NONCE, URI = 1_800_000_000, "x509_hash:loket", "pertanyaan", "https://kota.example/id/status/1"
HOLDERS, ROUNDS, TIMES = 50, 9, 8
ENTRIES, STOPPED = 1_000_000, 10_000
ASKED = ("name", "birth_date", "age_over_17")
VCT = "https://kota.example/id/vct/warga/1"
PERSON = {
    "nik": "3575010101900001", "name": "Siti Aminah", "birth_place": "Pasuruan", "birth_date": "1990-01-01",
    "sex": "perempuan", "address": {"street": "Jl. Balai Kota 12", "kecamatan": "Purworejo", "city": "Kota Pasuruan"},
    "rt": "003", "rw": "001", "kelurahan": "Purutrejo", "resident_status": "tetap",
    **{f"age_over_{age}": True for age in (12, 17, 18, 21, 60)},
}  # fmt: skip


def rows() -> Iterator[Row]:
    """Both rows, in this process, without a database. Rates are by the processor's time, so of one core."""
    issuer = _key("kota")
    public, entries = issuer.private.public_key(), _stopped()
    shown = [_presentation(issuer, idx) for idx in range(HOLDERS)]
    query = dcql.parse(verifying.query_for(ASKED, ASKED, VCT)).credentials[0]

    def verify(text: str) -> None:
        found = sd_jwt.verify_presentation(text, issuer_key=lambda _: public, audience=AUDIENCE, nonce=NONCE, now=NOW)
        assert found.status is not None
        assert status_list.status_at(entries, 2, found.status.idx) == status_list.VALID
        assert len(verifying.answered(query, found.payload)) == len(ASKED)

    message = shown[0].encode()
    signature = issuer.private.sign(message, ec.ECDSA(hashes.SHA256()))
    bare = paired(
        lambda: _rate(lambda: [verify(text) for text in shown]),
        lambda: _rate(lambda: [public.verify(signature, message, ec.ECDSA(hashes.SHA256())) for _ in shown]),
        ROUNDS,
    )
    yield Row("presentations verified a second, one core", *bare, "/s", "one bare ES256")
    token = status_list.token(StatusList(URI, 2, entries, NOW, NOW + 86_400, 300), issuer)
    yield Row("status list, 1,000,000 entries, 1 % stopped", len(token) / 1000, len(entries) / 1000, "KB", "not packed")


def _key(kid: str) -> LocalKey:
    return LocalKey(kid, ec.generate_private_key(ec.SECP256R1()))


def _presentation(issuer: LocalKey, idx: int) -> str:
    holder = _key("warga")
    status = {"status_list": {"uri": URI, "idx": idx}}
    said = {"iss": "https://kota.example", "iat": NOW - 9, "exp": NOW + 9, "vct": VCT, "status": status}
    card = sd_jwt.issue(said, PERSON, holder_jwk=jws.jwk_of(holder.private.public_key()), key=issuer)
    return sd_jwt.present(card, ASKED, audience=AUDIENCE, nonce=NONCE, iat=NOW, key=holder)


def _stopped() -> bytes:
    """Entries of which one in a hundred, at random, is revoked; those of the holders are valid."""
    marked = random.Random(7).sample(range(HOLDERS, ENTRIES), STOPPED)
    return status_list.pack(dict.fromkeys(marked, status_list.INVALID), 2, ENTRIES)


def _rate(act: Callable[[], object]) -> float:
    """How many of HOLDERS things a second of the processor's time, the best of a few goes."""
    times = []
    for _ in range(TIMES):
        began = time.process_time()
        act()
        times.append(time.process_time() - began)
    return HOLDERS / min(times)

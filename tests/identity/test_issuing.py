"""A card from the counter into a wallet, and every way in which it is refused."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from pasti.civil import services as civil
from pasti.civil.events import PersonCorrected
from pasti.civil.models import DuplicatePair
from pasti.civil.services import duplicates
from pasti.identity.models import Activation, Card, Credential, StatusEntry, StatusList
from pasti.identity.queries import issuing as queries
from pasti.identity.rules import claims as card_rules
from pasti.identity.rules import jws, oid4vci, oid4vci_metadata, sd_jwt, status_list
from pasti.identity.services import issuing_cards, issuing_desk, issuing_status, keys
from pasti.identity.services import issuing_codes as codes
from pasti.identity.services.issuing_facts import PURPOSE
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now, today
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.models import Message
from pasti.kernel.outbox.services import deliver_waiting, emit
from pasti.kernel.publish.registry import subscriptions
from tests.civil.conftest import OTHER_RT, make_town, new, official
from tests.identity.hands import Wallet, activation, at_the_counter, new_key, payload, proof

pytestmark = pytest.mark.usefixtures("rekaan")


def state(copy: str) -> int:
    """What the list as it is served says of a copy."""
    place = payload(copy)["status"]["status_list"]
    answer = Client().get(place["uri"].removeprefix("http://127.0.0.1:8000"))
    listed = status_list.parse_jwt(
        answer.content.decode(), issuer_key=queries.issuer_key, uri=place["uri"], now=int(time.time())
    )
    return listed.at(place["idx"])


def test_a_wallet_takes_the_card(offered: Activation, resident: User, city: None) -> None:
    wallet = Wallet()
    offer = oid4vci.parse_offer(wallet.offer(offered).json())
    assert offer.grants.pre_authorized.tx_code.length == 6
    copies = wallet.take(offered, 5)

    shown = sd_jwt.present(
        copies[0], ["name", "age_over_17"], audience="x", nonce="n", iat=int(time.time()), key=wallet.keys[0]
    )
    seen = sd_jwt.verify_presentation(
        shown, issuer_key=queries.issuer_key, audience="x", nonce="n", now=int(time.time())
    )
    assert seen.claims == {"name": "Siti Ni'mah", "age_over_17": True, "address": {}}
    assert seen.payload["vct"].endswith("/id/vct/warga/1")
    assert seen.payload["exp"] > time.time() + 700 * 86400

    card = Card.objects.get()
    assert (card.state, card.activation_id, card.device) == ("valid", offered.pk, "Telepon")
    assert Credential.objects.filter(card=card).count() == 5
    assert [state(copy) for copy in copies] == [0] * 5
    acts = set(Entry.objects.filter(subject_id=resident.person_id).values_list("action", flat=True))
    assert {"identity.activation.seen", "identity.activation.offered", "identity.card.issued"} <= acts
    assert Message.objects.get(user=resident).title.startswith("Kartu Warga Digital Anda sudah diterima")


def test_copies_have_nothing_in_common_by_which_to_link_them(offered: Activation, city: None) -> None:
    bodies = [payload(copy) for copy in Wallet().take(offered, 5)]
    digests = [set(body["_sd"]) | set(body["address"]["_sd"]) for body in bodies]
    assert not set.intersection(*digests)
    assert len({body["status"]["status_list"]["idx"] for body in bodies}) == 5
    assert len({json.dumps(body["cnf"]) for body in bodies}) == 5
    assert {body["iat"] % 86400 for body in bodies} == {0}  # the moment says no more than the day


def test_a_wrong_transaction_code_counts_and_three_end_the_offer(offered: Activation, city: None) -> None:
    wallet = Wallet()
    right = codes.tx_code(offered.pk, offered.round)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(3):
        assert wallet.redeem(offered, wrong).json()["error"] == "invalid_grant"
    assert wallet.redeem(offered).json()["error"] == "invalid_grant"
    assert Activation.objects.get().state == "dead"
    assert wallet.offer(offered).status_code == 404
    assert Entry.objects.filter(action="identity.activation.wrong_code").count() == 3


def test_an_offer_opens_once(offered: Activation) -> None:
    first, second = Wallet(), Wallet()
    assert first.redeem(offered).status_code == 200
    assert second.redeem(offered).json()["error"] == "invalid_grant"
    assert second.offer(offered).status_code == 404


def test_an_offer_is_over_after_five_minutes(offered: Activation, city: None) -> None:
    Activation.objects.update(expires_at=now() - dt.timedelta(seconds=1))
    assert Wallet().offer(offered).status_code == 404
    assert Wallet().redeem(offered).json()["error"] == "invalid_grant"


def test_a_new_offer_makes_the_old_codes_worthless(offered: Activation, officer: User) -> None:
    with at_the_counter(officer):
        again = issuing_desk.offer(offered.pk)
    assert Wallet().redeem(offered).json()["error"] == "invalid_grant"
    assert Wallet().redeem(again).status_code == 200


def test_the_token_endpoint_answers_as_the_standard_says(offered: Activation) -> None:
    wallet = Wallet()
    assert wallet.redeem(offered, "").json()["error"] == "invalid_request"
    assert wallet.redeem(offered, grant_type="password").json()["error"] == "unsupported_grant_type"
    assert wallet.redeem(offered, **{"pre-authorized_code": f"{offered.pk.hex}1.x"}).json()["error"] == "invalid_grant"
    assert wallet.redeem(offered, **{"pre-authorized_code": "é"}).json()["error"] == "invalid_grant"
    assert wallet.client.get("/id/oid4vci/token").status_code == 405


def test_a_proof_is_good_once(offered: Activation, city: None) -> None:
    wallet = Wallet()
    wallet.take(offered, 1)
    wallet.keys, nonce = [new_key()], wallet.nonce()
    proofs = [proof(wallet.keys[0], nonce)]
    first = wallet.copies
    assert wallet.ask(proofs).status_code == 200  # the answer was lost on the way: the wallet asks again
    assert [state(copy) for copy in (*first, *wallet.copies)] == [1, 0]
    assert wallet.ask(proofs).json()["error"] == "invalid_nonce"
    assert wallet.ask([proof(wallet.keys[0], wallet.nonce())]).json()["error"] == "invalid_proof"
    assert wallet.ask([proof(new_key(), wallet.nonce())]).status_code == 200
    assert wallet.ask([proof(new_key(), wallet.nonce())]).json()["error"] == "credential_request_denied"
    assert Card.objects.count() == 1


def test_what_is_no_proof_for_us_is_refused(offered: Activation) -> None:
    wallet = Wallet()
    wallet.redeem(offered)
    key, other = new_key(), new_key()
    nonce = wallet.nonce()
    wrong = {
        "invalid_proof": [
            [proof(key, nonce, aud="https://lain.example")], [proof(key, nonce, iat=int(time.time()) - 400)],
            [proof(key, nonce), proof(key, nonce, iat=int(time.time()) - 1)], [proof(new_key(), nonce) for _ in range(6)], [],
            [jws.sign({"typ": "JWT", "jwk": {}}, {}, key)],
        ],
        "invalid_nonce": [
            [proof(key, "dibuat-sendiri")], [proof(key, nonce), proof(other, wallet.nonce())],
            [proof(key, f"{int(time.time()):x}.x.{'A' * 43}")],
        ],
    }  # fmt: skip
    for code, cases in wrong.items():
        assert [wallet.ask(one).json()["error"] for one in cases] == [code] * len(cases)
    good = [proof(key, nonce)]
    assert wallet.ask(good, credential_configuration_id="Lain").json()["error"] == "unknown_credential_configuration"
    assert wallet.ask(good, token="x" * 43).status_code == 401
    answer = wallet.client.post("/id/oid4vci/credential", "{", content_type="application/json",
                                headers={"Authorization": f"Bearer {wallet.token}"})  # fmt: skip
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_credential_request")
    assert wallet.ask(good).status_code == 200


def test_two_wallets_at_once_get_one_card(fresh_database: str) -> None:
    made = make_town()
    one = activation(official("kelurahan", "99.01.01.1001"), made.mother.pk)
    begin = threading.Barrier(4)

    def redeem(_: int) -> int:
        begin.wait()
        return Wallet().redeem(one).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(redeem, range(4))) == [200, 400, 400, 400]


def test_the_same_proofs_at_once_are_answered_once(fresh_database: str) -> None:
    made = make_town()
    wallet = Wallet()
    wallet.redeem(activation(official("kelurahan", "99.01.01.1001"), made.mother.pk))
    proofs = [proof(new_key(), wallet.nonce())]
    begin = threading.Barrier(3)

    def ask(_: int) -> int:
        begin.wait()
        return Wallet(token=wallet.token).ask(proofs).status_code

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(ask, range(3))) == [200, 400, 400]
    with scoped(everyone("99.01", PURPOSE)):
        assert (Credential.objects.count(), StatusEntry.objects.count()) == (1, 1)


def test_places_in_the_list_are_given_once_and_a_full_list_is_followed_by_another(db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(issuing_status.secrets, "randbelow", _drawn())
    assert sorted(one.idx for one in issuing_status.allocate(2)) == [7, 8]
    assert sorted(one.idx for one in issuing_status.allocate(2)) == [9, 10]
    StatusList.objects.update(taken=issuing_status.SIZE)
    assert {one.list_id for one in issuing_status.allocate(1)} == {2}


def _drawn() -> Any:
    numbers = iter([7, 7, 8, 7, 9, 8, 10, 11, 12, 13])
    return lambda _size: next(numbers)


def test_a_card_within_thirty_days_of_another_takes_a_second_officer(
    town: Any,
    officer: User,
    officer_of: Any,
    city: None,
) -> None:
    wallet = Wallet()
    (first,) = wallet.take(activation(officer, town.mother.pk), 1)
    again = activation(officer, town.mother.pk)
    assert again.state == "waiting"
    assert wallet.redeem(again).json()["error"] == "invalid_grant"
    with at_the_counter(officer):
        with pytest.raises(Refused, match="orang lain"):
            issuing_desk.confirm(again.pk)
        with pytest.raises(Refused):
            issuing_desk.offer(again.pk)
    colleague = officer_of("dukcapil", "99.01")
    with at_the_counter(colleague):
        issuing_desk.confirm(again.pk)
        issuing_desk.confirm(again.pk)  # pressed twice
        with pytest.raises(NotFound):  # only who sees the person shows the codes
            issuing_desk.offer(again.pk)
    with at_the_counter(officer):
        again = issuing_desk.offer(again.pk)
    (second,) = wallet.take(again, 1)
    assert [state(first), state(second)] == [1, 0]
    assert Card.objects.get(activation=again).state == "valid"


def test_two_counters_that_began_before_either_issued_need_a_second_officer(
    town: Any,
    officer: User,
    city: None,
) -> None:
    one, other = activation(officer, town.mother.pk), activation(officer, town.mother.pk)
    Wallet().take(one, 1)
    wallet = Wallet()
    wallet.redeem(other)
    assert wallet.ask([proof(new_key(), wallet.nonce())]).json()["error"] == "credential_request_denied"
    assert Card.objects.count() == 1


def test_only_residents_with_a_ktp_of_the_officers_own_area_get_a_card(town: Any, officer: User) -> None:
    with pytest.raises(Refused, match="NIK"):
        activation(officer, town.child.pk)
    with pytest.raises(NotFound):
        activation(officer, town.stranger.pk)
    with pytest.raises(Refused, match="dokumen"):
        activation(officer, town.mother.pk, issuing_desk.Seen("other", "instead", "Telepon"))


def test_a_lost_card_is_suspended_at_once_resumed_or_revoked_for_good(
    offered: Activation,
    resident: User,
    city: None,
) -> None:
    (copy,) = Wallet().take(offered, 1)
    assert issuing_cards.report_loss(resident.person_id) == 1
    assert issuing_cards.report_loss(resident.person_id) == 0
    assert state(copy) == 2
    card = Card.objects.get()
    assert issuing_cards.resume(card.pk).state == "valid"
    assert state(copy) == 0
    issuing_cards.revoke(card.pk, "own_wish")
    assert state(copy) == 1
    issuing_cards.resume(card.pk)
    assert issuing_cards.report_loss(resident.person_id) == 0
    assert (state(copy), issuing_cards.get(card.pk).state) == (1, "revoked")
    assert [step.step for step in card.steps.order_by("id")] == ["issued", "suspended", "resumed", "revoked"]
    assert Message.objects.filter(user=resident).count() == 4


def test_the_list_is_answered_by_its_tag_until_it_changes(offered: Activation, client: Client, city: None) -> None:
    Wallet().take(offered, 1)
    first = client.get("/id/status/1")
    assert first["Content-Type"] == "application/statuslist+jwt"
    assert jws.parse(first.content.decode(), longest=10**6).payload["ttl"] == queries.TTL
    same = client.get("/id/status/1", headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    issuing_cards.report_loss(offered.person_id)
    assert client.get("/id/status/1", headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert client.get("/id/status/9").status_code == 404


def test_what_the_issuer_says_of_itself_can_be_read_by_every_wallet(client: Client, db: None) -> None:
    raw = client.get("/.well-known/openid-credential-issuer")
    metadata = oid4vci_metadata.parse_metadata(raw.json())
    kind = metadata.credential_configurations_supported["KartuWargaDigital"]
    assert metadata.batch_credential_issuance.batch_size == 5
    assert raw["Access-Control-Allow-Origin"] == "*"
    described = client.get("/id/vct/warga/1").json()
    assert (described["vct"], {one["sd"] for one in described["claims"]}) == (kind.vct, {"always"})
    for claim in kind.credential_metadata.claims:
        assert {one["locale"] for one in claim.display} == {"id", "en"}
    server = client.get("/.well-known/oauth-authorization-server/id/oid4vci").json()
    assert server["issuer"] == metadata.authorization_servers[0]
    assert server["grant_types_supported"] == [oid4vci.PRE_AUTHORIZED]
    assert client.options("/id/oid4vci/credential")["Access-Control-Allow-Headers"] == "Authorization, Content-Type"


def test_a_new_key_is_published_before_it_signs_and_old_signatures_still_hold(
    offered: Activation, client: Client, city: None, settings: Any, tmp_path: Any
) -> None:
    settings.PASTI_DATA_DIR = tmp_path
    (copy,) = Wallet().take(offered, 1)
    old = jws.parse(copy.split("~")[0]).header["kid"]
    new = keys.rotate()
    listed = [one["kid"] for one in client.get("/.well-known/jwt-vc-issuer").json()["jwks"]["keys"]]
    assert (listed, keys.current().kid) == ([old, new], old)

    instead = keys.rotate(at_once=True)
    assert keys.current().kid == instead
    assert {one.stat().st_mode & 0o777 for one in (tmp_path / "kunci" / "kartu").glob("*.key")} == {0o600}
    assert keys.public(old) is not None
    jws.verified(copy.split("~")[0], "dc+sd-jwt", keys.public(old))
    with pytest.raises(LookupError):
        keys.driver().signer(old)
    assert state(copy) == 0


def test_ages_are_told_by_the_citys_day() -> None:
    born = dt.date(2008, 2, 29)
    day = lambda text: card_rules.age_flags(born, dt.date.fromisoformat(text))  # noqa: E731
    assert not day("2025-02-28")["age_over_17"]
    assert day("2025-03-01")["age_over_17"]
    assert not day("2025-03-01")["age_over_18"]


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (lambda town, told: civil.report_death(town.mother.pk, told), "died"),
        (lambda town, told: civil.report_move_out([town.mother.pk], told), "moved"),
        (lambda town, told: civil.report_change(town.mother.pk, {"nik": "9901014705889009"}, told), "changed"),
        (lambda town, told: civil.report_change(town.mother.pk, {"name": "Siti Nikmah"}, told), "changed"),
        (lambda town, told: civil.report_change(town.mother.pk, {"occupation": 2}, told), ""),
    ],
    ids=["death", "leaving the city", "NIK corrected", "name corrected", "what no card says"],
)
def test_what_the_register_learns_ends_the_card(
    offered: Activation, town: Any, happens: Any, why: str, city: None
) -> None:
    (copy,) = Wallet().take(offered, 1)
    happens(town, civil.Report(today(), "civil.pelayanan"))
    assert deliver_waiting(subscriptions()) >= 1
    card = Card.objects.get()
    assert (card.state, card.why) == (("revoked", why) if why else ("valid", ""))
    assert state(copy) == (1 if why else 0)


def test_a_record_given_up_as_a_double_has_no_card(offered: Activation, town: Any, city: None) -> None:
    (copy,) = Wallet().take(offered, 1)
    double = civil.register_person(
        new("Siti Nimah", sex=2, born=dt.date(1988, 5, 7), rt=OTHER_RT), purpose="civil.pelayanan"
    )
    duplicates.find_new()
    duplicates.merge(DuplicatePair.objects.get().pk, double.pk, "Orang yang sama")
    deliver_waiting(subscriptions())
    assert (Card.objects.get().why, state(copy)) == ("merged", 1)


def test_a_file_that_corrects_a_name_ends_the_card(offered: Activation, town: Any, city: None) -> None:
    (copy,) = Wallet().take(offered, 1)
    civil.update_person(town.mother.pk, {"name": "Siti Nikmah"}, purpose="civil.impor")
    emit(PersonCorrected(town.mother.pk, uuid4()), aggregate=f"civil.person:{town.mother.pk}")
    deliver_waiting(subscriptions())
    assert (Card.objects.get().why, state(copy)) == ("changed", 1)

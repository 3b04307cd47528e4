"""A desk asks, a wallet answers by OpenID4VP, and the desk sees what was asked and nothing else."""

from __future__ import annotations

import datetime as dt
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.utils.html import escape

from pasti.identity.models import Card, PresentationRequest, Shown, Verifier, VerifierPurpose
from pasti.identity.pack import VerifiersSection, load_verifiers
from pasti.identity.queries import verifying as queries
from pasti.identity.rules import jws, oid4vp, sd_jwt
from pasti.identity.services import issuing_cards, keys, verifying, verifying_keys, verifying_register
from pasti.identity.services.issuing_facts import PURPOSE
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.accounts.services import assign
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.kernel.publish.registry import registry
from tests.identity.hands import Wallet, activation
from tests.portal.conftest import officer_of, town  # noqa: F401

CLAIMS = ["nik", "name", "birth_date", "age_over_17"]
DESK = {
    "code": "loket-uji", "name": "Loket Uji", "agency": "RSUD", "roles": ["loket"], "unit": "RSUD", "claims": CLAIMS,
    "purposes": [{"code": "daftar", "name": "Mendaftarkan pasien", "legal_basis": "UU 17/2023", "claims": CLAIMS[:3],
                  "required": ["nik", "name"]},
                 {"code": "dewasa", "name": "Memastikan dewasa", "legal_basis": "UU 17/2023",
                  "claims": ["age_over_17"], "required": ["age_over_17"]}],
}  # fmt: skip


def staff(role: str, unit: str, area: str = "") -> User:
    user = User.objects.create_user(f"{role}-{unit}".lower(), name=f"Petugas {unit}", kind=User.Kind.OFFICIAL)
    assign(user, role, unit_code=unit, unit_name=unit, area_code=area)
    return user


@pytest.fixture
def desk(settings: Any, tmp_path_factory: pytest.TempPathFactory) -> User:
    settings.PASTI_CITY = {"code": "99.01", "name": "Kota Rekaan"}
    settings.PASTI_DATA_DIR = tmp_path_factory.getbasetemp() / "kunci-meja"
    load_verifiers(VerifiersSection.model_validate({"verifiers": [DESK]}))
    return staff("loket", "RSUD")


@pytest.fixture
def wallet(desk: User, town: Any, officer_of: Any) -> Wallet:  # noqa: F811
    made = Wallet()
    made.take(activation(officer_of("kelurahan"), town.mother.pk), 2)
    return made


def asked(of: PresentationRequest) -> oid4vp.AuthorizationRequest:
    """The request as a wallet reads it: fetched, its signature checked against its client_id."""
    answer = Client().get(f"/id/oid4vp/request/{of.pk}")
    assert (answer.status_code, answer["Content-Type"]) == (200, oid4vp.REQUEST_MEDIA)
    return oid4vp.parse_signed_request(answer.content.decode())


def presented(wallet: Wallet, request: oid4vp.AuthorizationRequest, names: list[str], **changes: Any) -> str:
    said = {"audience": request.client_id, "nonce": request.nonce, "iat": int(time.time())} | changes
    return sd_jwt.present(wallet.copies[0], names, key=wallet.keys[0], **said)


def post(request: oid4vp.AuthorizationRequest, *texts: str, **form: str) -> Any:
    sent = {"vp_token": json.dumps({"warga": list(texts)}), "state": request.state} if texts else {}
    return Client().post(urlsplit(str(request.response_uri)).path, sent | form)


def result(of: PresentationRequest, user: User) -> queries.Result:
    return queries.result(user, of.pk)


@pytest.mark.django_db
def test_three_claims_are_shown_and_the_rest_stays_hidden(desk: User, wallet: Wallet) -> None:
    question = verifying.ask(desk, "loket-uji/daftar")
    request = asked(question)
    told = request.verifier_info[0]["data"]  # type: ignore[index]
    assert (told["name"], told["purpose"], told["required"]) == ("Loket Uji", "Mendaftarkan pasien", ["nik", "name"])

    assert post(request, presented(wallet, request, ["nik", "name", "birth_date", "kelurahan"])).json() == {}

    found = result(question, desk)
    assert (found.colour, found.asked.state, sorted(found.shown)) == ("green", "passed", ["birth_date", "name", "nik"])
    assert "kelurahan" not in str(Shown.objects.get().claims)

    page = Client()
    page.force_login(desk)
    assert escape(found.shown["name"]) in page.get(f"/id/meja/{question.pk}/").content.decode()
    page.post(f"/id/meja/{question.pk}/selesai/")
    assert not Shown.objects.exists()


@pytest.mark.django_db
def test_what_is_not_required_may_be_kept_back_and_what_is_may_not(desk: User, wallet: Wallet) -> None:
    question = verifying.ask(desk, "loket-uji/daftar")
    request = asked(question)
    assert post(request, presented(wallet, request, ["nik", "name"])).status_code == 200
    assert sorted(result(question, desk).shown) == ["name", "nik"]

    other = verifying.ask(desk, "loket-uji/daftar")
    refused = post(asked(other), presented(wallet, asked(other), ["name"]))
    assert (refused.status_code, refused.json()["error_description"]) == (400, "claims-missing")
    assert (result(other, desk).colour, result(other, desk).shown) == ("red", {})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cause", "changes"),
    [
        ("nonce", {"nonce": "pertanyaan-lain"}),
        ("audience", {"audience": "x509_hash:lain"}),
        ("binding-time", {"iat": int(time.time()) - 400}),
    ],
)
def test_an_answer_made_for_another_question_turns_the_desk_red(
    desk: User, wallet: Wallet, cause: str, changes: dict[str, Any]
) -> None:
    question = verifying.ask(desk, "loket-uji/dewasa")
    request = asked(question)

    refused = post(request, presented(wallet, request, ["age_over_17"], **changes))

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert (result(question, desk).colour, result(question, desk).asked.cause) == ("red", cause)


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["suspend", "revoke"])
def test_a_stopped_card_is_refused_at_once(desk: User, wallet: Wallet, town: Any, act: str) -> None:  # noqa: F811
    with scoped(everyone("99.01", PURPOSE)):
        card = Card.objects.get(person_id=town.mother.pk)
        issuing_cards.suspend(card.pk) if act == "suspend" else issuing_cards.revoke(card.pk, "office")
    question = verifying.ask(desk, "loket-uji/dewasa")
    request = asked(question)

    refused = post(request, presented(wallet, request, ["age_over_17"]))

    assert refused.json()["error_description"] == {"suspend": "suspended", "revoke": "revoked"}[act]
    assert result(question, desk).colour == "red"


@pytest.mark.django_db
def test_a_question_is_answered_once_and_only_in_time(desk: User, wallet: Wallet) -> None:
    question = verifying.ask(desk, "loket-uji/dewasa")
    request = asked(question)
    answer = presented(wallet, request, ["age_over_17"])
    assert post(request, answer, state="tebakan").json()["error_description"] == "state is not that of the request"
    assert post(request, answer).status_code == 200
    assert post(request, answer).status_code == 404
    assert Client().get(f"/id/oid4vp/request/{question.pk}").status_code == 404

    late = verifying.ask(desk, "loket-uji/dewasa")
    request = asked(late)
    moment = now() + dt.timedelta(minutes=6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifying, "now", lambda: moment)
        assert post(request, presented(wallet, request, ["age_over_17"])).status_code == 404


@pytest.mark.django_db
def test_the_holder_may_say_no(desk: User, wallet: Wallet) -> None:
    question = verifying.ask(desk, "loket-uji/dewasa")
    request = asked(question)
    assert post(request, error="access_denied", state=str(request.state)).status_code == 200
    assert result(question, desk).asked.state == "declined"


@pytest.mark.django_db
def test_nobody_asks_beyond_what_is_registered(desk: User) -> None:
    VerifierPurpose.objects.filter(pk="loket-uji/dewasa").update(claims=["age_over_17", "sex"])
    with pytest.raises(Refused) as refused:
        verifying.ask(desk, "loket-uji/dewasa")
    assert refused.value.code == "di-luar-izin"

    Verifier.objects.update(state="stopped")
    with pytest.raises(Refused):
        verifying.ask(desk, "loket-uji/daftar")
    with pytest.raises(ValueError, match="di luar claims"):
        VerifiersSection.model_validate({"verifiers": [DESK | {"claims": ["name"]}]})


@pytest.mark.django_db
def test_a_desk_is_for_its_own_unit_and_its_questions_for_who_asked(desk: User) -> None:
    other = staff("loket", "KLINIK")
    assert queries.desks(other) == []
    question = verifying.ask(desk, "loket-uji/dewasa")
    page = Client()
    page.force_login(other)
    assert page.get(f"/id/meja/{question.pk}/").status_code == 404
    page.force_login(desk)
    shown = page.get(f"/id/meja/{question.pk}/").content.decode()
    assert f"{question.pk}" in shown
    assert verifying_keys.client_id().replace(":", "%3A") in shown
    polled = page.get(f"/id/meja/{question.pk}/", headers={"X-Poll": "1"})
    assert "X-Done" not in polled


@pytest.mark.django_db
def test_a_unit_proposes_and_the_civil_registry_approves(desk: User) -> None:
    civil = staff("dukcapil", "DISPENDUKCAPIL", "99.01")
    page, form = Client(), {
        "name": "Poli", "code": "poli", "agency": "RSUD", "contact": "a@example.org", "purpose": "Memeriksa umur",
        "legal_basis": "UU 17/2023", "claims": ["age_over_17"], "required": ["age_over_17", "nik"],
    }  # fmt: skip
    page.force_login(desk)
    assert page.post("/id/pemeriksa/baru/", form).status_code == 422
    assert page.post("/id/pemeriksa/baru/", form | {"required": ["age_over_17"]}).status_code == 302
    assert page.post("/id/pemeriksa/poli/setujui/").status_code == 403
    assert queries.desk_of(desk, "poli/utama") is None
    with pytest.raises(Refused, match="petugas lain"):
        verifying_register.approve(desk, "poli")

    page.force_login(civil)
    page.post("/id/pemeriksa/poli/setujui/")
    assert queries.desk_of(desk, "poli/utama") is not None
    assert Client().get("/id/pemeriksa/").status_code == Client().get("/id/pemeriksa/poli/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["baru", "Poli", "poli_1", "-poli"])
def test_a_desk_that_could_not_be_found_under_its_code_is_refused_at_the_field(desk: User, code: str) -> None:
    page, form = Client(), {
        "name": "Poli", "code": code, "agency": "RSUD", "contact": "a@example.org", "purpose": "Memeriksa umur",
        "legal_basis": "UU 17/2023", "claims": ["age_over_17"],
    }  # fmt: skip
    page.force_login(desk)
    answer = page.post("/id/pemeriksa/baru/", form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    assert page.post("/id/pemeriksa/baru/", form | {"code": "poli-1"}).status_code == 302


@pytest.mark.django_db
def test_the_offline_desk_takes_passes_that_the_city_signed(desk: User) -> None:
    page = Client()
    page.force_login(desk)
    taken = page.get("/id/meja/luring/bekal/").json()
    token = jws.parse(taken["desks"][0]["pass"])
    public = keys.public(token.header["kid"])
    assert public is not None
    assert jws.signed_by(token, public)
    assert token.payload["sub"] == "pasti-desk:loket-uji/daftar"
    assert token.payload["claims"] == CLAIMS[:3]
    assert taken["lists"][0].endswith("/id/status/1")
    assert Client().get("/id/meja/luring/").status_code == 200


@pytest.mark.django_db
def test_numbers_count_what_held_and_what_did_not(desk: User, wallet: Wallet) -> None:
    for names in (["nik", "name"], ["nik", "name"], ["name"]):
        request = asked(verifying.ask(desk, "loket-uji/daftar"))
        post(request, presented(wallet, request, names))
    period = {
        "start": now() - dt.timedelta(days=1),
        "end": now() + dt.timedelta(days=1),
        "area": "99.01",
        "as_of": now(),
    }
    values = {}
    for code in ("verifications", "photocopies_avoided", "failed_presentations"):
        measure = registry().measures[f"identity.{code}"]
        with connection.cursor() as cursor:
            for sql in (measure.records_sql, measure.sample_sql, measure.newest_sql, measure.sql):
                cursor.execute(sql, period)
            values[code] = float(cursor.fetchone()[2])
    assert values == {"verifications": 2, "photocopies_avoided": 2, "failed_presentations": pytest.approx(33.3333)}


def test_two_answers_at_once_close_a_question_once(fresh_database: str, settings: Any, tmp_path: Any) -> None:
    settings.PASTI_CITY, settings.PASTI_DATA_DIR = {"code": "99.01", "name": "Kota Rekaan"}, tmp_path
    load_verifiers(VerifiersSection.model_validate({"verifiers": [DESK]}))
    user = staff("loket", "RSUD")
    question = verifying.ask(user, "loket-uji/dewasa")
    form = {"error": ["access_denied"], "state": [question.handle]}

    def close(_: int) -> str:
        try:
            return verifying.answer(UUID(str(question.pk)), form).cause
        except Exception as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(close, range(6)))
    assert outcomes == ["Invalid"] * 5 + ["declined"]

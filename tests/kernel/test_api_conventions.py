"""What every client of the JSON API can rely on, whichever system answers."""

from __future__ import annotations

import io
import threading
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.http import HttpRequest
from django.test import Client
from openapi_spec_validator import validate

from pasti.kernel.accounts import services
from pasti.kernel.accounts.models import AccessToken, User
from pasti.kernel.api.conventions import Problem, idempotent, page_of
from pasti.kernel.api.limits import TokenBucket
from pasti.kernel.api.models import KeptAnswer


@pytest.fixture
def caller() -> User:
    return User.objects.create_user("budi", None, name="Budi")


def _request(user: User, key: str, body: bytes = b"{}") -> HttpRequest:
    request = HttpRequest()
    request.method, request.path, request._body = "POST", "/api/v1/x", body  # type: ignore[attr-defined]
    request.META["HTTP_IDEMPOTENCY_KEY"] = key
    request.user = user  # type: ignore[assignment]
    return request


class Work:
    """An operation that counts how often it was really done."""

    def __init__(self) -> None:
        self.done = 0
        self.once = idempotent(self.operation)

    def operation(self, request: HttpRequest) -> tuple[int, Any]:
        self.done += 1
        if self.done == 1 and request.headers["Idempotency-Key"] == "fails-first":
            raise Problem("coba-lagi", status=409)
        AccessToken.objects.create(
            user=request.user, digest=bytes([self.done]), scopes=[], expires_at="2030-01-01T00:00Z"
        )
        return 201, {"number": self.done}

    operation.__name__ = "operation"


@pytest.mark.django_db
def test_the_openapi_description_is_valid(client: Client) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    validate(answer.json())


@pytest.mark.django_db
def test_without_a_token_the_answer_is_a_401_problem(client: Client) -> None:
    answer = client.get("/api/v1/civil/people")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["status"] == 401
    assert answer.json()["instance"].endswith(answer["X-Request-Id"])


@pytest.mark.django_db
def test_without_the_right_the_answer_is_a_403_problem(client: Client, caller: User) -> None:
    token = services.issue_token(caller, scopes=["places.none"])
    answer = client.get("/api/v1/civil/people", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "!!!!", "eyJhIjoxfQ", "WzEsMiwzXQ", "W251bGxd", "WyJcdTAwMDAiXQ"])
def test_a_foreign_cursor_is_a_400_problem(client: Client, cursor: str) -> None:
    answer = client.get("/api/v1/places", {"cursor": cursor})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.django_db
def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    for number in range(23):
        User.objects.create_user(f"u{number:02}", None, name=f"name {number % 3}")
    rows, cursor, seen = User.objects.all(), None, []
    while True:
        page = page_of(rows, cursor, 5, ("-name", "username"))
        seen += [user.username for user in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [u.username for u in User.objects.order_by("-name", "username")]


@pytest.mark.django_db
def test_the_same_key_brings_the_same_answer_and_does_nothing_again(caller: User) -> None:
    work = Work()
    first, second = work.once(_request(caller, "k1")), work.once(_request(caller, "k1"))
    assert (first.status_code, first.content) == (second.status_code, second.content) == (201, b'{"number": 1}')
    assert second["Idempotency-Replayed"] == "true"
    assert work.done == AccessToken.objects.count() == 1


@pytest.mark.django_db
def test_a_key_used_for_another_request_is_refused(caller: User) -> None:
    work = Work()
    work.once(_request(caller, "k1"))
    with pytest.raises(Problem, match="sudah dipakai"):
        work.once(_request(caller, "k1", b'{"other": true}'))


@pytest.mark.django_db
def test_two_callers_may_use_the_same_key(caller: User) -> None:
    other, work = User.objects.create_user("wati", None, name="Wati"), Work()
    assert work.once(_request(caller, "k1")).content != work.once(_request(other, "k1")).content


@pytest.mark.django_db
def test_a_refusal_is_not_kept_so_a_retry_may_succeed(caller: User) -> None:
    work = Work()
    with pytest.raises(Problem):
        work.once(_request(caller, "fails-first"))
    assert not KeptAnswer.objects.exists()
    assert work.once(_request(caller, "fails-first")).status_code == 201


def test_twenty_retries_at_the_same_moment_do_it_once(fresh_database: str) -> None:
    caller, work, answers = User.objects.create_user("budi", None, name="Budi"), Work(), []

    def press() -> None:
        answers.append(work.once(_request(caller, "same")).content)
        connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 20
    assert set(answers) == {b'{"number": 1}'}
    assert AccessToken.objects.count() == 1


def test_a_bucket_lets_a_burst_through_then_asks_to_wait() -> None:
    bucket = TokenBucket(rate=2, burst=3)
    assert [bucket.take("a", 0.0) for _ in range(3)] == [0, 0, 0]
    assert bucket.take("a", 0.0) == pytest.approx(0.5)
    assert bucket.take("b", 0.0) == 0, "one caller's haste is not another's"
    assert bucket.take("a", 0.5) == 0


@pytest.mark.django_db
def test_a_client_proves_itself_for_a_token(client: Client) -> None:
    services.register_client("bpjs", "s3cret", name="BPJS", scopes=["antrean"])
    form = {"grant_type": "client_credentials", "client_id": "bpjs", "client_secret": "s3cret"}
    answer = client.post("/o/token", form)
    assert answer.status_code == 200
    assert answer.json()["scope"] == "antrean"
    assert answer.json()["token_type"] == "Bearer"
    assert client.post("/o/token", form | {"client_secret": "x"}).status_code == 401
    assert client.post("/o/token", form | {"grant_type": "password"}).json() == {"error": "unsupported_grant_type"}
    assert client.post("/o/token", form | {"scope": "all"}).json() == {"error": "invalid_scope"}


@pytest.mark.django_db
def test_liveness_and_readiness(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.django_db
def test_nul_is_refused_at_the_door(client: Client) -> None:
    body = b'{"sesi_id": 1, "payer": "\\u0000"}'
    for answer in (
        client.get("/api/v1/portal/search?q=a%00"),
        client.get("/api/v1/smart-city/indicators/%00"),
        client.post("/api/v1/purut/antrean", body, content_type="application/json"),
    ):
        assert (answer.status_code, answer.json()["type"]) == (400, "/masalah/karakter-tidak-sah")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/o/token", "/o/revoke", "/id/oid4vci/token"])
@pytest.mark.parametrize("body", ["grant_type=client_credentials&client_id=a%00b&client_secret=c", "client_id=a\0b"])
def test_a_nul_in_a_programs_form_is_an_oauth_error(client: Client, path: str, body: str) -> None:
    answer = client.post(path, body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.django_db
def test_a_nul_in_a_form_is_refused_with_files_or_without(client: Client) -> None:
    form = {"idempotency_key": "a\0b", "name": "x"}
    assert client.post("/masuk/", urlencode(form), content_type="application/x-www-form-urlencoded").status_code == 400
    assert client.post("/masuk/", form | {"file": io.BytesIO(b"\0 may be in a file")}).status_code == 400
    assert client.post("/o/token", {"client_id": "a\0b"}).json()["error"] == "invalid_request"
    assert client.post("/masuk/", {"login": "x", "file": io.BytesIO(b"\0 may be in a file")}).status_code == 200


@pytest.mark.django_db
def test_a_form_that_is_too_large_is_refused_before_it_is_read(client: Client, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client.post("/o/token", "a=" + "b" * 200, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (400, 413)


@pytest.mark.parametrize("path", ["/id/oid4vci/credential", "/id/oid4vci/nonce"])
def test_a_form_with_files_where_a_program_sends_json_is_no_fault_of_ours(client: Client, path: str) -> None:
    assert client.post(path, {"apa": "saja"}, headers={"Authorization": "Bearer x"}).status_code < 500

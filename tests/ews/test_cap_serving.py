"""CAP as strangers fetch it: lists, messages, certificate."""

from __future__ import annotations

import datetime as dt
from typing import Any

import feedparser
import pytest
from cryptography import x509
from django.test import Client

from pasti.ews.models import Episode, River, Warning
from pasti.ews.rules import cap_compose, cap_read, cap_signature
from pasti.ews.services import cap_signing
from pasti.kernel.clock import now
from tests.ews import cap_cases
from tests.ews.test_cap_signing import own_folder  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def episode(db: None) -> Episode:
    river = River.objects.create(code="gembong", name="Gembong", changed_at=now())
    return Episode.objects.create(river=river, began_at=now(), recorded_at=now())


def sent(episode: Episode, number: int = 1, **changes: Any) -> Warning:
    """A warning that went out."""
    usual = {"kind": "alert", "status": "actual", "state": "in_force", "stage": 2, "expires_at": now() + 6 * HOUR,
             "sent_at": now().replace(microsecond=0) - dt.timedelta(minutes=number)} | changes  # fmt: skip
    name = cap_compose.identifier(cap_cases.ISSUER.sender, number, usual["sent_at"])
    status = {"actual": "Actual", "exercise": "Exercise", "test": "Test"}[usual["status"]]
    draft = cap_cases.draft(identifier=name, sent=usual["sent_at"], expires=usual["sent_at"] + 12 * HOUR, onset=None,
                            status=status, note="Gladi")  # fmt: skip
    return Warning.objects.create(
        episode=episode, headline_id="Siaga <banjir> & hujan", headline_en="Flood", description_id="Air naik.",
        description_en="Rising.", composed_at=now(), cap_identifier=name,
        cap_bytes=cap_signing.issue(cap_compose.compose(draft, cap_cases.ISSUER)), **usual,
    )  # fmt: skip


def listed(client: Client, path: str = "/cap/feed.atom") -> list[str]:
    """The names of the messages in a list."""
    answer = client.get(path)
    assert answer.status_code == 200
    read = feedparser.parse(answer.content)
    assert not read.bozo
    return [one.id for one in read.entries]


def test_a_message_is_served_as_it_was_signed_and_can_be_verified_with_what_we_serve(
    client: Client, episode: Episode
) -> None:
    warning = sent(episode)
    answer = client.get(f"/cap/{warning.cap_identifier}.xml")
    assert answer.content == bytes(warning.cap_bytes)
    assert answer["Content-Type"] == "application/cap+xml"
    assert "immutable" in answer["Cache-Control"]
    assert answer["Access-Control-Allow-Origin"] == "*"
    pem = client.get("/cap/certificate.pem")
    assert pem["Content-Type"] == "application/x-pem-file"
    cap_signature.verify(answer.content, x509.load_pem_x509_certificate(pem.content), now())
    assert cap_read.read(answer.content).alert.identifier == warning.cap_identifier


@pytest.mark.parametrize("name", ["message", "feed.atom", "feed.rss"])
def test_who_has_it_already_need_not_fetch_it_again(client: Client, episode: Episode, name: str) -> None:
    warning = sent(episode)
    path = f"/cap/{warning.cap_identifier}.xml" if name == "message" else f"/cap/{name}"
    first = client.get(path)
    for condition in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
        again = client.get(path, headers=condition)
        assert (again.status_code, again.content) == (304, b"")
        assert again["Access-Control-Allow-Origin"] == "*"
    assert client.head(path).content == b""
    assert client.post(path).status_code == 405


def test_the_lists_name_what_is_in_force_newest_first_with_types_of_their_own(client: Client, episode: Episode) -> None:
    assert listed(client) == listed(client, "/cap/feed.rss") == []
    sent(episode, 1, state="in_force")
    other = Episode.objects.create(
        river=River.objects.create(code="petung", name="Petung", changed_at=now()), began_at=now(), recorded_at=now()
    )
    newest = sent(other, 0)
    assert listed(client)[0] == listed(client, "/cap/feed.rss")[0] == newest.cap_identifier
    assert len(listed(client)) == 2
    assert client.get("/cap/feed.atom")["Content-Type"].startswith("application/atom+xml")
    assert client.get("/cap/feed.rss")["Content-Type"].startswith("application/rss+xml")
    assert feedparser.parse(client.get("/cap/feed.atom").content).entries[0].title == "Siaga <banjir> & hujan"


def test_what_is_over_leaves_the_list_and_stays_at_its_address(client: Client, episode: Episode) -> None:
    gone = [
        sent(episode, 1, state="replaced"), sent(episode, 2, state="ended", ended_at=now()),
        sent(episode, 3, expires_at=now() - HOUR),
    ]  # fmt: skip
    clear = sent(episode, 4, kind="all_clear", state="ended")
    sent(episode, 5, kind="cancel", state="ended", sent_at=now() - 30 * HOUR)
    assert listed(client) == [clear.cap_identifier]
    assert all(client.get(f"/cap/{one.cap_identifier}.xml").status_code == 200 for one in gone)


def test_an_exercise_has_a_list_of_its_own_and_is_marked(client: Client, episode: Episode) -> None:
    exercise = sent(episode, status="exercise")
    assert listed(client) == listed(client, "/cap/feed.rss") == []
    assert listed(client, "/cap/latihan.atom") == [exercise.cap_identifier]
    assert "LATIHAN" in feedparser.parse(client.get("/cap/latihan.atom").content).entries[0].title
    message = cap_read.read(client.get(f"/cap/{exercise.cap_identifier}.xml").content).alert
    assert message.status == "Exercise"


def test_the_mark_of_a_list_changes_when_something_runs_out(client: Client, episode: Episode) -> None:
    warning = sent(episode)
    before = client.get("/cap/feed.atom")
    Warning.objects.filter(pk=warning.pk).update(expires_at=now())
    after = client.get("/cap/feed.atom", headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert feedparser.parse(after.content).entries == []


@pytest.mark.parametrize("name", ["urn:uuid:0", "x", "..%2fsettings"])
def test_what_was_never_sent_is_not_found(client: Client, episode: Episode, name: str) -> None:
    draft = sent(episode)
    Warning.objects.filter(pk=draft.pk).update(cap_bytes=None)
    for path in (name, draft.cap_identifier):
        assert client.get(f"/cap/{path}.xml").status_code == 404


def test_reading_needs_no_more_queries_the_more_there_is(
    client: Client, episode: Episode, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        sent(episode, number, kind="cancel", state="ended")
    with django_assert_max_num_queries(4):
        assert len(listed(client)) == 8

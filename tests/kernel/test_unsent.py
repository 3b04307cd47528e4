"""What was typed is not lost when the session has ended, or somebody signed in again in another window."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.purut.models import Antrean, Sesi
from tests.purut.conftest import mother, sesi, town  # noqa: F401
from tests.purut.test_pages import form

pytestmark = pytest.mark.django_db
HERE = {"Origin": "http://testserver"}


def token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]


def sent_again(page: str) -> dict[str, str]:
    """The fields of the page that keeps what was typed."""
    return dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.split("Kirim yang saya isi")[0])
    )


def test_a_form_sent_after_signing_out_and_in_elsewhere_arrives_after_all(
    sesi: Sesi, town: Any, mother: User  # noqa: F811
) -> None:  # fmt: skip
    browser, path = Client(enforce_csrf_checks=True), f"/purut/daftar/{sesi.pk}/"
    browser.force_login(mother)
    typed = form(town.child, payer="jkn", referral_no="0301R0010326B000077")
    typed["csrfmiddlewaretoken"] = token(browser.get(path).content.decode())
    browser.logout()
    browser.get("/masuk/")
    typed["csrfmiddlewaretoken"] = token(browser.get("/masuk/").content.decode())
    late = browser.post(path, typed, headers=HERE)
    assert (late.status_code, late["Cache-Control"]) == (401, "private, no-store")
    page = late.content.decode()
    assert sent_again(page)["referral_no"] == "0301R0010326B000077"
    assert 'href="/masuk/"' in page

    browser.cookies["csrftoken"] = "x" * 32  # signing in in the other window makes a new one
    browser.force_login(mother)
    again = browser.post(path, sent_again(page), headers=HERE)
    assert (again.status_code, Antrean.objects.count()) == (403, 0)
    arrives = browser.post(path, sent_again(again.content.decode()), headers=HERE)
    assert arrives.status_code == 302
    assert Antrean.objects.get().referral_no == "0301R0010326B000077"


@pytest.mark.parametrize("headers", [{"Origin": "https://jahat.example"}, {"Origin": "null"}, {}])
def test_what_another_site_sends_is_not_offered_to_be_sent(
    headers: dict[str, str], sesi: Sesi, town: Any, mother: User  # noqa: F811
) -> None:  # fmt: skip
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mother)
    browser.get("/purut/antrean/")
    answer = browser.post(f"/purut/daftar/{sesi.pk}/", form(town.child), headers=headers)
    assert answer.status_code == 403
    assert "Kirim yang saya isi" not in answer.content.decode()
    assert "Halaman sudah lama terbuka" in answer.content.decode()


def test_a_secret_is_never_shown_again(client: Client) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/masuk/")
    sent = {"login": "siti", "password": "rahasia sekali", "csrfmiddlewaretoken": "x" * 32}
    answer = browser.post("/masuk/", sent, headers=HERE)
    assert answer.status_code == 403
    assert "rahasia" not in answer.content.decode()


def test_a_press_of_a_button_alone_asks_to_sign_in(sesi: Sesi, client: Client) -> None:  # noqa: F811
    answer = client.post(f"/purut/perawat/{sesi.pk}/panggil/", {"room": ""}, headers=HERE)
    assert (answer.status_code, answer.url[:7]) == (302, "/masuk/")


def test_nul_is_refused_at_the_door_also_for_who_is_signed_in(sesi: Sesi, mother: User, client: Client) -> None:  # noqa: F811
    client.force_login(mother)
    client.raise_request_exception = False
    for answer in (
        client.get("/purut/?q=%00"),
        client.post(f"/purut/daftar/{sesi.pk}/", "a=%00", "application/x-www-form-urlencoded"),
    ):
        assert (answer.status_code, "tidak terbaca" in answer.content.decode()) == (400, True)

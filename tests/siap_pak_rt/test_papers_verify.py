"""Checking a paper: anyone sees little, who proves sees all, the person sees who looked, and guessing leads nowhere."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.accounts.services import assign
from pasti.kernel.api.limits import TokenBucket
from pasti.kernel.audit.models import Entry
from pasti.portal.queries import in_words
from pasti.siap_pak_rt.models import PaperCheck
from pasti.siap_pak_rt.services import papers, papers_files
from pasti.siap_pak_rt.services import papers_verify as verify
from pasti.siap_pak_rt.web import papers_public
from tests.civil.conftest import make_town, town  # noqa: F401
from tests.siap_pak_rt.papers_made import KELURAHAN, UNIT, issued, ready

RIGHT = {"nik_akhir": "9001", "lahir": "1988-05-07"}
WRONG = {"nik_akhir": "9002", "lahir": "1988-05-07"}
SECRET = "Surat ini untuk melamar kerja"


@pytest.fixture(autouse=True)
def alone(settings: Any, tmp_path: Path, monkeypatch: Any) -> None:
    """A folder of its own, and no tries left over from other tests."""
    settings.PASTI_SIGNATURE, settings.PASTI_DATA_DIR, settings.MEDIA_ROOT = "local", tmp_path, tmp_path / "files"
    for name in ("LOOKS", "PROOFS", "PER_CODE"):
        monkeypatch.setattr(papers_public, name, TokenBucket(rate=100, burst=1000))


@pytest.fixture
def paper(town: Any) -> Any:  # noqa: F811
    """A finished paper about the mother."""
    with scoped(KELURAHAN):
        return ready(town.mother.pk)


def page_of(paper: Any) -> str:
    return f"/siap-pak-rt/v/{paper.code}/"


def upload(content: bytes) -> dict[str, Any]:
    return {"cara": "berkas", "berkas": SimpleUploadedFile("surat.pdf", content, "application/pdf")}


def file_of(paper: Any) -> bytes:
    return papers_files.content_of(paper.pk, paper.sha256)


def checks(paper: Any) -> list[tuple[str, str]]:
    with scoped(KELURAHAN):
        return list(PaperCheck.objects.filter(paper=paper).order_by("id").values_list("means", "outcome"))


def test_a_stranger_sees_what_the_code_tells_and_nothing_more(client: Client, paper: Any) -> None:
    answer = client.get(page_of(paper))
    text = answer.content.decode()
    for shown in ("Surat Keterangan Domisili", paper.number, "Kelurahan Rekaan Utara", "24 November 2026", "S*** N*****",
                  "Berlaku", "Tidak tersertifikasi elektronik"):  # fmt: skip
        assert shown in text
    for hidden in ("Siti", "9901014705889001", "Jl. Mawar", SECRET, "Lurah Rekaan Utara", str(paper.subject_id)):
        assert hidden not in text
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Cache-Control"] == "no-store"
    assert "csrftoken" not in answer.cookies
    assert checks(paper) == [("code", "shown")]


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("0", "O").replace("1", "l")])
def test_a_code_is_found_however_it_is_typed(client: Client, paper: Any, typed: Any) -> None:
    answer = client.get("/siap-pak-rt/verifikasi/", {"kode": typed(paper.code)}, follow=True)
    assert paper.number in answer.content.decode()


@pytest.mark.parametrize("code", ["0" * 28, "x", "0" * 27, "%00", "é" * 28, "A" * 2000])
def test_an_unknown_code_is_told_plainly(client: Client, paper: Any, code: str) -> None:
    answer = client.get(f"/siap-pak-rt/v/{code}/")
    assert answer.status_code in (400, 404)
    assert client.post(f"/siap-pak-rt/v/{code}/", RIGHT).status_code in (400, 404)


def test_the_unchanged_file_is_genuine_and_shows_everything(client: Client, paper: Any) -> None:
    text = client.post(page_of(paper), upload(file_of(paper))).content.decode()
    assert "Sah." in text
    assert "mencakup seluruh berkas" in text
    assert SECRET in text
    assert checks(paper) == [("file", "shown")]


def test_the_file_alone_finds_its_paper(client: Client, paper: Any) -> None:
    text = client.post("/siap-pak-rt/verifikasi/", upload(file_of(paper))).content.decode()
    assert "Sah." in text
    assert SECRET in text


@pytest.mark.parametrize("where", [0.0, 0.3, 0.6, 0.9, 0.99])
def test_one_changed_byte_is_not_genuine_and_shows_nothing(client: Client, paper: Any, where: float) -> None:
    original = file_of(paper)
    at = max(8, int(len(original) * where))
    changed = original[:at] + bytes([original[at] ^ 1]) + original[at + 1 :]
    answer = client.post(page_of(paper), upload(changed))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Tidak sah." in text
    assert SECRET not in text
    assert checks(paper) == [("file", "refused")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n" + b"1 0 obj<</Length 9>>stream\n" * 50_000, "berbeda dari surat"),
        (b"GIF89a" + b"0" * 100, "bukan berkas PDF"),
        (b"PK\x03\x04" + b"\x00" * 1000, "bukan berkas PDF"),
        (b"", "kosong"),
        (b"%PDF-" + b"0" * verify.LARGEST, "terlalu besar"),
    ],
    ids=["another pdf", "picture", "zip", "empty", "huge"],
)
def test_any_other_file_is_refused_in_plain_words(client: Client, paper: Any, content: bytes, said: str) -> None:
    answer = client.post(page_of(paper), upload(content))
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_what_was_added_to_the_file_is_named(client: Client, paper: Any) -> None:
    text = client.post(page_of(paper), upload(file_of(paper) + b"\n%%EOF\n")).content.decode()
    assert "ada yang ditambahkan" in text


def test_a_body_beyond_all_measure_is_not_even_read(client: Client, paper: Any) -> None:
    answer = client.generic(
        "POST", page_of(paper), b"", CONTENT_LENGTH=str(10**9), content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413


def test_another_papers_file_is_not_this_paper(client: Client, paper: Any, town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        other = ready(town.father.pk, number="2")
    answer = client.post(page_of(paper), upload(file_of(other)))
    assert answer.status_code == 422
    assert "Tidak sah." in answer.content.decode()


def test_who_knows_the_person_reads_all_of_it(client: Client, paper: Any) -> None:
    text = client.post(page_of(paper), RIGHT).content.decode()
    assert "Data cocok" in text
    assert SECRET in text
    assert checks(paper) == [("facts", "shown")]


def _without_secrets(page: str) -> str:
    import re

    return re.sub(r'value="[^"]*"', "", re.sub(r"[0-9a-f]{32}", "", page))


def test_wrong_facts_all_get_the_same_answer(client: Client, paper: Any) -> None:
    """Whether the digits, the day or both are wrong is not told."""
    wrongs = [WRONG, RIGHT | {"lahir": "1988-05-08"}, {"nik_akhir": "0000", "lahir": "1900-01-01"}]
    answers = [client.post(page_of(paper), wrong) for wrong in wrongs]
    assert {answer.status_code for answer in answers} == {422}
    assert len({_without_secrets(answer.content.decode()) for answer in answers}) == 1
    assert SECRET not in answers[0].content.decode()


def test_after_five_wrong_tries_even_the_right_facts_are_not_compared(client: Client, paper: Any) -> None:
    for _at in range(verify.WRONG_TRIES):
        assert client.post(page_of(paper), WRONG).status_code == 422
    limited = [client.post(page_of(paper), facts) for facts in (WRONG, RIGHT)]
    assert [answer.status_code for answer in limited] == [429, 429]
    assert _without_secrets(limited[0].content.decode()) == _without_secrets(limited[1].content.decode())
    assert client.post(page_of(paper), upload(file_of(paper))).status_code == 200, "the file still proves"


def test_the_limit_ends_after_an_hour(client: Client, paper: Any, monkeypatch: Any) -> None:
    for _at in range(verify.WRONG_TRIES):
        client.post(page_of(paper), WRONG)
    later = verify.now() + verify.WINDOW + dt.timedelta(minutes=1)
    monkeypatch.setattr(verify, "now", lambda: later)
    assert client.post(page_of(paper), RIGHT).status_code == 200


def test_many_tries_at_once_do_not_slip_through(fresh_database: str) -> None:
    people = make_town()
    with scoped(KELURAHAN):
        made = ready(people.mother.pk)
    verdicts: list[str] = []

    def guess(number: int) -> None:
        try:
            verdicts.append(verify.compare_facts(made.code, f"{number:04}", dt.date(1988, 5, 7)).verdict)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess, args=[number]) for number in range(20)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert (verdicts.count(verify.DIFFERENT), verdicts.count("limited")) == (verify.WRONG_TRIES, 15)


def test_a_person_without_nik_cannot_be_guessed_by_an_empty_one(client: Client, town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        made = ready(town.child.pk)
    assert verify.compare_facts(made.code, "", dt.date(2015, 1, 9)).content is None
    assert client.post(page_of(made), {"nik_akhir": "", "lahir": "2015-01-09"}).status_code == 422


def test_a_revoked_paper_says_so_whatever_is_proved(client: Client, paper: Any) -> None:
    with scoped(KELURAHAN):
        papers.revoke(paper.pk, "Pemohon memberi alamat palsu", "wrong")
    for answer in (
        client.get(page_of(paper)),
        client.post(page_of(paper), upload(file_of(paper))),
        client.post(page_of(paper), RIGHT),
    ):
        text = answer.content.decode()
        assert "sudah dicabut dan tidak berlaku lagi" in text
        assert "isinya keliru" in text
        assert "alamat palsu" not in text, "the reason itself is for the person"
        assert "Sah." not in text


def test_a_waiting_paper_shows_nothing_in_full(client: Client, town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        waiting = issued(town.mother.pk)
    assert "belum berlaku" in client.get(page_of(waiting)).content.decode()
    assert SECRET not in client.post(page_of(waiting), RIGHT).content.decode()


def test_the_person_reads_of_every_check_in_words(client: Client, paper: Any) -> None:
    user = User.objects.create_user("siti", name="Siti", person_id=paper.subject_id)
    client.get(page_of(paper))
    client.post(page_of(paper), RIGHT)
    client.post(page_of(paper), WRONG)
    rows = Entry.objects.filter(subject_id=paper.subject_id, purpose=verify.PURPOSE).order_by("id")
    told = [in_words(row, user) for row in rows]
    assert told[0].did.startswith("memeriksa keaslian surat Anda dengan kodenya")
    assert "seluruh isi surat" in told[1].did
    assert "tidak ditampilkan" in told[2].did
    assert {(one.who, one.role) for one in told} == {("Seseorang", "")}
    browser = Client()
    browser.force_login(user)
    page = browser.get(f"/siap-pak-rt/kertas/{paper.pk}/rincian/").content.decode()
    assert "mengisi data yang benar" in page
    assert "mengisi data yang salah" in page


def test_too_many_from_one_address_wait(client: Client, paper: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(papers_public, "LOOKS", TokenBucket(rate=0.01, burst=3))
    answers = [client.get(page_of(paper)) for _at in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert client.get(page_of(paper), headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 200, (
        "another, by the proxy"
    )
    elsewhere = {"REMOTE_ADDR": "203.0.113.5"}
    for _at in range(3):
        client.get(page_of(paper), **elsewhere)
    assert client.get(page_of(paper), headers={"X-Forwarded-For": "10.0.0.8"}, **elsewhere).status_code == 429


def browsing(person: Any = None, role: str = "", area: str = UNIT) -> Client:
    """A browser in which a resident or an official has signed in."""
    user = User.objects.create_user(f"u{role}{person}{area}", name="Seorang", person_id=person,
                                    kind=User.Kind.OFFICIAL if role else User.Kind.CITIZEN)  # fmt: skip
    if role:
        assign(user, role, unit_code=area, unit_name="Unit", area_code=area)
    browser = Client()
    browser.force_login(user)
    return browser


def test_who_may_download(paper: Any, town: Any) -> None:  # noqa: F811
    path = f"/siap-pak-rt/kertas/{paper.pk}/"
    allowed = [browsing(town.mother.pk), browsing(role="kelurahan"), browsing(role="dukcapil", area="99.01")]
    refused = [
        browsing(town.father.pk), browsing(town.stranger.pk), browsing(role="kelurahan", area="99.01.01.1002"),
        browsing(role="ketua_rt", area=f"{UNIT}.001.001"), browsing(role="perawat"),
    ]  # fmt: skip
    for browser in allowed:
        answer = browser.get(path)
        assert answer.content == file_of(paper)
        assert answer["Content-Disposition"].startswith("attachment; filename=")
        assert "Siti" not in answer["Content-Disposition"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
    for browser in refused:
        assert browser.get(path).status_code == 404
        assert browser.get(f"{path}rincian/").status_code == 404
    assert Client().get(path).status_code == 302
    assert Entry.objects.filter(subject_id=town.mother.pk, action="siap_pak_rt.paper.downloaded").count() == 3


def test_parents_read_the_papers_of_their_children(town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        made = ready(town.child.pk)
    browser = browsing(town.father.pk)
    assert browser.get(f"/siap-pak-rt/kertas/{made.pk}/").status_code == 200
    assert made.number in browser.get("/siap-pak-rt/kertas/").content.decode()


def test_the_unit_lists_and_revokes_and_the_page_says_so_at_once(paper: Any, town: Any) -> None:  # noqa: F811
    officer, path = browsing(role="kelurahan"), f"/siap-pak-rt/kertas/{paper.pk}/cabut/"
    assert paper.number in officer.get("/siap-pak-rt/kertas/", {"q": "470/12"}).content.decode()
    assert officer.post(path, {"ended": "wrong"}).status_code == 422
    assert officer.post(path, {"ended": "wrong", "reason": "Keliru", "idempotency_key": "k1"}).status_code == 302
    assert officer.post(path, {"ended": "wrong", "reason": "Keliru", "idempotency_key": "k1"}).status_code == 302
    assert "sudah dicabut" in Client().get(page_of(paper)).content.decode()
    assert browsing(role="kelurahan", area="99.01.01.1002").get(path).status_code == 404
    assert browsing(role="ketua_rt").get(path).status_code == 403


def test_a_list_of_many_papers_asks_the_database_few_times(town: Any, django_assert_max_num_queries: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        for number in range(25):
            issued(town.mother.pk, number=str(number))
    officer = browsing(role="kelurahan")
    officer.get("/siap-pak-rt/kertas/")
    with django_assert_max_num_queries(14):
        page = officer.get("/siap-pak-rt/kertas/").content.decode()
    assert "setelah=" in page

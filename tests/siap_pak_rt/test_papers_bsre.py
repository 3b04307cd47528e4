"""Certified signatures: what is asked of BSrE, what each answer means, and that the passphrase is kept nowhere."""

from __future__ import annotations

import base64
import email.parser
import email.policy
import http.server
import json
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.accounts.services import assign
from pasti.siap_pak_rt.jobs import papers as jobs
from pasti.siap_pak_rt.models import Paper
from pasti.siap_pak_rt.published.papers import _tasks
from pasti.siap_pak_rt.services import papers, papers_bsre, papers_files, papers_sign
from pasti.siap_pak_rt.services.papers_sign import Consent, SigningFailed
from tests.civil.conftest import town  # noqa: F401
from tests.siap_pak_rt.papers_made import KELURAHAN, UNIT, issued, unsaved

NIK, PASSPHRASE = "9901010101700001", "frasa sandi & rahasia ✓"
CONSENT = Consent(NIK, PASSPHRASE)


class Bsre:
    """An Esign Client Service: checks login, NIK and passphrase, and signs with a certificate of its own."""

    def __init__(self) -> None:
        self.behaviour: list[str] = []
        self.asked: list[dict[str, Any]] = []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, kind, answer = service.answer(self.path, dict(self.headers), body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        said = {"path": path, "login": headers.get("Authorization", ""), **_parts(headers["Content-Type"], body)}
        self.asked.append(said)
        behave = self.behaviour.pop(0) if self.behaviour else "sign"
        if behave == "slow":
            time.sleep(1)
        if behave in ("500", "503"):
            return int(behave), "text/html", b"<h1>Gateway</h1>"
        if behave == "garbage":
            return 200, "application/pdf", b"%PDF-1.7 but not really"
        if behave == "unsigned":
            return 200, "application/pdf", said["file"]
        if said["login"] != "Basic " + base64.b64encode(b"kota:sandi-kota").decode():
            return _said(401, "Unauthorized")
        if said["nik"] != NIK.encode():
            return _said(400, "User tidak terdaftar")
        if said["passphrase"] != PASSPHRASE.encode():
            return _said(400, "Proses signing gagal : Passphrase anda salah")
        return 200, "application/pdf", papers_sign._local(said["file"], unsaved(), None)


def _said(status: int, error: str) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps({"status_code": 2031, "error": error}).encode()


def _parts(kind: str, body: bytes) -> dict[str, Any]:
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(
        f"Content-Type: {kind}\r\n\r\n".encode() + body
    )
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
        for part in message.iter_parts()
    }


@pytest.fixture
def bsre(settings: Any, tmp_path: Path, monkeypatch: Any) -> Iterator[Bsre]:
    """The service is up, and the city's login is right."""
    service = Bsre()
    settings.PASTI_SIGNATURE, settings.PASTI_DATA_DIR, settings.MEDIA_ROOT = "bsre", tmp_path, tmp_path / "files"
    settings.PASTI_BSRE_URL, settings.PASTI_BSRE_USER, settings.PASTI_BSRE_PASSWORD = service.url, "kota", "sandi-kota"
    monkeypatch.setattr(papers_bsre, "PAUSES", (0.0, 0.0))
    yield service
    service.server.shutdown()
    service.server.server_close()


def failing(paper: Paper, consent: Consent = CONSENT) -> SigningFailed:
    """What goes wrong; the paper still waits and says why."""
    with pytest.raises(SigningFailed) as failed:
        papers.produce(paper.pk, consent)
    waiting = Paper.objects.get(pk=paper.pk)
    assert (waiting.state, waiting.problem) == ("waiting", failed.value.words)
    return failed.value


def test_a_paper_signed_by_bsre_is_certified(bsre: Bsre, town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        paper = papers.produce(issued(town.mother.pk).pk, CONSENT)
    assert (paper.state, paper.signature, paper.certified) == ("valid", "bsre", True)
    (asked,) = bsre.asked
    assert asked["path"] == "/api/sign/pdf"
    assert (asked["nik"], asked["passphrase"], asked["tampilan"]) == (NIK.encode(), PASSPHRASE.encode(), b"invisible")
    assert asked["file"].startswith(b"%PDF-")
    assert papers_sign.check(papers_files.content_of(paper.pk, paper.sha256)).good


def test_a_wrong_passphrase_is_tried_once_and_named_at_its_field(bsre: Bsre, town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        failure = failing(issued(town.mother.pk), Consent(NIK, "salah"))
    assert (failure.field, failure.again, len(bsre.asked)) == ("passphrase", False, 1)


def test_a_nik_bsre_does_not_know_is_named_at_its_field(bsre: Bsre, town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        assert failing(issued(town.mother.pk), Consent("9901010101700009", PASSPHRASE)).field == "nik"


def test_a_wrong_login_of_the_city_is_not_the_signers_fault(bsre: Bsre, town: Any, settings: Any) -> None:  # noqa: F811
    settings.PASTI_BSRE_PASSWORD = "lain"
    with scoped(KELURAHAN):
        failure = failing(issued(town.mother.pk))
    assert (failure.field, failure.again, len(bsre.asked)) == ("", False, 1)


@pytest.mark.parametrize("trouble", ["500", "503", "garbage", "unsigned"])
def test_a_disturbed_service_is_asked_three_times_and_nothing_is_lost(
    bsre: Bsre, town: Any, trouble: str  # noqa: F811
) -> None:  # fmt: skip
    bsre.behaviour = [trouble] * 3
    with scoped(KELURAHAN):
        paper = issued(town.mother.pk)
        assert failing(paper).again
        assert len(bsre.asked) == 3
        assert papers.produce(paper.pk, CONSENT).state == "valid", "the next act succeeds"


def test_one_stumble_is_not_even_noticed(bsre: Bsre, town: Any) -> None:  # noqa: F811
    bsre.behaviour = ["503"]
    with scoped(KELURAHAN):
        assert papers.produce(issued(town.mother.pk).pk, CONSENT).state == "valid"


def test_a_service_that_does_not_answer_in_time_is_given_up(bsre: Bsre, town: Any, monkeypatch: Any) -> None:  # noqa: F811
    monkeypatch.setattr(papers_bsre, "TIMEOUT", 0.1)
    bsre.behaviour = ["slow"] * 3
    with scoped(KELURAHAN):
        assert "tidak menjawab" in failing(issued(town.mother.pk)).words


def test_a_service_that_is_not_there(bsre: Bsre, town: Any, settings: Any) -> None:  # noqa: F811
    settings.PASTI_BSRE_URL = "http://127.0.0.1:9"
    with scoped(KELURAHAN):
        assert failing(issued(town.mother.pk)).again


def test_the_job_waits_for_the_signer_without_failing(bsre: Bsre, town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        paper = issued(town.mother.pk)
    assert "Menunggu frasa sandi" in jobs.produce(str(paper.pk), paper.issuer_code)
    assert bsre.asked == []


def test_the_passphrase_is_in_no_table_and_no_log(bsre: Bsre, town: Any, caplog: Any) -> None:  # noqa: F811
    caplog.set_level(logging.DEBUG)
    bsre.behaviour = ["500", "garbage", "503", "sign"]
    with scoped(KELURAHAN):
        paper = issued(town.mother.pk)
        failing(paper)
        papers.produce(paper.pk, CONSENT)
        with connection.cursor() as cursor:
            for table in ("siap_pak_rt_paper", "procrastinate_jobs", "audit_entry", "outbox_storedevent"):
                cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", ["%rahasia%"])
                assert cursor.fetchone() == (0,)
    assert "rahasia" not in caplog.text
    assert "rahasia" not in repr(CONSENT)


@pytest.fixture
def lurah(db: None) -> User:
    """The head of the kelurahan, who signs."""
    user = User.objects.create_user("lurah", name="Lurah", kind=User.Kind.OFFICIAL)
    assign(user, "kelurahan", unit_code=UNIT, unit_name="Kelurahan", area_code=UNIT)
    return user


def test_the_signer_signs_all_that_waits_with_one_passphrase(bsre: Bsre, town: Any, lurah: User) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        mine = [issued(town.mother.pk, number=str(at), signer_id=lurah.pk) for at in range(3)]
        other = issued(town.mother.pk, number="lain")
    assert "3 surat" in _tasks(lurah)[0].title
    browser = Client()
    browser.force_login(lurah)
    page = browser.post("/siap-pak-rt/kertas/tanda-tangan/", {"nik": NIK, "passphrase": "salah"}).content.decode()
    assert "Frasa sandi salah" in page
    assert "salah" not in page.partition("<form")[2].partition("value=")[2][:20]
    assert len(bsre.asked) == 1, "the other two are not tried with it"
    assert browser.post("/siap-pak-rt/kertas/tanda-tangan/", {"nik": NIK, "passphrase": PASSPHRASE}).status_code == 302
    with scoped(KELURAHAN):
        assert set(Paper.objects.filter(pk__in=[one.pk for one in mine]).values_list("state", flat=True)) == {"valid"}
        assert Paper.objects.get(pk=other.pk).state == "waiting"
    assert _tasks(lurah) == []


def test_the_resident_reads_why_the_file_is_late(bsre: Bsre, town: Any) -> None:  # noqa: F811
    bsre.behaviour = ["500"] * 3
    with scoped(KELURAHAN):
        paper = issued(town.mother.pk)
        failing(paper)
    resident = User.objects.create_user("siti", name="Siti", person_id=town.mother.pk)
    browser = Client()
    browser.force_login(resident)
    answer = browser.get(f"/siap-pak-rt/kertas/{paper.pk}/", follow=True)
    assert "BSrE sedang terganggu" in answer.content.decode()
    assert "permintaan Anda tidak hilang" in answer.content.decode()

"""Papers: issued whole, made once whatever happens, signed so that any change shows, revoked for good."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.models import Entry
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.models import Message
from pasti.kernel.outbox.models import StoredEvent
from pasti.siap_pak_rt.jobs import papers as jobs
from pasti.siap_pak_rt.models import Paper, PaperCheck
from pasti.siap_pak_rt.rules import papers as rules
from pasti.siap_pak_rt.services import papers, papers_files, papers_sign
from tests.civil.conftest import make_town, town  # noqa: F401
from tests.siap_pak_rt.papers_made import KELURAHAN, issued, ready, signed_sample

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault


@pytest.fixture(autouse=True)
def signed_locally(settings: Any, tmp_path: Path) -> None:
    """Each test has a folder and a test certificate of its own."""
    settings.PASTI_SIGNATURE, settings.PASTI_DATA_DIR, settings.MEDIA_ROOT = "local", tmp_path, tmp_path / "files"


class Killed(BaseException):
    """The process ends here."""


def files() -> list[Path]:
    return [one for one in papers_files.path_of(Paper().pk).parent.parent.rglob("*") if one.is_file()]


def test_a_paper_is_issued_with_its_job_in_one_transaction(town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        paper = issued(town.mother.pk)
        assert (paper.state, paper.masked_name, rules.read_code(paper.code)) == ("waiting", "S*** N*****", paper.code)
        assert ProcrastinateJob.objects.filter(args__paper_id=str(paper.pk), status="todo").count() == 1
        with transaction.atomic():
            undone = issued(town.mother.pk)
            transaction.set_rollback(True)
        assert not Paper.objects.filter(pk=undone.pk).exists()
        assert not ProcrastinateJob.objects.filter(args__paper_id=str(undone.pk)).exists()


def test_nobody_issues_a_paper_for_another_unit_or_about_a_stranger(town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        with pytest.raises(NotFound):
            issued(town.stranger.pk)
        with pytest.raises(ProgrammingError), transaction.atomic():
            issued(town.mother.pk, issuer_code="99.01.01.1002")


def test_a_finished_paper_has_a_file_a_signature_and_an_event(town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        paper = ready(town.mother.pk)
        assert (paper.state, paper.signature, paper.certified) == ("valid", "local", False)
        pdf = papers_files.content_of(paper.pk, paper.sha256)
        assert pdf.startswith(b"%PDF-")
        assert StoredEvent.objects.get(name="siap_pak_rt.PaperReady").payload["paper_id"] == str(paper.pk)
        assert {e.action for e in Entry.objects.filter(subject_id=town.mother.pk, object_id=paper.pk)} == {
            "siap_pak_rt.paper.issued", "siap_pak_rt.paper.signed"}  # fmt: skip


def test_the_signature_covers_the_whole_file_and_allows_no_change(town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        paper = ready(town.mother.pk)
    pdf = papers_files.content_of(paper.pk, paper.sha256)
    (found,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    roots = [papers_sign.local_signer().signing_cert]
    status = validate_pdf_signature(found, ValidationContext(trust_roots=roots, allow_fetching=False))
    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.coverage.name == "ENTIRE_FILE"
    assert found.docmdp_level.name == "NO_CHANGES"
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert found.field_name == "TandaTangan"
    assert paper.number in found.sig_object["/Reason"]
    assert found.sig_object["/Location"] == paper.issuer
    assert papers_sign.check(pdf).good
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf


def test_the_citys_test_key_is_made_once_and_readable_by_its_owner_alone(town: Any) -> None:  # noqa: F811
    made: list[Any] = []
    threads = [threading.Thread(target=lambda: made.append(papers_sign.local_signer())) for _at in range(6)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert len({signer.signing_cert.sha256_fingerprint for signer in made}) == 1
    assert "UJI" in made[0].signing_cert.subject.human_friendly
    place = papers_sign.local_file()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [name for name in os.listdir(place.parent) if name != ".lock"] == [place.name]


def test_without_a_driver_the_paper_says_plainly_that_it_is_not_certified(town: Any, settings: Any) -> None:  # noqa: F811
    settings.PASTI_SIGNATURE = "none"
    with scoped(KELURAHAN):
        paper = ready(town.mother.pk)
    assert (paper.state, paper.signature, paper.certified) == ("valid", "none", False)
    assert papers_sign.check(papers_files.content_of(paper.pk, paper.sha256)) is None


def test_making_a_paper_again_changes_nothing(town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        first = ready(town.mother.pk)
        again = papers.produce(first.pk)
        assert (again.sha256, again.ready_at) == (first.sha256, first.ready_at)
    assert len(files()) == 1
    assert StoredEvent.objects.filter(name="siap_pak_rt.PaperReady").count() == 1


def test_a_kill_between_file_and_commit_leaves_one_paper(town: Any, monkeypatch: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        paper = issued(town.mother.pk)
        monkeypatch.setattr(papers, "emit", lambda *_, **__: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            papers.produce(paper.pk)
        assert Paper.objects.get(pk=paper.pk).state == "waiting"
        monkeypatch.undo()
    jobs.produce(str(paper.pk), paper.issuer_code)
    with scoped(KELURAHAN):
        done = Paper.objects.get(pk=paper.pk)
    assert papers_sign.check(papers_files.content_of(done.pk, done.sha256)).good
    assert len(files()) == 1


def test_ten_workers_at_once_make_one_paper(fresh_database: str) -> None:
    people = make_town()
    with scoped(KELURAHAN):
        paper = issued(people.mother.pk)
    outcomes: list[Any] = []

    def work() -> None:
        try:
            with scoped(KELURAHAN):
                outcomes.append(papers.produce(paper.pk).sha256)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _at in range(10)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert len(outcomes) == 10
    assert len(set(outcomes)) == 1
    assert hashlib.sha256(files()[0].read_bytes()).hexdigest() == outcomes[0]
    assert len(files()) == 1
    assert StoredEvent.objects.filter(name="siap_pak_rt.PaperReady").count() == 1


def test_the_job_makes_the_paper(fresh_database: str, django_db_blocker: Any) -> None:
    people = make_town()
    with scoped(KELURAHAN):
        paper = issued(people.mother.pk)
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    with scoped(KELURAHAN):
        assert Paper.objects.get(pk=paper.pk).state == "valid"


def test_what_a_paper_says_cannot_be_changed_in_the_database(town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        paper = issued(town.mother.pk)
        for act in (
            lambda: Paper.objects.filter(pk=paper.pk).update(number="1"),
            lambda: Paper.objects.filter(pk=paper.pk).update(content={}),
            lambda: Paper.objects.filter(pk=paper.pk).delete(),
            lambda: PaperCheck.objects.update(outcome="shown"),
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                act()


def test_without_a_scope_raw_sql_sees_no_paper(town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        issued(town.mother.pk)
    for scope in (Scope(), Scope(("99.01.01.1002",)), Scope((), (town.stranger.pk,))):
        with scoped(scope), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM siap_pak_rt_paper")
            assert cursor.fetchone() == (0,)
    with scoped(Scope((), (town.mother.pk,))), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM siap_pak_rt_paper")
        assert cursor.fetchone() == (1,)


def test_revoking_is_for_good_told_to_the_person_and_needs_a_reason(town: Any) -> None:  # noqa: F811
    user = User.objects.create_user("siti", name="Siti", person_id=town.mother.pk)
    with scoped(KELURAHAN):
        paper = ready(town.mother.pk)
        with pytest.raises(Refused) as refused:
            papers.revoke(paper.pk, "  ")
        assert refused.value.field == "reason"
        gone = papers.revoke(paper.pk, "Alamat keliru", "wrong")
        again = papers.revoke(paper.pk, "Lain lagi", "other")
        assert (again.state, again.revoke_reason, again.ended) == ("revoked", "Alamat keliru", "wrong")
        assert again.revoked_at == gone.revoked_at
    message = Message.objects.get(user=user)
    assert "Alamat keliru" in message.body
    assert StoredEvent.objects.filter(name="siap_pak_rt.PaperRevoked").count() == 1


def test_a_paper_revoked_before_it_was_made_is_never_made(town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        paper = issued(town.mother.pk)
        papers.revoke(paper.pk, "Salah orang", "wrong")
        assert papers.produce(paper.pk).state == "revoked"
    assert files() == []


def test_another_unit_cannot_revoke(town: Any) -> None:  # noqa: F811
    with scoped(KELURAHAN):
        paper = ready(town.mother.pk)
    with scoped(Scope(("99.01.01.1002",))), pytest.raises(NotFound):
        papers.revoke(paper.pk, "Bukan surat kami")


@UNTIMED
@given(st.lists(st.integers(0, 31), min_size=28, max_size=28))
def test_a_code_is_read_back_however_it_is_typed(chance: list[int]) -> None:
    code = rules.code_from(chance)
    careless = rules.grouped(code).lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert rules.read_code(careless) == code
    assert rules.read_code(code[:-1]) == ""


@UNTIMED
@given(st.text())
def test_nothing_but_a_code_is_read_as_one(text: str) -> None:
    found = rules.read_code(text)
    assert found == "" or (len(found) == 28 and set(found) <= set(rules.ALPHABET))


_signed: dict[str, bytes] = {}


@settings(UNTIMED, max_examples=150)
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_breaks_the_file(tmp_path_factory: Any, where: float, bit: int) -> None:
    """The hash sees every bit; the signature every bit but the padding after it, which says nothing."""
    pdf = _signed.setdefault("pdf", signed_sample())
    at = int(where * len(pdf))
    changed = pdf[:at] + bytes([pdf[at] ^ (1 << bit)]) + pdf[at + 1 :]
    assert hashlib.sha256(changed).hexdigest() != hashlib.sha256(pdf).hexdigest()
    begins = pdf.index(b"/Contents <") + len(b"/Contents <")
    if begins <= at < pdf.index(b">", begins):
        return
    try:
        found = papers_sign.check(changed)
    except Exception:
        return  # no longer a PDF
    assert found is None or not found.good

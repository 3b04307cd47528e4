"""Proofs are harmless, seen only within the scope, claimed once, and let go when nobody claims them."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import threading
import uuid
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now
from pasti.kernel.documents.models import Document
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Attachment, Upload
from pasti.siap_pak_rt.queries import attachments as queries
from pasti.siap_pak_rt.rules import pdf
from pasti.siap_pak_rt.rules.uploads import PIECE
from pasti.siap_pak_rt.services import attachments, uploads
from tests.kernel.test_documents import PDF, bomb
from tests.siap_pak_rt.conftest import OTHER_RT, RT, make_official, make_town

CITY = everyone("99.01", "siap_pak_rt.bukti")


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def head_of(rt: str, name: str = "") -> User:
    return make_official("ketua_rt", rt, name)


@pytest.fixture
def head(town: Any) -> User:
    return head_of(RT)


def browser_of(user: User) -> Client:
    browser = Client(enforce_csrf_checks=False)
    browser.force_login(user)
    return browser


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    target = io.BytesIO()
    picture = Image.new("RGB", size, "white")
    picture.paste("black", (0, 0, size[0] // 2, size[1] // 2))  # dark at the upper left
    picture.save(target, kind, **options)
    return target.getvalue()


def sent(content: bytes, name: str = "bukti.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def attach(owner: User, content: bytes, name: str = "bukti.jpg", subject: uuid.UUID | None = None) -> Attachment:
    return attachments.attach(
        sent(content, name), owner=owner, rt_code=RT, subject_id=subject, purpose=attachments.PURPOSE
    )


# What is kept


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_loses_where_and_how_it_was_taken_but_stands_upright(head: User, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned: must be rotated by 90 degrees to be seen
    exif[0x010F] = "Rahasia Phone"
    exif.get_ifd(0x8825)[1] = "S"
    with scoped(queries.scope_of_reader(head)):
        made = attach(head, photo(kind, exif=exif), f"foto.{kind.lower()}")
        content = made.document.path.read_bytes()
    assert b"Rahasia" not in content
    kept = Image.open(io.BytesIO(content))
    assert not dict(kept.getexif())
    assert kept.size == (40, 60)
    grey = kept.convert("L")
    assert grey.getpixel((38, 2)) < 80 < 200 < grey.getpixel((2, 58))


@pytest.mark.django_db
def test_what_hangs_behind_a_photo_is_not_kept(head: User) -> None:
    with scoped(queries.scope_of_reader(head)):
        made = attach(head, photo() + b"PK\x03\x04<script>alert(1)</script>")
    assert b"<script>" not in made.document.path.read_bytes()


@pytest.mark.django_db
def test_a_large_photo_is_kept_smaller_and_readable(head: User) -> None:
    with scoped(queries.scope_of_reader(head)):
        made = attach(head, photo(size=(6000, 3000)))
    assert Image.open(made.document.path).size == (2560, 1280)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bomb(60_000), "gambar-terlalu-besar"),
        (photo()[:300], "gambar-rusak"),
        (b"<html><script>alert(1)</script></html>", "jenis-berkas"),
        (b"<!-- -->" + PDF, "jenis-berkas"),
        (PDF + b"PK\x03\x04" + b"x" * 2000, "pdf-rusak"),
        (PDF.replace(b"<<>>", b"<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"), "pdf-beraksi"),
        (PDF.replace(b"<<>>", b"<</S/L#61unch/F(cmd.exe)>>"), "pdf-beraksi"),
        (b"", "jenis-berkas"),
        (b"%PDF-1.4" + b"0" * (10 * 1024 * 1024), "berkas-terlalu-besar"),
    ],
    ids=["bomb", "cut", "html", "html+pdf", "pdf+zip", "javascript", "launch", "empty", "large"],
)
def test_hostile_files_are_refused_and_nothing_stays(head: User, content: bytes, code: str, settings: Any) -> None:
    with scoped(queries.scope_of_reader(head)), pytest.raises(Refused) as refused:
        attach(head, content)
    assert refused.value.code == code
    assert not Document.objects.exists()
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []


def test_a_program_packed_in_an_object_stream_is_found() -> None:
    packed = zlib.compress(b"5 0 << /S /JavaScript /JS (app.alert(1)) >>")
    whole = (
        b"%PDF-1.5\n4 0 obj <</Type/ObjStm/N 1/Filter/FlateDecode>>\nstream\n" + packed + b"\nendstream endobj\n%%EOF"
    )
    assert pdf.acts(whole)
    assert not pdf.acts(whole.replace(b"/ObjStm", b"/XObject")), "what a page or picture holds is not looked at"
    assert not pdf.acts(PDF)


# Who sees it


@pytest.mark.django_db
def test_a_proof_opens_within_the_scope_and_leaves_a_trace(head: User, town: Any) -> None:
    with scoped(queries.scope_of_reader(head)):
        made = attach(head, photo(), subject=town.mother.pk)
    path = f"/siap-pak-rt/lampiran/{made.pk}/"
    resident = User.objects.create_user("nimah", name="Siti Ni'mah", person_id=town.mother.pk)
    far = User.objects.create_user("budi", name="Budi", person_id=town.stranger.pk)
    for reader in (head, resident):
        answer = browser_of(reader).get(path)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == made.document.path.read_bytes()
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert browser_of(head_of(OTHER_RT)).get(path).status_code == 404
    assert browser_of(far).get(path).status_code == 404
    assert Client().get(path).status_code == 302
    seen = Entry.objects.filter(subject_id=town.mother.pk, action="siap_pak_rt.attachment.read").order_by("id")
    assert [(row.actor_role, row.purpose) for row in seen] == [
        ("ketua_rt", queries.PURPOSE),
        ("warga", queries.PURPOSE),
    ]


@pytest.mark.django_db
def test_a_paper_is_handed_out_to_be_saved_never_to_be_shown(head: User) -> None:
    with scoped(queries.scope_of_reader(head)):
        made = attach(head, PDF, "akta.pdf")
    answer = browser_of(head).get(f"/siap-pak-rt/lampiran/{made.pk}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_proofs_are_not_among_the_senders_own_files(head: User) -> None:
    with scoped(queries.scope_of_reader(head)):
        made = attach(head, photo())
    own = browser_of(head)
    uid = made.document.uid
    assert "bukti" not in own.get("/berkas/").content.decode()
    assert own.get(f"/berkas/{uid}/").status_code == 404
    assert own.post(f"/berkas/{uid}/hapus/").status_code == 404
    assert own.post(f"/berkas/{uid}/tautan/").status_code == 404


@pytest.mark.django_db
def test_without_a_scope_the_database_shows_no_proof(head: User) -> None:
    with scoped(queries.scope_of_reader(head)):
        attach(head, photo())
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM siap_pak_rt_attachment")
        assert cursor.fetchone() == (0,)
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_nothing_is_attached_outside_the_own_area(head: User, town: Any) -> None:
    with scoped(queries.scope_of_reader(head)), pytest.raises(Refused) as refused:
        attachments.attach(sent(photo()), owner=head, rt_code=OTHER_RT, subject_id=town.stranger.pk, purpose="x")
    assert refused.value.code == "luar-wilayah"


# Claiming and letting go


@pytest.mark.django_db
def test_a_proof_is_claimed_once_and_by_its_sender_alone(head: User) -> None:
    other = head_of(RT, "wakil")
    with scoped(queries.scope_of_reader(head)):
        made, second = attach(head, photo()), attach(head, photo("PNG"))
        with pytest.raises(Refused):
            attachments.claim([made.pk], to="laporan:1", owner=other)
        attachments.claim([made.pk, second.pk], to="laporan:1", owner=head)
        attachments.claim([made.pk, second.pk], to="laporan:1", owner=head)
        with pytest.raises(Refused) as refused:
            attachments.claim([made.pk], to="laporan:2", owner=head)
        assert refused.value.code == "lampiran-tidak-tersedia"
        assert queries.of("laporan:1") == [made, second]
        assert queries.of("laporan:2") == []


@pytest.mark.django_db
def test_one_that_cannot_be_claimed_leaves_all_unclaimed(head: User) -> None:
    with scoped(queries.scope_of_reader(head)):
        made = attach(head, photo())
        with pytest.raises(Refused):
            attachments.claim([made.pk, uuid.uuid4()], to="laporan:1", owner=head)
        made.refresh_from_db()
        assert made.claimed_to == ""


@pytest.mark.django_db
def test_after_a_week_what_nobody_claimed_is_gone(head: User, django_capture_on_commit_callbacks: Any) -> None:
    with scoped(queries.scope_of_reader(head)):
        kept, lost = attach(head, photo()), attach(head, photo("PNG"))
        shared = attach(head, photo())  # the same bytes as the one that is kept
        attachments.claim([kept.pk], to="laporan:1", owner=head)
        Attachment.objects.update(created_at=now() - dt.timedelta(days=8))
        fresh = attach(head, photo("WEBP"))
    gone = lost.document.path
    with scoped(CITY), django_capture_on_commit_callbacks(execute=True):
        assert attachments.remove_unclaimed() == 2
        assert {one.pk for one in Attachment.objects.all()} == {kept.pk, fresh.pk}
    assert not gone.exists()
    assert kept.document.path.exists(), shared


@pytest.mark.django_db
def test_what_is_claimed_the_database_itself_does_not_let_go(head: User) -> None:
    with scoped(CITY):
        with scoped(queries.scope_of_reader(head)):
            made = attach(head, photo())
            attachments.claim([made.pk], to="laporan:1", owner=head)
        assert Attachment.objects.filter(pk=made.pk).delete()[0] == 0


# In pieces


def wanted(content: bytes, client_id: str = "telepon-0001", **more: Any) -> uploads.Wanted:
    usual = {"name": "foto.jpg", "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "rt_code": RT,
             "subject_id": None, "purpose": queries.PURPOSE}  # fmt: skip
    return uploads.Wanted(client_id=client_id, **(usual | more))


def noise(size: tuple[int, int] = (700, 500)) -> bytes:
    target = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(target, "JPEG", quality=97)
    return target.getvalue()


@pytest.mark.django_db
def test_a_photo_arrives_over_a_line_that_breaks(head: User) -> None:
    content, browser = noise(), browser_of(head)
    told = {"client_id": "telepon-0001", "name": "foto.jpg", "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest()}  # fmt: skip

    def begin() -> dict[str, Any]:
        return browser.post("/siap-pak-rt/sinkron/unggahan/", told, content_type="application/json").json()

    def put(offset: int, piece: bytes) -> Any:
        return browser.put(
            address, piece, content_type="application/octet-stream", headers={"Upload-Offset": str(offset)}
        )

    state = begin()
    address = f"/siap-pak-rt/sinkron/unggahan/{state['id']}/"
    assert (state["offset"], state["piece"], state["attachment"]) == (0, 256 * 1024, None)
    assert put(0, content[:1000]).json()["offset"] == 1000
    assert put(0, content[:1000]).json()["offset"] == 1000, "the same piece again is harmless"
    ahead = put(5000, content[5000:6000])
    assert (ahead.status_code, ahead.json()["offset"]) == (409, 1000)
    assert ahead["Content-Type"] == "application/problem+json"
    early = browser.post(f"{address}selesai/")
    assert (early.status_code, early.json()["type"], early.json()["offset"]) == (409, "/masalah/belum-lengkap", 1000)
    assert begin()["offset"] == 1000, "after a restart the sender asks and goes on"
    at = 1000
    while at < len(content):
        at = put(at, content[at : at + PIECE]).json()["offset"]
    done = browser.post(f"{address}selesai/").json()["attachment"]
    assert browser.post(f"{address}selesai/").json()["attachment"] == done
    assert begin()["attachment"] == done
    with scoped(CITY):
        assert str(Attachment.objects.get().pk) == done


@pytest.mark.django_db
def test_bytes_a_crash_left_behind_are_written_over(head: User) -> None:
    content = noise((90, 90))
    with scoped(queries.scope_of_reader(head)):
        upload = uploads.begin(wanted(content), owner=head)
        uploads.receive(upload.pk, owner=head, offset=0, piece=content[:100])
        with upload.path.open("ab") as torn:  # written, then the machine went down before the row was
            torn.write(b"half a piece")
        uploads.receive(upload.pk, owner=head, offset=100, piece=content[100:])
        assert uploads.complete(upload.pk, owner=head).sent_size == len(content)


@pytest.mark.django_db
def test_a_file_that_is_not_what_was_announced_begins_again(head: User) -> None:
    content = noise((90, 90))
    with scoped(queries.scope_of_reader(head)):
        upload = uploads.begin(wanted(content), owner=head)
        uploads.receive(upload.pk, owner=head, offset=0, piece=content[:-1] + b"?")
        with pytest.raises(Refused) as refused:
            uploads.complete(upload.pk, owner=head)
        assert (refused.value.code, refused.value.extra) == ("berkas-rusak", {"offset": 0})
        uploads.receive(upload.pk, owner=head, offset=0, piece=content)
        assert uploads.complete(upload.pk, owner=head)


@pytest.mark.django_db
def test_an_upload_is_its_senders_alone(head: User) -> None:
    content = noise((90, 90))
    with scoped(queries.scope_of_reader(head)):
        upload = uploads.begin(wanted(content), owner=head)
    other = head_of(RT, "wakil")
    with scoped(queries.scope_of_reader(other)):
        for act in (
            lambda: uploads.find(upload.pk, owner=other),
            lambda: uploads.receive(upload.pk, owner=other, offset=0, piece=content),
            lambda: uploads.complete(upload.pk, owner=other),
        ):
            with pytest.raises(NotFound):
                act()
    assert Client().post("/siap-pak-rt/sinkron/unggahan/").status_code == 401


@pytest.mark.django_db
def test_limits_are_told_before_the_first_byte(head: User) -> None:
    content = b"x" * 100
    with scoped(queries.scope_of_reader(head)):
        for change, code in [({"size": 0}, "berkas-kosong"), ({"size": 11 * 1024 * 1024}, "berkas-terlalu-besar"),
                             ({"sha256": "Z" * 64}, "sidik-tidak-sah"), ({"rt_code": OTHER_RT}, "luar-wilayah")]:  # fmt: skip
            with pytest.raises(Refused) as refused:
                uploads.begin(wanted(content, **change), owner=head)
            assert refused.value.code == code
        for number in range(uploads.OPEN_AT_ONCE):
            uploads.begin(wanted(content, f"telepon-{number:04}"), owner=head)
        with pytest.raises(Refused) as refused:
            uploads.begin(wanted(content, "telepon-more"), owner=head)
        assert refused.value.code == "terlalu-banyak-unggahan"
        with pytest.raises(Refused) as refused:
            uploads.begin(wanted(content + b"y", "telepon-0001"), owner=head)
        assert refused.value.code == "nomor-dipakai-lain"


@pytest.mark.django_db
def test_abandoned_uploads_are_forgotten(head: User, django_capture_on_commit_callbacks: Any) -> None:
    content = noise((90, 90))
    with scoped(queries.scope_of_reader(head)):
        old = uploads.begin(wanted(content), owner=head)
        uploads.receive(old.pk, owner=head, offset=0, piece=content[:50])
        done = uploads.begin(wanted(content, "telepon-0002"), owner=head)
        uploads.receive(done.pk, owner=head, offset=0, piece=content)
        uploads.complete(done.pk, owner=head)
        Upload.objects.update(touched_at=now() - dt.timedelta(days=3))
        fresh = uploads.begin(wanted(content, "telepon-0003"), owner=head)
    with scoped(CITY), django_capture_on_commit_callbacks(execute=True):
        assert uploads.expire() == 1
        assert set(Upload.objects.values_list("pk", flat=True)) == {done.pk, fresh.pk}
    assert not old.path.exists()


def test_two_windows_at_once_make_one_proof(fresh_database: str) -> None:
    make_town()
    head, content = head_of(RT), noise()
    at_once, made, faults = threading.Barrier(4), [], []

    def send() -> None:
        try:
            with scoped(queries.scope_of_reader(User.objects.get(pk=head.pk))):
                at_once.wait()
                upload = uploads.begin(wanted(content), owner=head)
                at = upload.received
                while at < len(content):
                    try:
                        at = uploads.receive(upload.pk, owner=head, offset=at, piece=content[at : at + 30_000]).received
                    except Refused as refusal:
                        at = refusal.extra["offset"]
                made.append(uploads.complete(upload.pk, owner=head).pk)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    windows = [threading.Thread(target=send) for _ in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert faults == []
    assert len(made) == 4
    assert len(set(made)) == 1
    with scoped(CITY):
        assert Attachment.objects.count() == Upload.objects.count() == 1


def test_two_reports_at_once_do_not_share_a_proof(fresh_database: str) -> None:
    make_town()
    head = head_of(RT)
    with scoped(queries.scope_of_reader(head)):
        made = attach(head, photo())
    at_once, won, lost = threading.Barrier(2), [], []

    def take(to: str) -> None:
        with scoped(CITY):
            at_once.wait()
            try:
                attachments.claim([made.pk], to=to, owner=head)
                won.append(to)
            except Refused:
                lost.append(to)
        connection.close()

    windows = [threading.Thread(target=take, args=(f"laporan:{n}",)) for n in range(2)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert (len(won), len(lost)) == (1, 1)


def test_json_is_asked_for_and_bad_json_is_a_problem(db: None, head: User) -> None:
    answer = browser_of(head).post("/siap-pak-rt/sinkron/unggahan/", "{", content_type="application/json")
    assert (answer.status_code, json.loads(answer.content)["type"]) == (400, "/masalah/permintaan-tidak-terbaca")
    assert Client(enforce_csrf_checks=True).post("/siap-pak-rt/sinkron/unggahan/").status_code == 403

"""A file is what its bytes are, stays within its limits, and opens for its owner alone."""

from __future__ import annotations

import datetime as dt
import io
import struct
import uuid
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from pasti.kernel.accounts.models import User
from pasti.kernel.audit.models import Entry
from pasti.kernel.documents import services
from pasti.kernel.documents.models import Document
from pasti.kernel.errors import NotFound, Refused

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("siti", "a long enough password", name="Siti", person_id=uuid.uuid4())


@pytest.fixture
def stranger() -> User:
    return User.objects.create_user("budi", "a long enough password", name="Budi", person_id=uuid.uuid4())


def picture(width: int = 8, height: int = 8) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(target, "PNG")
    return target.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of some hundred bytes that says it is `side` by `side` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 999))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def keep(owner: User, content: bytes, name: str = "surat.pdf", **more: Any) -> Document:
    return services.store(SimpleUploadedFile(name, content), owner=owner, kind="pribadi", **more)


def files_left(settings: Any) -> list[Path]:
    return [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.is_file()]


def test_the_bytes_decide_what_a_file_is(owner: User) -> None:
    kept = keep(owner, picture(), name="surat.pdf")
    assert (kept.media_type, kept.name) == ("image/png", "surat.png")
    assert kept.path.read_bytes() == picture()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gambar.svg", SVG),
        ("gambar.png", SVG),
        ("halaman.pdf", b"<html><script>alert(1)</script></html>"),
        ("foto.jpg", b"MZ" + b"\0" * 200),
        ("arsip.pdf", b"PK\x03\x04" + b"\0" * 60 + PDF),
        ("naskah.pdf", b"GIF89a/*" + PDF),
    ],
)
def test_what_is_not_allowed_is_refused_whatever_it_is_called(
    owner: User, settings: Any, name: str, content: bytes
) -> None:
    with pytest.raises(Refused) as refusal:
        keep(owner, content, name)
    assert (refusal.value.code, refusal.value.status, refusal.value.field) == ("jenis-berkas", 415, "file")
    assert not files_left(settings)


def test_a_picture_that_would_unfold_into_gigabytes_is_refused_unread(owner: User, settings: Any) -> None:
    for side in (8_000, 60_000):
        with pytest.raises(Refused) as refusal:
            keep(owner, bomb(side), "kecil.png")
        assert refusal.value.code == "gambar-terlalu-besar"
    assert not files_left(settings)


def test_a_broken_picture_is_refused(owner: User) -> None:
    with pytest.raises(Refused) as refusal:
        keep(owner, picture()[:40], "putus.png")
    assert refusal.value.code == "gambar-rusak"


def test_a_file_stops_being_received_at_its_limit(owner: User, settings: Any) -> None:
    assert keep(owner, PDF + b" " * (1000 - len(PDF)), max_bytes=1000).size == 1000
    with pytest.raises(Refused) as refusal:
        keep(owner, PDF + b" " * (1001 - len(PDF)), max_bytes=1000)
    assert (refusal.value.code, refusal.value.status) == ("berkas-terlalu-besar", 413)
    assert len(files_left(settings)) == 1


def test_all_files_of_one_owner_have_a_limit_together(
    owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "QUOTA", 100)
    keep(owner, PDF)
    with pytest.raises(Refused) as refusal:
        keep(owner, PDF + b" " * 30)
    assert refusal.value.code == "kuota-penuh"
    keep(stranger, PDF)


def test_the_same_file_again_is_the_same_document(owner: User, settings: Any) -> None:
    assert keep(owner, PDF).pk == keep(owner, PDF, "lain.pdf").pk
    assert len(files_left(settings)) == 1


def test_removing_one_copy_leaves_the_other_owners(
    owner: User, stranger: User, django_capture_on_commit_callbacks: Any
) -> None:
    mine, theirs = keep(owner, PDF), keep(stranger, PDF)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove(mine.uid, owner=owner)
    assert not mine.path.exists()
    assert theirs.path.read_bytes() == PDF
    with pytest.raises(NotFound):
        services.remove(theirs.uid, owner=owner)


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "C:\\surat\\passwd.pdf", "pass\x07wd.exe"])
def test_names_lose_their_folders(owner: User, name: str) -> None:
    assert keep(owner, PDF, name).name == "passwd.pdf"


def test_only_the_owner_can_open_a_file(client: Client, owner: User, stranger: User) -> None:
    url = f"/berkas/{keep(owner, PDF).uid}/"
    assert client.get(url).status_code == 302
    client.force_login(stranger)
    assert client.get(url).status_code == 404
    client.force_login(owner)
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert not Entry.objects.filter(action="documents.read").exists(), "opening one's own file is no one else's look"


def test_a_link_opens_for_a_while_and_the_owner_sees_who_used_it(
    client: Client, owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = keep(owner, PDF), keep(owner, PDF + b" ")
    path = services.share(first.uid, owner=owner).partition("/berkas/")[2]
    client.force_login(stranger)
    assert client.get(f"/berkas/{path}").status_code == 200
    read = Entry.objects.get(action="documents.read")
    assert (read.subject_id, read.actor_id) == (owner.person_id, stranger.pk)
    other = path.replace(str(first.uid), str(second.uid))
    assert client.get(f"/berkas/{other}").status_code == 404, "the link is for one file"
    assert client.get(f"/berkas/{path}x").status_code == 404
    later = timezone.now() + dt.timedelta(seconds=services.LINK_SECONDS + 5)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
    assert client.get(f"/berkas/{path}").status_code == 404
    with pytest.raises(NotFound):
        services.share(first.uid, owner=stranger)


def test_files_are_added_and_removed_with_plain_forms(client: Client, owner: User) -> None:
    client.force_login(owner)
    sent = client.post("/berkas/", {"file": SimpleUploadedFile("kk.pdf", PDF)})
    assert sent.status_code == 302
    assert b"kk.pdf" in client.get("/berkas/").content
    uid = Document.objects.get().uid
    assert client.get(f"/berkas/{uid}/hapus/").status_code == 200
    assert Document.objects.exists(), "only the form deletes"
    assert client.post(f"/berkas/{uid}/hapus/").status_code == 302
    assert not Document.objects.exists()


def test_a_refused_file_says_why_at_the_field(client: Client, owner: User) -> None:
    client.force_login(owner)
    for content in (SVG, b""):
        answer = client.post("/berkas/", {"file": SimpleUploadedFile("x.pdf", content)})
        assert answer.status_code == 422
        assert b"id_file_error" in answer.content
    assert client.post("/berkas/").status_code == 422


def test_the_list_pages_without_asking_more(client: Client, owner: User, django_assert_max_num_queries: Any) -> None:
    for number in range(25):
        keep(owner, PDF + b" " * number, f"berkas-{number:02}.pdf")
    client.force_login(owner)
    with django_assert_max_num_queries(6):
        first = client.get("/berkas/")
    assert b"berkas-24.pdf" in first.content
    assert b"berkas-04.pdf" not in first.content
    assert b"berkas-04.pdf" in client.get(f"/berkas/{first.context['next_url']}").content

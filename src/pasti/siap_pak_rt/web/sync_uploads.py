"""Sending a file in pieces: POST announces it, PUT sends a piece, GET says where we are, POST to `selesai/` ends it.

`Upload-Offset` as in the IETF draft on resumable uploads (draft-ietf-httpbis-resumable-upload).
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from pydantic import BaseModel, Field

from pasti.kernel.accounts.scope import scoped
from pasti.siap_pak_rt.models import Upload
from pasti.siap_pak_rt.queries import attachments
from pasti.siap_pak_rt.rules.uploads import PIECE
from pasti.siap_pak_rt.services import uploads
from pasti.siap_pak_rt.web.sync_answers import body_of, endpoint, user_of


class Announced(BaseModel):
    """What the device says of a file. Without `rt_code`: the sender's own RT."""

    client_id: str = Field(min_length=8, max_length=64)
    name: str = Field(max_length=150)
    size: int
    sha256: str = Field(min_length=64, max_length=64)
    rt_code: str = Field(default="", max_length=40)
    subject_id: UUID | None = None


@endpoint("POST")
def begin(request: HttpRequest) -> dict[str, object]:
    """Announce a file: where to send its pieces, and how much of it is here already."""
    told, owner = body_of(request, Announced), user_of(request)
    with scoped(attachments.scope_of_reader(owner)):
        rt_code, subject = (told.rt_code, told.subject_id) if told.rt_code else attachments.about(owner)
        wanted = uploads.Wanted(
            client_id=told.client_id, name=told.name, size=told.size, sha256=told.sha256, rt_code=rt_code,
            subject_id=subject, purpose=attachments.PURPOSE,
        )  # fmt: skip
        return _state(uploads.begin(wanted, owner=owner))


@endpoint("GET", "PUT")
def piece(request: HttpRequest, upload_id: UUID) -> dict[str, object]:
    """Take one piece, or say where we are."""
    owner = user_of(request)
    with scoped(attachments.scope_of_reader(owner)):
        if request.method == "GET":
            return _state(uploads.find(upload_id, owner=owner))
        given = request.headers.get("Upload-Offset", "")
        offset = int(given) if given.isascii() and given.isdecimal() and len(given) < 12 else -1
        return _state(uploads.receive(upload_id, owner=owner, offset=offset, piece=request.body))


@endpoint("POST")
def complete(request: HttpRequest, upload_id: UUID) -> dict[str, object]:
    """All is sent: the proof's number, to be named in the report or the letter."""
    owner = user_of(request)
    with scoped(attachments.scope_of_reader(owner)):
        return {"attachment": str(uploads.complete(upload_id, owner=owner).pk)}


def _state(upload: Upload) -> dict[str, object]:
    done = str(upload.attachment_id) if upload.attachment_id else None
    return {
        "id": str(upload.pk),
        "offset": upload.received,
        "size": upload.size,
        "piece": PIECE,
        "attachment": done,
    }

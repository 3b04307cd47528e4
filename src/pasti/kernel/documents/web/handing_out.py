"""How the bytes of a document leave the house, whoever asks for them."""

from __future__ import annotations

from typing import IO

from django.http import FileResponse

from pasti.kernel.documents.models import Document


def handed_out(source: IO[bytes], document: Document, *, inline: bool = False) -> FileResponse:
    """The bytes, to be saved; `inline` lets a picture be seen at once. Nothing in them may run, and nobody keeps them.

    A file from a stranger never acts in the name of our pages: the policy gives it an origin of its own.
    """
    shown = inline and document.media_type.startswith("image/")
    response = FileResponse(source, as_attachment=not shown, filename=document.name, content_type=document.media_type)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response

"""Opening a proof, within the scope of the one who asks."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from pasti.kernel.accounts.access import signed_in
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import scoped
from pasti.kernel.documents.web.handing_out import handed_out
from pasti.kernel.errors import NotFound
from pasti.siap_pak_rt.queries import attachments


@require_safe
@signed_in
def attachment(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    """The bytes of one proof: pictures to be seen (they were drawn anew here), papers to be saved."""
    try:
        with scoped(attachments.scope_of_reader(cast(User, request.user))):
            found, source = attachments.opened(attachment_id)
    except NotFound:
        raise Http404 from None
    return cast(HttpResponse, handed_out(source, found.document, inline=True))

"""Taking a passkey off one's account: the library's page, which would let the last way in go."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.db import transaction
from django.http import HttpResponse

from pasti.identity.services import access
from pasti.kernel.errors import Refused


class RemovePasskey(RemoveWebAuthnView):
    """Says why a key has to stay instead of removing it. Two removed at once wait for each other."""

    @transaction.atomic
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The key, and the words when it has to stay."""
        try:
            access.check_removable(self.object)
        except Refused as refusal:
            kwargs["stays"] = refusal.message
        return dict(super().get_context_data(**kwargs))

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove the key, unless it has to stay."""
        try:
            with transaction.atomic():
                access.check_removable(self.object)
                removed: HttpResponse = super().form_valid(form)
        except Refused:
            return self.render_to_response(self.get_context_data(form=form), status=409)
        return removed


remove = RemovePasskey.as_view()

"""The holder's wallet: a shell without anybody's data; what it shows lies in the browser's own store."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    """The page of the wallet. It names nobody, so a browser may keep it; no session is needed to show a card."""
    return render(request, "identity/wallet_page.html")

"""How signing in differs from allauth's defaults."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the register at the kelurahan's desk, so the web page does not make them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No self-made accounts: an account belongs to a person the city knows."""
        return False

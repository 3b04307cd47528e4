"""Words and values of the sign-in pages."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """`value` as JSON, for a data attribute."""
    return json.dumps(value)


@register.filter
def way_words(way: str) -> str:
    """A way of proving who one is, in words."""
    return {
        "reauthenticate": _("Kata sandi"),
        "mfa_reauthenticate": _("Kode dari aplikasi autentikator, atau kode cadangan"),
        "mfa_reauthenticate:webauthn": _("Kunci sandi"),
    }.get(way, way)

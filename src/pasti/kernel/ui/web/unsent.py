"""A form that came too late: the session had ended, or its token is from before signing in. What was typed is shown again.

What was typed goes back to the browser it came from and is kept nowhere else.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict

NOT_TYPED = ("csrfmiddlewaretoken", "idempotency_key")
SECRET = ("password", "sandi", "secret", "otp")


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields a browser's form sent, in their order; empty when nothing was filled in or it may not be shown again.

    Only what one of our own pages sent: who sends a form from elsewhere must not have it confirmed here. Neither secrets
    nor files can be sent again.
    """
    if request.method != "POST" or not _from_here(request) or request.FILES:
        return []
    sent: MultiValueDict[str, str] = request.POST
    fields = [(name, value) for name, values in sent.lists() for value in values if name != NOT_TYPED[0]]
    if any(name == "code" or any(word in name.lower() for word in SECRET) for name, _ in fields):
        return []
    return fields if any(value.strip() for name, value in fields if name not in NOT_TYPED) else []


def unsent(request: HttpRequest, fields: list[tuple[str, str]], status: int) -> HttpResponse:
    """The page that sends `fields` again, after signing in where that is needed."""
    context = {"fields": fields, "address": request.get_full_path(), "login": settings.LOGIN_URL}
    answer = render(request, "ui/unsent.html", context, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is not the browser's: most often somebody signed in again in another window meanwhile."""
    fields = typed(request) if settings.CSRF_COOKIE_NAME in request.COOKIES else []
    if fields:
        return unsent(request, fields, 403)
    return render(request, "ui/stale.html", status=403)


def _from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent this; a browser that says nothing is not believed."""
    if "Origin" in request.headers:
        origin = request.headers["Origin"]
        return urlsplit(origin).netloc == request.get_host() or origin in settings.CSRF_TRUSTED_ORIGINS
    return request.headers.get("Sec-Fetch-Site", "") == "same-origin"

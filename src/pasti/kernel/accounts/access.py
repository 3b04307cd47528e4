"""May this user do that? Rights are granted to roles by the systems; without a grant the answer is no."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.scope import Scope, active_assignments
from pasti.kernel.clock import today
from pasti.kernel.context import ANONYMOUS, Actor
from pasti.kernel.publish.registry import registry
from pasti.kernel.ui.web.unsent import typed, unsent

View = Callable[..., HttpResponse]


def roles_of(user: User) -> dict[str, str]:
    """Role code -> name of the unit it is held at, today. A registered resident is `warga`.

    Read once per user object, that is once per request.
    """
    known = getattr(user, "_roles", None)
    if known is None:
        known = {a.role: a.unit_name for a in active_assignments(user, today())}
        if user.person_id and user.is_active:
            known.setdefault("warga", "")
        user._roles = known  # type: ignore[attr-defined]
    return cast("dict[str, str]", known)


def can(user: Any, permission: str) -> bool:
    """True when one of the user's roles of today holds `permission` (and the token's scopes allow it)."""
    if not getattr(user, "is_authenticated", False):
        return False
    scopes = getattr(user, "_token_scopes", None)
    if scopes is not None and "*" not in scopes:
        return permission in scopes and (user.kind == User.Kind.CLIENT or _granted(user, permission))
    return _granted(user, permission)


def _granted(user: User, permission: str) -> bool:
    allowed = registry().roles_by_permission.get(permission, frozenset())
    return not allowed.isdisjoint(roles_of(user))


def held_for(user: User, permission: str) -> list[Assignment]:
    """The user's assignments of today whose role holds `permission`: where the user may do that, and as what.

    Areas of other roles do not count: who heads an RT and works for a kelurahan elsewhere decides only there.
    """
    allowed = registry().roles_by_permission.get(permission, frozenset())
    return [one for one in active_assignments(user, today()) if one.role in allowed]


def scope_where(user: User, permission: str, purpose: str) -> Scope:
    """The areas in which `user` may do `permission`, for one purpose."""
    return Scope(tuple(sorted({a.area_code for a in held_for(user, permission) if a.area_code})), (), purpose)


def actor_where(user: User, permission: str, place: str = "") -> Actor:
    """The actor with the role that allows `permission` at `place`: what the audit row names."""
    for one in held_for(user, permission):
        if not place or f"{place}.".startswith(f"{one.area_code}."):
            return Actor(user.pk, user.name, one.role, one.unit_name)
    return actor_for(user)


def require(user: Any, permission: str) -> None:
    """Raise PermissionDenied unless `can(user, permission)`."""
    if not can(user, permission):
        raise PermissionDenied(permission)


def permission_required(permission: str) -> Callable[[View], View]:
    """A view only for those with `permission`: strangers are asked to sign in, others get a 403 page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            require(request.user, permission)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def signed_in(view: View) -> View:
    """A view for anyone who has signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded


def level_required(level: int) -> Callable[[View], View]:
    """A view only for those of whom the city is sure enough (`User.level`); others learn how to get there.

    Strangers are asked to sign in. Official and programs' accounts are made by the city: the rule is for residents.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not user.is_authenticated:
                return to_sign_in(request)
            if user.kind == User.Kind.CITIZEN and user.level < level:
                asked = {"perlu": level, "kembali": request.get_full_path()}
                return HttpResponseRedirect(f"{settings.LEVEL_URL}?{urlencode(asked)}")
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page, which comes back here; for who filled in a form, a page that keeps it until then.

    Who only pressed a button is told that it did not arrive and led back to the page it stood on: an address that only takes
    what is sent would answer with an empty page.
    """
    if fields := typed(request):
        return unsent(request, fields, 401)
    back = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        back = _sent_from(request)
        messages.warning(
            request, _("Anda perlu masuk lagi. Yang baru Anda kirim belum tersimpan: ulangi sesudah masuk.")
        )
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': back})}")


def _sent_from(request: HttpRequest) -> str:
    """The page of ours on which a form stood; the front door when the browser does not say."""
    page = urlsplit(request.headers.get("Referer", ""))
    ours = page.netloc == request.get_host() and page.path.startswith("/") and not page.path.startswith("//")
    return f"{page.path}?{page.query}" if ours and page.query else page.path if ours else "/"


def actor_for(user: Any, role: str = "") -> Actor:
    """The actor an audit row names: the first official role held, else the citizen."""
    if not getattr(user, "is_authenticated", False):
        return ANONYMOUS
    if user.kind == User.Kind.CLIENT:
        return Actor(user.pk, user.name, "client", "")
    roles = roles_of(user)
    chosen = role or next((code for code in roles if code != "warga"), "warga")
    return Actor(user.pk, user.name, chosen, roles.get(chosen, ""))

"""A small Django site of somebody else that signs people in with `mozilla-django-oidc`.

`python site.py ISSUER CLIENT_ID CLIENT_SECRET PORT FOLDER`. `/saya` says who is signed in, `/keluar-balik` takes logout
tokens. It knows nothing of this project.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

ISSUER, CLIENT_ID, SECRET, PORT, FOLDER = sys.argv[1:6]

from django.conf import settings  # noqa: E402

settings.configure(
    SECRET_KEY="situs-orang-lain", DEBUG=False, ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="__main__", USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "mozilla_django_oidc"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(FOLDER) / "situs.sqlite3"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField", SESSION_COOKIE_NAME="situs",
    AUTHENTICATION_BACKENDS=["__main__.Backend"], LOGIN_REDIRECT_URL="/saya", LOGIN_REDIRECT_URL_FAILURE="/gagal",
    OIDC_RP_CLIENT_ID=CLIENT_ID, OIDC_RP_CLIENT_SECRET=SECRET, OIDC_RP_SIGN_ALGO="RS256", OIDC_RP_SCOPES="openid profile",
    OIDC_USE_PKCE=True, OIDC_TOKEN_USE_BASIC_AUTH=True, OIDC_STORE_ID_TOKEN=True,
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{ISSUER}/o/authorize", OIDC_OP_TOKEN_ENDPOINT=f"{ISSUER}/o/token",
    OIDC_OP_USER_ENDPOINT=f"{ISSUER}/o/userinfo", OIDC_OP_JWKS_ENDPOINT=f"{ISSUER}/o/jwks",
)  # fmt: skip

import django  # noqa: E402

django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from mozilla_django_oidc.auth import OIDCAuthenticationBackend  # noqa: E402


class Backend(OIDCAuthenticationBackend):
    """People are known by `sub`; the session remembers its `sid`."""

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        return "sub" in claims

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        return User.objects.filter(username=claims["sub"])

    def create_user(self, claims: dict[str, Any]) -> User:
        return User.objects.create_user(claims["sub"], first_name=claims.get("name", "")[:150])

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> Any:
        self.request.session["sid"] = payload["sid"]
        return super().get_or_create_user(access_token, id_token, payload)


def me(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return JsonResponse({"error": "belum masuk"}, status=401)
    return JsonResponse(
        {"sub": request.user.get_username(), "name": request.user.first_name, "sid": request.session["sid"]}
    )


def told(request: HttpRequest) -> HttpResponse:
    payload = Backend().verify_token(request.POST["logout_token"], nonce=None)
    assert payload["aud"] == CLIENT_ID
    assert "http://schemas.openid.net/event/backchannel-logout" in payload["events"]
    for one in Session.objects.all():
        if one.get_decoded().get("sid") == payload["sid"]:
            one.delete()
    return HttpResponse()


def failed(request: HttpRequest) -> HttpResponse:
    return HttpResponse("gagal", status=400)


urlpatterns = [
    path("oidc/", include("mozilla_django_oidc.urls")), path("saya", me), path("keluar-balik", told), path("gagal", failed),
]  # fmt: skip


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    make_server("127.0.0.1", int(PORT), get_wsgi_application(), handler_class=Quiet).serve_forever()

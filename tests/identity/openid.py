"""A relying party by hand, for tests without a running platform: Django's test client as the browser and as the server."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from pasti.identity.models import Application
from pasti.identity.services import provider_clients as clients

BACK = "https://app.example/kembali"
VERIFIER = secrets.token_urlsafe(48)


def challenge(verifier: str = VERIFIER) -> str:
    """The S256 challenge of a verifier (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


@dataclass
class Party:
    """An application with its secret."""

    application: Application
    secret: str
    server: Client = field(default_factory=Client)

    def asks(self, **more: str) -> dict[str, str]:
        """The parameters of a proper request, with changes; an empty value takes a parameter away."""
        usual = {
            "client_id": self.application.client_id, "redirect_uri": BACK, "response_type": "code", "state": "s",
            "scope": "openid profile nik", "nonce": "n", "code_challenge": challenge(), "code_challenge_method": "S256",
        }  # fmt: skip
        return {name: value for name, value in (usual | more).items() if value}

    def visit(self, browser: Client, **more: str) -> Any:
        """The person is sent to the provider."""
        return browser.get("/o/authorize", self.asks(**more))

    def allow(self, browser: Client, *claims: str, **more: str) -> Any:
        """The person decides on the consent page."""
        query = "&".join(f"{name}={value}" for name, value in self.asks(**more).items())
        return browser.post(f"/o/authorize?{query}", {"putusan": "izinkan", "data": list(claims)})

    def code(self, browser: Client, *claims: str, **more: str) -> str:
        """The code that comes back after consenting."""
        return returned(self.allow(browser, *claims, **more))["code"]

    def exchange(self, code: str, verifier: str = VERIFIER, **more: str) -> Any:
        """The application's server exchanges a code."""
        return self.post({"grant_type": "authorization_code", "code": code, "redirect_uri": BACK,
                          "code_verifier": verifier} | more)  # fmt: skip

    def refresh(self, token: str) -> Any:
        """The application's server asks for new tokens."""
        return self.post({"grant_type": "refresh_token", "refresh_token": token})

    def post(self, form: dict[str, str]) -> Any:
        """A call of the token endpoint with the client's own secret."""
        known = {"client_id": self.application.client_id, "client_secret": self.secret}
        return self.server.post("/o/token", known | form)

    def userinfo(self, access_token: str) -> Any:
        """Claims about the person."""
        return self.server.get("/o/userinfo", headers={"Authorization": f"Bearer {access_token}"})

    def id_token(self, text: str) -> dict[str, Any]:
        """The claims of an ID token, its signature checked with the published keys."""
        return verified(text, self.server)


def returned(answer: Any) -> dict[str, str]:
    """What an application gets back in its address."""
    assert answer.status_code == 302, answer.content.decode()[:2000]
    where = urlsplit(answer["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == BACK, answer["Location"]
    return {name: values[0] for name, values in parse_qs(where.query).items()}


def verified(text: str, server: Client) -> dict[str, Any]:
    """The claims of a token signed by a published key."""
    kid = json.loads(base64.urlsafe_b64decode(text.split(".")[0] + "=="))["kid"]
    key = next(one for one in server.get("/o/jwks").json()["keys"] if one["kid"] == kid)
    return dict(json.loads(JWT(key=JWK(**key), jwt=text, algs=["RS256"]).claims))


def party(name: str = "Aplikasi Uji", **more: Any) -> Party:
    """A registered application."""
    wanted = {
        "name": name, "agency": "Dinas Uji", "contact": "uji@example.org", "purpose": "Menguji", "legal_basis": "Pasal 1",
        "redirect_uris": [BACK], "post_logout_redirect_uris": ["https://app.example/sampai-jumpa"],
        "approved_claims": ["name", "gender", "birthdate", "nik"], "required_claims": ["name"],
        "backchannel_logout_uri": "https://app.example/keluar",
    } | more  # fmt: skip
    return Party(*clients.register(clients.Wanted(**wanted)))

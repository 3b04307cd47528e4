"""How the library asks us: codes, tokens and claims bound to a session at an application."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import constant_time_compare
from jwcrypto import jws
from oauth2_provider.models import Grant, RefreshToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749 import errors

from pasti.identity.models import Application, ClientSession
from pasti.identity.queries import provider as queries
from pasti.identity.queries import provider_claims
from pasti.identity.rules import provider as rules
from pasti.identity.services import provider_keys as keys
from pasti.identity.services import provider_sessions as sessions
from pasti.identity.services.provider_clients import kept_secret
from pasti.identity.services.provider_logout import subject


class Validator(OAuth2Validator):
    """The library's validator, stricter: one use per code and refresh token even when two come at once."""

    # Which scope a claim needs is decided with consent and approval in `queries.provider_claims`.
    oidc_claim_scope = None

    def validate_silent_login(self, request: Any) -> bool:
        """`prompt=none` is answered by the page itself, which knows the browser's session."""
        return True

    def validate_silent_authorization(self, request: Any) -> bool:
        """As `validate_silent_login`."""
        return True

    def validate_scopes(
        self, client_id: str, scopes: Any, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """A client may ask for the scopes its approved claims need, no others."""
        return set(scopes) <= set(rules.scopes_of(client.approved_claims))

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        """Who asks for nothing gets the name of the person at this client alone."""
        return ["openid"]

    def _check_secret(self, provided_secret: str, stored_secret: str) -> bool:
        """Only the digest of a secret is kept; a public client has none to show."""
        given = kept_secret(provided_secret)
        return bool(given and stored_secret) and constant_time_compare(given, stored_secret)

    def is_origin_allowed(self, client_id: str, origin: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """A page may call for tokens from where its public client is registered; others have a server for that."""
        client: Application = request.client
        here = {rules.origin(address) for address in client.redirect_uris.split()}
        return client.client_type == Application.CLIENT_PUBLIC and origin in here

    def save_authorization_code(self, client_id: str, code: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Keep the code, and its digest with the session it belongs to."""
        with transaction.atomic():
            super().save_authorization_code(client_id, code, request, *args, **kwargs)
            sessions.note_code(request.client_session, request.client, code["code"])

    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """A code of a session that is not over. One that comes again takes back what was given for it."""
        if not super().validate_code(client_id, code, client, request, *args, **kwargs):
            sessions.replayed(code, client)
            return False
        request.client_session = queries.session_of_code(code)
        return request.client_session is not None and request.user.is_active

    def confirm_redirect_uri(self, client_id: str, code: str, redirect_uri: str, client: Any, *args: Any) -> bool:
        """The address the code was asked for. A code that another exchange has used up meanwhile is a bad grant."""
        try:
            return bool(super().confirm_redirect_uri(client_id, code, redirect_uri, client, *args))
        except Grant.DoesNotExist:
            raise errors.InvalidGrantError from None

    def validate_refresh_token(self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any) -> bool:
        """A token of a session that is not over. A replayed one ends the tokens of its family (the library does)."""
        with transaction.atomic():
            sessions.hold(queries.family_of(refresh_token))
            if not super().validate_refresh_token(refresh_token, client, request, *args, **kwargs):
                return False
        request.client_session = queries.live_session(request.refresh_token_instance.token_family)
        return request.client_session is not None

    def save_bearer_token(self, token: Any, request: Any, *args: Any, **kwargs: Any) -> None:
        """Give tokens for a code or refresh token once. Of two requests at once the second is a replay, without grace.

        The library would answer a second use of a refresh token with the first's tokens, which are not kept in clear
        and so are empty.
        """
        family = request.client_session.pk
        with transaction.atomic():
            sessions.hold(family)
            if self._first_use(request):
                super().save_bearer_token(token, request, *args, **kwargs)
                return
        sessions.revoke_tokens([family])
        raise errors.InvalidGrantError(request=request)

    @staticmethod
    def _first_use(request: Any) -> bool:
        old = getattr(request, "refresh_token_instance", None)
        if old is not None:
            return RefreshToken.objects.filter(pk=old.pk, revoked=None).exists()
        return sessions.redeem(request.code)

    def _create_refresh_token(self, request: Any, refresh_token_code: str, access_token: Any, previous: Any) -> Any:
        """The family of refresh tokens is the session: what ends the session ends them."""
        made = super()._create_refresh_token(request, refresh_token_code, access_token, previous)
        if previous is None:
            made.token_family = request.client_session.pk
            made.save(update_fields=["token_family"])
        return made

    def get_oidc_issuer_endpoint(self, request: Any) -> str:
        """Our address."""
        from django.conf import settings

        return str(settings.PASTI_BASE_URL)

    def get_claim_dict(self, request: Any) -> dict[str, Any]:
        """The one claim every token has: the pairwise name."""
        return {"sub": subject(request.client.sector_name, request.user.pk)}

    def get_id_token_dictionary(self, token: Any, token_handler: Any, request: Any) -> tuple[dict[str, Any], Any]:
        """Who, when and how: nothing personal. Claims about the person are read at `/o/userinfo` only."""
        claims, expires = super().get_id_token_dictionary(token, token_handler, request)
        session: ClientSession = request.client_session
        claims |= {"auth_time": session.auth_time, "acr": session.acr, "sid": str(session.pk)}
        if session.amr:
            claims["amr"] = session.amr
        return claims, expires

    def validate_bearer_token(self, token: str, scopes: Any, request: Any) -> bool:
        """A live token of a session that is not over."""
        if not super().validate_bearer_token(token, scopes, request):
            return False
        return queries.session_of_token(request.access_token) is not None

    def get_userinfo_claims(self, request: Any) -> dict[str, Any]:
        """The person's claims as allowed right now; each reading is recorded."""
        held = provider_claims.handed_over(request.user, request.client, request.scopes)
        return {"sub": subject(request.client.sector_name, request.user.pk), **held}

    def _get_key_for_token(self, token: str) -> Any:
        """The published key a token of ours names, for `id_token_hint`: also one that no longer signs."""
        unverified = jws.JWS()
        unverified.deserialize(token)
        return keys.by_kid(str(unverified.jose_header.get("kid", "")))


def session_of_hint(token: str) -> tuple[ClientSession, Application] | None:
    """The session an ID token of ours was given in, whether it is over or not; None for any other text.

    The token may have expired: it says who wants to leave, it opens nothing.
    """
    from jwcrypto.common import JWException
    from jwcrypto.jwt import JWT

    try:
        key = Validator()._get_key_for_token(token)
        if key is None:
            return None
        claims = json.loads(JWT(key=key, jwt=token, check_claims={}, algs=["RS256"]).claims)
        found = ClientSession.objects.select_related("application").filter(pk=UUID(claims["sid"])).first()
    except (JWException, ValueError, KeyError, TypeError):
        return None
    if found is None or claims.get("aud") != found.application.client_id or "events" in claims:
        return None
    return found, found.application

"""What an account's owner is told about signing in, and taking access back."""

from __future__ import annotations

from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from pasti.identity.services.provider_sessions import end_browser
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now
from pasti.kernel.errors import Refused
from pasti.kernel.notify.services import send

PURPOSE = "kernel.accounts"
WEBAUTHN = Authenticator.Type.WEBAUTHN


def account_named(typed: str) -> User | None:
    """The account whose user name or e-mail address was typed."""
    plain = typed.strip()
    named = User.objects.filter(username__iexact=plain).first()
    return named or (User.objects.filter(email__iexact=plain).first() if "@" in plain else None)


@transaction.atomic
def tell_shut(typed: str) -> None:
    """The door of an account was shut at one place: recorded, and told to the owner, if there is one."""
    user = account_named(typed)
    if user is None:
        return
    _note(user, "accounts.shut")
    send(user.pk, kind="akun", title=_("Percobaan masuk ke akun Anda ditahan"), url="/id/perangkat/",
         body=_("Seseorang berkali-kali salah mengetik kata sandi atau kode akun Anda. Masuk dari tempat itu ditahan "
                "sebentar; dari perangkat Anda sendiri tetap bisa."),
         dedupe_key=f"ditahan:{now():%Y-%m-%dT%H}")  # fmt: skip


@transaction.atomic
def note_change(user: User, what: str) -> None:
    """A way of signing in was added or taken away; `what` is webauthn_added, totp_deactivated and the like."""
    words = {
        "webauthn_added": _("Kunci sandi baru ditambahkan ke akun Anda"),
        "webauthn_removed": _("Satu kunci sandi dihapus dari akun Anda"),
        "totp_activated": _("Aplikasi autentikator dipasang pada akun Anda"),
        "totp_deactivated": _("Aplikasi autentikator dilepas dari akun Anda"),
        "recovery_codes_generated": _("Kode cadangan baru dibuat untuk akun Anda"),
    }
    _note(user, f"accounts.{what}")
    if what in words:
        send(user.pk, kind="akun", title=words[what], url="/akun/2fa/", dedupe_key=f"{what}:{uuid4()}",
             body=_("Bukan Anda? Akhiri sesi lain di “Perangkat saya”, lalu hubungi kantor kelurahan."))  # fmt: skip


def check_removable(authenticator: Authenticator) -> None:
    """Whether a key or an authenticator app may go. Raises Refused `cara-terakhir` for the last way into the account, and
    for the last second factor of an official. Call in the transaction of the removal: it holds off another one.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=authenticator.user_id)
    others = list(Authenticator.objects.filter(user=user).exclude(pk=authenticator.pk))
    is_key, keys = authenticator.type == WEBAUTHN, [one for one in others if one.type == WEBAUTHN]
    if is_key and not user.has_usable_password() and not any(_opens_alone(one) for one in keys):
        raise Refused("cara-terakhir", _("Ini satu-satunya jalan masuk ke akun Anda. Tambahkan kunci sandi lain dulu, baru hapus "
                                         "yang ini."))  # fmt: skip
    if user.kind == User.Kind.OFFICIAL and not any(one.type != Authenticator.Type.RECOVERY_CODES for one in others):
        raise Refused("cara-terakhir", _("Petugas wajib punya langkah kedua. Pasang kunci atau aplikasi lain dulu, baru hapus "
                                         "yang ini."))  # fmt: skip


def _opens_alone(key: Authenticator) -> bool:
    """Whether the browser did not say that this passkey needs to be told whose it is (WebAuthn, credProps.rk)."""
    return key.wrap().is_passwordless is not False


@transaction.atomic
def end_session(user: User, session_id: int) -> bool:
    """End one of the user's sessions, by its id in the list; False when it was over already, or is not the user's."""
    keys = list(UserSession.objects.filter(pk=session_id, user=user).values_list("session_key", flat=True))
    return _end(user, keys)


@transaction.atomic
def end_others(user: User, keep: str) -> bool:
    """End all sessions of the user but the one with the key `keep`."""
    return _end(
        user,
        list(UserSession.objects.filter(user=user).exclude(session_key=keep).values_list("session_key", flat=True)),
    )


@transaction.atomic
def reset(user: User) -> None:
    """The account's owner proved who that is: whoever had it until now is out, with all keys and codes."""
    Authenticator.objects.filter(user=user).delete()
    _end(user, list(UserSession.objects.filter(user=user).values_list("session_key", flat=True)))
    if user.seen_at is None:  # made by somebody nobody saw: where its messages went may be a stranger's
        User.objects.filter(pk=user.pk).update(email="", phone="")
        EmailAddress.objects.filter(user=user).delete()


def _end(user: User, keys: list[str]) -> bool:
    if not keys:
        return False
    Session.objects.filter(pk__in=keys).delete()
    for key in keys:
        end_browser(key, "gone")  # and what was opened from it at other applications
    UserSession.objects.filter(session_key__in=keys).delete()
    _note(user, "accounts.session_ended")
    return True


def _note(user: User, action: str) -> None:
    record_change(
        user.person_id, action, purpose=PURPOSE, object_type="user", object_id=user.pk, object_label=user.name
    )

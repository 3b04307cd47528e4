"""A resident makes the own account: matched to the register, an address proved by a code, then a passkey or password."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.identity.models import SignUp
from pasti.identity.rules import login as rules
from pasti.identity.services import lockout
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import Scope, scoped
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import now, today
from pasti.kernel.errors import Refused
from pasti.kernel.notify.services import send

PURPOSE = "identity.sign_up"
LIFE, TRIES, SENDINGS = dt.timedelta(minutes=15), 5, 3


@dataclass(frozen=True)
class Begun:
    """What the browser's session keeps: which sign-up, of whom. It opens nothing by itself."""

    sign_up: UUID
    person: UUID


def begin(nik: str, kk: str, born: dt.date, contact: str, *, address: str) -> Begun:
    """Match the three facts and send a code to `contact`, an e-mail address or mobile number.

    Raises Refused `tidak-cocok` whichever fact is wrong, `terlalu-sering` after many tries for one NIK from one
    address, `kontak` for what is neither address nor number. Who has an account already gets as far as a stranger
    would: the next page asks for a code that never comes, and the account's owner is told.
    """
    try:
        channel, to = rules.channel_of(contact)
    except ValueError:
        raise Refused("kontak", _("Tulis alamat surel, atau nomor HP seperti 0812…"), field="contact") from None
    entered = lockout.enter(lockout.SIGN_UP, nik, address)
    if entered.wait:
        raise too_often(entered.wait)
    found = register.matched(nik, kk, born, purpose=PURPOSE)
    if found is None or not rules.is_grown_up(found.birth_date, today()):
        raise Refused(
            "tidak-cocok", _("Data tidak cocok. Periksa lagi NIK, nomor KK, dan tanggal lahir Anda."), status=422
        )
    lockout.passed(lockout.SIGN_UP, nik, address)
    sending = lockout.enter(lockout.SENDING, nik, address)
    if sending.wait:
        raise too_often(sending.wait)
    return _begin(found, channel, to)


def too_often(wait: int) -> Refused:
    """How somebody is told to wait `wait` seconds."""
    minutes = max(1, -(-wait // 60))
    words = _("Terlalu banyak percobaan dari tempat ini. Coba lagi %(minutes)s menit lagi.") % {"minutes": minutes}
    return Refused("terlalu-sering", words, status=429, retry_after=wait)


@transaction.atomic
def _begin(found: register.Match, channel: str, to: str) -> Begun:
    with scoped(_only(found.person_id)):
        owner = User.objects.filter(person_id=found.person_id).first()
        state = SignUp.State.ELSEWHERE if owner else SignUp.State.WAITING
        made = SignUp.objects.create(
            person_id=found.person_id, rt_code=found.rt_code, channel=channel, address=to, state=state,
            created_at=now(), expires_at=now() + LIFE,
        )  # fmt: skip
        if owner:
            _tell_owner(owner)
        _queue(made)
    return Begun(made.pk, found.person_id)


def _tell_owner(owner: User) -> None:
    send(owner.pk, kind="akun", title=_("Seseorang hendak membuat akun dengan data Anda"), url="/jejak-akses/",
         body=_("Anda sudah punya akun, jadi tidak ada yang dibuat. Bila itu Anda, masuk seperti biasa atau minta kata "
                "sandi baru di kantor kelurahan. Bila bukan, laporkan ke kantor kelurahan."),
         dedupe_key=f"daftar:{today()}", channels=("email", "sms"))  # fmt: skip


def _queue(made: SignUp) -> None:
    from pasti.identity.jobs.login import send_code

    send_code.defer(sign_up=str(made.pk), person=str(made.person_id), sent=made.sent)


def message(begun: Begun, sent: int) -> tuple[str, str, str, str] | None:
    """Channel, address, title and text of one sending; None when it is no longer wanted.

    Who has an account already is told there: the address typed here may be a stranger's and gets nothing.
    """
    with scoped(_only(begun.person)):
        waiting = SignUp.objects.filter(pk=begun.sign_up, sent=sent, state=SignUp.State.WAITING, expires_at__gt=now())
        one = waiting.exclude(address="").first()
    if one is None:
        return None
    code = rules.code_for(_secret(), one.pk, sent)
    return one.channel, one.address, _("Kode PASTI Anda"), _(
        "%(code)s. Berlaku 15 menit. Jangan berikan kepada siapa pun, petugas pun tidak memintanya."
    ) % {"code": code}  # fmt: skip


def send_again(begun: Begun) -> bool:
    """A new code to the same address, three in all; False when there is none left."""
    with scoped(_only(begun.person)), transaction.atomic():
        rows = SignUp.objects.filter(pk=begun.sign_up, sent__lt=SENDINGS, expires_at__gt=now())
        if not rows.filter(state__in=[SignUp.State.WAITING, SignUp.State.ELSEWHERE]).update(sent=F("sent") + 1):
            return False
        _queue(SignUp.objects.get(pk=begun.sign_up))
    return True


def where_to(begun: Begun) -> str:
    """The masked address a code went to; empty when the sign-up has run out."""
    with scoped(_only(begun.person)):
        one = SignUp.objects.filter(pk=begun.sign_up, expires_at__gt=now()).first()
    return rules.masked(one.address) if one and one.address else ""


def confirm(begun: Begun, typed: str) -> None:
    """The code that was sent. Raises Refused `kode-salah`; after five tries, or late, `kode-habis`."""
    with scoped(_only(begun.person)):
        rows = SignUp.objects.filter(pk=begun.sign_up, expires_at__gt=now())
        open_ones = rows.filter(state__in=[SignUp.State.WAITING, SignUp.State.ELSEWHERE], tries__lt=TRIES)
        counted = open_ones.update(tries=F("tries") + 1)
        one = rows.first()
        if one is not None and one.state == SignUp.State.CONFIRMED:
            return
        if not counted or one is None:
            raise Refused("kode-habis", _("Kode ini tidak berlaku lagi. Mulailah dari awal."), field="code", status=410)
        right = hmac.compare_digest(rules.code_for(_secret(), one.pk, one.sent), typed.strip())
        if not right or one.state != SignUp.State.WAITING:
            raise Refused("kode-salah", _("Kode salah. Periksa lagi enam angkanya."), field="code", status=422)
        rows.filter(state=SignUp.State.WAITING).update(state=SignUp.State.CONFIRMED)


def candidate(begun: Begun) -> User | None:
    """The account as it will be, not yet made: for whom a passkey is asked, whose name a password must not hold."""
    with scoped(_only(begun.person)):
        one = SignUp.objects.filter(pk=begun.sign_up, state=SignUp.State.CONFIRMED, expires_at__gt=now()).first()
        found = register.named(begun.person, purpose=PURPOSE) if one else None
    if one is None or found is None:
        return None
    email, phone = (one.address, "") if one.channel == "email" else ("", one.address)
    return User(id=one.pk, username=found.nik, name=found.name, person_id=found.person_id, email=email, phone=phone)


def finish(begun: Begun, *, password: str = "", passkey: dict[str, Any] | None = None, name: str = "") -> User:
    """Make the account, with the passkey or else the password. Doing it twice brings the same account.

    Raises Refused `kode-habis` when the sign-up ran out, `sudah-punya-akun` when a desk was faster.
    """
    user = candidate(begun)
    if user is None:
        return _made(begun)
    user.set_password(password or None)
    try:
        with transaction.atomic(), scoped(_only(begun.person)):
            way = SignUp.Way.PASSKEY if passkey else SignUp.Way.PASSWORD
            rows = SignUp.objects.filter(pk=begun.sign_up, state=SignUp.State.CONFIRMED)
            if not rows.update(state=SignUp.State.DONE, way=way, done_at=now(), address=""):
                return _made(begun)
            user.save(force_insert=True)
            _note_proved(user)
            if passkey:
                WebAuthn.add(user, name, passkey)
            record_change(user.person_id, "accounts.signed_up", purpose=PURPOSE, object_type="user", object_id=user.pk,
                          object_label=user.name, changes={"way": str(way)})  # fmt: skip
            _welcome(user)
    except IntegrityError as error:
        words = _("Sudah ada akun dengan data ini. Masuklah, atau datang ke kantor kelurahan.")
        raise Refused("sudah-punya-akun", words) from error
    return user


def _note_proved(user: User) -> None:
    """The code proved the e-mail address: applications are told so (`email_verified`), and the library signs in by it.

    An address that another account has too, a family's for instance, names nobody alone: it counts as nobody's, or else
    applications would take one for the other, and only one of them could sign in by it.
    """
    if not user.email:
        return
    if User.objects.filter(email__iexact=user.email).exclude(pk=user.pk).exists():
        EmailAddress.objects.filter(email__iexact=user.email).delete()
        return
    proved = EmailAddress(user=user, email=user.email, verified=True, primary=True)
    EmailAddress.objects.bulk_create([proved], ignore_conflicts=True)  # of two at the same moment the first has it


def _made(begun: Begun) -> User:
    with scoped(_only(begun.person)):
        done = SignUp.objects.filter(pk=begun.sign_up, state=SignUp.State.DONE, done_at__gt=now() - LIFE).exists()
    user = User.objects.filter(pk=begun.sign_up).first() if done else None
    if user is None:
        raise Refused("kode-habis", _("Pendaftaran ini tidak berlaku lagi. Mulailah dari awal."), status=410)
    return user


def _welcome(user: User) -> None:
    send(user.pk, kind="akun", title=_("Akun PASTI Anda siap"), url="/akun-saya/", channels=("email", "sms"),
         body=_("Bukan Anda yang membuatnya? Segera datang ke kantor kelurahan dengan KTP."),
         dedupe_key="selamat-datang")  # fmt: skip


def forget_abandoned() -> int:
    """Addresses of sign-ups that ran out are not kept; within a scope of the city. Returns how many went."""
    return SignUp.objects.filter(expires_at__lt=now()).exclude(address="").update(address="")


def _only(person_id: UUID) -> Scope:
    return Scope.of_person(person_id, PURPOSE)


def _secret() -> bytes:
    return settings.SECRET_KEY.encode()

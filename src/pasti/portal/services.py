"""What people do at the front door itself: accounts at the desk."""

from __future__ import annotations

import secrets
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.identity.services import access
from pasti.identity.services.levels import SEEN, raise_level
from pasti.identity.services.provider_sessions import end_all
from pasti.kernel.accounts import queries as accounts
from pasti.kernel.accounts.models import User
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.services import send

WORDS = 4
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def make_account(person_id: UUID, *, phone: str = "", email: str = "") -> tuple[User, str]:
    """An account for a person of the officer's scope, with a first password to be handed over and changed.

    Raises NotFound outside the scope, Refused `sudah-punya-akun`.
    """
    person = register.person(person_id, purpose="portal.desk")
    password = _first_password()
    username = person.nik or f"warga-{secrets.token_hex(4)}"
    try:
        with transaction.atomic():  # one account per person is the database's promise: two desks may press at once
            user = User.objects.create_user(
                username, password, name=person.name, person_id=person.pk, phone=phone, email=email
            )
    except IntegrityError as error:
        raise Refused("sudah-punya-akun", _("Orang ini sudah punya akun"), field="person") from error
    record_change(person.pk, "accounts.created", purpose="portal.desk", object_type="user", object_id=user.pk,
                  object_label=user.name)  # fmt: skip
    raise_level(user, SEEN, "meja kelurahan")
    return user, password


@transaction.atomic
def renew_password(person_id: UUID) -> tuple[User, str]:
    """A new first password for a resident of the officer's scope who lost the old one.

    Open sessions, passkeys and codes end: whoever had the account until now, the person at the desk has it from here.

    Raises NotFound outside the scope, or without an account; Refused `diri-sendiri` for the officer's own, and `pejabat`
    for an account that holds an office, now or soon: whoever renews it would hold the office.
    """
    person = register.person(person_id, purpose="portal.desk")
    user = User.objects.select_for_update().filter(person_id=person.pk, is_active=True).first()
    if user is None:
        raise NotFound
    _renewable(user, person.pk)
    password = _renewed(user)
    raise_level(user, SEEN, "meja kelurahan")
    send(user.pk, kind="akun", title=_("Kata sandi Anda diganti di meja pelayanan"), url="/jejak-akses/",
         body=_("Bukan Anda yang meminta? Segera laporkan ke kantor kelurahan."), dedupe_key=f"sandi:{uuid4()}")  # fmt: skip
    return user, password


@transaction.atomic
def renew_official_password(username: str) -> str:
    """A new first password for an official who lost every way in: by who runs the platform, never at a desk.

    The second factor is set up again at the next sign-in. Raises NotFound without such an account.
    """
    people = [User.Kind.CITIZEN, User.Kind.OFFICIAL]
    user = User.objects.select_for_update().filter(username=username, is_active=True, kind__in=people).first()
    if user is None:
        raise NotFound
    password = _renewed(user)
    send(user.pk, kind="akun", title=_("Kata sandi Anda diganti administrator PASTI"), url="/jejak-akses/",
         body=_("Bukan Anda yang meminta? Segera laporkan ke satuan Anda."), dedupe_key=f"sandi:{uuid4()}")  # fmt: skip
    return password


def _renewed(user: User) -> str:
    access.reset(user)
    user.refresh_from_db()
    password = _first_password()
    user.set_password(password)  # sessions carry a hash of the password: the old ones are no longer accepted
    user.save(update_fields=["password"])
    end_all(user, "password")  # those at other applications too
    record_change(user.person_id, "accounts.password_renewed", purpose="portal.desk", object_type="user",
                  object_id=user.pk, object_label=user.name)  # fmt: skip
    return password


def _renewable(user: User, person_id: UUID) -> None:
    """The user's row is locked: a role being given waits, or is seen here."""
    if accounts.is_own(person_id):
        raise Refused(
            "diri-sendiri", _("Ini akun Anda sendiri: petugas lain yang menggantinya, atau Anda di Akun saya")
        )
    if accounts.in_office([user.pk], today()):
        raise Refused("pejabat", _("Orang ini memegang jabatan yang membuka data orang lain, jadi meja ini tidak mengganti "
                                   "kata sandinya. Ia masuk dengan kunci sandi atau kode cadangannya. Bila semua itu "
                                   "hilang: administrator PASTI menggantinya, atau kelurahan mengakhiri dulu jabatan ketua "
                                   "RT atau RW di Serah terima."))  # fmt: skip


def _first_password() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _i in range(4)) for _w in range(WORDS))

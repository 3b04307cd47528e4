"""What people do at the front door itself: accounts at the desk, and reports of wrong data."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pasti.civil import queries as register
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.scope import in_force
from pasti.kernel.audit.services import record_change
from pasti.kernel.clock import today
from pasti.kernel.errors import Refused
from pasti.kernel.notify.services import send

WORDS = 4
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@transaction.atomic
def make_account(person_id: UUID, *, phone: str = "", email: str = "") -> tuple[User, str]:
    """An account for a person of the officer's scope, with a first password to be handed over and changed.

    Raises NotFound outside the scope, Refused `sudah-punya-akun`.
    """
    person = register.person(person_id, purpose="portal.desk")
    password = "-".join("".join(secrets.choice(ALPHABET) for _i in range(4)) for _w in range(WORDS))
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
    return user, password


@transaction.atomic
def report_wrong_data(user: User, text: str, rt_code: str, key: str) -> int:
    """Tell the officers of the resident's kelurahan what is wrong; returns how many were told.

    Raises Refused `tidak-ada-petugas` when nobody would read it.
    """
    kelurahan = ".".join(rt_code.split(".")[:4])
    officers = Assignment.objects.filter(in_force(today()), role__in=["kelurahan", "dukcapil"])
    told = {
        a.user_id
        for a in officers
        if a.area_code and (kelurahan == a.area_code or kelurahan.startswith(f"{a.area_code}."))
    }
    if not told:
        raise Refused(
            "tidak-ada-petugas",
            _("Belum ada petugas untuk kelurahan Anda. Datanglah ke kantor kelurahan."),
            field="text",
        )
    for officer in told:
        send(officer, kind="correction", title=_("Laporan data keliru dari %(name)s") % {"name": user.name}, body=text,
             url="/meja-akun/", dedupe_key=f"correction:{key}")  # fmt: skip
    record_change(user.person_id, "portal.correction.sent", purpose="portal.correction", object_type="correction",
                  object_id=key[:60], changes={"text": text[:500]})  # fmt: skip
    return len(told)

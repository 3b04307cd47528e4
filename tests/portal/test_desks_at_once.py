"""Two officers press the button for the same resident at the same moment."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connection

from pasti import citypack
from pasti.civil import services as register
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.errors import Refused
from pasti.portal import services
from tests.civil.conftest import PACK, new

CITY = everyone("99.01", "portal.desk")


def test_two_desks_at_once_make_one_account(fresh_database: str) -> None:
    citypack.load(PACK)
    with scoped(CITY):
        person = register.register_person(new("Syafi'i", nik="9901010203859001"), purpose="civil.pelayanan")
    start, answers = threading.Barrier(4), []

    def press() -> None:
        start.wait()
        try:
            with scoped(CITY):
                answer: Any = services.make_account(person.pk)[1]
        except Refused as refusal:
            answer = refusal.code
        finally:
            connection.close()
        answers.append(answer)

    desks = [threading.Thread(target=press) for _desk in range(4)]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert sorted(a for a in answers if a == "sudah-punya-akun") == ["sudah-punya-akun"] * 3
    [slip] = [a for a in answers if a != "sudah-punya-akun"]
    assert User.objects.get(person_id=person.pk).check_password(slip), "the slip that was printed is the one that works"

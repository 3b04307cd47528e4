"""What tests of letters stand on: a small town with heads, and a stand-in for the printer of papers where none is needed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from pasti.kernel.accounts.access import actor_for
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.accounts.services import assign
from pasti.kernel.context import acting_as
from pasti.siap_pak_rt.models import Letter
from pasti.siap_pak_rt.services import letters, papers
from tests.civil.conftest import RT

RW, KELURAHAN = RT.rpartition(".")[0], RT.rsplit(".", 2)[0]
CITY = everyone("99.01", "siap_pak_rt.letters")
AREA = {"ketua_rt": RT, "ketua_rw": RW, "kelurahan": KELURAHAN}
FIELDS = {
    "usaha": {"jenis_usaha": "Warung kopi", "bentuk": "Perorangan", "mulai": "2020-01-31", "modal": "1500000"},
    "domisili": {"keperluan": "Membuka rekening"},
    "keramaian": {"acara": "Pernikahan"},
    "kk": {"alasan": "Menambah anggota"},
}


def official(role: str, area: str = "", *, name: str = "", person_id: uuid.UUID | None = None) -> User:
    """Somebody who holds `role` at the place `area`."""
    area = area or AREA[role]
    username = f"{role}-{area}-{uuid.uuid4().hex[:6]}"
    user = User.objects.create_user(username, name=name or f"Ibu {role}", kind=User.Kind.OFFICIAL, person_id=person_id)
    assign(user, role, unit_code=area, unit_name=f"Wilayah {area[-3:]}", area_code=area)
    return user


def resident(person: Any, username: str = "siti") -> User:
    """The account of a person of the register."""
    return User.objects.create_user(username, name=person.name, kind=User.Kind.CITIZEN, person_id=person.pk)


@contextmanager
def as_(user: User) -> Iterator[None]:
    """Act as `user`, as a request would."""
    with acting_as(actor_for(User.objects.get(pk=user.pk))):
        yield


def asked(user: User, person: Any, kind: str = "usaha", *, client_id: str | None = None, **fields: str) -> Letter:
    """A letter `user` asks for `person`."""
    wanted = letters.LetterAsked(kind=kind, subject_id=person.pk, fields=FIELDS[kind] | fields)
    with as_(user):
        return letters.request_letter(wanted, client_id=client_id)


def decided(user: User, letter: Letter, verdict: str = "approve", **more: Any) -> Letter:
    """A verdict on the version in hand."""
    with as_(user):
        return letters.decide(letter.pk, verdict, seen_version=more.pop("seen_version", letter.version), **more)


def issued(letter: Letter, *officials: User) -> Letter:
    """The letter approved by all in turn."""
    for one in officials:
        letter = decided(one, letter)
    return letter


def scoped_letter(letter_id: uuid.UUID) -> Letter:
    """The letter as it stands now."""
    with scoped(CITY):
        return Letter.objects.get(pk=letter_id)


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was handed to the printer of papers, where the paper itself is not the question."""
    handed: list[Any] = []

    def prepare(content: Any) -> SimpleNamespace:
        handed.append(content)
        return SimpleNamespace(pk=uuid.uuid4())

    monkeypatch.setattr(papers, "prepare", prepare)
    return handed


@pytest.fixture
def revoked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Which papers were revoked, and why."""
    said: list[Any] = []
    monkeypatch.setattr(papers, "revoke", lambda paper_id, reason: said.append((paper_id, reason)))
    return said


@pytest.fixture
def siti(town: Any, printed: list[Any]) -> User:
    """A mother with an account."""
    return resident(town.mother)


@pytest.fixture
def heads(town: Any) -> tuple[User, User, User]:
    """The heads of the RT and RW, and an officer of the kelurahan."""
    return official("ketua_rt"), official("ketua_rw"), official("kelurahan")

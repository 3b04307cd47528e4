"""A small city with people in two RT."""

import csv
import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pasti import citypack
from pasti.civil import services
from pasti.civil.models import CodeEntry
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.accounts.services import assign
from pasti.kernel.clock import now

PACK = Path(__file__).parents[1] / "citypack" / "packs" / "kota-rekaan"
LISTS = Path(__file__).parents[2] / "cities" / "pasuruan" / "codelists"
KELURAHAN = "99.01.01.1001"
RT, OTHER_RT = "99.01.01.1001.001.001", "99.01.01.1002.001.001"


@dataclass
class Town:
    """Ids: a couple with a child in one RT, a stranger in another kelurahan."""

    father: object
    mother: object
    child: object
    stranger: object
    family: object


def new(name, *, rt=RT, sex=1, born=dt.date(1985, 3, 2), nik=None):
    return services.NewPerson(
        name=name, sex=sex, birth_place="Rekaan", birth_date=born, rt_code=rt, religion=1, nik=nik
    )  # fmt: skip


@pytest.fixture
def town(db):
    return make_town()


def make_town():
    """The people, for tests whose commits are real too."""
    citypack.load(PACK)
    with scoped(everyone("99.01", "civil.pelayanan")):
        add = lambda given: services.register_person(given, purpose="civil.pelayanan")  # noqa: E731
        father = add(new("Syafi'i Hidayat", nik="9901010203859001"))
        mother = add(new("Siti Ni'mah", sex=2, born=dt.date(1988, 5, 7), nik="9901014705889001"))
        child = add(new("Zahra Syafi'i", sex=2, born=dt.date(2015, 1, 9)))
        stranger = add(new("Budi Jauh", rt=OTHER_RT, nik="9901010203859002"))
        family = services.open_family(
            "9901010101109001", head=father.pk, street="Jl. Mawar", house="3", rt_code=RT, purpose="civil.pelayanan"
        )  # fmt: skip
        services.add_member(family, mother.pk, 3, purpose="civil.pelayanan")
        services.add_member(family, child.pk, 4, purpose="civil.pelayanan")
    return Town(father, mother, child, stranger, family)


def load_lists():
    """The official code lists, as the city pack has them."""
    for path in LISTS.glob("*.csv"):
        for row in csv.DictReader(path.open()):
            CodeEntry.objects.update_or_create(
                key=f"{path.stem}:{row['kode']}",
                defaults={"list": path.stem, "code": row["kode"], "name": row["nama"], "changed_at": now()},
            )


def official(role, area, username=""):
    """A user who holds a role over an area."""
    user = User.objects.create_user(username or role, name=f"Petugas {role}", kind="official")
    assign(user, role, unit_code=area, unit_name=area, area_code=area)
    return user


@contextmanager
def at_work():
    """A kelurahan officer within the own scope, with the official code lists loaded."""
    load_lists()
    user = official("kelurahan", KELURAHAN)
    with scoped(everyone(KELURAHAN, "civil.impor")):
        yield user


@pytest.fixture
def clerk(town):
    with at_work() as user:
        yield user

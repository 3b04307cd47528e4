"""What must be true before the platform serves: tables, rights, the city's pack, and in demo mode its people."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from pasti.platform import database
from pasti.platform.supervisor import say


def run(people: int, demo: bool) -> None:
    """Bring the database to this program's state. Doing it twice changes nothing. Needs the owner's login."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasti.settings")
    with database.owner_connection(autocommit=True) as connection:
        database.ensure_app_role(connection)
        database.grant_usage(connection)
    django.setup()
    call_command("migrate", verbosity=0)
    collect_static()
    load_city(people, demo)
    measure_once()


def load_city(people: int, demo: bool) -> None:
    """Load the pack, and for a demo the synthetic people and the accounts."""
    from pasti import citypack
    from pasti.kernel.accounts.scope import everyone, scoped

    with scoped(everyone(settings.PASTI_CITY.get("code", ""), "kernel.load")):
        citypack.load(settings.PASTI_CITY_PACK)
        if demo:
            from pasti.simulation import demo as demonstration

            demonstration.build(settings.PASTI_DATA_DIR, people=people, base_url=settings.PASTI_BASE_URL)


def measure_once() -> None:
    """Compute the year's indicators, so that the first to open them finds them done."""
    from pasti.masterplan.services import measure_year

    measure_year()


def collect_static() -> None:
    """Gather and compress the static files when they changed since the last start."""
    built = Path(__file__).parent / "kernel" / "ui" / "static"
    names = sorted(p for p in built.rglob("*") if p.is_file())
    stamp = hashlib.sha256("".join(f"{p}{p.stat().st_mtime_ns}" for p in names).encode()).hexdigest()
    mark = settings.STATIC_ROOT / ".stamp"
    if mark.exists() and mark.read_text() == stamp:
        return
    say("collecting static files")
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(stamp)

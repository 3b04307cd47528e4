"""`docs/privacy.md` is true of the code: no purpose, no table with persons and no period that it does not name."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.db import connection

from pasti.civil.services import exports
from pasti.ews.services import reporting
from pasti.identity.services import sign_up, verifying
from pasti.kernel.publish.registry import registry
from pasti.siap_pak_rt.rules import stays
from pasti.siap_pak_rt.services import attachments, uploads

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text()
NAMED = {
    name: row
    for row in PAGE.splitlines()
    if row.startswith("| `")
    for name in re.findall(r"`([\w.-]+)`", row.split("|")[1])
}
# Where a person can be found: behind row-level security, or in a column that points at one or identifies one.
PERSONS = """
SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')
UNION SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name ~
'^((person|subject|user|owner|reporter|actor|patient|holder|signer|officer)_id|(asked|created|decided|entered|approved|booked)_by|nik|email|phone)$'
"""


def _tables(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
def test_every_table_in_which_a_person_can_be_found_is_named() -> None:
    assert _tables(PERSONS) - NAMED.keys() == set()


@pytest.mark.django_db
def test_nothing_is_named_that_does_not_exist() -> None:
    known = _tables("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    assert NAMED.keys() - known - registry().purposes.keys() == set()


def test_every_purpose_is_named_with_its_legal_basis() -> None:
    wrong = {
        code: one.legal_basis for code, one in registry().purposes.items() if one.legal_basis not in NAMED.get(code, "")
    }
    assert wrong == {}


PERIODS = [
    ("siap_pak_rt_tamu", stays.KEPT), ("civil_export", exports.KEPT), ("siap_pak_rt_attachment", attachments.UNCLAIMED),
("siap_pak_rt_upload", uploads.ABANDONED), ("siap_pak_rt_upload", uploads.KEPT), ("identity_shown", verifying.SHOWN_FOR),
    ("identity_signup", sign_up.LIFE), ("ews_streetreport", reporting.PHONE_KEPT),
]  # fmt: skip


@pytest.mark.parametrize(("table", "period"), PERIODS)
def test_periods_are_those_of_the_code(table: str, period: dt.timedelta) -> None:
    minutes = int(period.total_seconds() // 60)
    words = (
        f"{period.days} days"
        if period.days > 1
        else f"{minutes // 60} hours"
        if minutes >= 60
        else f"{minutes} minutes"
    )
    assert words in NAMED[table]

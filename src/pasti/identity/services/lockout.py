"""Wrong passwords and codes: counted by account and address together.

A stranger who tries shuts the door only from where the stranger is: the person's own phone still opens it. In an office
that shares one address each account has its own door. What goes beyond one pair (many addresses trying one account, one
address trying many accounts) slows only pairs that never got in before. NIST SP 800-63B, 5.2.2: at most 100 in a row.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from django.conf import settings
from django.db import connection
from django.db.models import Sum

from pasti.identity.models import Door
from pasti.kernel.clock import now

KNOWN = dt.timedelta(days=30)  # who got in here within that time is known here
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
FIRST, LONGEST = 60, 3600  # seconds
CODE_LIFE = dt.timedelta(minutes=3)  # longer than any code of an authenticator app is accepted


@dataclass(frozen=True)
class Kind:
    """What is tried, how often freely at one door, and how often by strangers in all."""

    code: str
    free: int = 5
    account_a_day: int = 100
    address_an_hour: int = 60


SIGN_IN = Kind("sign_in")
SECOND_FACTOR = Kind("second_factor")
SIGN_UP = Kind("sign_up", account_a_day=20, address_an_hour=30)
SENDING = Kind("sign_up_sent", account_a_day=30, address_an_hour=1000)  # codes cost money, and can plague a stranger


@dataclass(frozen=True)
class Entered:
    """One try. `wait` is the seconds to wait when it is not allowed; `shut` whether this try shuts the door."""

    wait: int = 0
    shut: bool = False


def enter(kind: Kind, account: str, address: str) -> Entered:
    """Count one try before it is looked at, so that tries at the same moment cannot pass together."""
    key, who, where = _digests(kind, account, address)
    known = Door.objects.filter(pk=key, passed_at__gt=now() - KNOWN).exists()
    if not known and (wait := _strangers(kind, who, where)):
        return Entered(wait)
    given: dict[str, Any] = {"key": key, "account": who, "address": where, "now": now(), "old": now() - DAY, "free": kind.free,
             "first": FIRST, "longest": LONGEST}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        row = cursor.fetchone()
    if row is None:
        until = Door.objects.values_list("shut_until", flat=True).filter(pk=key).first()
        return Entered(max(1, round((until - now()).total_seconds())) if until else 1)
    return Entered(shut=row[0] == kind.free)


def passed(kind: Kind, account: str, address: str) -> None:
    """It was right: the door stands open, and whoever it is is known here."""
    key, _who, _where = _digests(kind, account, address)
    Door.objects.filter(pk=key).update(failures=0, failed_at=None, shut_until=None, passed_at=now())


def first_use(account: str, code: str) -> bool:
    """Whether a code of the second step is used for the first time: one opens one session, in whichever process it is
    looked at (RFC 6238, 5.2). `code` as it was typed: what the comparison leaves out does not make another code of it.
    """
    plain = normalize_user_code(code)
    given: dict[str, Any] = {"key": _digest(f"once|{account}|{plain}"), "now": now(), "old": now() - CODE_LIFE}
    with connection.cursor() as cursor:
        cursor.execute(_ONCE, given)
        return cursor.fetchone() is not None


def forget_old() -> int:
    """Doors nobody has touched for as long as anyone is known; returns how many went."""
    old = now() - KNOWN
    gone, _what = (
        Door.objects.exclude(passed_at__gt=old).exclude(failed_at__gt=old).exclude(shut_until__gt=now()).delete()
    )
    return gone


# From the last free try on the door is shut for a minute, then two, four... until an hour; a day's rest is a new start.
_NOW_FAILED = "(CASE WHEN identity_door.failed_at < %(old)s THEN 1 ELSE identity_door.failures + 1 END)"
_COUNT = f"""
INSERT INTO identity_door (key, account, address, failures, failed_at)
VALUES (%(key)s, %(account)s, %(address)s, 1, %(now)s)
ON CONFLICT (key) DO UPDATE SET failed_at = %(now)s, failures = {_NOW_FAILED},
  shut_until = CASE WHEN {_NOW_FAILED} >= %(free)s
    THEN %(now)s + make_interval(secs => least(%(longest)s, %(first)s * 2 ^ least({_NOW_FAILED} - %(free)s, 12))) END
WHERE identity_door.shut_until IS NULL OR identity_door.shut_until <= %(now)s RETURNING failures
"""


_ONCE = """
INSERT INTO identity_door (key, account, address, failures, failed_at) VALUES (%(key)s, '', '', 0, %(now)s)
ON CONFLICT (key) DO UPDATE SET failed_at = %(now)s WHERE identity_door.failed_at < %(old)s RETURNING key
"""


def _strangers(kind: Kind, account: str, address: str) -> int:
    """Seconds a pair that never got in has to wait for what others did to its account, or from its address."""
    if _failures(account=account, failed_at__gt=now() - DAY) >= kind.account_a_day:
        return LONGEST
    return LONGEST // 4 if _failures(address=address, failed_at__gt=now() - HOUR) >= kind.address_an_hour else 0


def _failures(**which: object) -> int:
    return Door.objects.filter(**which).aggregate(all=Sum("failures"))["all"] or 0


def _digests(kind: Kind, account: str, address: str) -> tuple[str, str, str]:
    who, where = f"{kind.code}|{account.strip().casefold()}", f"{kind.code}|{address}"
    return _digest(f"{who}|{address}"), _digest(who), _digest(where)


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"door:{text}".encode(), hashlib.sha256).hexdigest()

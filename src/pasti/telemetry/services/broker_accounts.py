"""Who may sign in to the broker, and as what: devices by their keys, programs by secrets made at the first start."""

from __future__ import annotations

import hmac

from django.conf import settings

from pasti.telemetry.models import Device
from pasti.telemetry.rules import keys
from pasti.telemetry.rules.topics import ANYBODY, SERVICES, Account, of_device
from pasti.telemetry.services.devices import authenticate


def sign_in(user: str, password: str) -> Account | None:
    """The account of those who may come in; None for a wrong name or key. Without a name, the one that anybody has."""
    if not user:
        return None if password else ANYBODY
    for account in SERVICES:
        if account.user == user:
            known = settings.PASTI_MQTT_SECRETS.get(user, "")
            return account if known and hmac.compare_digest(password.encode(), known.encode()) else None
    device = authenticate(user, password)
    return of_device(device.code, device.datastreams.values_list("pk", flat=True)) if device else None


def current(account: Account) -> Account | None:
    """The account as it is by now: a device may have got other streams, or have been retired."""
    if account.user == "" or account in SERVICES:
        return account
    device = Device.objects.filter(code=account.user).exclude(state=Device.State.RETIRED).first()
    return of_device(device.code, device.datastreams.values_list("pk", flat=True)) if device else None


def mosquitto_files() -> tuple[str, str]:
    """The texts of Mosquitto's password file and access list, for all devices and programs."""
    passwords, access = [], [*_rules(ANYBODY)]
    for account in SERVICES:
        if secret := settings.PASTI_MQTT_SECRETS.get(account.user, ""):
            passwords.append(f"{account.user}:{keys.mosquitto(secret)}")
            access += ["", f"user {account.user}", *_rules(account)]
    devices = Device.objects.exclude(state=Device.State.RETIRED).exclude(broker_hash="").order_by("code")
    for device in devices.prefetch_related("datastreams"):
        passwords.append(f"{device.code}:{device.broker_hash}")
        account = of_device(device.code, [one.pk for one in device.datastreams.all()])
        access += ["", f"user {device.code}", *_rules(account)]
    return "\n".join(passwords) + "\n", "\n".join(access) + "\n"


def _rules(account: Account) -> list[str]:
    return [f"topic write {one}" for one in account.writes] + [f"topic read {one}" for one in account.reads]

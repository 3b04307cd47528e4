"""`pasti mqtt-accounts`: Mosquitto's password file and access list, written when something in them changed."""

from __future__ import annotations

from pathlib import Path

from pasti.platform import secret_files
from pasti.telemetry.services.broker_accounts import mosquitto_files

PASSWORDS, ACCESS = "passwords", "access"


def write(folder: Path) -> bool:
    """Bring the two files in `folder` up to date; returns whether they changed, so that Mosquitto is told only then."""
    passwords, access = mosquitto_files()
    places = {folder / ACCESS: access, folder / PASSWORDS: passwords}
    if all(place.exists() and place.read_text() == text for place, text in places.items()):
        return False
    for place, text in places.items():
        secret_files.put(place, text.encode())
    return True

"""Devices measure rivers, not people: what the officers see of them names nobody."""

from __future__ import annotations

from typing import Any

from pasti.telemetry.services.devices import DeviceWanted, register
from tests.foreign import World


def objects(world: World) -> dict[str, Any]:
    """A device, to be opened by its number."""
    made, _ = register(DeviceWanted("alat-asing", "Alat asing"))
    world.public |= {"telemetri/alat/:device_id": made.pk}
    return {}

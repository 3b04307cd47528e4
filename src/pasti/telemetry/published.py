"""What telemetry declares to the platform."""

from __future__ import annotations

from pasti.kernel.publish.types import ActionName, Grant, Purpose

PURPOSES = [
    Purpose("telemetry.operation", "Menjalankan jaringan pengukuran kota", "Running the city's measuring network",
            "UU 24/2007 tentang Penanggulangan Bencana Pasal 44 sampai 46"),
]  # fmt: skip

GRANTS = [Grant("telemetry.write", ("bpbd", "dlhkp", "admin"))]

ACTIONS = [
    ActionName("telemetry.entity.created", "menambah alat atau rangkaian ukur", "added a measuring device or series"),
    ActionName("telemetry.entity.changed", "mengubah alat atau rangkaian ukur", "changed a measuring device or series"),
    ActionName(
        "telemetry.entity.deleted", "menghapus alat atau rangkaian ukur", "deleted a measuring device or series"
    ),
]

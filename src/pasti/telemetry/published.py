"""What telemetry declares to the platform."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from pasti.kernel.publish.types import (
    ActionName,
    Grant,
    Measure,
    Purpose,
    Room,
    Task,
    TaskSource,
)  # fmt: skip

PURPOSES = [
    Purpose("telemetry.operation", "Menjalankan jaringan pengukuran kota", "Running the city's measuring network",
            "UU 24/2007 tentang Penanggulangan Bencana Pasal 44 sampai 46"),
]  # fmt: skip

GRANTS = [
    Grant("telemetry.devices", ("bpbd", "bpbd_kepala", "dlhkp", "admin")),
    Grant("telemetry.write", ("bpbd", "dlhkp", "admin")),
]

ROOMS = [
    Room("telemetry.devices", "Alat ukur dan sensor", "Gauges and sensors", "/telemetri/", "telemetry.devices"),
]

ACTIONS = [
    ActionName("telemetry.entity.created", "menambah alat atau rangkaian ukur", "added a measuring device or series"),
    ActionName("telemetry.entity.changed", "mengubah alat atau rangkaian ukur", "changed a measuring device or series"),
    ActionName(
        "telemetry.entity.deleted", "menghapus alat atau rangkaian ukur", "deleted a measuring device or series"
    ),
    ActionName("telemetry.device.registered", "mendaftarkan alat ukur", "registered a device"),
    ActionName("telemetry.device.changed", "mengubah keterangan alat ukur", "changed a device's description"),
    ActionName("telemetry.device.key_renewed", "mengganti kunci alat ukur", "renewed a device's key"),
    ActionName("telemetry.device.state", "mengubah keadaan alat ukur", "changed a device's state"),
    ActionName("telemetry.calibrated", "mencatat kalibrasi", "recorded a calibration"),
]


def _tasks(user: Any) -> list[Task]:
    from pasti.kernel.accounts.access import can
    from pasti.telemetry.queries import devices

    if not can(user, "telemetry.devices"):
        return []
    silent = devices.devices(only="diam")[:20]
    return [
        Task(
            _("Alat %(name)s diam") % {"name": one.name}, one.thing.name if one.thing else one.code,
            f"/telemetri/alat/{one.pk}/", _("Buka"), _("Alat ukur dan sensor"), one.silent_since, staff=True,
        )
        for one in silent
    ]  # fmt: skip


TASKS = [TaskSource("telemetry", _tasks)]

# Whole hours of watched streams in the period, from each stream's first reading on, that were over by the last full hour
# before `as_of`; and whether a reading of that hour had been recorded by then.
_HOURS = """FROM telemetry_datastream d
CROSS JOIN LATERAL (
  SELECT o.phenomenon_time AS time FROM telemetry_observation o
  WHERE o.datastream_id = d.id AND o.recorded_at < date_trunc('hour', %(as_of)s::timestamptz)
  ORDER BY o.phenomenon_time LIMIT 1) first
CROSS JOIN LATERAL generate_series(
  greatest(date_trunc('hour', first.time), %(start)s::timestamptz),
  least(date_trunc('hour', %(as_of)s::timestamptz), %(end)s::timestamptz) - interval '1 hour',
  interval '1 hour') AS h (begins)
CROSS JOIN LATERAL (SELECT EXISTS (
  SELECT FROM telemetry_observation o WHERE o.datastream_id = d.id
    AND o.phenomenon_time >= h.begins AND o.phenomenon_time < h.begins + interval '1 hour'
    AND o.recorded_at < date_trunc('hour', %(as_of)s::timestamptz)) AS heard) found
WHERE d.watched AND %(area)s <> ''
"""

MEASURES = [
    Measure(
        code="telemetry.uptime", version=1,
        name_id="Sensor pemantau hidup", name_en="Watched sensors at work",
        unit="persen", grain="month", rollup="ratio",
        method_id="Jam dengan sedikitnya satu pembacaan dibagi semua jam sejak pembacaan pertama, atas semua aliran data "
        "yang dipantau peringatan dini, kali 100. Dihitung sampai jam penuh terakhir.",
        method_en="Hours with at least one reading over all hours since the first reading, of all streams early warning "
        "watches, times 100. Counted up to the last full hour.",
        sql="SELECT count(*) FILTER (WHERE found.heard) AS numerator, count(*) AS denominator, "
        "round(100.0 * count(*) FILTER (WHERE found.heard) / nullif(count(*), 0), 4) AS value, count(*) AS row_count\n"
        + _HOURS,
        records_sql="SELECT d.id || ' ' || to_char(h.begins AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24') AS record_id, "
        "encode(sha256(convert_to(concat_ws('|', d.id, extract(epoch FROM h.begins), found.heard), 'UTF8')), 'hex') AS digest\n"
        + _HOURS + "ORDER BY d.id, h.begins",
        sample_sql="SELECT d.name AS aliran, h.begins AS jam, CASE WHEN found.heard THEN 'ada' ELSE 'tidak ada' END AS bacaan\n"
        + _HOURS + "ORDER BY h.begins DESC, d.id LIMIT 5",
        # By the hour: a reading each second must not have a month counted again at each look.
        newest_sql="SELECT date_trunc('hour', max(recorded_at)) FROM telemetry_latest",
    ),
]  # fmt: skip

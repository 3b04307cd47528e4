"""Open data of early warning: warnings as sent, and the levels of the rivers by the hour. No person in either."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from pasti.kernel.publish.types import Dataset

DAYS = dt.timedelta(days=30)


def _warnings() -> Sequence[Sequence[Any]]:
    from pasti.ews.queries import warnings

    return [
        [one.cap_identifier, one.kind, one.stage, one.episode.river.name, one.headline_id, " ".join(one.area_codes),
         one.sent_at, one.expires_at, one.ended_at, one.automatic]
        for one in warnings.said()[:5000]
    ]  # fmt: skip


def _levels() -> Sequence[Sequence[Any]]:
    from pasti.ews.queries import levels

    return [
        [gauge.pk, gauge.river.name, gauge.kind, bucket.begins, bucket.mean, bucket.low, bucket.high, bucket.readings]
        for gauge in levels.gauges()
        for bucket in levels.course(gauge, int(DAYS.total_seconds() // 3600), points=720).buckets
    ]


DATASETS = [
    Dataset(
        code="ews-peringatan", title_id="Peringatan banjir", title_en="Flood warnings",
        description_id="Semua peringatan banjir yang diterbitkan kota, dengan wilayah, tingkat, dan waktunya. Tanpa latihan.",
        agency="BPBD", rows=_warnings,
        columns=("pengenal_cap", "jenis", "tingkat", "sungai", "judul", "kode_wilayah", "terbit", "habis", "berakhir", "otomatis"),
    ),
    Dataset(
        code="ews-tinggi-air", title_id="Tinggi air dan hujan tiga sungai", title_en="Levels and rain of the three rivers",
        description_id="Tinggi air (cm di atas nol alat) dan hujan (mm) tiap alat, 30 hari terakhir.",
        agency="BPBD", rows=_levels,
        columns=("alat", "sungai", "jenis", "waktu", "rata_rata", "terendah", "tertinggi", "bacaan"),
    ),
]  # fmt: skip

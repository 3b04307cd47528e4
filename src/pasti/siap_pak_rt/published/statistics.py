"""What is declared of numbers of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pasti.kernel.publish.types import Dataset, Room, Service


def _population() -> Sequence[Sequence[Any]]:
    from pasti.siap_pak_rt.queries.statistics import population_by_kelurahan

    return population_by_kelurahan()


# The page is open to all; officials of an area find it among their rooms, for they see their area whole.
ROOMS = [
    Room(
        "siap_pak_rt.statistics", "Statistik penduduk", "Population statistics", "/siap-pak-rt/statistik/", "civil.read"
    )
]

DATASETS = [
    Dataset(
        code="penduduk-kelurahan-umur-kelamin",
        title_id="Penduduk menurut kelurahan, kelompok umur, dan jenis kelamin",
        title_en="Residents by kelurahan, age group and sex",
        description_id="Penduduk hidup yang tercatat hari ini, kelompok umur lima tahunan. Angka 1 sampai 4, dan angka yang dapat "
        "membukanya, dikosongkan.",
        agency="DISPENDUKCAPIL",
        columns=("kode_kelurahan", "kelurahan", "kelompok_umur", "jenis_kelamin", "penduduk"),
        rows=_population,
    ),
]

SERVICES = [
    Service(
        code="statistik-penduduk", name_id="Statistik penduduk", name_en="Population statistics",
        purpose_id="Lihat jumlah penduduk, piramida, mutasi bulanan, dan tabel silang dari kota sampai kelurahan.",
        purpose_en="See numbers of residents, the pyramid, monthly changes and tables from the city to the kelurahan.",
        agency="DISPENDUKCAPIL", dimensions=("governance",), life_events=(), audience_id="Siapa saja", audience_en="Anyone",
        requirements_id=("Tidak ada",), requirements_en=("None",), promised_time_id="Langsung", promised_time_en="Immediate",
        cost_id="Gratis", cost_en="Free", entry_url="/siap-pak-rt/statistik/", sign_in=False,
        words=("statistik", "penduduk", "piramida", "lampid", "mutasi", "umur", "agama", "pekerjaan", "demografi"),
    )
]  # fmt: skip

"""A city pack is checked line by line, and loading it twice changes nothing."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pasti import citypack
from pasti.kernel.places.models import Place

PACKS = Path(__file__).parent / "packs"
PASURUAN = Path(__file__).parents[2] / "cities" / "pasuruan"


@pytest.fixture
def pack(tmp_path):
    return Path(shutil.copytree(PACKS / "kota-rekaan", tmp_path / "kota"))


def edit(pack, name, old, new):
    text = (pack / name).read_text()
    assert old in text
    (pack / name).write_text(text.replace(old, new, 1))


def only_problem(pack):
    problems = citypack.check(pack)
    assert len(problems) == 1, [str(p) for p in problems]
    return str(problems[0])


@pytest.mark.parametrize("folder", [PASURUAN, PACKS / "kota-rekaan"])
def test_shipped_packs_are_sound(folder):
    assert [str(problem) for problem in citypack.check(folder)] == []


def test_a_wrong_value_is_named_by_file_line_and_path(pack):
    edit(pack, "rt_rw.yaml", "rw: 1, rt: 2", "rw: satu, rt: 2")
    assert only_problem(pack).startswith("rt_rw.yaml:3: kelurahan[1].rw: harus bilangan bulat")


def test_a_fact_without_source_is_refused(pack):
    edit(pack, "agencies.yaml", ", source: karangan", "")
    problem = only_problem(pack)
    assert problem.startswith("agencies.yaml:2: agencies[0]")
    assert "usulan" in problem


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("agencies.yaml", "source: karangan", "source: entah", "sumber 'entah'"),
        ("rt_rw.yaml", "99.01.01.1002", "99.01.01.1009", "place '99.01.01.1009'"),
        ("demo.yaml", "unit: DINAS, area", "unit: KANTOR, area", "agency 'KANTOR'"),
        ("demo.yaml", "role: admin", "role: raja", "peran tidak dikenal"),
        ("city.yaml", "Asia/Jayapura", "Asia/Atlantis", "zona waktu tidak dikenal"),
        ("city.yaml", "short_name: Rekaan", "short_name: Rekaan\nmotto: x", "kunci tidak dikenal"),
        ("city.yaml", "name: Kota Rekaan", "name: Kota Rekaan\nname: Lain", "dua kali"),
        ("wilayah/areas.csv", "99.01.01.1002,Lembah", "99.01.01.1001,Lembah", "dua kali"),
    ],
)
def test_what_does_not_fit_together_is_found(pack, name, old, new, words):
    edit(pack, name, old, new)
    problems = [str(problem) for problem in citypack.check(pack)]
    assert any(problem.startswith(f"{name}:") and words in problem for problem in problems), problems


def test_broken_yaml_is_told_with_its_line(pack):
    edit(pack, "agencies.yaml", "agencies:\n", "agencies:\n\t- x\n")
    assert any(str(problem).startswith("agencies.yaml:2:") for problem in citypack.check(pack))


def test_a_missing_required_file_is_told(pack):
    (pack / "agencies.yaml").unlink()
    assert "agencies.yaml:1: berkas wajib" in "\n".join(map(str, citypack.check(pack)))


@pytest.mark.django_db
def test_loading_twice_changes_nothing(pack):
    first = citypack.load(pack)
    assert first["rt_rw.yaml"]["created"] == 10  # 3 RW and 7 RT
    stamps = dict(Place.objects.values_list("code", "changed_at"))
    second = citypack.load(pack)
    assert all(counts["created"] == counts["changed"] == 0 for counts in second.values() if counts)
    assert dict(Place.objects.values_list("code", "changed_at")) == stamps


@pytest.mark.django_db
def test_a_change_in_the_pack_changes_that_row_alone(pack):
    citypack.load(pack)
    edit(pack, "wilayah/areas.csv", "Lembah", "Lembah Baru")
    assert citypack.load(pack)["wilayah/areas.csv"] == {"created": 0, "changed": 1, "unchanged": 3}
    assert Place.objects.get(pk="99.01.01.1002").name == "Lembah Baru"


@pytest.mark.django_db
def test_an_unsound_pack_is_not_loaded_at_all(pack):
    edit(pack, "demo.yaml", "role: admin", "role: raja")
    with pytest.raises(citypack.PackFailed, match="raja"):
        citypack.load(pack)
    assert not Place.objects.exists()


def test_a_quota_in_the_hospital_is_named_down_to_the_line(tmp_path):
    pack = Path(shutil.copytree(PASURUAN, tmp_path / "kota"))
    lines = (pack / "hospital.yaml").read_text().splitlines()
    number = next(i for i, line in enumerate(lines) if "quota_jkn: 14" in line and "quota_online" in line)
    lines[number] = lines[number].replace("quota_jkn: 14", "quota_jkn: banyak")
    (pack / "hospital.yaml").write_text("\n".join(lines))
    problem = only_problem(pack)
    assert problem.startswith(f"hospital.yaml:{number + 1}: doctors[")
    assert problem.endswith("].quota_jkn: harus bilangan bulat (must be a whole number)")


def test_an_unknown_clinic_is_found(tmp_path):
    pack = Path(shutil.copytree(PASURUAN, tmp_path / "kota"))
    edit(pack, "hospital.yaml", "clinic: JIW", "clinic: XYZ")
    assert "clinic 'XYZ' tidak ada" in only_problem(pack)


def test_an_unknown_measure_of_an_installed_system_is_found(tmp_path):
    pack = Path(shutil.copytree(PASURUAN, tmp_path / "kota"))
    edit(pack, "masterplan.yaml", "formula: civil.share_with_nik", "formula: civil.share_with_wings")
    problems = "\n".join(map(str, citypack.check(pack)))
    assert "ukuran 'civil.share_with_wings' tidak diterbitkan" in problems


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["city.yaml", "rt_rw.yaml", "agencies.yaml", "demo.yaml", "wilayah/areas.csv"]),
    at=st.floats(0, 1),
    junk=st.sampled_from(
        ["\n", ":", "- x\n", "[", "null", "{a: 1}", '"', "\t", "1e999", "ÿ", "&a *a", "!!python/x 1", ","]
    ),
)
def test_whatever_is_in_the_files_check_answers_and_never_breaks(tmp_path, name, at, junk):
    pack = tmp_path / "kota"
    shutil.rmtree(pack, ignore_errors=True)
    shutil.copytree(PACKS / "kota-rekaan", pack)
    text = (pack / name).read_text()
    cut = int(at * len(text))
    (pack / name).write_text(text[:cut] + junk + text[cut:])
    assert all(problem.line >= 1 and problem.message for problem in citypack.check(pack))

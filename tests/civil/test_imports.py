"""Files of other programs come in as they are: looked at first, committed in steps, undone as a whole."""

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from pasti.civil.models import Family, ImportBatch, ImportRow, Membership, Person, PersonVersion
from pasti.civil.rules import kk, layouts, nik
from pasti.civil.services import import_reading, import_rows, imports, update_person
from pasti.civil.web import files_words
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.models import Entry
from pasti.kernel.errors import Refused
from pasti.kernel.outbox.models import StoredEvent

from .conftest import KELURAHAN, RT, at_work, make_town

BORN = dt.date(1990, 5, 17)


def workbook(headers, rows):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "default_date_format": "dd-mm-yyyy"})
    sheet = book.add_worksheet()
    for at, row in enumerate([headers, *rows]):
        sheet.write_row(at, 0, row)
    book.close()
    return target.getvalue()


def opensid(count, first=1):
    """People as OpenSID exports them, with labels here and codes there."""
    for at in range(first, first + count):
        head, family = at % 4 == 1, (at - 1) // 4 + 1
        sex = 1 if head else 2
        values = {
            "alamat": "Jl. Kenanga", "dusun": "", "rw": "001", "rt": 1, "nama": f"Warga Ke {at}",
            "no_kk": f"9901012001{10 + family // 9000:02}{family % 9000 + 1:04}",
            "nik": nik.build("990101", BORN + dt.timedelta(days=at // 9000), sex, at % 9000 + 1),
            "sex": "PEREMPUAN" if sex == 2 else 1, "tempatlahir": "Pasuruan",
            "tanggallahir": BORN + dt.timedelta(days=at // 9000), "agama_id": "Islam", "pendidikan_kk_id": 5,
            "pekerjaan_id": 89, "status_kawin": "KAWIN" if head else 1, "kk_level": 1 if head else 4,
            "warganegara_id": "WNI", "golongan_darah_id": "TIDAK TAHU", "status_dasar": "HIDUP",
        }  # fmt: skip
        yield [values.get(name, "") for name in layouts.HEADERS["opensid"]]


def siak(count):
    """People as SIAK and its users write them, with every bad habit seen in real files."""
    for at in range(1, count + 1):
        head, family = at % 5 == 1, (at - 1) // 5 + 1
        day = BORN + dt.timedelta(days=at // 9000)
        number = nik.build("990101", day, 2, at % 9000 + 1)
        card = kk.build("990101", dt.date(2010, 1, 20), family) if family < 9000 else ""
        values = {
            "nomor kk": f"{card[:2]}.{card[2:4]}.{card[4:6]}.{card[6:12]}.{card[12:]}", "nik": _as_somebody_types(number, at),
            "nama penduduk": ("SITI NI'MAH", "D\u2019Arcy Moh. Syafi'i", "José Ma'ruf")[at % 3] + f" {at}",
            "status": "HIDUP", "tempat lahir": "PASURUAN", "kelamin": ("Perempuan", "P", "pr")[at % 3],
            "tanggal lahir": (f"{day:%d-%m-%Y}", f"{day:%d/%m/%Y}", day.isoformat(), (day - dt.date(1899, 12, 30)).days)[at % 4],
            "status kawin": ("Kawin Tercatat", 2)[at % 2], "shdk": "Kepala Keluarga" if head else ("Famili Lain", 9)[at % 2],
            "agama": ("Katholik", "ISLAM", 1, "Kepercayaan")[at % 4], "desa/kel": "", "alamat": "JL. MAWAR NO. 3",
            "rw": ("1", "01", 1.0, "RW 001")[at % 4], "rt": ("01", 1, "RT. 1")[at % 3],
            "pendidikan": ("Slta / Sederajat", "SLTA/SEDERAJAT", 5)[at % 3], "pekerjaan": "Anggota Lembaga Tinggi",
            "gol. darah": ("Tdk Th", "-", "O")[at % 3], "nik ayah": "", "ayah": "MOCH. ABD. RACHMAN",
            "tanggal kwn": ("00-00-0000", "0000-00-00", "")[at % 3], "cacat": "",
        }  # fmt: skip
        yield [values.get(name, "") for name in layouts.HEADERS["siak"]]


def _as_somebody_types(number, at):
    """A NIK in points, with an apostrophe or spaces; every hundredth person has OpenSID's stand-in for none."""
    if at % 100 == 0:
        return f"0990101100{at % 100_000:06}"
    dotted = f"{number[:2]}.{number[2:4]}.{number[4:6]}.{number[6:12]}.{number[12:]}"
    return (dotted, f"'{number}", f" {number[:8]} {number[8:]}", number)[at % 4]


def upload(content, name="warga.xlsx"):
    return SimpleUploadedFile(name, content)


def read(clerk, content, name="warga.xlsx"):
    batch = imports.receive(upload(content, name), KELURAHAN, clerk)
    imports.work(batch.pk)
    batch.refresh_from_db()
    return batch


def problems(batch):
    return {(row.number, *problem[:2]) for row in ImportRow.objects.filter(batch=batch) for problem in row.problems}


@pytest.mark.django_db
class TestReading:
    def test_an_opensid_file_is_read_with_labels_and_codes(self, clerk):
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], opensid(8)))
        assert (batch.state, batch.layout, batch.counts["new"], batch.counts["error"]) == ("ready", "opensid", 8, 0)
        content = ImportRow.objects.get(batch=batch, number=1).content
        assert (content["sex"], content["religion"], content["marital_status"], content["relation"]) == (1, 1, 2, 1)
        assert content["occupation"] == 99  # OpenSID's 89 is "lainnya", not a member of a high council
        assert content["rt_code"] == RT
        assert Person.objects.count() == 3  # a dry run: nobody is in the register yet

    def test_a_siak_file_is_read_with_points_and_short_labels(self, clerk):
        batch = read(clerk, workbook([h.title() for h in layouts.HEADERS["siak"]], siak(12)))
        assert (batch.state, batch.layout, batch.counts["new"]) == ("ready", "siak", 12)
        content = ImportRow.objects.get(batch=batch, number=12).content
        assert (content["nik"], content["blood_type"], content["occupation"]) == ("9901015705900013", 13, 89)
        assert content["birth_date"] == "1990-05-17"

    def test_our_own_csv_is_read_with_semicolons_and_in_the_old_encoding(self, clerk):
        heads = "name;nik;sex;birth_date;religion;rw;rt"
        batch = read(clerk, f"{heads}\nJosé Ma'ruf;;L;1990-05-17;1;1;1\n".encode("cp1252"), "warga.csv")
        assert (batch.state, batch.counts["new"]) == ("ready", 1)
        assert ImportRow.objects.get(batch=batch).content["name_search"] == "jose maruf"

    @pytest.mark.parametrize(
        ("field", "value", "problem"),
        [
            ("nik", 3575020101909000.0, ("nik", "excel")),
            ("nik", "3.57502E+15", ("nik", "excel")),
            ("nik", "٣٥٧٥٠٢٠١٠١٩٠٩٠٠١", ("nik", "digits")),
            ("nik", "99010117059000", ("nik", "length")),
            ("nik", "9901013102900001", ("nik", "date")),  # so it was issued: warns
            ("nama", "", ("name", "missing")),
            ("sex", "X", ("sex", "code_unknown")),
            ("tanggallahir", "31-02-1990", ("birth_date", "date_unreadable")),
            ("tanggallahir", "17-05-2090", ("birth_date", "future")),
            ("tanggallahir", "17-05-1991", ("nik", "differs_birth_date")),
            ("agama_id", "Jedi", ("religion", "code_unknown")),
            ("rt", 77, ("rt", "rt_unknown")),
            ("no_kk", "9901012001100000", ("kk", "serial")),
            ("kk_level", "", ("relation", "missing")),
        ],
    )
    def test_each_problem_is_named_at_its_field(self, clerk, field, value, problem):
        row = next(opensid(1))
        row[layouts.HEADERS["opensid"].index(field)] = value
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], [row]))
        assert (1, *problem) in problems(batch)

    def test_two_lines_with_one_nik_and_two_heads_of_one_card_stop_the_second(self, clerk):
        first, second = next(opensid(1)), next(opensid(1))
        third = next(opensid(1, 5))
        third[layouts.HEADERS["opensid"].index("no_kk")] = first[layouts.HEADERS["opensid"].index("no_kk")]
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], [first, second, third]))
        assert {(2, "nik", "twice_in_file"), (3, "relation", "second_head")} <= problems(batch)
        assert (batch.counts["new"], batch.counts["error"]) == (1, 2)

    def test_a_number_that_is_taken_in_another_kelurahan_is_said_so_without_saying_whose(self, clerk):
        row = next(opensid(1))
        row[layouts.HEADERS["opensid"].index("nik")] = "9901010203859002"  # of a stranger elsewhere
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], [row]))
        assert (1, "nik", "elsewhere") in problems(batch)

    def test_what_is_in_the_register_is_shown_beside_what_the_file_says(self, clerk, town):
        row = dict.fromkeys(layouts.HEADERS["opensid"], "") | {
            "nama": "Syafi'i Hidayat, S.Pd", "nik": town.father.nik, "sex": 1, "tanggallahir": "02-03-1985", "agama_id": 1,
            "rw": 1, "rt": 1, "tempatlahir": "REKAAN",
        }  # fmt: skip
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], [list(row.values())]))
        assert ImportRow.objects.get(batch=batch).differences == {"name": ["Syafi'i Hidayat", "Syafi'i Hidayat, S.Pd"]}

    def test_files_that_are_no_tables_are_refused_in_words(self, clerk):
        with pytest.raises(Refused, match="XLSX atau CSV"):
            imports.receive(upload(b"\x89PNG\r\n\x1a\n" + b"0" * 100), KELURAHAN, clerk)
        assert read(clerk, b"a,b,c\n1,2,3\n", "x.csv").message.startswith("Baris judul")
        missing = read(clerk, workbook([h for h in layouts.HEADERS["opensid"] if h != "agama_id"], [["x"] * 10]))
        assert (missing.state, "agama_id" in missing.message) == ("failed", True)

    def test_a_bomb_is_not_unpacked(self, clerk):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr("xl/workbook.xml", "<x/>")
            parts.writestr("xl/worksheets/sheet1.xml", b"0" * 400_000_000)
        batch = read(clerk, target.getvalue())
        assert (batch.state, "mengembang" in batch.message) == ("failed", True)

    def test_the_same_file_sent_twice_is_one_batch(self, clerk):
        content = workbook(layouts.HEADERS["opensid"], opensid(1))
        first = imports.receive(upload(content), KELURAHAN, clerk)
        assert imports.receive(upload(content), KELURAHAN, clerk) == first

    def test_a_file_for_another_area_is_not_taken(self, clerk):
        with pytest.raises(Refused):
            imports.receive(upload(b"x"), "99.01.01.1002", clerk)


@pytest.mark.django_db
class TestCommitting:
    def test_new_people_come_in_with_card_house_ledger_and_trace(self, clerk):
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], opensid(8)))
        imports.commit(batch.pk)
        assert imports.work(batch.pk) == "committed"
        people = Person.objects.filter(name__startswith="Warga Ke")
        assert people.count() == 8
        assert Family.objects.filter(memberships__relation=1, memberships__person__in=people).count() == 2
        assert PersonVersion.objects.filter(person__in=people, status_dasar=1, has_nik=True).count() == 8
        told = Entry.objects.filter(action="civil.person.imported", subject_id__in=people.values("pk"))
        assert (told.count(), told.first().actor_role, told.first().purpose) == (8, "kelurahan", "civil.impor")
        assert people.first().name_sounds

    def test_committing_twice_brings_nobody_twice(self, clerk):
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], opensid(4)))
        imports.commit(batch.pk)
        assert [imports.work(batch.pk), imports.work(batch.pk)] == ["committed", "committed"]
        assert Person.objects.filter(name__startswith="Warga Ke").count() == 4

    def test_a_commit_killed_in_the_middle_goes_on_where_it_was(self, clerk, monkeypatch):
        from pasti.civil.services import import_rows

        monkeypatch.setattr(imports, "STEP", 10)
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], opensid(35)))
        imports.commit(batch.pk)
        step, calls = import_rows.commit_step, []

        def dying(*given):
            calls.append(given[1])
            step(*given)
            if len(calls) == 3:
                raise KeyboardInterrupt

        monkeypatch.setattr(import_rows, "commit_step", dying)
        with pytest.raises(KeyboardInterrupt):
            imports.work(batch.pk)
        assert Person.objects.filter(name__startswith="Warga Ke").count() == 20  # the third step died with its people
        monkeypatch.setattr(import_rows, "commit_step", step)
        assert imports.work(batch.pk) == "committed"
        assert Person.objects.filter(name__startswith="Warga Ke").count() == 35

    def test_nothing_is_overwritten_without_a_decision(self, clerk, town):
        rows = [list((dict.fromkeys(layouts.HEADERS["opensid"], "") | {
            "nama": name, "nik": person.nik, "sex": person.sex, "tanggallahir": person.birth_date, "agama_id": 3,
            "rw": 1, "rt": 1,
        }).values()) for name, person in (("Ayah Baru", town.father), ("Ibu Baru", town.mother))]  # fmt: skip
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], rows))
        imports.decide(batch.pk, accept=["religion"], rows={2: False})
        imports.commit(batch.pk)
        imports.work(batch.pk)
        father, mother = Person.objects.get(pk=town.father.pk), Person.objects.get(pk=town.mother.pk)
        assert (father.name, father.religion) == (town.father.name, 3)
        assert (mother.name, mother.religion) == (town.mother.name, 1)

    def test_a_batch_is_undone_but_what_others_changed_since_is_left(self, clerk, town):
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], opensid(8)))
        imports.commit(batch.pk)
        imports.work(batch.pk)
        changed = Person.objects.get(name="Warga Ke 3")
        update_person(changed.pk, {"name": "Warga Ketiga"}, purpose="civil.pelayanan")
        imports.undo(batch.pk)
        assert imports.work(batch.pk) == "undone"
        assert Person.objects.filter(name__startswith="Warga Ke", status_dasar=1).get() == changed
        assert Person.objects.filter(name__startswith="Warga Ke", status_dasar=9).count() == 7
        assert Membership.objects.filter(person__name__startswith="Warga Ke", ends=None).get().person_id == changed.pk
        batch.refresh_from_db()
        assert batch.counts["left"] == 1
        assert ImportRow.objects.get(batch=batch, undone=False).content["name"] == "Warga Ke 3"

    def test_an_accepted_difference_is_put_back_by_undoing(self, clerk, town):
        row = dict.fromkeys(layouts.HEADERS["opensid"], "") | {
            "nama": "Nama Lain", "nik": town.father.nik, "sex": 1, "tanggallahir": "02-03-1985", "agama_id": 1, "rw": 1,
            "rt": 1,
        }  # fmt: skip
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], [list(row.values())]))
        imports.decide(batch.pk, accept=["name"])
        imports.commit(batch.pk)
        imports.work(batch.pk)
        assert Person.objects.get(pk=town.father.pk).name == "Nama Lain"
        told = StoredEvent.objects.filter(name="civil.PersonCorrected", payload__person_id=str(town.father.pk))
        assert told.count() == 1
        imports.undo(batch.pk)
        imports.work(batch.pk)
        assert Person.objects.get(pk=town.father.pk).name == town.father.name
        assert told.count() == 2

    def test_an_undone_file_can_be_brought_again(self, clerk):
        content = workbook(layouts.HEADERS["opensid"], opensid(4))
        for _ in range(2):
            batch = read(clerk, content)
            assert batch.counts["new"] == 4
            imports.commit(batch.pk)
            imports.work(batch.pk)
            imports.undo(batch.pk)
            imports.work(batch.pk)
        assert not Family.objects.filter(number__startswith="9901012001", closed_on=None).exists()

    def test_a_discarded_file_leaves_nothing(self, clerk):
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], opensid(4)))
        imports.discard(batch.pk)
        assert not ImportBatch.objects.exists()
        assert not ImportRow.objects.exists()


def test_twenty_thousand_people_of_an_opensid_file_are_read_committed_and_undone(fresh_database):
    # Each step commits, as at work: one transaction over all of them would be planned as if the tables were empty.
    make_town()
    with at_work() as clerk:
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], opensid(20_000)))
        assert (batch.counts["new"], batch.counts["error"], batch.total) == (20_000, 0, 20_000)
        imports.commit(batch.pk)
        imports.work(batch.pk)
        assert Person.objects.filter(name__startswith="Warga Ke", status_dasar=1).count() == 20_000
        imports.undo(batch.pk)
        imports.work(batch.pk)
        assert Person.objects.filter(name__startswith="Warga Ke", status_dasar=1).count() == 0


def test_twenty_thousand_people_of_a_siak_file_are_read_compared_committed_and_undone(fresh_database):
    town = make_town()
    with at_work() as clerk:
        rows = [["LAPORAN PENDUDUK"], [], [name.title() for name in layouts.HEADERS["siak"]]]
        for at, row in enumerate(siak(20_000)):
            rows += [row, [""]] if at % 1000 == 0 else [row]
        known = rows[4 + 1000]
        known[1], known[2] = town.mother.nik, "SITI NI'MAH, S.Pd"
        known[5], known[0], known[12] = "07-05-1988", "", ""
        unread = rows[4 + 2000]
        unread[1] = 9901015705900010.0  # the sixteenth digit is lost
        batch = read(clerk, workbook(rows[0], rows[1:]))
        assert (batch.layout, batch.total) == ("siak", 20_000)
        assert {name: batch.counts[name] for name in ("new", "differs", "error")} == {
            "new": 19_998,
            "differs": 1,
            "error": 1,
        }
        assert ImportRow.objects.filter(batch=batch, content__nik=None, outcome="new").count() == 199
        imports.decide(batch.pk, accept=["name"])
        imports.commit(batch.pk)
        assert imports.work(batch.pk) == "committed"
        batch.refresh_from_db()
        assert (batch.counts["new"], batch.counts["changed"]) == (19_998, 1)
        entered = Person.objects.filter(father_name="MOCH. ABD. RACHMAN", status_dasar=1)
        assert (entered.count(), Person.objects.get(pk=town.mother.pk).name) == (19_998, "SITI NI'MAH, S.Pd")
        imports.undo(batch.pk)
        assert imports.work(batch.pk) == "undone"
        assert (entered.count(), Person.objects.get(pk=town.mother.pk).name) == (0, town.mother.name)


@pytest.mark.django_db
class TestWhatTheRegisterKnows:
    def test_a_person_without_a_number_is_known_again_by_name_birth_and_rt(self, clerk, town):
        row = dict.fromkeys(layouts.HEADERS["opensid"], "") | {
            "nama": "ZAHRA SYAFI'I", "nik": "0", "sex": 2, "tanggallahir": "09-01-2015", "agama_id": 1, "rw": 1, "rt": 1,
        }  # fmt: skip
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], [list(row.values())]))
        assert ImportRow.objects.get(batch=batch).person_id == town.child.pk
        assert batch.counts["same"] == 1

    def test_another_card_than_the_recorded_one_is_said_and_changes_nothing(self, clerk, town):
        row = dict.fromkeys(layouts.HEADERS["opensid"], "") | {
            "nama": town.father.name, "nik": town.father.nik, "sex": 1, "tanggallahir": "02-03-1985", "agama_id": 1,
            "no_kk": "9901010101109077", "kk_level": 1, "rw": 1, "rt": 1,
        }  # fmt: skip
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], [list(row.values())]))
        assert (1, "kk", "other_card") in problems(batch)
        assert batch.counts["same"] == 1

    def test_people_of_another_kelurahan_are_not_put_into_this_one(self, clerk):
        row = next(siak(1))
        row[layouts.HEADERS["siak"].index("desa/kel")] = "Tempat Lain"
        batch = read(clerk, workbook(layouts.HEADERS["siak"], [row]))
        assert (1, "rt", "rt_unknown") in problems(batch)

    def test_a_number_or_a_head_that_came_in_meanwhile_stops_its_row_and_no_other(self, clerk):
        content = workbook(layouts.HEADERS["opensid"], opensid(8))
        first = read(clerk, content)
        other = [row[:] for row in opensid(8)]
        other[4][layouts.HEADERS["opensid"].index("nik")] = ""
        other[5][layouts.HEADERS["opensid"].index("nik")] = nik.build("990101", BORN, 2, 7777)
        other[5][layouts.HEADERS["opensid"].index("nama")] = "Anak Lain"
        second = read(clerk, workbook(layouts.HEADERS["opensid"], other))
        assert (first.counts["new"], second.counts["new"]) == (8, 8)
        for batch in (first, second):
            imports.commit(batch.pk)
            assert imports.work(batch.pk) == "committed"
        second.refresh_from_db()
        assert (second.counts["new"], second.counts["error"]) == (0, 8)
        assert {(5, "kk", "taken_since"), (6, "kk", "taken_since"), (1, "nik", "taken_since")} <= problems(second)

    def test_a_difference_that_the_register_refuses_by_now_stops_its_row_alone(self, clerk, town):
        row = dict.fromkeys(layouts.HEADERS["opensid"], "") | {
            "nama": "Nama Lain", "nik": town.father.nik, "sex": 1, "tanggallahir": "02-03-1985", "agama_id": 1, "rw": 1,
            "rt": 1,
        }  # fmt: skip
        batch = read(clerk, workbook(layouts.HEADERS["opensid"], [list(row.values())]))
        with scoped(everyone("99.01", "civil.pelayanan")):
            update_person(town.father.pk, {"rt_code": "99.01.01.1002.001.001"}, purpose="civil.pelayanan")
        imports.decide(batch.pk, rows={1: True})
        imports.commit(batch.pk)
        assert imports.work(batch.pk) == "committed"
        assert (1, "nik", "refused") in problems(batch)


def test_every_problem_a_file_can_have_has_words_and_advice():
    sources = "".join(Path(module.__file__).read_text() for module in (layouts, nik, import_reading, import_rows))
    found = set(re.findall(r'Problem\("?\w+"?, "(\w+)"', sources)) | set(re.findall(r'InvalidNik\("(\w+)"', sources))
    found |= set(re.findall(r'\["\w+", "(\w+)", "", true\]', sources)) | {
        "refused",
        "differs_sex",
        "differs_birth_date",
    }
    assert len(found) > 18
    assert found <= set(files_words.PROBLEMS)

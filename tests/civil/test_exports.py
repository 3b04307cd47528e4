"""Files of people out: they come in again as the same people, hold no formula, and everybody in them is told."""

import csv
import datetime as dt
import io
from functools import cache
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from pasti.civil.models import Export, ImportRow, Person
from pasti.civil.queries import files as queries
from pasti.civil.rules import layout_rows, layouts
from pasti.civil.services import exports, imports, update_person
from pasti.civil.services.import_reading import _differences
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.audit.models import Entry
from pasti.kernel.audit.queries import trail_of
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound, Refused

from .conftest import KELURAHAN, LISTS, RT, official


@cache
def labels():
    lists = {
        path.stem: {int(row["kode"]): row["nama"] for row in csv.DictReader(path.open())}
        for path in LISTS.glob("*.csv")
    }
    return {field: lists[name] for field, name in layouts.CODE_LISTS.items()}


TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30).map(
    layouts.plain_text
)
ODD = TEXT | st.sampled_from(["=1+1", "'=1", "+62", "-", "@x", "''=", "\t=1", "'", "D'Arcy", '=HYPERLINK("x")'])
DAY = st.dates(dt.date(1910, 1, 1), dt.date(2026, 1, 1))
PERSON = st.fixed_dictionaries({
    **{name: st.sampled_from(sorted(labels()[name])) for name in layouts.CODE_LISTS},
    **{name: ODD.map(layouts.plain_text) for name in layouts.TEXTS if name != "name"},
    "name": ODD.map(layouts.plain_text).filter(bool), "birth_date": DAY,
    **{name: st.none() | DAY for name in layouts.DATES if name != "birth_date"},
})  # fmt: skip


@given(person=PERSON, layout=st.sampled_from(sorted(layouts.LAYOUTS)))
@settings(max_examples=300, deadline=None)
def test_what_goes_out_comes_in_as_the_same(person, layout):
    tables = {field: layouts.code_table(name, labels()[field]) for field, name in layouts.CODE_LISTS.items()}
    where = {"rw": "001", "rt": "002", "kelurahan": "Rekaan"}
    cells = layout_rows.writer(layout, labels(), specific=True)(person | where)
    assert not any(cell[:1] in "=+-@\t\r" for cell in cells if cell)
    found = layouts.recognised(layout_rows.header(layout))
    reading = layouts.Reading(*found, tables, {("rekaan", "001", "002"): RT}, dt.date(2026, 1, 1))
    row = layouts.read_row(cells, reading)
    assert [one for one in row.problems if one.stops] == []
    assert _differences(row, person | {"rt_code": RT, "father_nik": "", "mother_nik": ""}) == {}


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def wish(**more):
    return exports.Wish(
        **({"area": KELURAHAN, "layout": "opensid", "form": "xlsx", "reason": "Rapat kelurahan"} | more)
    )


def made(user, **more):
    one = exports.ask(wish(**more), user)
    assert exports.work(one.pk) == "ready"
    one.refresh_from_db()
    return one


def lines(one):
    if one.form == "csv":
        return list(csv.reader(one.path.open(encoding="utf-8-sig"), delimiter=";"))
    return CalamineWorkbook.from_path(str(one.path)).get_sheet_by_index(0).to_python()


@pytest.mark.django_db
class TestRoundTrip:
    @pytest.mark.parametrize("form", ["xlsx", "csv"])
    @pytest.mark.parametrize("layout", ["opensid", "siak", "pasti"])
    def test_a_file_brought_back_is_the_same_for_every_row(self, clerk, town, media, layout, form):
        for person, name in ((town.mother, '=HYPERLINK("http://x")'), (town.child, "-1+1")):
            update_person(person.pk, {"name": name, "occupation": 89, "disability": 2}, purpose="civil.pelayanan")
        update_person(town.father.pk, {"occupation": 99, "status_dasar": 2}, purpose="civil.pelayanan")
        out = made(clerk, layout=layout, form=form, living=False)
        assert (out.total, len(lines(out))) == (3, 4)
        batch = imports.receive(SimpleUploadedFile(out.file_name, out.path.read_bytes()), KELURAHAN, clerk)
        assert imports.work(batch.pk) == "ready"
        batch.refresh_from_db()
        assert (batch.layout, batch.counts["same"]) == (layout, 3)
        assert {row.person_id for row in ImportRow.objects.filter(batch=batch)} == {
            town.father.pk, town.mother.pk, town.child.pk,
        }  # fmt: skip

    def test_numbers_are_text_and_nothing_is_a_formula(self, clerk, town, media):
        update_person(town.mother.pk, {"name": "=cmd|' /C calc'!A0"}, purpose="civil.pelayanan")
        cells = [cell for line in lines(made(clerk)) for cell in line]
        assert town.mother.nik in cells
        assert "'=cmd|' /C calc'!A0" in cells

    def test_the_living_are_those_who_are_here(self, clerk, town, media):
        update_person(town.father.pk, {"status_dasar": 2}, purpose="civil.pelayanan")
        assert (made(clerk).total, made(clerk, living=False).total) == (2, 3)


@pytest.mark.django_db
class TestWhoMay:
    def test_everybody_in_the_file_sees_who_took_it_and_what_for(self, clerk, town, media):
        made(clerk, layout="siak")
        told = trail_of(town.child.pk).filter(action="civil.person.exported").get()
        assert (told.object_label, told.purpose, told.actor_id) == ("Rapat kelurahan", "civil.ekspor", clerk.pk)
        assert "name" in told.fields
        assert not Entry.objects.filter(action="civil.person.exported", subject_id=town.stranger.pk).exists()

    def test_an_rt_never_gets_data_of_health(self, clerk, town, media):
        update_person(town.father.pk, {"disability": 2}, purpose="civil.pelayanan")
        at = layouts.HEADERS["opensid"].index("cacat_id")
        head = official("ketua_rt", RT)
        with scoped(queries.desk_scope(head, "civil.export", "civil.ekspor")):
            theirs = made(head, area=RT)
            assert {line[at] for line in lines(theirs)[1:]} == {""}
        assert "2" in {line[at] for line in lines(made(clerk))[1:]}

    def test_being_an_officer_elsewhere_opens_nothing_here(self, clerk, town, media):
        from pasti.kernel.accounts.services import assign

        both = official("ketua_rt", RT, "dua")
        assign(both, "kelurahan", unit_code="99.01.01.1002", unit_name="Lain", area_code="99.01.01.1002")
        with scoped(queries.desk_scope(both, "civil.export", "civil.ekspor")):
            assert exports.ask(wish(area=RT), both).specific is False

    def test_no_file_of_an_area_that_is_not_mine_and_none_of_somebody_else(self, clerk, town, media):
        with pytest.raises(Refused):
            exports.ask(wish(area="99.01"), clerk)
        one = made(clerk)
        with pytest.raises(NotFound):
            exports.own(one.pk, official("dukcapil", "99.01"))

    def test_ten_an_hour_and_the_same_form_once(self, clerk, town, media):
        first = exports.ask(wish(), clerk, key="k")
        assert exports.ask(wish(), clerk, key="k") == first
        for _ in range(9):
            exports.ask(wish(), clerk)
        with pytest.raises(Refused, match="satu jam"):
            exports.ask(wish(), clerk)

    def test_a_role_that_ended_gets_no_file(self, clerk, town, media):
        one = exports.ask(wish(), clerk)
        from pasti.kernel.accounts.models import Assignment

        Assignment.objects.filter(user=clerk).update(ends=dt.date(2020, 1, 1), starts=dt.date(2019, 1, 1))
        assert exports.work(one.pk) == "failed"
        assert not Entry.objects.filter(action="civil.person.exported").exists()

    def test_the_file_goes_after_a_day_and_its_record_stays(self, clerk, town, media):
        one = made(clerk)
        Export.objects.filter(pk=one.pk).update(finished_at=now() - dt.timedelta(hours=25))
        with scoped(everyone("99.01", "civil.impor")):
            exports.resume()
        assert not Path(one.path).exists()
        assert Export.objects.get(pk=one.pk).state == "gone"
        assert Person.objects.filter(pk=town.father.pk).exists()


@pytest.mark.django_db
def test_a_thousand_people_are_written_in_few_queries(clerk, town, media, django_assert_max_num_queries):
    from .test_imports import opensid, workbook

    content = workbook(layouts.HEADERS["opensid"], opensid(1000))
    batch = imports.receive(SimpleUploadedFile("a.xlsx", content), KELURAHAN, clerk)
    imports.work(batch.pk)
    imports.commit(batch.pk)
    imports.work(batch.pk)
    one = exports.ask(wish(form="csv"), clerk)
    with django_assert_max_num_queries(45):
        assert exports.work(one.pk) == "ready"
    assert len(io.StringIO(one.path.read_text("utf-8-sig")).readlines()) == 1004

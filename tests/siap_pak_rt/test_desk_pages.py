"""The desk's pages as people use them: few queries, few fields, nothing lost, and nothing for others."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pasti.civil import services as civil
from pasti.civil.models import Family, FamilyCheck, Peristiwa, Person
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.accounts.services import assign, take_away
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import today
from pasti.siap_pak_rt.models import Kos, Laporan, LaporanStep, Tamu
from tests.civil.conftest import new
from tests.siap_pak_rt.conftest import KELURAHAN, OTHER_KELURAHAN, OTHER_RT, RT

pytestmark = pytest.mark.django_db
ALL = everyone("99.01", "x")
DAY = dt.timedelta(days=1)


@pytest.fixture
def head(official: Callable[..., User], browsing: Callable[[User], Client]) -> Client:
    return browsing(official("ketua_rt", RT, "pak_rt"))


@pytest.fixture
def officer(official: Callable[..., User], browsing: Callable[[User], Client]) -> Client:
    return browsing(official("kelurahan", KELURAHAN, "kelurahan"))


def crowded(families: int = 60, size: int = 3, serial: int = 2000) -> None:
    """An RT of so many more families."""
    with scoped(ALL):
        for at in range(serial, serial + families):
            people = [civil.register_person(new(f"Warga {at} {n}"), purpose="x") for n in range(size)]
            card = civil.open_family(f"990101010101{at}", head=people[0].pk, street="Jl. Ramai", house=str(at), rt_code=RT,
                                     purpose="x")  # fmt: skip
            for person in people[1:]:
                civil.add_member(card, person.pk, 4, purpose="x")


def send(head: Client, town: Any, path: str = "kematian", **more: Any) -> Any:
    given = {"occurred_on": "2026-11-02", "idempotency_key": "k1"} | more
    return head.post(f"/siap-pak-rt/lapor/baru/{path}/?orang={town.father.pk}", given)


def the_report() -> Laporan:
    with scoped(ALL):
        return Laporan.objects.get()


def test_the_home_of_an_rt_of_sixty_families_takes_at_most_eight_queries(town: Any, head: Client) -> None:
    crowded()
    head.get("/siap-pak-rt/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = head.get("/siap-pak-rt/")
    text = page.content.decode()
    assert re.search(r"<dt>Orang</dt><dd>183</dd>", text)
    assert re.search(r"<dt>Keluarga</dt><dd>61</dd>", text)
    assert "61 keluarga belum diperiksa" in text
    assert len(asked) <= 8, [one["sql"][:90] for one in asked]


def test_the_list_of_families_does_not_ask_more_for_more_families(town: Any, head: Client) -> None:
    counts = []
    for families in (2, 40):
        crowded(families, size=1, serial=3000 + families)
        with CaptureQueriesContext(connection) as asked:
            page = head.get("/siap-pak-rt/keluarga/")
        counts.append(len(asked))
    assert page.content.decode().count('<li><a class="govuk-link" href="/siap-pak-rt/keluarga/') == 20
    assert counts[0] == counts[1]


def test_strangers_read_what_it_is_and_residents_find_the_own_family(
    town: Any, browsing: Callable[[User], Client]
) -> None:
    assert "Masuk" in Client().get("/siap-pak-rt/").content.decode()
    user = User.objects.create_user("siti", name="Siti", person_id=town.mother.pk)
    page = browsing(user).get("/siap-pak-rt/").content.decode()
    assert town.child.name.replace("'", "&#x27;") in page
    assert browsing(user).get("/siap-pak-rt/lapor/").status_code == 403


def test_the_kelurahan_sees_its_rws_and_an_rw_its_rts(town: Any, officer: Client, official: Any, browsing: Any) -> None:
    assert "Menurut wilayah" in officer.get("/siap-pak-rt/").content.decode()
    rw = browsing(official("ketua_rw", RT.rpartition(".")[0]))
    assert "Menurut wilayah" in rw.get("/siap-pak-rt/").content.decode()


@pytest.mark.parametrize("words", ["hidayat", "9901014705889001", "9901010101109001", "mawar", "zahra"])
def test_a_family_is_found_by_any_of_its_people_numbers_or_street(town: Any, head: Client, words: str) -> None:
    page = head.get(f"/siap-pak-rt/keluarga/?q={words}").content.decode()
    assert str(town.family.pk) in page
    assert str(town.family.pk) not in head.get("/siap-pak-rt/keluarga/?q=tidakada").content.decode()


def test_still_so_is_one_press_and_counts_for_today(town: Any, head: Client) -> None:
    url = f"/siap-pak-rt/keluarga/{town.family.pk}/"
    assert "Belum pernah diperiksa" in head.get(url).content.decode()
    for _ in range(2):
        assert head.post(f"{url}benar/").status_code == 302
    with scoped(ALL):
        assert Family.objects.get(pk=town.family.pk).verified_on == today()
        assert FamilyCheck.objects.count() == 1
    assert Entry.objects.filter(action="civil.family.verified", subject_id=town.child.pk).count() == 1
    assert str(town.family.pk) not in head.get("/siap-pak-rt/keluarga/?lihat=lama").content.decode()


def test_a_death_from_the_family_page_to_the_register(town: Any, head: Client, officer: Client) -> None:
    assert "Lapor atau perbaiki" in head.get(f"/siap-pak-rt/keluarga/{town.family.pk}/").content.decode()
    kinds = head.get(f"/siap-pak-rt/lapor/?orang={town.father.pk}").content.decode()
    assert f"/siap-pak-rt/lapor/baru/kematian/?orang={town.father.pk}" in kinds
    answers = [send(head, town) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    laporan = the_report()
    assert answers[0].url == answers[1].url == f"/siap-pak-rt/lapor/{laporan.pk}/"
    assert "sisa" in head.get(answers[0].url).content.decode(), "the clock to Dukcapil runs"
    assert town.father.name.replace("'", "&#x27;") in officer.get("/siap-pak-rt/lapor/masuk/").content.decode()
    page = officer.get(answers[0].url).content.decode()
    assert "Sahkan" in page
    assert officer.post(f"{answers[0].url}sahkan/", {"version": 1}).status_code == 302
    with scoped(ALL):
        assert Person.objects.get(pk=town.father.pk).status_dasar == 2
    assert (
        town.father.name.replace("'", "&#x27;")
        not in head.get(f"/siap-pak-rt/keluarga/{town.family.pk}/").content.decode()
    )
    assert re.search(r"<dt>Meninggal</dt><dd>1</dd>", head.get("/siap-pak-rt/").content.decode())


def test_every_form_has_at_most_five_fields_and_a_photo(town: Any, head: Client) -> None:
    with scoped(ALL):
        Person.objects.filter(pk=town.father.pk).update(marital_status=2)
    for path, chosen in {
        "kelahiran": f"orang={town.mother.pk}", "kematian": f"orang={town.father.pk}", "lahir-mati": f"orang={town.mother.pk}",
        "keluar": f"keluarga={town.family.pk}", "pindah": f"keluarga={town.family.pk}", "kawin": f"orang={town.child.pk}",
        "cerai": f"orang={town.father.pk}", "hilang": f"orang={town.child.pk}",
        "data": f"orang={town.father.pk}&bidang=occupation",
    }.items():  # fmt: skip
        page = head.get(f"/siap-pak-rt/lapor/baru/{path}/?{chosen}")
        assert page.status_code == 200, path
        form = page.context["form"]
        fields = [name for name in form.fields if name not in ("sure", "proof")]
        assert len(fields) <= 5, (path, fields)
        assert 'type="file"' in page.content.decode()
        assert 'name="sure"' not in page.content.decode()


@pytest.mark.parametrize(
    "path", ["kelahiran", "kematian", "keluar", "pindah", "kawin", "cerai", "data", "hilang", "lahir-mati"]
)
def test_without_a_choice_the_own_rt_is_offered(town: Any, head: Client, path: str) -> None:
    with scoped(ALL):
        Person.objects.filter(pk=town.mother.pk).update(marital_status=2)
    page = head.get(f"/siap-pak-rt/lapor/baru/{path}/").content.decode()
    assert ("?keluarga=" in page) if path in ("keluar", "pindah") else ("?orang=" in page)
    assert town.stranger.name not in page


def test_a_mistake_stands_at_its_field_and_nothing_typed_is_lost(town: Any, head: Client) -> None:
    page = send(head, town, occurred_on="2999-01-01", place="RS Purut")
    assert page.status_code == 422
    text = page.content.decode()
    assert "Tanggal ini belum tiba" in text
    assert 'value="RS Purut"' in text
    assert 'value="k1"' in text


def test_what_looks_odd_asks_once_more(town: Any, head: Client) -> None:
    url = f"/siap-pak-rt/lapor/baru/kawin/?orang={town.child.pk}"
    given = {"spouse_name": "Wati", "occurred_on": "2026-11-02", "idempotency_key": "k2"}
    page = head.post(url, given).content.decode()
    assert "tetap kirim" in page
    assert "belum 19 tahun" in page
    assert head.post(url, given | {"sure": "on"}).status_code == 302
    assert the_report().sure is True


def test_it_comes_back_and_is_mended_with_what_was_told_before(town: Any, head: Client, officer: Client) -> None:
    url = send(head, town, place="Rumah").url
    assert officer.post(f"{url}kembalikan/", {"reason": "", "version": 1}).status_code == 422
    assert officer.post(f"{url}kembalikan/", {"reason": "Tanggalnya keliru", "version": 1}).status_code == 302
    assert "1 laporan dikembalikan" in head.get("/siap-pak-rt/").content.decode()
    form = head.get(f"{url}perbaiki/").content.decode()
    assert "Tanggalnya keliru" in form
    assert 'value="Rumah"' in form
    again = {"occurred_on": "2026-11-03", "place": "Rumah", "version": 1}
    assert head.post(f"{url}perbaiki/", again).status_code == 302
    assert head.post(f"{url}perbaiki/", again).status_code == 422, "it moved on meanwhile"
    assert officer.post(f"{url}sahkan/", {"version": 1}).status_code == 409, "not what the officer had looked at"
    assert officer.post(f"{url}sahkan/", {"version": 2}).status_code == 302


def test_how_far_it_is_at_dukcapil_is_kept(town: Any, head: Client, officer: Client) -> None:
    url = send(head, town).url
    assert officer.post(f"{url}dukcapil/", {"state": "submitted"}).status_code == 404, "not in the register yet"
    officer.post(f"{url}sahkan/")
    assert head.post(f"{url}dukcapil/", {"state": "submitted"}).status_code == 403
    assert officer.post(f"{url}dukcapil/", {"state": "submitted"}).status_code == 302
    assert officer.post(f"{url}dukcapil/", {"state": "issued"}).status_code == 422
    assert officer.post(f"{url}dukcapil/", {"state": "issued", "document": "3575-KM-2026-1"}).status_code == 302
    assert officer.post(f"{url}dukcapil/", {"state": "submitted"}).status_code == 409, "never backwards"
    with scoped(ALL):
        assert Peristiwa.objects.get().dukcapil_document == "3575-KM-2026-1"
    assert "3575-KM-2026-1" in head.get(url).content.decode()


def test_a_confirmed_error_is_taken_back_and_both_stay_to_be_seen(town: Any, head: Client, officer: Client) -> None:
    url = send(head, town).url
    officer.post(f"{url}sahkan/")
    assert officer.post(f"{url}batalkan/", {"reason": ""}).status_code == 422
    assert officer.post(f"{url}batalkan/", {"reason": "Orangnya masih hidup"}).status_code == 302
    with scoped(ALL):
        assert Person.objects.get(pk=town.father.pk).status_dasar == 1
    ledger = head.get("/siap-pak-rt/lapor/buku/").content.decode()
    assert ledger.count(f'href="{url}"') == 3


FAMILY = {
    "number": "9901010101109055", "street": "Jl. Kenanga", "house": "1", "origin": "Malang", "occurred_on": "2026-11-02",
    "baris": "2", "idempotency_key": "k3", "anggota-0-name": "Kepala Baru", "anggota-0-sex": "1",
    "anggota-0-birth_place": "Malang", "anggota-0-birth_date": "1990-02-03", "anggota-0-relation": "1",
    "anggota-0-religion": "1", "anggota-0-marital_status": "2", "anggota-1-name": "Istri Baru", "anggota-1-sex": "2",
    "anggota-1-birth_place": "Malang", "anggota-1-birth_date": "1991-02-03", "anggota-1-relation": "3",
    "anggota-1-religion": "1", "anggota-1-marital_status": "2",
}  # fmt: skip
NEW = "/siap-pak-rt/lapor/baru/datang/"


def test_a_family_moves_in_by_one_form_the_head_first(town: Any, head: Client, officer: Client) -> None:
    with_row = head.post(NEW, FAMILY | {"tambah": "1"}).content.decode()
    assert 'name="anggota-2-name"' in with_row
    assert 'value="Istri Baru"' in with_row
    assert "govuk-error-message" not in with_row
    wrong = head.post(NEW, FAMILY | {"anggota-1-birth_date": "2999-01-01", "number": "12"})
    assert wrong.status_code == 422
    assert "Nomor KK harus 16 angka" in wrong.content.decode()
    assert wrong.content.decode().count("Tanggal ini belum tiba") == 1
    assert 'value="Kepala Baru"' in wrong.content.decode()
    done = head.post(NEW, FAMILY | {"baris": "3"})
    assert done.status_code == 302, "an empty row is nobody"
    assert "Istri Baru" in officer.get(done.url).content.decode()
    officer.post(f"{done.url}sahkan/")
    with scoped(ALL):
        card = Family.objects.get(number="9901010101109055")
        assert card.rt_code == RT
        assert Person.objects.filter(memberships__family=card).count() == 2
    assert "Kepala Baru" in head.get("/siap-pak-rt/keluarga/").content.decode()


def test_a_family_that_came_back_is_mended_in_the_same_form(town: Any, head: Client, officer: Client) -> None:
    url = head.post(NEW, FAMILY).url
    officer.post(f"{url}kembalikan/", {"reason": "Nama istri keliru"})
    page = head.get(f"{url}perbaiki/").content.decode()
    assert 'value="Istri Baru"' in page
    assert 'value="1991-02-03"' in page
    done = head.post(f"{url}perbaiki/", FAMILY | {"anggota-1-name": "Istri Betul", "version": "1"})
    assert done.status_code == 302
    assert the_report().told["members"][1]["name"] == "Istri Betul"


def test_a_guest_is_entered_in_five_fields_stays_longer_and_leaves(town: Any, head: Client) -> None:
    given = {
        "name": "Joko",
        "origin": "Malang",
        "until": str(today() + DAY),
        "host": "Bu Siti",
        "idempotency_key": "g1",
    }
    for _ in range(2):
        assert head.post("/siap-pak-rt/tamu/baru/", given).status_code == 302
    with scoped(ALL):
        guest = Tamu.objects.get()
    url = f"/siap-pak-rt/tamu/{guest.pk}/"
    assert "Joko" in head.get("/siap-pak-rt/tamu/").content.decode()
    assert head.post(url, {"perpanjang": "1", "until": str(today() + 9 * DAY)}).status_code == 302
    assert "Jadikan penduduk sementara" in head.get(url).content.decode()
    form = head.get(f"/siap-pak-rt/lapor/baru/sementara/?tamu={guest.pk}").content.decode()
    assert 'value="Joko"' in form
    assert head.post(url, {"pulang": "1"}).status_code == 302
    assert "Joko" in head.get("/siap-pak-rt/tamu/?lihat=pulang").content.decode()


def test_the_owner_of_a_house_reports_from_the_own_page(
    town: Any, head: Client, browsing: Callable[[User], Client]
) -> None:
    given = {"kind": "kos", "name": "Kos Melati", "street": "Jl. Mawar 5", "rooms": "3", "owner_name": "Siti",
             "owner_nik": "9901014705889001"}  # fmt: skip
    assert head.post("/siap-pak-rt/tamu/kos/baru/", given).status_code == 302
    with scoped(ALL):
        house = Kos.objects.get()
    assert "3 kamar kos atau kontrakan belum lapor" in head.get("/siap-pak-rt/").content.decode()
    owner = browsing(User.objects.create_user("siti", name="Siti", person_id=town.mother.pk))
    url = f"/siap-pak-rt/tamu/kos/{house.pk}/"
    assert url in owner.get("/siap-pak-rt/").content.decode()
    tenant = {"name": "Anak Kos", "origin": "Malang", "until": str(today() + 90 * DAY), "host": "2"}
    assert owner.post(f"/siap-pak-rt/tamu/baru/?kos={house.pk}", tenant).status_code == 302
    assert owner.post(f"{url}kosong/", {"vacant": "1"}).status_code == 302
    assert "Anak Kos" in owner.get(url).content.decode()
    assert "1 kamar kos atau kontrakan belum lapor" in head.get("/siap-pak-rt/").content.decode()
    assert owner.get("/siap-pak-rt/tamu/").status_code == 403
    stranger = browsing(User.objects.create_user("budi", name="Budi", person_id=town.stranger.pk))
    assert [stranger.get(url).status_code, stranger.post(f"{url}kosong/", {"vacant": "0"}).status_code] == [404, 404]


def test_foreign_things_are_not_there(town: Any, head: Client, official: Any, browsing: Any) -> None:
    url = send(head, town).url
    head.post("/siap-pak-rt/tamu/baru/", {"name": "J", "origin": "M", "until": str(today()), "host": "x"})
    with scoped(ALL):
        guest = Tamu.objects.get()
    others = [browsing(official("ketua_rt", OTHER_RT)), browsing(official("kelurahan", OTHER_KELURAHAN))]
    for other in others:
        for path in (url, f"/siap-pak-rt/keluarga/{town.family.pk}/", f"/siap-pak-rt/lapor/?wilayah={RT}",
                     f"/siap-pak-rt/keluarga/?wilayah={RT}", f"/siap-pak-rt/?wilayah={RT}"):  # fmt: skip
            assert other.get(path).status_code in (403, 404), path
        assert other.post(f"{url}sahkan/").status_code == 404
        assert other.get(f"/siap-pak-rt/tamu/{guest.pk}/").status_code in (403, 404)
        assert other.post(f"/siap-pak-rt/keluarga/{town.family.pk}/benar/").status_code == 404
    assert others[0].get(f"/siap-pak-rt/lapor/baru/kematian/?orang={town.father.pk}").status_code == 404
    assert others[1].get(f"/siap-pak-rt/serah-terima/{RT}/").status_code == 404


def test_a_role_that_ends_in_the_middle_ends_the_form(town: Any, head: Client) -> None:
    assert head.get(f"/siap-pak-rt/lapor/baru/kematian/?orang={town.father.pk}").status_code == 200
    take_away(User.objects.get(username="pak_rt").assignments.get().pk)
    assert send(head, town).status_code == 403
    with scoped(ALL):
        assert not Laporan.objects.exists()


def test_the_audit_names_the_role_that_opened_the_door(town: Any, official: Any, browsing: Any, head: Client) -> None:
    user = official("kelurahan", KELURAHAN, "rangkap")
    assign(user, "ketua_rt", unit_code=OTHER_RT, unit_name="RT lain", area_code=OTHER_RT)
    both = browsing(user)
    url = send(head, town).url
    both.post(f"{url}sahkan/")
    with scoped(ALL):
        step = LaporanStep.objects.get(step="confirmed")
    assert (step.actor_role, step.actor_unit) == ("kelurahan", user.assignments.get(role="kelurahan").unit_name)
    both.get(f"/siap-pak-rt/lapor/baru/kematian/?orang={town.stranger.pk}")
    seen = Entry.objects.filter(actor_id=user.pk, subject_id=town.stranger.pk).latest("id")
    assert (seen.actor_role, seen.actor_unit) == ("ketua_rt", "RT lain")

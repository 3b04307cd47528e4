"""Pages of files: send, see what is wrong, choose, enter, take back; and files out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pasti.civil.models import Export, ImportRow, Person
from pasti.civil.rules import layouts
from pasti.civil.services import exports, imports
from pasti.kernel.accounts.scope import everyone, scoped

from .conftest import KELURAHAN, OTHER_RT, RT, load_lists, official
from .test_imports import opensid, workbook

pytestmark = pytest.mark.django_db
FILES = "/kependudukan/berkas/"


@pytest.fixture
def desk(town, settings, tmp_path):
    """A signed-in kelurahan officer's browser."""
    settings.MEDIA_ROOT = tmp_path
    load_lists()
    browser = Client()
    browser.user = official("kelurahan", KELURAHAN)
    browser.force_login(browser.user)
    return browser


def send(browser, rows, **more):
    content = workbook(layouts.HEADERS["opensid"], rows)
    form = {"area": KELURAHAN, "file": SimpleUploadedFile("warga.xlsx", content), "idempotency_key": "k1"} | more
    return browser.post(f"{FILES}baru/", form)


def sent(browser, rows):
    answer = send(browser, rows)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    work(answer.url)
    return answer.url


def work(url):
    with scoped(everyone(KELURAHAN, "civil.impor")):
        imports.work(url.rstrip("/").rsplit("/", 1)[1])


def differing(town):
    row = dict.fromkeys(layouts.HEADERS["opensid"], "") | {
        "nama": "Nama Baru", "nik": town.father.nik, "sex": 1, "tanggallahir": "02-03-1985", "agama_id": 3, "rw": 1, "rt": 1,
    }  # fmt: skip
    return list(row.values())


def broken():
    row = next(opensid(1, 900))
    row[layouts.HEADERS["opensid"].index("nik")] = 9901015705900010.0
    return row


def text(browser, url):
    answer = browser.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode() if not answer.streaming else b"".join(answer.streaming_content)


def test_a_file_is_sent_read_chosen_from_entered_and_taken_back(desk, town):
    url = sent(desk, [*opensid(4), differing(town), broken()])
    report = text(desk, url)
    assert "NIK angka terakhirnya hilang" in report
    assert "pilih Teks" in report
    assert "4 orang baru masuk, 0 orang diubah, 1 orang yang berbeda dibiarkan, 1 baris dilewati." in report
    assert "Islam" in text(desk, f"{url}beda/").title()
    desk.post(f"{url}beda/", {"isian-tampil": "1", "isian": ["name"]})
    assert "1 orang diubah, 0 orang dibiarkan" in text(desk, f"{url}beda/")
    desk.post(f"{url}beda/", {"baris-5": "tidak"})
    assert "0 orang diubah, 1 orang dibiarkan" in text(desk, f"{url}beda/")
    desk.post(f"{url}beda/", {"baris-5": "ikut"})
    assert "1 orang diubah menurut berkas" in text(desk, f"{url}masukkan/")
    for _ in range(2):  # pressed twice
        assert desk.post(f"{url}masukkan/").url == url
    work(url)
    assert "4 orang baru sudah masuk dan 1 orang sudah diubah" in text(desk, url)
    with scoped(everyone(KELURAHAN, "civil.impor")):
        assert Person.objects.filter(name__startswith="Warga Ke", status_dasar=1).count() == 4
        assert Person.objects.get(pk=town.father.pk).name == "Nama Baru"
    assert "dikembalikan seperti semula" in text(desk, f"{url}batalkan/")
    desk.post(f"{url}batalkan/")
    work(url)
    assert "sudah dibatalkan" in text(desk, url)
    assert desk.post(f"{url}buang/").url == FILES
    assert desk.get(url).status_code == 404


def test_progress_is_a_fragment_that_says_when_it_is_done(desk):
    url = send(desk, opensid(4)).url
    waiting = desk.get(url, headers={"X-Poll": "1"})
    assert ("<progress" in waiting.content.decode(), "X-Done" in waiting) == (True, False)
    assert "Lihat kemajuan terbaru" in text(desk, url)  # without JavaScript
    work(url)
    assert desk.get(url, headers={"X-Poll": "1"})["X-Done"] == "1"


def test_the_same_form_sent_twice_is_one_file(desk):
    rows = list(opensid(2))
    assert send(desk, rows).url == send(desk, rows).url


def test_a_file_that_is_no_table_is_refused_at_its_field(desk):
    answer = desk.post(
        f"{FILES}baru/", {"area": KELURAHAN, "file": SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 99)}
    )
    assert (answer.status_code, "XLSX atau CSV" in answer.content.decode()) == (422, True)
    assert desk.post(f"{FILES}baru/", {"area": "99.01", "file": SimpleUploadedFile("a.csv", b"a")}).status_code == 422


def test_rows_with_problems_are_paged_and_come_as_a_file_to_mend(desk):
    url = sent(desk, [broken() for _ in range(25)])
    page = text(desk, f"{url}baris/?masalah=nik.excel")
    assert page.count("menghalangi") == 20
    following = page.split('href="?setelah=')[1].split('"')[0].replace("&amp;", "&")
    assert text(desk, f"{url}baris/?setelah={following}").count("menghalangi") == 5
    listed = text(desk, f"{url}masalah.csv").decode("utf-8-sig").splitlines()
    assert (len(listed), listed[0].split(";")[2:4]) == (26, ["kk", "nik"])
    assert "9901015705900010" in listed[1]
    assert text(desk, f"{url}masalah.xlsx")[:2] == b"PK"


def test_the_pages_cost_the_same_for_many_rows(desk, town, django_assert_max_num_queries):
    url = sent(desk, [*opensid(200), differing(town)])
    for path in (url, f"{url}beda/", f"{url}baris/?jenis=new", FILES):
        with django_assert_max_num_queries(22):
            text(desk, path)


def test_what_the_register_says_beside_a_file_is_a_recorded_read(desk, town):
    from pasti.kernel.audit.queries import trail_of

    url = sent(desk, [differing(town)])
    text(desk, f"{url}beda/")
    assert trail_of(town.father.pk).filter(action="civil.import.compared").get().fields == ["name", "religion"]


def test_others_find_nothing_and_an_rt_may_not_bring_files(desk, client):
    url = sent(desk, opensid(2))
    client.force_login(official("kelurahan", OTHER_RT.rsplit(".", 2)[0], "lain"))
    for path in ("", "baris/", "beda/", "masukkan/", "masalah.csv"):
        assert client.get(f"{url}{path}").status_code == 404
    assert client.post(f"{url}masukkan/").status_code == 404
    client.force_login(official("ketua_rt", RT))
    assert client.get(FILES).status_code == 403
    assert client.get("/kependudukan/unduhan/").status_code == 200


@pytest.mark.parametrize("layout", ["opensid", "siak", "pasti"])
def test_the_example_files_are_understood_and_enter_nobody(desk, layout):
    content = text(desk, f"{FILES}contoh/{layout}.xlsx")
    form = {"area": KELURAHAN, "file": SimpleUploadedFile("contoh.xlsx", content)}
    url = desk.post(f"{FILES}baru/", form).url
    work(url)
    with scoped(everyone(KELURAHAN, "civil.impor")):
        row = ImportRow.objects.get(batch_id=url.rstrip("/").rsplit("/", 1)[1])
        assert row.outcome == "error"


def test_a_file_out_is_asked_for_with_a_reason_and_taken_by_who_asked(desk, client, town):
    form = {"area": KELURAHAN, "layout": "siak", "form": "csv", "living": "1", "reason": "", "idempotency_key": "e1"}
    refused = desk.post("/kependudukan/unduhan/baru/", form)
    assert refused.status_code == 422
    url = desk.post("/kependudukan/unduhan/baru/", form | {"reason": "Rapat RW"}).url
    assert "Sedang disiapkan" in text(desk, url)
    with scoped(everyone(KELURAHAN, "civil.ekspor")):
        exports.work(url.rstrip("/").rsplit("/", 1)[1])
        one = Export.objects.get()
    assert "3 orang" in text(desk, url)
    assert town.father.nik in text(desk, reverse("civil:files_download", args=[one.pk])).decode("utf-8-sig")
    client.force_login(official("kelurahan", KELURAHAN, "rekan"))
    assert client.get(reverse("civil:files_download", args=[one.pk])).status_code == 404
    assert "Rapat RW" in text(desk, "/kependudukan/unduhan/")

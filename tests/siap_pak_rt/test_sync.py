"""What is done without a network arrives once, in order, never over what others did, and not after the role ended."""

from __future__ import annotations

import hashlib
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from pasti.civil import services as civil
from pasti.kernel.accounts.models import Assignment, User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.accounts.services import take_away
from pasti.kernel.audit.models import Entry
from pasti.kernel.clock import now, today
from pasti.kernel.publish.registry import registry
from pasti.siap_pak_rt.models import Attachment, Device, Laporan, Letter, SyncAction
from tests.siap_pak_rt.conftest import OTHER_RT, RT, make_official, make_town
from tests.siap_pak_rt.letters import asked
from tests.siap_pak_rt.test_attachments import photo

CITY = everyone("99.01", "siap_pak_rt.luring")
ROOT = "/siap-pak-rt/sinkron/"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


class Phone:
    """A browser in which an RT head has prepared a device."""

    def __init__(self, user: User, unit: str = RT) -> None:
        self.user, self.browser, self.id = user, Client(), uuid.uuid4()
        self.browser.force_login(user)
        self.prepared = self.post("perangkat/", {"id": str(self.id), "unit": unit, "label": "Ponsel"})
        self.cursor, self.kept = 0, {"families": {}, "letters": {}, "reports": {}}

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.browser.post(ROOT + path, body, content_type="application/json")

    def fetch(self) -> dict[str, Any]:
        news = self.browser.get(f"{ROOT}{self.id}/isi/?sejak={self.cursor}").json()
        for kind, known in self.kept.items():
            if news["whole"]:
                known.clear()
            for gone in news["removed"][kind]:
                known.pop(gone, None)
            known.update(news["changed"][kind])
        self.cursor = news["cursor"]
        return news

    def send(self, act: dict[str, Any]) -> Any:
        return self.post(f"{self.id}/aksi/", act)

    def photo(self) -> str:
        """Sends a photo in one piece; the number of the proof."""
        content = photo()
        begun = self.post("unggahan/", {"client_id": "foto-0001", "name": "kk.jpg", "size": len(content),
                                        "sha256": hashlib.sha256(content).hexdigest()}).json()  # fmt: skip
        self.browser.put(f"{ROOT}unggahan/{begun['id']}/", content, content_type="application/octet-stream",
                         headers={"Upload-Offset": "0"})  # fmt: skip
        return str(self.post(f"unggahan/{begun['id']}/selesai/", {}).json()["attachment"])

    def family_of(self, name: str) -> dict[str, Any]:
        return next(one for one in self.kept["families"].values() if any(m["name"] == name for m in one["members"]))

    def report(self, kind: str, name: str, client_id: str, **more: Any) -> dict[str, Any]:
        family = self.family_of(name)
        person = next(one for one in family["members"] if one["name"] == name)
        told = {"name": "Bayi Baru", "sex": 2} if kind == "birth" else {}
        data = {"kind": kind, "family": family["id"], "person": person["id"], "on": today().isoformat(), "told": told}
        return {"client_id": client_id, "kind": "laporan", "base": family["v"], "data": data} | more


@pytest.fixture
def head(town: Any) -> User:
    return make_official("ketua_rt", RT)


@pytest.fixture
def phone(head: User) -> Phone:
    made = Phone(head)
    made.fetch()
    return made


def reports() -> list[Laporan]:
    with scoped(CITY):
        return list(Laporan.objects.order_by("recorded_at"))


# What the device keeps


@pytest.mark.django_db
def test_a_device_gets_its_rt_alone_and_those_named_see_it(phone: Phone, town: Any) -> None:
    names = {one["name"] for family in phone.kept["families"].values() for one in family["members"]}
    assert names == {"Syafi'i Hidayat", "Siti Ni'mah", "Zahra Syafi'i"}
    assert "nik" not in str(phone.kept).lower().replace("ni'mah", "")
    assert "9901010203859001" not in str(phone.kept)
    (seen,) = Entry.objects.filter(subject_id=town.mother.pk, action="siap_pak_rt.sync.kept")
    assert (seen.actor_role, seen.purpose) == ("ketua_rt", "siap_pak_rt.luring")


@pytest.mark.django_db
def test_later_only_what_changed_comes(phone: Phone, town: Any) -> None:
    news = phone.fetch()
    assert (news["whole"], news["changed"]["families"]) == (False, {})
    before = Entry.objects.filter(action="siap_pak_rt.sync.kept").count()
    phone.fetch()
    assert Entry.objects.filter(action="siap_pak_rt.sync.kept").count() == before, "what is not sent is not read"
    with scoped(CITY):
        civil.report_death(town.child.pk, civil.Report(today(), "civil.pelayanan"))
    news = phone.fetch()
    (family,) = news["changed"]["families"].values()
    assert [one["name"] for one in family["members"]] == ["Syafi'i Hidayat", "Siti Ni'mah"]
    phone.cursor -= 1  # the answer was lost on the way
    assert phone.fetch()["whole"] is True


@pytest.mark.django_db
def test_only_the_head_of_the_rt_prepares_a_device_for_it(head: User, town: Any) -> None:
    assert Phone(head, OTHER_RT).prepared.status_code == 403
    assert Phone(make_official("kelurahan", RT.rsplit(".", 2)[0])).prepared.status_code == 403
    assert Client().get(f"{ROOT}masuk/").status_code == 401


@pytest.mark.django_db
def test_a_device_is_its_users_alone(phone: Phone) -> None:
    other = Client()
    other.force_login(make_official("ketua_rt", RT, "wakil"))
    assert other.get(f"{ROOT}{phone.id}/isi/").status_code == 404


# Handing in


@pytest.mark.django_db
def test_a_birth_with_its_photo_arrives_once_however_often_it_is_sent(phone: Phone) -> None:
    proof = phone.photo()
    act = phone.report("birth", "Siti Ni'mah", "kerja-0001", proofs=[proof], made_at="1999-01-01T00:00:00Z")
    first, second = phone.send(act).json(), phone.send(act).json()
    assert first == second
    assert first["state"] == "done"
    (laporan,) = reports()
    assert (laporan.kind, laporan.told["name"], laporan.state) == ("birth", "Bayi Baru", "submitted")
    assert abs((laporan.sent_at - now()).total_seconds()) < 3600, "the device's clock is not believed"
    with scoped(CITY):
        assert Attachment.objects.get().claimed_to == f"laporan:{laporan.pk}"
        assert SyncAction.objects.get().made_at == "1999-01-01T00:00:00Z"


@pytest.mark.django_db
def test_the_own_copy_names_the_proof_and_the_act(phone: Phone, town: Any) -> None:
    proof = phone.photo()
    assert records(town.mother.pk) == ([], []), "until it is sent with a report it is about nobody"
    phone.send(phone.report("birth", "Siti Ni'mah", "kerja-0001", proofs=[proof]))
    (file,), (act,) = records(town.mother.pk)
    assert (file["nama"], file["alamat"]) == ("kk.jpg", f"/siap-pak-rt/lampiran/{proof}/")
    assert (act["jenis"], act["keadaan"]) == ("laporan", "done")
    assert records(town.child.pk) == ([], [])


def records(person: uuid.UUID) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    known = {one.code: one.collect for one in registry().subject_records}
    return known["siap_pak_rt.proofs"](person), known["siap_pak_rt.offline"](person)


@pytest.mark.django_db
def test_what_depends_on_something_unsent_waits(phone: Phone) -> None:
    first = phone.report("birth", "Siti Ni'mah", "kerja-0001")
    later = phone.report("death", "Syafi'i Hidayat", "kerja-0002", after="kerja-0001")
    assert phone.send(later).json()["state"] == "waiting"
    assert reports() == []
    assert phone.send(first).json()["state"] == "done"
    assert phone.send(later).json()["state"] == "done"
    assert [one.kind for one in reports()] == ["birth", "death"]


@pytest.mark.django_db
def test_a_family_that_changed_is_shown_before_anything_is_sent_over_it(phone: Phone, town: Any) -> None:
    act = phone.report("birth", "Siti Ni'mah", "kerja-0001")
    with scoped(CITY):
        civil.report_death(town.father.pk, civil.Report(today(), "civil.pelayanan"))
    answer = phone.send(act).json()
    assert (answer["state"], answer["code"]) == ("conflict", "sudah-berubah")
    assert [one["name"] for one in answer["now"]["members"]] == ["Siti Ni'mah", "Zahra Syafi'i"]
    assert reports() == []
    assert phone.send(act | {"base": answer["now"]["v"], "sure": True}).json()["state"] == "done"
    assert len(reports()) == 1


@pytest.mark.django_db
def test_who_died_meanwhile_is_not_reported_dead_again(phone: Phone, town: Any) -> None:
    act = phone.report("death", "Zahra Syafi'i", "kerja-0001")
    with scoped(CITY):
        civil.report_death(town.child.pk, civil.Report(today(), "civil.pelayanan"))
    assert phone.send(act).json()["code"] == "sudah-berubah"
    again = phone.send(act | {"sure": True}).json()
    assert (again["state"], again["code"]) == ("conflict", "tidak-ditemukan")
    assert reports() == []


@pytest.mark.django_db
def test_another_device_was_first(phone: Phone, head: User) -> None:
    other = Phone(head)
    other.fetch()
    assert other.send(other.report("death", "Zahra Syafi'i", "lain-0001")).json()["state"] == "done"
    answer = phone.send(phone.report("death", "Zahra Syafi'i", "kerja-0001")).json()
    assert (answer["state"], answer["code"]) == ("conflict", "sudah-dilaporkan")
    assert len(reports()) == 1


@pytest.mark.django_db
def test_a_letter_is_decided_once_and_who_was_first_is_told(
    phone: Phone, head: User, town: Any, siti: Any, heads: Any
) -> None:
    letter = asked(siti, town.mother)
    phone.fetch()
    (kept,) = phone.kept["letters"].values()
    act = {"client_id": "kerja-0001", "kind": "surat", "base": str(kept["v"]),
           "data": {"letter": str(letter.pk), "verdict": "approve"}}  # fmt: skip
    assert phone.send(act).json()["state"] == "done"
    assert phone.send(act).json()["state"] == "done"
    answer = phone.send(act | {"client_id": "kerja-0002"}).json()
    assert (answer["state"], answer["code"], answer["now"]["state"]) == ("conflict", "sudah-diputus", "at_rw")
    assert "disetujui" in answer["now"]["happened"]
    with scoped(CITY):
        assert Letter.objects.get().version == 2


@pytest.mark.django_db
def test_what_is_wrong_is_refused_in_words_and_may_be_mended(phone: Phone) -> None:
    act = phone.report("birth", "Siti Ni'mah", "kerja-0001")
    act["data"]["on"] = "2999-01-01"
    answer = phone.send(act).json()
    assert answer["state"] == "refused"
    assert answer["words"]
    for broken in ({"data": {}}, {"data": act["data"] | {"on": "kemarin"}}, {"data": act["data"] | {"family": "x"}}):
        assert phone.send(act | broken).json()["state"] == "refused"
    act["data"]["on"] = today().isoformat()
    assert phone.send(act).json()["state"] == "done"


# The end


@pytest.mark.django_db
def test_after_the_role_ended_nothing_comes_or_goes(phone: Phone, head: User) -> None:
    act = phone.report("birth", "Siti Ni'mah", "kerja-0001")
    take_away(Assignment.objects.get(user=head).pk)
    for answer in (
        phone.send(act),
        phone.browser.get(f"{ROOT}{phone.id}/isi/"),
        Client().get(f"{ROOT}keadaan/?perangkat={phone.id}"),
    ):
        assert answer.status_code == 410
        assert answer.json()["type"] == "/masalah/peran-berakhir"
    assert reports() == []
    kept = Device.objects.get()
    assert kept.revoked_at is not None
    assert kept.known == {}


@pytest.mark.django_db
def test_an_account_that_was_closed_ends_the_device_without_signing_in(phone: Phone, head: User) -> None:
    assert Client().get(f"{ROOT}keadaan/?perangkat={phone.id}").status_code == 204
    User.objects.filter(pk=head.pk).update(is_active=False)
    assert Client().get(f"{ROOT}keadaan/?perangkat={phone.id}").status_code == 410


@pytest.mark.django_db
def test_a_lost_device_is_cut_off_by_its_user(phone: Phone, head: User) -> None:
    page = phone.browser.get("/siap-pak-rt/luring/perangkat/")
    assert "Ponsel" in page.content.decode()
    assert phone.browser.post("/siap-pak-rt/luring/perangkat/", {"device": str(phone.id)}).status_code == 302
    assert phone.browser.get(f"{ROOT}{phone.id}/isi/").status_code == 410
    other = Client()
    other.force_login(make_official("ketua_rt", OTHER_RT))
    assert other.post("/siap-pak-rt/luring/perangkat/", {"device": str(phone.id)}).status_code == 404


@pytest.mark.django_db
def test_the_shell_names_nobody(phone: Phone, head: User) -> None:
    assert phone.browser.get("/siap-pak-rt/luring/").content == Client().get("/siap-pak-rt/luring/").content
    assert head.name not in Client().get("/siap-pak-rt/luring/").content.decode()


def test_two_windows_that_send_at_once_make_one_report(fresh_database: str) -> None:
    make_town()
    phone = Phone(make_official("ketua_rt", RT))
    phone.fetch()
    act, at_once, answers = phone.report("birth", "Siti Ni'mah", "kerja-0001"), threading.Barrier(3), []

    def send() -> None:
        window = Client()
        window.force_login(User.objects.get(pk=phone.user.pk))
        at_once.wait()
        answers.append(window.post(f"{ROOT}{phone.id}/aksi/", act, content_type="application/json").json())
        connection.close()

    windows = [threading.Thread(target=send) for _ in range(3)]
    for one in windows:
        one.start()
    for one in windows:
        one.join()
    assert [one["state"] for one in answers] == ["done"] * 3
    assert len({one["id"] for one in answers}) == 1
    assert len(reports()) == 1

"""What the hospital tells people: the number when it is booked, the room when it is called, and what changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from pasti.kernel.accounts.models import User
from pasti.kernel.clock import city_zone
from pasti.kernel.notify.services import send
from pasti.kernel.outbox.models import StoredEvent
from pasti.purut.models import Antrean, Tunggu
from pasti.purut.rules import times
from pasti.purut.services.reminding import expected_tomorrow, nearly_called


def booked(event: StoredEvent) -> None:
    """The booker's receipt."""
    begins, ends = (_clock(event.payload[key]) for key in ("window_begins", "window_ends"))
    body = gettext_noop("Kode %(code)s, tanggal %(date)s, perkiraan dipanggil pukul %(begins)s–%(ends)s.")
    _tell(event, gettext_noop("Nomor antrean %(label)s"), body, begins=begins, ends=ends)


def called(event: StoredEvent) -> None:
    """The call, for a patient who is not in the waiting room."""
    _tell(event, gettext_noop("Nomor %(label)s dipanggil"), gettext_noop("Silakan ke %(room)s sekarang."))


def near(event: StoredEvent) -> None:
    """After each call: time to leave, once, for those who are expected and have few people ahead."""
    for antrean, ahead in nearly_called(event.payload["code"]):
        tell(
            antrean, f"purut.berangkat:{antrean.code}", gettext_noop("Berangkat sekarang ke rumah sakit"),
            gettext_noop("Tinggal %(ahead)s orang di depan Anda. Kode %(code)s."), {"ahead": ahead, "code": antrean.code},
            page_of(antrean),
        )  # fmt: skip


def offered(event: StoredEvent) -> None:
    """A place became free for one who waits."""
    body = gettext_noop("Terima paling lambat pukul %(until)s. Sesudah itu tempat diberikan kepada yang berikutnya.")
    title = gettext_noop("Ada tempat untuk Anda tanggal %(date)s")
    _tell(event, title, body, path="pilihan/", until=_clock(event.payload["held_until"]))


def lapsed(event: StoredEvent) -> None:
    """An offered place was not accepted in time; whoever waits next has it."""
    title = gettext_noop("Tawaran tempat tanggal %(date)s berakhir")
    _tell(
        event,
        title,
        gettext_noop("Tidak diterima sampai waktunya, jadi tempat itu dilepas. Pilih hari lain dari daftar poli."),
    )


def called_off(event: StoredEvent) -> None:
    """The session is not held for this patient: another place, or none."""
    title = gettext_noop("Jadwal dokter berubah: antrean %(label)s dibatalkan rumah sakit")
    facts = event.payload
    if not facts["other"]:
        _tell(event, title, gettext_noop("Alasan: %(reason)s. Belum ada tempat pengganti; pilih hari lain."))
        return
    body = gettext_noop(
        "Alasan: %(reason)s. Tempat pengganti: %(when)s. Terima atau lepas paling lambat %(until)s lewat tautan ini."
    )
    _tell(event, title, body, of=facts["other"], path="pilihan/", when=facts["other_starts"], until=facts["held_until"])


def waiting_ended(event: StoredEvent) -> None:
    """Nobody waits for a session that is not held."""
    row = Tunggu.objects.select_related("patient").filter(pk=event.payload["tunggu"]).first()
    if row is not None:
        title = gettext_noop("Daftar tunggu tanggal %(date)s berakhir: sesi tidak diadakan")
        body, page = gettext_noop("Alasan: %(reason)s. Pilih hari lain."), f"/purut/poli/{event.payload['poli']}/"
        tell(row, str(event.uid), title, body, event.payload, page)


def moved(event: StoredEvent) -> None:
    """Same number, other hours."""
    begins, ends = (_clock(event.payload[key]) for key in ("window_begins", "window_ends"))
    body = gettext_noop("Alasan: %(reason)s. Perkiraan dipanggil sekarang pukul %(begins)s–%(ends)s tanggal %(date)s.")
    _tell(event, gettext_noop("Jam praktik dokter berubah: antrean %(label)s"), body, begins=begins, ends=ends)


def remind_tomorrow() -> int:
    """The day before, once for each registration; returns how many have a number for tomorrow."""
    count = 0
    for antrean in expected_tomorrow():
        window = times.window(antrean.sesi.starts_at, antrean.sesi.minutes, antrean.number)
        facts = {"code": antrean.code, "begins": _hour(window.begins), "ends": _hour(window.ends)}
        tell(
            antrean, f"purut.besok:{antrean.code}", gettext_noop("Besok Anda punya antrean di rumah sakit"),
            gettext_noop("Kode %(code)s, perkiraan dipanggil pukul %(begins)s–%(ends)s. Batalkan bila tidak jadi datang."),
            facts, page_of(antrean),
        )  # fmt: skip
        count += 1
    return count


def tell(row: Antrean | Tunggu, key: str, title: str, body: str, facts: dict[str, Any], page: str = "") -> None:
    """Send in the reader's own language; nobody is told where neither booker nor patient has an account.

    Moments among `facts` are shown as date and time, the day in words; `key` is what makes the same message the same.
    """
    user = reader_of(row)
    if user is not None:
        with override(user.language):
            words = facts | {
                name: _moment(facts[name]) for name in ("when", "until") if "T" in str(facts.get(name, ""))
            }
            if "date" in facts:
                words["date"] = date_format(dt.date.fromisoformat(facts["date"]), "j F Y")
            send(user.pk, kind="purut", title=_(title) % words, body=_(body) % words, url=page, dedupe_key=key)


def page_of(antrean: Antrean) -> str:
    """The page of a registration."""
    return f"/purut/antrean/{antrean.code}/"


def reader_of(row: Antrean | Tunggu) -> User | None:
    """Who is told about a registration or a waiting list: the resident who made it, else the patient, if they have an account."""
    citizens = User.objects.filter(kind=User.Kind.CITIZEN, is_active=True)
    booker = citizens.filter(pk=row.booked_by).first() if row.booked_by else None
    person = row.patient.person_id
    return booker or (citizens.filter(person_id=person).first() if person else None)


def _tell(event: StoredEvent, title: str, body: str, *, of: str = "", path: str = "", **more: Any) -> None:
    code = of or event.payload["code"]
    antrean = Antrean.objects.select_related("patient").filter(code=code).first()
    if antrean is not None:
        tell(antrean, str(event.uid), title, body, event.payload | more, page_of(antrean) + path)


def _clock(text: str) -> str:
    return _hour(dt.datetime.fromisoformat(text))


def _hour(moment: dt.datetime) -> str:
    return f"{moment.astimezone(city_zone()):%H.%M}"


def _moment(text: str) -> str:
    local = dt.datetime.fromisoformat(text).astimezone(city_zone())
    return f"{date_format(local, 'j F Y')} {local:%H.%M}"

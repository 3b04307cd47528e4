"""What the hospital declares to the platform."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from pasti.kernel.publish.types import (
    ActionName,
    Grant,
    Hit,
    Measure,
    Purpose,
    Room,
    SearchSource,
    Service,
    SubjectRecords,
    Subscription,
    Task,
    TaskSource,
)  # fmt: skip
from pasti.purut.published.waiting_measures import MEASURES as WAITING

SERVICES = [
    Service(
        code="purut-pendaftaran",
        name_id="Pendaftaran rumah sakit daring", name_en="Online hospital registration",
        purpose_id="Ambil nomor antrean poli RSUD dr. R. Soedarsono dari rumah dan ketahui kapan harus berangkat.",
        purpose_en="Take a queue number at a clinic of the city hospital from home, and know when to leave.",
        agency="RSUD", dimensions=("living", "governance"), life_events=("sakit", "lahir"), quick_win="",
        audience_id="Warga yang punya akun PASTI, untuk diri sendiri dan anggota keluarga pada KK yang sama",
        audience_en="Residents with a PASTI account, for themselves and members of the same family card",
        requirements_id=("Akun PASTI", "Peserta JKN: nomor rujukan atau surat kontrol"),
        requirements_en=("A PASTI account", "Insured by JKN: referral or control letter number"),
        promised_time_id="Nomor antrean langsung keluar", promised_time_en="The queue number comes at once",
        cost_id="Gratis", cost_en="Free", entry_url="/purut/",
        words=("rumah sakit", "antre", "antrean", "nomor", "poli", "dokter", "berobat", "daftar", "sakit", "rs purut"),
        kept_promise_measure="purut.share_online",
    ),
    Service(
        code="purut-papan", name_id="Papan antrean langsung", name_en="Live queue boards",
        purpose_id="Lihat nomor yang sedang dipanggil di setiap poli, dari mana saja.",
        purpose_en="See the number being called at every clinic, from anywhere.",
        agency="RSUD", dimensions=("living",), life_events=("sakit",), audience_id="Siapa saja", audience_en="Anyone",
        requirements_id=("Tidak ada",), requirements_en=("None",), promised_time_id="Langsung",
        promised_time_en="Immediate", cost_id="Gratis", cost_en="Free", entry_url="/purut/papan/", sign_in=False,
        words=("papan", "antrean", "dipanggil", "nomor"),
    ),
]  # fmt: skip

PURPOSES = [
    Purpose("purut.registration", "Pendaftaran pasien", "Registering a patient",
            "UU 17/2023 tentang Kesehatan; UU 27/2022 Pasal 20 ayat (2) huruf e"),
    Purpose("purut.care", "Pelayanan antrean pasien", "Serving the patient in the queue",
            "UU 17/2023 tentang Kesehatan; Permenkes 24/2022 tentang Rekam Medis"),
    Purpose("purut.bpjs", "Antrean peserta JKN lewat BPJS Kesehatan", "Queues of the insured through BPJS Kesehatan",
            "Perpres 82/2018 tentang Jaminan Kesehatan; UU 27/2022 Pasal 20 ayat (2) huruf e"),
]  # fmt: skip

GRANTS = [
    Grant("purut.book", ("warga", "loket")),
    Grant("purut.register", ("loket",)),
    Grant("purut.check_in", ("loket", "perawat")),
    Grant("purut.call", ("perawat", "dokter")),
    Grant("purut.manage", ("manajer_rs",)),
    Grant("purut.pharmacy", ("perawat", "loket")),
    Grant("purut.session", ("manajer_rs", "loket")),
    Grant("purut.queue", ("loket", "perawat", "dokter", "manajer_rs")),
    Grant("purut.bpjs", ("loket", "manajer_rs")),
    Grant("purut.operations", ("loket",)),
]

ROOMS = [
    Room("purut.queue", "Antrean poli hari ini", "Today's clinic queues", "/purut/perawat/", "purut.queue"),
    Room(
        "purut.manager",
        "Jalannya pelayanan rumah sakit",
        "How the hospital's days went",
        "/purut/manajer/",
        "purut.manage",
    ),
    Room("purut.pharmacy", "Farmasi", "Pharmacy", "/purut/farmasi/", "purut.pharmacy"),
    Room("purut.changes", "Cuti dan perubahan jadwal", "Leave and changed hours", "/purut/jadwal/", "purut.session"),
    Room("purut.counter", "Loket pendaftaran", "Registration counter", "/purut/loket/", "purut.register"),
    Room("purut.operations", "Jadwal operasi", "Planned operations", "/purut/operasi/", "purut.operations"),
    Room("purut.bpjs", "Pesan ke BPJS", "Messages to BPJS", "/purut/bpjs/", "purut.bpjs"),
]

ACTIONS = [
    ActionName("purut.antrean.booked", "mendaftarkan Anda ke poli", "registered you at a clinic"),
    ActionName("purut.antrean.held", "menyimpan tempat untuk Anda", "kept a place for you"),
    ActionName("purut.antrean.priority", "mencatat bahwa Anda didahulukan", "recorded that you are called first"),
    ActionName("purut.tunggu.joined", "mencatat Anda di daftar tunggu", "put you on a waiting list"),
    ActionName("purut.tunggu.left", "menghapus Anda dari daftar tunggu", "took you off a waiting list"),
    ActionName("purut.sesi.cancelled", "membatalkan sesi poli", "called a clinic session off"),
    ActionName("purut.sesi.moved", "mengubah jam sesi poli", "changed the hours of a clinic session"),
    ActionName("purut.admission.read", "melihat Anda di daftar tunggu loket", "saw you in the counter's queue"),
    ActionName(
        "purut.pharmacy.read", "melihat resep Anda di antrean farmasi", "saw your prescription in the pharmacy queue"
    ),
    ActionName("purut.antrean.admission", "mencatat kedatangan Anda di loket", "recorded your arrival at the counter"),
    ActionName("purut.antrean.admitting", "mendaftarkan Anda sebagai pasien baru", "admitted you as a new patient"),
    ActionName(
        "purut.antrean.pharmacy", "meneruskan resep Anda ke farmasi", "passed your prescription to the pharmacy"
    ),
    ActionName("purut.antrean.preparing", "menyiapkan obat Anda", "is preparing your medicine"),
    ActionName("purut.antrean.ready", "menyatakan obat Anda siap", "declared your medicine ready"),
    ActionName("purut.antrean.checked_in", "mencatat kedatangan Anda", "recorded your arrival"),
    ActionName("purut.antrean.called", "memanggil nomor antrean Anda", "called your queue number"),
    ActionName("purut.antrean.serving", "mulai melayani Anda", "began to serve you"),
    ActionName("purut.antrean.done", "menyelesaikan kunjungan Anda", "completed your visit"),
    ActionName("purut.antrean.skipped", "melewati nomor antrean Anda", "passed over your queue number"),
    ActionName("purut.antrean.cancelled", "membatalkan antrean Anda", "cancelled your registration"),
    ActionName("purut.antrean.no_show", "mencatat Anda tidak hadir", "recorded that you did not come"),
    ActionName("purut.queue.read", "membuka daftar antrean yang memuat Anda", "opened the queue list with you on it"),
    ActionName("purut.patient.read", "membuka catatan pasien Anda", "opened your patient record"),
    ActionName("purut.antrean.read", "membuka antrean Anda", "opened your registration"),
    ActionName(
        "purut.antrean.given_back",
        "meneruskan pembatalan Anda dari Mobile JKN",
        "passed on your cancellation from Mobile JKN",
    ),
    ActionName("purut.patient.registered", "mencatat Anda sebagai pasien baru", "recorded you as a new patient"),
    ActionName(
        "purut.patient.tied",
        "menautkan catatan pasien Anda dengan data penduduk",
        "tied your patient record to the register",
    ),
    ActionName("purut.patient.completed", "melengkapi data pasien Anda dari BPJS", "completed your record from BPJS"),
    ActionName("purut.bpjs.sent", "memberi tahu BPJS Kesehatan tentang antrean Anda", "told BPJS of your registration"),
    ActionName("purut.operasi.planned", "menjadwalkan operasi Anda", "planned your operation"),
    ActionName("purut.operasi.done", "mencatat operasi Anda terlaksana", "recorded that your operation took place"),
    ActionName("purut.operasi.read", "melihat jadwal operasi Anda", "looked at your planned operation"),
]


def _search(query: str, user: Any, limit: int) -> list[Hit]:
    from pasti.purut import queries

    return [
        Hit(queries.poli_name(one), ", ".join(one.words[:6]), f"/purut/poli/{one.pk}/", _("Poli"), score)
        for one, score in queries.find_polis(query)[:limit]
    ]


SEARCHES = [SearchSource("purut.poli", "Poli rumah sakit", "Hospital clinics", _search)]


def _tasks(user: Any) -> list[Task]:
    from pasti.kernel.accounts.access import can
    from pasti.purut import tasks

    found = tasks.appointments(user)
    return found + tasks.queues() if can(user, "purut.call") else found


TASKS = [TaskSource("purut", _tasks)]

SUBSCRIPTIONS = [
    # First, so that who has an account is told what follows.
    Subscription("purut.AntreanBooked", "pasti.purut.services.tying:heard", "purut.tie_patient"),
    Subscription("purut.AntreanBooked", "pasti.purut.messages:booked", "purut.tell_booked"),
    Subscription("purut.AntreanCalled", "pasti.purut.messages:called", "purut.tell_called"),
    Subscription("purut.AntreanBooked", "pasti.purut.services.bpjs_outbox:heard", "purut.bpjs_booked"),
    Subscription("purut.AntreanMoved", "pasti.purut.services.bpjs_outbox:heard", "purut.bpjs_moved"),
    Subscription("purut.AntreanCalled", "pasti.purut.services.estimates:heard", "purut.estimate_called"),
    Subscription("purut.AntreanMoved", "pasti.purut.services.estimates:heard", "purut.estimate_moved"),
    Subscription("purut.AntreanCalled", "pasti.purut.messages:near", "purut.tell_near"),
    Subscription("purut.PlaceOffered", "pasti.purut.messages:offered", "purut.tell_offered"),
    Subscription("purut.OfferLapsed", "pasti.purut.messages:lapsed", "purut.tell_lapsed"),
    Subscription("purut.SessionCalledOff", "pasti.purut.messages:called_off", "purut.tell_called_off"),
    Subscription("purut.WaitingEnded", "pasti.purut.messages:waiting_ended", "purut.tell_waiting_ended"),
    Subscription("purut.SessionMoved", "pasti.purut.messages:moved", "purut.tell_moved"),
]


def _records(person_id: UUID) -> list[dict[str, Any]]:
    from pasti.purut import queries
    from pasti.purut.queries import bpjs as queries_bpjs

    return queries.records_of(person_id) + queries_bpjs.records_of(person_id)


SUBJECT_RECORDS = [SubjectRecords("purut", "E-New Purut (rumah sakit)", "E-New Purut (hospital)", _records)]

# Registrations recorded in the period, as known at `as_of`. A registration's channel never changes, and one that replaces
# another (a session called off, a transfer) is no new wish to be registered.
_REGISTRATIONS = """FROM purut_antrean a
WHERE a.replaces_id IS NULL AND a.recorded_at >= %(start)s AND a.recorded_at < %(end)s
  AND a.recorded_at <= %(as_of)s AND %(area)s <> ''
"""
# Waits that ended in the period: from the first check-in to the first call, by the stamps known at `as_of`.
_WAITS = """FROM (
  SELECT s.antrean_id AS id,
    min(s.occurred_at) FILTER (WHERE s.step = 'checked_in') AS arrived,
    min(s.occurred_at) FILTER (WHERE s.step = 'called') AS called
  FROM purut_antreanstep s
  WHERE s.recorded_at <= %(as_of)s AND s.antrean_id IN (
    SELECT c.antrean_id FROM purut_antreanstep c
    WHERE c.step = 'called' AND c.occurred_at >= %(start)s AND c.occurred_at < %(end)s AND c.recorded_at <= %(as_of)s)
  GROUP BY s.antrean_id
) w
WHERE w.arrived IS NOT NULL AND w.called >= %(start)s AND w.called < %(end)s AND %(area)s <> ''
"""
_SHARE = f"""SELECT count(*) FILTER (WHERE a.channel <> 'loket') AS numerator, count(*) AS denominator,
  round(100.0 * count(*) FILTER (WHERE a.channel <> 'loket') / nullif(count(*), 0), 4) AS value,
  count(*) AS row_count
{_REGISTRATIONS}"""
_MEDIAN = f"""SELECT NULL::numeric AS numerator, NULL::numeric AS denominator,
  round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM w.called - w.arrived) / 60))::numeric, 4) AS value,
  count(*) AS row_count
{_WAITS}"""
_DIGEST = "encode(sha256(convert_to(concat_ws('|', {}), 'UTF8')), 'hex') AS digest"

MEASURES = [
    Measure(
        code="purut.share_online", version=1,
        name_id="Pendaftaran RSUD secara daring", name_en="Hospital registrations made online",
        unit="persen", grain="month", rollup="ratio",
        method_id="Pendaftaran lewat web, API, atau Mobile JKN dibagi semua pendaftaran yang tercatat pada kurun itu, "
        "kali 100. Pendaftaran yang kemudian dibatalkan tetap dihitung; pindahan dari sesi atau poli lain tidak.",
        method_en="Registrations by web, API or Mobile JKN over all registrations recorded in the period, times 100. "
        "Registrations cancelled later still count; those moved from another session or clinic do not.",
        sql=_SHARE,
        records_sql="SELECT a.id::text AS record_id, "
        + _DIGEST.format("a.code, a.channel, a.date, extract(epoch FROM a.recorded_at)") + f"\n{_REGISTRATIONS}ORDER BY a.id",
        sample_sql="SELECT left(a.code, 3) || '…' AS kode, a.poli_id AS poli, a.channel AS saluran, a.recorded_at::date AS dicatat"
        f"\n{_REGISTRATIONS}ORDER BY a.id DESC LIMIT 5",
        newest_sql="SELECT max(recorded_at) FROM purut_antrean WHERE recorded_at < %(end)s",
    ),
    Measure(
        code="purut.median_wait", version=1,
        name_id="Median tunggu dari datang sampai dipanggil", name_en="Median wait from arrival to call",
        unit="menit", grain="month", rollup="last",
        method_id="Median menit dari check-in sampai panggilan pertama, atas semua pasien yang dipanggil pada kurun itu.",
        method_en="Median minutes from check-in to first call over all patients called in the period.",
        sql=_MEDIAN,
        records_sql="SELECT w.id::text AS record_id, "
        + _DIGEST.format("w.id, extract(epoch FROM w.arrived), extract(epoch FROM w.called)") + f"\n{_WAITS}ORDER BY w.id",
        sample_sql="SELECT 'antrean ' || w.id AS catatan, round(extract(epoch FROM w.called - w.arrived) / 60, 1) AS menit, "
        f"w.called::date AS hari\n{_WAITS}ORDER BY w.id DESC LIMIT 5",
        # A step may be recorded after its month: an offline counter hands in late.
        newest_sql="SELECT max(recorded_at) FROM purut_antreanstep",
    ),
    *WAITING,
]  # fmt: skip

"""A warning reaches everybody who asked, once, whatever their provider does; and nobody hears of a drill."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import http_ece
import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob
from py_vapid import Vapid02

from pasti.ews.jobs import reach as reach_jobs
from pasti.ews.models import Delivery, Dispatch, Drill, Gauge, RtTask, Subscription, Warning
from pasti.ews.queries import reach as reach_queries
from pasti.ews.rules import reach
from pasti.ews.services import drafting, drills, ending, issuing, proposing
from pasti.ews.services.reach import channels, planning, push, rt_heads, sending, subscribing, vapid
from pasti.ews.services.reach.subscribing import Wish
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.services import assign
from pasti.kernel.clock import now
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.notify.models import Message, Recorded
from pasti.kernel.outbox.jobs import deliver

from .conftest import KELURAHAN, RT, found, set_up
from .sink import AUTH, BROWSER, KEYS, Sink, running


def issued(gauge: Gauge, by: User, stage: int = 2, **more: Any) -> Warning:
    proposal = proposing.propose(found(stage, **more), gauge)
    assert proposal is not None
    return issuing.issue_proposal(proposal.pk, by=by)


def subscribers(
    count: int, channel: str, address: Callable[[int], str], places: tuple[str, ...] = (KELURAHAN,)
) -> None:
    Subscription.objects.bulk_create(
        Subscription(
            channel=channel, address=address(at), keys=KEYS if channel == "push" else {}, place_codes=list(places),
            created_at=now(), confirmed_at=now(),
        )
        for at in range(count)
    )  # fmt: skip


def states() -> dict[str, int]:
    return {state: count for state in Delivery.State.values if (count := Delivery.objects.filter(state=state).count())}


class TestPlanning:
    def test_who_is_exposed_comes_first_and_who_asked_for_elsewhere_hears_nothing(
        self, gauge: Gauge, official: Any
    ) -> None:
        for at, place in enumerate(
            [(RT,), (KELURAHAN,), ("99.01.01.1001.001",), ("99.01.01.1001.001.009",), (), ("99.01.02.1002",)]
        ):
            subscribers(1, "sms", lambda _, at=at: f"+62811000000{at}", place)
        warning = issued(gauge, official("sari"), stage=1)
        assert warning.area_codes == [RT]
        assert planning.plan(warning.pk) == 5
        assert planning.plan(warning.pk) == 0
        lanes = Delivery.objects.order_by("subscription_id").values_list("lane", flat=True)
        assert list(lanes) == [reach.EXPOSED, reach.EXPOSED, reach.EXPOSED, reach.NEAR, reach.REST]
        assert sum(one.planned for one in planning.progress(warning.pk)) == 5

    def test_an_exercise_reaches_nobody_but_those_who_drill(self, gauge: Gauge, official: Any) -> None:
        subscribers(1, "sms", lambda _: "+628110000001")
        assign(head := User.objects.create_user("ketua"), "ketua_rt", unit_code=RT, unit_name="RT 001")
        officer = official("kepala", "bpbd_kepala")
        drill = Drill.objects.create(
            name="Latihan", planned_at=now(), scenario={"river": "rekaan", "stage": 2}, by=officer
        )
        drills.begin(drill.pk, by=officer)
        drills.inject(drill.pk, stage=2, by=officer)
        warning = issuing.issue_proposal(drill.episodes.get().proposals.get().pk, by=officer)
        assert (warning.status, planning.plan(warning.pk)) == ("exercise", 0)
        assert Message.objects.get(user=head).title.startswith("LATIHAN")
        with pytest.raises(IntegrityError, match="only real warnings"), transaction.atomic():
            Delivery.objects.create(
                warning=warning, subscription=Subscription.objects.get(), channel="sms", lane=0, next_attempt_at=now()
            )
        real = issued(gauge, officer, key="sungguh")
        planning.plan(real.pk)
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            Delivery.objects.update(warning=warning)

    def test_what_an_update_replaces_is_not_sent_any_more(self, gauge: Gauge, official: Any) -> None:
        subscribers(2, "sms", lambda at: f"+62811000000{at}")
        officer = official("sari")
        first = issued(gauge, officer, stage=1)
        planning.plan(first.pk)
        second = issued(gauge, officer, stage=2)
        planning.plan(second.pk)
        assert states() == {"queued": 2, "lapsed": 2}
        sending.send_due("sms")
        assert Recorded.objects.filter(text__startswith=second.headline_id).count() == 2
        planning.plan(ending.all_clear(second.pk, by=officer).pk)
        assert states() == {"queued": 2, "lapsed": 2, "sent": 2}

    def test_the_event_of_a_warning_plans_it(self, gauge: Gauge, official: Any) -> None:
        subscribers(1, "sms", lambda _: "+628110000001")
        issued(gauge, official("sari"))
        deliver()
        assert Delivery.objects.count() == 1


# A busy machine is no fault of a rule.
calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
codes = st.lists(st.sampled_from("12"), max_size=4).map(lambda parts: ".".join(["9", "1", "1", "1", *parts]))


@calm
@given(st.lists(codes, max_size=4), st.lists(codes, min_size=1, max_size=4))
def test_who_lives_in_or_around_a_warned_place_is_exposed(wanted: list[str], areas: list[str]) -> None:
    inside = any(f"{a}.".startswith(f"{b}.") or f"{b}.".startswith(f"{a}.") for a in wanted for b in areas)
    assert reach.lane(wanted, areas) == (reach.REST if not wanted else reach.EXPOSED if inside else reach.NEAR)


@calm
@given(st.integers(1, 8), st.floats(0, 1), st.one_of(st.none(), st.floats(0, 1e6)))
def test_pauses_grow_and_heed_the_provider(attempts: int, chance: float, asked: float | None) -> None:
    waited = reach.pause(attempts, chance, asked)
    assert max(min(asked or 0, 3600), 2 ** (attempts - 1)) <= waited <= 3600
    bucket = reach.Bucket(10)
    assert [round(bucket.pause(5.0), 6) for _ in range(13)] == [0] * 10 + [0.1, 0.2, 0.3]


def send_all() -> None:
    """Send pushes, and again what is due later, until none is queued."""
    deadline = time.monotonic() + 60
    while Delivery.objects.filter(state="queued").exists() and time.monotonic() < deadline:
        sending.send_due("push")
        time.sleep(0.1)


class TestSending:
    def test_faulty_providers_get_each_message_once_in_the_end(
        self, fresh_database: str, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(push, "TIMEOUT", push.aiohttp.ClientTimeout(sock_read=6))
        monkeypatch.setattr(reach, "FIRST_PAUSE", 0.05)
        with running(Sink({"1": 429, "2": 500, "03": "hang", "4": 410})) as sink:
            settings.PASTI_PUSH_HOSTS = (sink.base,)
            warning = _issued_with(2000, sink)
            send_all()
        assert states() == {"sent": 1800, "gone": 200}
        assert len(sink.taken) == 1800
        assert set(sink.taken.values()) == {1}
        assert Subscription.objects.filter(ended_at__isnull=False, address="").count() == 200
        assert all(one.finished_at for one in Dispatch.objects.filter(warning=warning))

    def test_a_killed_sender_loses_nothing_and_what_it_left_is_sent_again(
        self, fresh_database: str, settings: Any, owner_url: str
    ) -> None:
        with running(Sink()) as sink:
            _issued_with(2000, sink)
            code = (
                "import django; django.setup(); from django.conf import settings; from django.db import connection; "
                f"connection.settings_dict['NAME'] = {fresh_database!r}; "
                "from pasti.ews.services.reach import sending; sending.AT_ONCE = 200; sending.send_due('push')"
            )
            sender = subprocess.Popen([sys.executable, "-c", code], env=os.environ)
            while sink.taken.total() < 500 and sender.poll() is None:
                time.sleep(0.005)
            sender.kill()
            sender.wait()
            assert 0 < Delivery.objects.filter(state="queued").count() < 2000
            deadline = time.monotonic() + 60
            while (left := Delivery.objects.filter(state="queued")).exists() and time.monotonic() < deadline:
                left.update(next_attempt_at=now())  # the lease is over
                sending.send_due("push")
        assert states() == {"sent": 2000}
        assert len(sink.taken) == 2000
        # Only what was on its way may come twice, and a browser shows one of the same topic.
        assert sum(count > 1 for count in sink.taken.values()) <= 200

    def test_who_stopped_meanwhile_holds_up_nobody(self, gauge: Gauge, official: Any) -> None:
        subscribers(3, "sms", lambda at: f"+62811000000{at}")
        planning.plan(issued(gauge, official("sari")).pk)
        last = Subscription.objects.latest("pk")
        Subscription.objects.exclude(pk=last.pk).update(ended_at=now())
        assert [one.address for one in sending.take("sms", 1)] == [last.address]
        assert states() == {"queued": 1, "lapsed": 2}

    def test_a_push_can_be_read_by_its_browser_alone_and_is_signed(
        self, gauge: Gauge, official: Any, django_capture_on_commit_callbacks: Any, transactional_reads: None
    ) -> None:
        with running(Sink()) as sink:
            answer = _send_one(sink, "push", f"{sink.base}/push/x", KEYS)
            assert answer.state == "sent"
            told = http_ece.decrypt(sink.bodies[0], private_key=BROWSER, auth_secret=AUTH, version="aes128gcm")
            assert b'"title": "Judul"' in told
            assert Vapid02.verify(sink.headers["Authorization"])
            assert (sink.headers["Urgency"], sink.headers["Topic"]) == ("high", "ews-1")
            assert vapid.public_key() in sink.headers["Authorization"]
            refused = _send_one(sink, "push", f"{sink.base}/push/x", {"p256dh": "AAAA", "auth": "AAAA"})
            assert refused.state == "failed"
        assert _send_one(sink, "push", f"{sink.base}/push/x", KEYS).state == "again"


@pytest.fixture
def transactional_reads(settings: Any, tmp_path: Any) -> None:
    """Keys of this test alone."""
    settings.PASTI_DATA_DIR = tmp_path
    vapid._key.cache_clear()
    vapid._signed.cache_clear()


WORDS = channels.Words("Judul", "Isi", "/x/", "ews-1", 60, b'{"title": "Judul"}')


def _send_one(sink: Sink, channel: str, address: str, keys: dict[str, str]) -> channels.Answer:
    from pasti.ews.services.reach.line import Line

    item = channels.Item(1, channel, address, keys, WORDS, "/y/", 1)
    with Line(100) as line:
        line.send([item])
        return line.answers(20)[0]


def _issued_with(count: int, sink: Sink) -> Warning:
    gauge, officer = set_up(), User.objects.create_user("sari", kind=User.Kind.OFFICIAL)
    assign(officer, "bpbd", unit_code="BPBD", unit_name="BPBD")
    subscribers(count, "push", lambda at: f"{sink.base}/push/{at}")
    warning = issued(gauge, officer)
    assert planning.plan(warning.pk) == count
    return warning


class TestSubscribing:
    def test_a_mail_address_is_warned_once_its_owner_opened_the_link(
        self, gauge: Gauge, official: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            subscribing.subscribe(Wish("email", " Ani@Contoh.id ", [RT], "en"))
            subscribing.subscribe(Wish("email", "ani@contoh.id", [KELURAHAN]))  # not asked again within minutes
        assert len(mail.outbox) == 1
        link = mail.outbox[0].body.split("/setuju/")[1].split("/")[0]
        assert planning.plan(issued(gauge, official("sari"), stage=1).pk) == 0
        row = subscribing.confirm(link)
        assert (row.place_codes, row.language, row.address) == ([RT], "en", "ani@contoh.id")
        warning = issued(gauge, official("budi"), stage=2)
        planning.plan(warning.pk)
        sending.send_due("email")
        letter = mail.outbox[-1]
        assert letter.subject == warning.headline_en
        stop = letter.extra_headers["List-Unsubscribe"].split("/berhenti/")[1].rstrip("/>")
        subscribing.stop(stop)
        subscribing.stop(stop)
        assert Subscription.objects.get().address == ""
        with pytest.raises(NotFound):
            subscribing.confirm(link)

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("channel", "address"),
        [("email", "ani@"), ("sms", "12"), ("whatsapp", "08x2"), ("telegram", "@ani"), ("push", "http://127.0.0.1/x"),
         ("push", "https://fcm.googleapis.com@evil.example/x"), ("push", "https://evil.example/fcm.googleapis.com"), ("fax", "1")],
    )  # fmt: skip
    def test_an_address_that_cannot_be_is_refused_at_its_field(self, channel: str, address: str) -> None:
        with pytest.raises(Refused) as refusal:
            subscribing.subscribe(Wish(channel, address, keys=KEYS))
        assert refusal.value.field == "address"

    def test_a_place_that_is_not_there_is_refused_at_its_field(self, gauge: Gauge) -> None:
        for places in (["99.01.01.9999"], [KELURAHAN, "99.01"], [f"{RT}{at}" for at in range(6)]):
            with pytest.raises(Refused) as refusal:
                subscribing.subscribe(Wish("sms", "0812 3456 7890", places))
            assert refusal.value.field == "place"

    def test_an_address_is_forgotten_wherever_it_stood(
        self, gauge: Gauge, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of a channel without a provider the texts are recorded; a job that failed stays in the queue's table."""
        kept = subscribing.subscribe(Wish("sms", "0812 3456 7890", [RT]))
        assert "/setuju/" in Recorded.objects.get().text
        subscribing.end(kept.pk)
        assert not Recorded.objects.exists()
        late = subscribing.subscribe(Wish("sms", "0812 3456 7891"))
        Subscription.objects.filter(pk=late.pk).update(created_at=now() - dt.timedelta(days=3))
        assert subscribing.forget_unconfirmed() == 1
        assert not Recorded.objects.exists()

        settings.PASTI_EWS_GATEWAYS = {"sms": {"url": "http://gateway.example/", "token": "t"}}
        row = subscribing.subscribe(Wish("sms", "0812 3456 7892", [RT]))
        Subscription.objects.filter(pk=row.pk).update(asked_at=now() - dt.timedelta(minutes=11))
        subscribing.subscribe(Wish("sms", "0812 3456 7892", [KELURAHAN]))
        jobs = list(ProcrastinateJob.objects.filter(task_name="ews.ask_by_gateway").values_list("args", flat=True))
        assert "7892" not in str(jobs)
        sent: list[Any] = []
        monkeypatch.setattr(
            reach_jobs.urllib.request, "urlopen", lambda request, timeout: sent.append(request) or io.BytesIO()
        )
        for number, args in enumerate(jobs):
            reach_jobs.ask_by_gateway(**args | {"asked": args["asked"] + number})
        bodies = [json.loads(one.data) for one in sent]
        assert {one["to"] for one in bodies} == {"+6281234567892"}
        assert len({one.get_header("Idempotency-key") for one in sent}) == 2
        link = bodies[1]["text"].split("/setuju/")[1].split("/")[0]
        assert subscribing.confirm(link).place_codes == [KELURAHAN]

    def test_a_browser_that_allowed_it_needs_no_link(self, gauge: Gauge) -> None:
        address = "https://updates.push.services.mozilla.com/wpush/v2/abc"
        for places in ([RT], [KELURAHAN]):
            subscribing.subscribe(Wish("push", address, places, keys=KEYS))
        row = Subscription.objects.get()
        assert (row.place_codes, bool(row.confirmed_at)) == ([KELURAHAN], True)


class TestRtHeads:
    def test_who_was_asked_before_an_update_of_the_same_stage_is_still_waited_for(
        self, gauge: Gauge, official: Any
    ) -> None:
        assign(head := User.objects.create_user("ketua"), "ketua_rt", unit_code=RT, unit_name="RT 001")
        officer = official("sari")
        first = issued(gauge, officer, stage=1)
        planning.plan(first.pk)
        draft = drafting.draft_update(first.pk, officer)
        second = issuing.issue(draft.pk, version=draft.version, by=officer)
        planning.plan(second.pk)
        task = reach_queries.open_tasks_of(head).get()
        assert task.warning_id == first.pk
        assert [len(ward.open) for ward in reach_queries.reach(second.pk).wards] == [1]
        planning.plan(issued(gauge, officer, stage=2).pk)
        newest = reach_queries.open_tasks_of(head).get()
        assert newest.pk > task.pk
        rt_heads.done(newest.pk, head, 12)
        assert not reach_queries.open_tasks_of(head).exists()

    def test_the_head_of_each_rt_is_asked_once_and_says_how_many_houses(self, gauge: Gauge, official: Any) -> None:
        assign(head := User.objects.create_user("ketua"), "ketua_rt", unit_code=RT, unit_name="RT 001")
        officer = official("sari")
        warning = issued(gauge, officer, stage=1)
        planning.plan(warning.pk)
        planning.plan(warning.pk)
        task = RtTask.objects.get()
        assert (task.head, task.place_code, Message.objects.filter(user=head).count()) == (head, RT, 1)
        done = rt_heads.done(task.pk, head, 31, "RT 1 lengkap")
        first = done.warned_at
        assert rt_heads.done(task.pk, head, 33).warned_at == first
        with pytest.raises(NotFound):
            rt_heads.done(task.pk, officer, 1)
        with pytest.raises(Refused):
            rt_heads.done(task.pk, head, 99999)
        # It gets worse: asked again, with the others of the kelurahan.
        planning.plan(issued(gauge, officer, stage=2).pk)
        assert RtTask.objects.filter(place_code=RT).count() == 2

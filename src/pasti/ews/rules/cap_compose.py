"""From a stage of the river, places and words to a CAP message that is valid by schema, prose and profile.

Stages 0 normal, 1 waspada, 2 siaga, 3 awas become severity, urgency, certainty and what to do after the practice of
Jakarta's flood gates and BNPB (a convention, no law); the stage itself travels as the parameter `id-siaga-level`, in which
4 is normal and 1 is the worst.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from pasti.ews.rules import cap_profile
from pasti.ews.rules.cap_fault import CapFault, CapRefused
from pasti.ews.rules.cap_message import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MsgType,
    Parameter,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    reference_text,
)

SIAGA_LEVEL = "id-siaga-level"
GEOCODE = "id-kemendagri"
SOON = dt.timedelta(hours=6)  # until here a beginning is "expected", later "future"
LONGEST_TEXT = 4000
EVENTS = {"id": "Banjir", "en": "Flood"}
LANGUAGES = {"id": "id-ID", "en": "en"}
_NO_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|&(?=(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);)")
_MARKS = {  # nobody takes an exercise for a flood
    Status.EXERCISE: {"id": "LATIHAN", "en": "EXERCISE"},
    Status.TEST: {"id": "UJI COBA", "en": "TEST"},
}


@dataclass(frozen=True)
class Where:
    """A place under warning: its name, its codes (kelurahan, RW or RT) and its polygons (`cap_geometry.texts_of`).

    A place whose boundary nobody knows has none; the message is legal without, and machines cannot draw it.
    """

    name: str
    codes: tuple[str, ...]
    polygons: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """What is said, in one language ("id" or "en")."""

    language: str
    headline: str
    description: str
    instruction: str = ""


@dataclass(frozen=True)
class Issuer:
    """Who warns: sender (an address without spaces), name for people, page and telephone, and the city's zone."""

    sender: str
    name: str
    web: str
    contact: str
    zone: dt.tzinfo


@dataclass(frozen=True)
class Draft:
    """A warning before it is a message. `observed`: the water has reached the stage; else it is forecast.

    `replaces` are all messages still in force that this one takes the place of. `note` explains an exercise or test.
    """

    identifier: str
    sent: dt.datetime
    stage: int
    river: str
    places: tuple[Where, ...]
    words: tuple[Words, ...]
    expires: dt.datetime
    onset: dt.datetime | None = None
    observed: bool = False
    status: Status = Status.ACTUAL
    msg_type: MsgType = MsgType.ALERT
    replaces: tuple[Reference, ...] = ()
    note: str = ""


def compose(draft: Draft, issuer: Issuer) -> Alert:
    """The message. Raises CapRefused when the draft lacks what no warning may lack."""
    _whole(draft)
    return Alert(
        identifier=draft.identifier,
        sender=issuer.sender,
        sent=_time(draft.sent, issuer),
        status=draft.status,
        msg_type=draft.msg_type,
        scope=Scope.PUBLIC,
        note=plain(draft.note),
        references=reference_text(*(_referred(one, issuer) for one in draft.replaces)),
        infos=tuple(_info(draft, words, issuer) for words in draft.words),
    )


def identifier(sender: str, number: int, sent: dt.datetime, oid: str = "") -> str:
    """The name of a message: the same for the same sender and number, whenever it is asked.

    With an `oid` of the WMO register it is "urn:oid:<oid>.<year>.<month>.<day>.<number>" (WMO-No. 1109), else a UUID.
    """
    if oid:
        return f"urn:oid:{oid}.{sent.year}.{sent.month}.{sent.day}.{number}"
    return uuid.uuid5(uuid.NAMESPACE_URL, f"cap:{sender}/{number}").urn


def stage_words(
    stage: int, *, observed: bool, soon: bool
) -> tuple[Severity, Urgency, Certainty, tuple[ResponseType, ...]]:
    """How grave a stage is in CAP's words. Stage 0 is the all-clear."""
    seen = Certainty.OBSERVED if observed else Certainty.LIKELY
    if stage >= 3:
        return Severity.EXTREME, Urgency.IMMEDIATE, seen, (ResponseType.EVACUATE,)
    if stage == 2:
        return Severity.SEVERE, Urgency.EXPECTED, seen, (ResponseType.PREPARE,)
    if stage == 1:
        return (
            Severity.MODERATE,
            Urgency.EXPECTED if soon else Urgency.FUTURE,
            Certainty.POSSIBLE,
            (ResponseType.MONITOR,),
        )
    return Severity.MINOR, Urgency.PAST, Certainty.OBSERVED, (ResponseType.ALL_CLEAR,)


def siaga_level(stage: int) -> str:
    """The stage in the words of the flood gates: 0 normal is "4", 3 awas is "1"."""
    return str(4 - stage)


def plain(text: str) -> str:
    """Text that means the same and holds no mark-up, nor characters that XML has no place for."""
    return _MARKUP.sub(lambda mark: f"{mark.group()} ", _NO_XML.sub(" ", text)).strip()[:LONGEST_TEXT]


def short(text: str, longest: int = cap_profile.LONGEST_HEADLINE) -> str:
    """One line of at most `longest` characters, cut at a word."""
    line = " ".join(plain(text).split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…"


def _info(draft: Draft, words: Words, issuer: Issuer) -> Info:
    sent = _time(draft.sent, issuer)
    onset = _time(draft.onset, issuer) if draft.onset else None
    soon = onset is None or onset - sent <= SOON
    mark = _MARKS.get(draft.status, {}).get(words.language, "")
    severity, urgency, certainty, responses = stage_words(draft.stage, observed=draft.observed, soon=soon)
    return Info(
        event=EVENTS[words.language],
        categories=(Category.MET, Category.GEO),
        urgency=urgency,
        severity=severity,
        certainty=certainty,
        language=LANGUAGES[words.language],
        responses=responses,
        effective=sent,
        onset=onset,
        expires=_time(draft.expires, issuer),
        sender_name=plain(issuer.name),
        headline=short(_marked(words.headline, mark)),
        description=plain(_marked(words.description, mark)),
        instruction=plain(_marked(words.instruction, mark)) if words.instruction else "",
        web=issuer.web,
        contact=plain(issuer.contact),
        parameters=(Parameter(SIAGA_LEVEL, siaga_level(draft.stage)), Parameter("sungai", plain(draft.river))),
        areas=tuple(_area(one) for one in draft.places),
    )


def _marked(text: str, mark: str) -> str:
    return text if not mark or text.startswith(mark) else f"{mark}: {text}"


def _area(place: Where) -> Area:
    return Area(
        description=short(place.name) or place.codes[0],
        polygons=place.polygons,
        geocodes=tuple(Parameter(GEOCODE, code) for code in place.codes),
    )


def _whole(draft: Draft) -> None:
    lacking = tuple(_lacking(draft))
    if lacking:
        raise CapRefused(*lacking)


def _lacking(draft: Draft) -> Iterator[CapFault]:
    if not draft.places or not all(place.codes for place in draft.places):
        yield _lacks("area", "tidak disebut di mana", "it does not say where")
    if sorted(words.language for words in draft.words) != sorted(LANGUAGES):
        yield _lacks("language", "harus berbahasa Indonesia dan Inggris", "it must speak Indonesian and English")
    if any(not short(words.headline) or not plain(words.description) for words in draft.words):
        yield _lacks("headline", "judul atau uraian kosong", "headline or description is empty")
    sent = draft.sent.replace(microsecond=0)
    if draft.expires.replace(microsecond=0) <= max(sent, draft.onset or sent):
        yield _lacks("expires", "berakhir sebelum mulai", "it ends before it begins")
    if bool(draft.replaces) == (draft.msg_type == MsgType.ALERT):
        yield _lacks("references", "yang diganti harus disebut, dan hanya oleh pembaruan atau pembatalan",
                     "what is replaced must be named, and only by an update or cancellation")  # fmt: skip
    if draft.status == Status.EXERCISE and not plain(draft.note):
        yield _lacks("note", "latihan harus dijelaskan", "an exercise must be explained")


def _lacks(path: str, id_: str, en: str) -> CapFault:
    return CapFault("belum-lengkap", path, id_, en)


def _referred(one: Reference, issuer: Issuer) -> Reference:
    return Reference(one.sender, one.identifier, _time(one.sent, issuer))


def _time(moment: dt.datetime, issuer: Issuer) -> dt.datetime:
    return moment.astimezone(issuer.zone).replace(microsecond=0)

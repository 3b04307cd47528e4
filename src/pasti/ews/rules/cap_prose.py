"""What CAP 1.2 says in prose and its schema cannot check: one function for each rule, on a message that was understood.

The section stands in each fault. What the standard only recommends ("SHOULD") is a warning.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator

from pasti.ews.rules import cap_prose_info
from pasti.ews.rules.cap_fault import CapFault
from pasti.ews.rules.cap_message import Alert, MsgType, Reference, Scope, Status, references_of

FORBIDDEN = re.compile(r"[\s,<&]")
MARKUP = re.compile(r"<[A-Za-z/!?]|&(#\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
ADDRESS = re.compile(r'(?:"[^"]+"|[^\s"]+)(?:\s+(?:"[^"]+"|[^\s"]+))*')
REFERRING = (MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR)


def check(alert: Alert) -> tuple[CapFault, ...]:
    """Every departure from the standard's prose, the grave ones first."""
    of_infos = (
        rule(info, f"alert/info[{place}]", alert)
        for place, info in enumerate(alert.infos, 1)
        for rule in cap_prose_info.RULES
    )
    found = itertools.chain.from_iterable([*(rule(alert) for rule in RULES), *of_infos])
    return tuple(sorted(found, key=lambda fault: not fault.grave))


def names(alert: Alert) -> Iterator[CapFault]:
    """Identifier and sender carry no spaces, commas, < or & (3.2.1)."""
    for path, value in (("alert/identifier", alert.identifier), ("alert/sender", alert.sender)):
        if not value or FORBIDDEN.search(value):
            yield CapFault("nama", path, f"Tidak boleh kosong atau memuat spasi, koma, < atau &: {value[:60]}",
                           f"Must not be empty or hold spaces, commas, < or &: {value[:60]}", "3.2.1")  # fmt: skip


def references_readable(alert: Alert) -> Iterator[CapFault]:
    """References are "sender,identifier,sent", separated by spaces (3.2.1)."""
    if alert.references and _references(alert) is None:
        yield CapFault("rujukan", "alert/references", "Rujukan harus berbentuk pengirim,identifier,waktu",
                       "References must be sender,identifier,sent", "3.2.1")  # fmt: skip


def references_present(alert: Alert) -> Iterator[CapFault]:
    """What updates, cancels, acknowledges or rejects says which messages it means (3.2.1, msgType)."""
    if alert.msg_type in REFERRING and not alert.references:
        yield CapFault("tanpa-rujukan", "alert/references", f"Pesan {alert.msg_type} harus menyebut pesan yang dirujuk",
                       f"{alert.msg_type} must name the messages it refers to", "3.2.1")  # fmt: skip


def references_earlier(alert: Alert) -> Iterator[CapFault]:
    """A message refers to earlier ones and not to itself (3.2.1, references: "an earlier product")."""
    for one in _references(alert) or ():
        if one == Reference(alert.sender, alert.identifier, alert.sent) or one.sent > alert.sent:
            yield CapFault("rujukan-waktu", "alert/references", "Pesan merujuk dirinya sendiri atau pesan yang lebih baru",
                           "The message refers to itself or to a later one", "3.2.1")  # fmt: skip


def own_cancel(alert: Alert) -> Iterator[CapFault]:
    """A message is cancelled by who sent it: any other cancellation has no effect (3.2.1, msgType and references)."""
    if alert.msg_type == MsgType.CANCEL and any(one.sender != alert.sender for one in _references(alert) or ()):
        yield CapFault("batal-pihak-lain", "alert/references", "Pembatalan hanya oleh pengirim pesan itu sendiri",
                       "Only the sender of a message can cancel it", "3.2.1")  # fmt: skip


def restriction(alert: Alert) -> Iterator[CapFault]:
    """A restriction stands exactly where the scope is Restricted (3.2.1)."""
    if (alert.scope == Scope.RESTRICTED) != bool(alert.restriction):
        yield CapFault("pembatasan", "alert/restriction", "Unsur restriction diisi tepat bila scope Restricted",
                       "A restriction stands exactly where the scope is Restricted", "3.2.1")  # fmt: skip


def addresses(alert: Alert) -> Iterator[CapFault]:
    """A private message says for whom; an address with a space is quoted (3.2.1)."""
    if alert.scope == Scope.PRIVATE and not alert.addresses:
        yield CapFault("alamat", "alert/addresses", "Pesan Private harus menyebut penerimanya",
                       "A private message must name its recipients", "3.2.1")  # fmt: skip
    elif alert.addresses and not ADDRESS.fullmatch(alert.addresses):
        yield CapFault("alamat", "alert/addresses", "Alamat yang memuat spasi harus diapit tanda petik",
                       "An address with a space must be quoted", "3.2.1")  # fmt: skip


def note(alert: Alert) -> Iterator[CapFault]:
    """A rejection and an exercise should explain themselves in the note (3.2.1, status and msgType)."""
    if (alert.msg_type == MsgType.ERROR or alert.status == Status.EXERCISE) and not alert.note:
        yield CapFault("tanpa-catatan", "alert/note", "Penolakan dan latihan sebaiknya dijelaskan dalam note",
                       "A rejection or an exercise should be explained in the note", "3.2.1", grave=False)  # fmt: skip


def information(alert: Alert) -> Iterator[CapFault]:
    """What alerts or updates tells something: it has an info (3.2.2: "an alert will usually include at least one")."""
    if alert.msg_type in (MsgType.ALERT, MsgType.UPDATE) and not alert.infos:
        yield CapFault(
            "tanpa-info", "alert", "Pesan tidak memuat info", "The message has no info", "3.2.2", grave=False
        )


def languages_differ(alert: Alert) -> Iterator[CapFault]:
    """Infos in different languages are translations: not the same words (3.2.2, language)."""
    for (a, first), (b, second) in itertools.combinations(enumerate(alert.infos, 1), 2):
        same = first.description and (first.headline, first.description) == (second.headline, second.description)
        if same and first.language.casefold() != second.language.casefold():
            yield CapFault("bahasa-sama", f"alert/info[{b}]", f"Teks sama dengan info {a} dalam bahasa lain",
                           f"The same words as info {a} in another language", "3.2.2", grave=False)  # fmt: skip


def plain_text(alert: Alert) -> Iterator[CapFault]:
    """Text is plain text, without HTML or entities (3.3.1 and the note on free text)."""
    texts = [("alert/note", alert.note)]
    for place, info in enumerate(alert.infos, 1):
        path = f"alert/info[{place}]"
        texts += [(f"{path}/event", info.event), (f"{path}/headline", info.headline)]
        texts += [(f"{path}/description", info.description), (f"{path}/instruction", info.instruction)]
        texts += [(f"{path}/area/areaDesc", area.description) for area in info.areas]
    for path, text in texts:
        if MARKUP.search(text):
            yield CapFault("bukan-teks-polos", path, "Teks memuat HTML atau entitas", "The text holds HTML or entities",
                           "3.3.1")  # fmt: skip


def names_all(alert: Alert, in_force: Iterable[Reference]) -> Iterator[CapFault]:
    """An update names every message it replaces that is still in force (3.2.1, references: "all messages")."""
    named = {(one.sender, one.identifier) for one in _references(alert) or ()}
    for one in in_force:
        if alert.msg_type in (MsgType.UPDATE, MsgType.CANCEL) and (one.sender, one.identifier) not in named:
            yield CapFault("rujukan-kurang", "alert/references", f"Pesan {one.identifier} masih berlaku dan tidak disebut",
                           f"Message {one.identifier} is still in force and not named", "3.2.1")  # fmt: skip


def _references(alert: Alert) -> tuple[Reference, ...] | None:
    try:
        return references_of(alert.references)
    except ValueError:
        return None


RULES: tuple[Callable[[Alert], Iterator[CapFault]], ...] = (
    names, references_readable, references_present, references_earlier, own_cancel, restriction, addresses, note, information,
    languages_differ, plain_text,
)  # fmt: skip

"""What residents and officials are told about letters: one message in the inbox for each step."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import everyone, scoped
from pasti.kernel.notify.services import send
from pasti.kernel.outbox.models import StoredEvent
from pasti.siap_pak_rt.models import Letter, LetterStep
from pasti.siap_pak_rt.queries import letters_access as access
from pasti.siap_pak_rt.queries.letters_words import kind_name, state_words
from pasti.siap_pak_rt.rules.letter_states import LEVEL_OF, State, level_above

KIND = "siap_pak_rt"
TITLES = {
    "ask": gettext_noop("%(kind)s: permintaan diterima"),
    "approve": gettext_noop("%(kind)s: disetujui"),
    "refuse": gettext_noop("%(kind)s: tidak dapat diberikan"),
    "meet": gettext_noop("%(kind)s: Ketua RT ingin bertemu"),
    "cancel": gettext_noop("%(kind)s: dibatalkan"),
    "revoke": gettext_noop("%(kind)s: dicabut"),
    "close": gettext_noop("%(kind)s: ditutup"),
    "escalate": gettext_noop("%(kind)s: diteruskan karena terlambat"),
}
ISSUED = gettext_noop("%(kind)s: sudah terbit")
BODY = gettext_noop("Untuk %(name)s. Sekarang: %(state)s.")
LATE = gettext_noop("%(kind)s menunggu Anda melewati janji waktu")


def moved(event: StoredEvent) -> None:
    """The residents hear of every step but reminders; officials of what has waited too long."""
    facts = event.payload
    with scoped(everyone(settings.PASTI_CITY.get("code", ""), access.PURPOSE)):
        letter = Letter.objects.select_related("kind").filter(pk=UUID(facts["letter_id"])).first()
        if letter is None:
            return
        step = LetterStep.objects.filter(letter=letter, version=facts["version"], verdict=facts["verdict"]).first()
        if facts["verdict"] != "remind":
            for user in _residents(letter):
                _tell(user, letter, step, event)
        if facts["verdict"] in ("remind", "escalate") and letter.version == facts["version"]:
            for user in _officials(letter, facts["verdict"]):
                _hurry(user, letter, event)


def _residents(letter: Letter) -> list[User]:
    found = User.objects.filter(pk=letter.asked_by) | User.objects.filter(person_id=letter.subject_id)
    return [one for one in found.distinct() if one.kind == User.Kind.CITIZEN]


def _officials(letter: Letter, verdict: str) -> list[User]:
    level = LEVEL_OF.get(State(letter.state), "")
    above = level_above(level) if level and verdict == "escalate" else ""
    return [user for one in (level, above) if one for user in access.holders(one, letter.rt_code)]


def _tell(user: User, letter: Letter, step: LetterStep | None, event: StoredEvent) -> None:
    state, verdict = event.payload["state"], event.payload["verdict"]
    with override(user.language):
        title = _(ISSUED if state == State.ISSUED else TITLES[verdict]) % {"kind": kind_name(letter.kind)}
        body = _(BODY) % {"name": letter.subject_name, "state": state_words(state)}
        if step is not None and step.reason:
            body += " " + _("Pesan: %(reason)s") % {"reason": _(step.reason)}
        send(
            user.pk,
            kind=KIND,
            title=title,
            body=body,
            url=f"/siap-pak-rt/surat/{letter.pk}/",
            dedupe_key=str(event.uid),
        )


def _hurry(user: User, letter: Letter, event: StoredEvent) -> None:
    with override(user.language):
        send(user.pk, kind=KIND, title=_(LATE) % {"kind": kind_name(letter.kind)},
             body=_("Sekarang: %(state)s.") % {"state": state_words(letter.state)},
             url=f"/siap-pak-rt/surat/{letter.pk}/", dedupe_key=str(event.uid))  # fmt: skip

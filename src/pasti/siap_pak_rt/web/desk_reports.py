"""Reporting an event: what happened, to whom, a few fields, a photo."""

from __future__ import annotations

import itertools
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pasti.civil import queries as register
from pasti.civil.queries import families
from pasti.kernel.accounts.models import User
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places
from pasti.siap_pak_rt.models import Laporan, Tamu
from pasti.siap_pak_rt.queries import attachments as proofs
from pasti.siap_pak_rt.queries import desk
from pasti.siap_pak_rt.rules import laporan as rules
from pasti.siap_pak_rt.services import attachments
from pasti.siap_pak_rt.services import desk_reports as reports
from pasti.siap_pak_rt.web.desk_access import act_at, at_desk, paged, unit_of
from pasti.siap_pak_rt.web.desk_forms import CHANGEABLE, FORMS, ReportForm
from pasti.siap_pak_rt.web.desk_words import KINDS

REPORT, PURPOSE = "siap_pak_rt.report", desk.PURPOSE
MOST_PROOFS = 5


@require_safe
@at_desk(REPORT, PURPOSE)
def kinds(request: HttpRequest) -> HttpResponse:
    """What happened? Big buttons; with `orang` or `keluarga` of those already chosen."""
    chosen = {name: request.GET[name] for name in ("orang", "keluarga") if request.GET.get(name)}
    offered = []
    for path, (kind, name, about) in KINDS.items():
        wanted = "keluarga" if kind in rules.ABOUT_A_FAMILY else "orang"
        if chosen and (kind in ("move_in", "temporary") or wanted not in chosen):
            continue
        offered.append((path, name, about, f"?{wanted}={chosen[wanted]}" if chosen else ""))
    return render(request, "siap_pak_rt/desk_kinds.html", {"kinds": offered, "unit": unit_of(request, REPORT)})


@require_http_methods(["GET", "POST"])
@at_desk(REPORT, PURPOSE)
def new(request: HttpRequest, path: str) -> HttpResponse:
    """Choose the person or family, then fill the few fields. Sending twice is sending once."""
    kind = _kind(path)
    if kind == "move_in":
        raise Http404
    subject = Subject(request, kind)
    if not subject.chosen:
        return _pick(request, path, kind)
    if kind == "data_change" and request.GET.get("bidang") not in rules.MENDABLE:
        return render(request, "siap_pak_rt/desk_fields.html", {"subject": subject, "fields": CHANGEABLE, "path": path})
    form = subject.form(request.POST or None, request.FILES or None)
    kept = keep_proof(request, form, subject.rt_code, subject.person_id)
    if request.method == "POST" and form.is_valid():
        made = send(request, form, subject.asked(form, kept))
        if made:
            messages.success(request, _("Laporan terkirim ke kelurahan."))
            return redirect("siap_pak_rt:desk_report", laporan_id=made.pk)
    return draw(request, form, kept, {"subject": subject, "name": KINDS[path][1]})


class Subject:
    """Whom a report is about, chosen within the scope: a person, a family, or nobody yet known."""

    def __init__(self, request: HttpRequest, kind: str, laporan: Laporan | None = None):
        self.request, self.kind, self.laporan = request, kind, laporan
        self.person_id: UUID | None = None
        self.family_id: UUID | None = None
        self.title, self.rt_code = "", ""
        self.household: register.Household | None = None
        self.guest: Tamu | None = None
        self._find()
        self.chosen = bool(self.rt_code)
        if self.chosen:
            act_at(request, REPORT, self.rt_code)

    def _find(self) -> None:
        if self.kind in rules.ABOUT_A_FAMILY:
            family = self.laporan.family_id if self.laporan else _uuid(self.request.GET.get("keluarga", ""))
            if family:
                self.household = families.card(family, purpose=PURPOSE)
                self.family_id, self.rt_code = family, self.household.rt_code
                self.title = (
                    self.household.members[0].person.name if self.household.members else self.household.family.number
                )
        elif self.kind in rules.ABOUT_A_PERSON:
            person = self.laporan.person_id if self.laporan else _uuid(self.request.GET.get("orang", ""))
            if person:
                found = register.person(person, purpose=PURPOSE)
                self.person_id, self.rt_code, self.title = found.pk, found.rt_code, found.name
        else:
            self._newcomer()

    def _newcomer(self) -> None:
        guest = self.laporan.tamu_id if self.laporan else _uuid(self.request.GET.get("tamu", ""))
        if guest:
            self.guest = desk.guest(guest)
        self.rt_code = self.guest.rt_code if self.guest else self.laporan.rt_code if self.laporan else \
            unit_of(self.request, REPORT).area_code  # fmt: skip

    def form(self, data: Any, files: Any) -> ReportForm:
        """The form of the kind, filled with what was told before."""
        more: dict[str, Any] = {"initial": self._initial()}
        if self.kind == "move_out" and self.household:
            more["people"] = [(str(one.person.pk), one.person.name) for one in self.household.members]
        if self.kind == "move_within":
            more["rts"] = _rts(self.rt_code, self.request.GET.get("kelurahan", ""))
        if self.kind == "data_change":
            more["field"] = self.laporan.told["field"] if self.laporan else self.request.GET["bidang"]
        return FORMS[self.kind](data, files, **more)

    def _initial(self) -> dict[str, Any]:
        if self.laporan:
            return dict(self.laporan.told) | {"occurred_on": self.laporan.occurred_on, "sure": self.laporan.sure}
        if self.guest:
            return {"name": self.guest.name, "nik": self.guest.nik, "origin": self.guest.origin,
                    "occurred_on": self.guest.since, "until": self.guest.until}  # fmt: skip
        return {}

    def asked(self, form: ReportForm, kept: list[UUID]) -> reports.ReportAsked:
        """The report as the service takes it."""
        return reports.ReportAsked(
            kind=self.kind, rt_code=self.rt_code, occurred_on=form.cleaned_data["occurred_on"], person_id=self.person_id,
            family_id=self.family_id, told=form.told(), proofs=tuple(kept), sure=bool(form.cleaned_data.get("sure")),
            tamu_id=self.guest.pk if self.guest else None,
        )  # fmt: skip


def send(
    request: HttpRequest, form: forms.Form, asked: reports.ReportAsked, mended: Laporan | None = None
) -> Laporan | None:
    """Send or mend; a refusal stands at its field, and what was typed stays."""
    key = request.POST.get("idempotency_key", "")[:50]
    try:
        if mended is not None:
            seen = request.POST.get("version", "")
            return reports.mend(mended.pk, asked, seen_version=int(seen) if seen.isdecimal() and len(seen) < 5 else 0)
        return reports.submit(asked, client_id=f"web:{key}" if key else None)
    except NotFound:
        raise
    except Refused as refusal:
        if refusal.code == "perlu-dilihat" and isinstance(form, ReportForm):
            form.ask_sure(refusal.message)
        else:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return None


def keep_proof(request: HttpRequest, form: forms.Form, rt_code: str, person_id: UUID | None) -> list[UUID]:
    """The proofs of this form so far: those kept before, and the file that came now, kept whatever else is wrong."""
    kept = [one for one in map(_uuid, request.POST.getlist("proofs")[:MOST_PROOFS]) if one]
    sent = request.FILES.get("proof")
    if request.method == "POST" and sent and form.errors.get("proof") is None:
        try:
            made = attachments.attach(
                sent, owner=cast(User, request.user), rt_code=rt_code, subject_id=person_id, purpose=PURPOSE
            )
            kept.append(made.pk)
        except Refused as refusal:
            form.add_error("proof", refusal.message)
    return kept


def draw(request: HttpRequest, form: forms.Form, kept: list[UUID], context: dict[str, Any]) -> HttpResponse:
    """The form's page; 422 when something must be mended."""
    key = request.POST.get("idempotency_key", "")
    return render(request, context.pop("template", "siap_pak_rt/desk_form.html"),
                  {"form": form, "proofs": kept, "key": key} | context, status=422 if form.errors else 200)  # fmt: skip


@require_http_methods(["GET", "POST"])
@at_desk(REPORT, PURPOSE)
def mend(request: HttpRequest, laporan_id: UUID) -> HttpResponse:
    """Mend a report that came back, or one nobody has looked at yet."""
    laporan = desk.report(laporan_id)
    if laporan.state not in ("submitted", "returned"):
        return redirect("siap_pak_rt:desk_report", laporan_id=laporan.pk)
    if laporan.kind == "move_in":
        from pasti.siap_pak_rt.web.desk_move_in import mend_family

        return mend_family(request, laporan)
    subject = Subject(request, laporan.kind, laporan)
    form = subject.form(request.POST or None, request.FILES or None)
    kept = keep_proof(request, form, laporan.rt_code, subject.person_id)
    if request.method == "POST" and form.is_valid() and send(request, form, subject.asked(form, kept), laporan):
        messages.success(request, _("Laporan diperbaiki dan dikirim lagi."))
        return redirect("siap_pak_rt:desk_report", laporan_id=laporan.pk)
    context = {"subject": subject, "name": _("Perbaiki laporan"), "laporan": laporan,
               "there": proofs.of(f"laporan:{laporan.pk}")}  # fmt: skip
    return draw(request, form, kept, context)


def _pick(request: HttpRequest, path: str, kind: str) -> HttpResponse:
    """Whom it is about, out of the own RT: search by name, NIK or address."""
    unit, query = unit_of(request, REPORT), request.GET.get("q", "")[:80].strip()
    if kind in rules.ABOUT_A_FAMILY:
        rows = families.families(area=unit.area_code, search=query)
        found, links = paged(request, rows, ("head_name", "id"))
        families.listed(found, purpose=PURPOSE)
        shown = [(one.head_name, f"{one.address}, {one.size} orang", f"?keluarga={one.pk}") for one in found]
    else:
        people = _possible(kind, register.people(area=unit.area_code, search=query))
        found, links = paged(request, people, ("name_search", "id"))
        register.listed(found, purpose=PURPOSE)
        shown = [(one.name, _years(one), f"?orang={one.pk}") for one in found]
    context = {"path": path, "name": KINDS[path][1], "rows": shown, "query": query, "unit": unit, "kind": kind, **links}
    return render(request, "siap_pak_rt/desk_pick.html", context)


def _possible(kind: str, rows: Any) -> Any:
    """Those of whom the event can be told at all."""
    if kind in ("birth", "stillbirth"):
        day = today()
        return rows.filter(sex=2, birth_date__lte=day.replace(year=day.year - 10, day=1),
                           birth_date__gte=day.replace(year=day.year - 61, day=1))  # fmt: skip
    return rows.filter(marital_status=2) if kind == "divorce" else rows


def _years(person: families.Person) -> str:
    age = (
        today().year
        - person.birth_date.year
        - ((today().month, today().day) < (person.birth_date.month, person.birth_date.day))
    )
    return _("%(age)s tahun") % {"age": age}


def _rts(own: str, kelurahan: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The RTs of one kelurahan by RW, the own one's left out."""
    area = kelurahan if places.place(kelurahan) else ".".join(own.split(".")[:4])
    rows = [one for one in places.within(area, "rt") if one.code != own]
    grouped = itertools.groupby(rows, key=lambda one: one.code.rsplit(".", 1)[0])
    return [(f"RW {rw.rsplit('.', 1)[1]}", [(one.code, f"{one.name} RW {rw.rsplit('.', 1)[1]}") for one in group])
            for rw, group in grouped]  # fmt: skip


def _kind(path: str) -> str:
    if path not in KINDS:
        raise Http404
    return KINDS[path][0]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None

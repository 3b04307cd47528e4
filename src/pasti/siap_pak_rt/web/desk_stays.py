"""Guests and boarding houses: the RT's list, quick entry, and the owner's own page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pasti.civil import queries as register
from pasti.civil.queries import families
from pasti.identity.queries import wallet as cards
from pasti.kernel.accounts.access import can, permission_required, scope_where
from pasti.kernel.accounts.models import User
from pasti.kernel.accounts.scope import current_scope, scoped
from pasti.kernel.accounts.scoping import covers
from pasti.kernel.clock import today
from pasti.kernel.errors import NotFound, Refused
from pasti.siap_pak_rt.models import Kos
from pasti.siap_pak_rt.queries import desk
from pasti.siap_pak_rt.services import desk_stays as stays
from pasti.siap_pak_rt.web.desk_access import at_desk, paged, unit_of
from pasti.siap_pak_rt.web.desk_forms import clean_number, day_field, text_field

STAYS, OWN, PURPOSE = "siap_pak_rt.stays", "siap_pak_rt.own", stays.PURPOSE
CARD = ("ketua-rt/tamu",)  # the question a guest's card is asked
View = Callable[..., HttpResponse]


class GuestForm(forms.Form):
    """Five fields: who, from where, until when, with whom; the NIK may be missing."""

    name = text_field(gettext_lazy("Nama tamu"))
    origin = text_field(gettext_lazy("Dari mana"), most=100)
    until = day_field(gettext_lazy("Sampai kapan"))
    host = text_field(gettext_lazy("Menginap di rumah siapa"))
    nik = text_field(gettext_lazy("NIK"), required=False, digits=True, most=20)

    def __init__(self, *args: Any, house: Kos | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if house is not None:
            self.fields["host"] = text_field(gettext_lazy("Nomor kamar"), required=house.rooms > 1, most=10)

    def clean_nik(self) -> str:
        """A whole NIK, or none."""
        return clean_number(self.cleaned_data["nik"])


class HouseForm(forms.Form):
    """A boarding or rented house and whom to ask about it."""

    kind = forms.ChoiceField(label=gettext_lazy("Jenis"), widget=forms.RadioSelect, initial="kos",
                             choices=[("kos", gettext_lazy("Kos")), ("rented", gettext_lazy("Rumah kontrakan"))])  # fmt: skip
    name = text_field(gettext_lazy("Nama kos atau kontrakan"), most=80)
    street = text_field(gettext_lazy("Alamat"))
    rooms = forms.IntegerField(label=gettext_lazy("Jumlah kamar"), min_value=1, max_value=300, initial=1)
    owner_name = text_field(gettext_lazy("Nama pemilik atau penjaga"))
    owner_phone = text_field(gettext_lazy("Nomor telepon"), required=False, digits=True, most=20)
    owner_nik = text_field(gettext_lazy("NIK pemilik"), required=False, digits=True, most=20,
                           help_text=gettext_lazy("Bila ia warga wilayah ini, ia dapat melapor sendiri"))  # fmt: skip

    def clean_owner_nik(self) -> str:
        """A whole NIK, or none."""
        return clean_number(self.cleaned_data["owner_nik"])


class UntilForm(forms.Form):
    """A new last day."""

    until = day_field(gettext_lazy("Tinggal sampai"))


def for_host(view: View) -> View:
    """A view for the RT within its area, and for the owner of a house within the houses of the own family."""

    @permission_required(OWN)
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with scoped(_host_scope(cast(User, request.user))):
            try:
                return view(request, *args, **kwargs)
            except NotFound:
                raise Http404 from None

    @at_desk(STAYS, PURPOSE)
    @wraps(view)
    def at_rt(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with scoped(_host_scope(cast(User, request.user))):
            return view(request, *args, **kwargs)

    @wraps(view)
    def either(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = (at_rt if can(request.user, STAYS) else guarded)(request, *args, **kwargs)
        return response

    return either


def _host_scope(user: User) -> Any:
    own = scope_where(user, STAYS, PURPOSE)
    return own.with_people(tuple(register.household_ids(user.person_id) or [user.person_id])) if user.person_id else own


@require_safe
@at_desk(STAYS, PURPOSE)
def listing(request: HttpRequest) -> HttpResponse:
    """Who stays in the RT, who is past the day, and the houses with rooms nobody told of."""
    unit, wished = unit_of(request, STAYS), request.GET.get("lihat", "")
    which = {"lewat": "overdue", "pulang": "gone"}.get(wished, "")
    rows = desk.guests(today=today(), area=unit.area_code, which=which)
    found, links = paged(request, rows, ("until", "id") if which != "gone" else ("-until", "id"))
    context = {"rows": desk.guests_listed(found), "houses": desk.houses(unit.area_code), "unit": unit, "which": which,
               "today": today(), "soon": today() + dt.timedelta(days=1), **links}  # fmt: skip
    return render(request, "siap_pak_rt/desk_stays.html", context)


@require_http_methods(["GET", "POST"])
@for_host
def new_guest(request: HttpRequest) -> HttpResponse:
    """Enter a guest in half a minute; for a house when `kos` says so, for a family when `keluarga` does."""
    house = desk.house(_uuid(request.GET["kos"])) if request.GET.get("kos") else None
    family = families.card(_uuid(request.GET["keluarga"]), purpose=PURPOSE) if request.GET.get("keluarga") else None
    rt_code = house.rt_code if house else family.rt_code if family else unit_of(request, STAYS).area_code
    host = family.members[0].person.name if family and family.members else ""
    user = cast(User, request.user)
    shown = cards.handed_over(user, request.GET.get("kartu", ""), CARD)
    initial = {"until": today() + dt.timedelta(days=1), "host": host, "name": shown.get("name"), "nik": shown.get("nik"),
               "origin": shown.get("kelurahan")}  # fmt: skip
    form = GuestForm(request.POST or None, initial=initial, house=house)
    if request.method == "POST" and form.is_valid() and _arrive(request, form, rt_code, house, family):
        messages.success(request, _("Tamu tercatat."))
        return redirect("siap_pak_rt:desk_house", house_id=house.pk) if house else redirect("siap_pak_rt:desk_stays")
    context = {"form": form, "house": house, "key": request.POST.get("idempotency_key", ""), "owner": _is_owner(house),
               "card": cards.asked_at(user, CARD, _without_card(request), shown)}  # fmt: skip
    return render(request, "siap_pak_rt/desk_guest_form.html", context, status=422 if form.errors else 200)


def _without_card(request: HttpRequest) -> str:
    """This page with its own parameters, to come back to."""
    kept = request.GET.copy()
    kept.pop("kartu", None)
    return f"{request.path}?{kept.urlencode()}" if kept else request.path


def _arrive(request: HttpRequest, form: GuestForm, rt_code: str, house: Kos | None, family: Any) -> bool:
    asked, key = dict(form.cleaned_data), request.POST.get("idempotency_key", "")[:50]
    host = asked.pop("host")
    where = {"kos_id": house.pk, "room": host} if house else {"host": host}
    try:
        stay = stays.StayAsked(since=today(), family_id=family.family.pk if family else None, **asked, **where)
        stays.arrive(rt_code, stay, client_id=f"web:{key}" if key else None)
    except NotFound:
        raise
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True


@require_http_methods(["GET", "POST"])
@for_host
def guest(request: HttpRequest, guest_id: UUID) -> HttpResponse:
    """One guest: until when, and what can be done: stays longer, has left, lives here now."""
    one = desk.guest(guest_id)
    form = UntilForm(request.POST if "perpanjang" in request.POST else None, initial={"until": one.until})
    if request.method == "POST":
        try:
            if "pulang" in request.POST:
                stays.leave(one.pk)
                messages.success(request, _("Tercatat pulang."))
                return _back(one)
            if form.is_valid():
                stays.extend(one.pk, form.cleaned_data["until"])
                messages.success(request, _("Masa tinggal diperpanjang."))
                return redirect("siap_pak_rt:desk_guest", guest_id=one.pk)
        except NotFound:
            raise
        except Refused as refusal:
            form = form if form.is_bound else UntilForm(request.POST)
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    context = {"guest": one, "form": form, "today": today(), "open": one.state in desk.OPEN,
               "can_report": can(request.user, "siap_pak_rt.report") and covers(scope_where(
                   cast(User, request.user), "siap_pak_rt.report", PURPOSE), one.rt_code)}  # fmt: skip
    return render(request, "siap_pak_rt/desk_guest.html", context, status=422 if form.errors else 200)


def _back(one: Any) -> HttpResponse:
    return redirect("siap_pak_rt:desk_house", house_id=one.kos_id) if one.kos_id else redirect("siap_pak_rt:desk_stays")


@require_http_methods(["GET", "POST"])
@at_desk(STAYS, PURPOSE)
def edit_house(request: HttpRequest, house_id: UUID | None = None) -> HttpResponse:
    """Add a boarding or rented house, or change what is known of it."""
    house = desk.house(house_id) if house_id else None
    names = ("kind", "name", "street", "rooms", "owner_name", "owner_phone")
    form = HouseForm(request.POST or None, initial={name: getattr(house, name) for name in names} if house else {})
    if request.method == "POST" and form.is_valid():
        try:
            rt_code = house.rt_code if house else unit_of(request, STAYS).area_code
            kept = stays.keep_house(rt_code, stays.HouseAsked(**form.cleaned_data), house_id=house_id)
            messages.success(request, _("Tersimpan."))
            return redirect("siap_pak_rt:desk_house", house_id=kept.pk)
        except NotFound:
            raise
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return render(
        request, "siap_pak_rt/desk_house_form.html", {"form": form, "house": house}, status=422 if form.errors else 200
    )


@require_safe
@for_host
def house(request: HttpRequest, house_id: UUID) -> HttpResponse:
    """One house: its rooms and who lives there; for the RT and for the owner."""
    one = desk.house(house_id)
    found, links = paged(request, desk.guests(today=today(), house_id=one.pk), ("until", "id"))
    numbers = next(row for row in desk.houses(one.rt_code) if row["house"].pk == one.pk)
    context = {"house": one, "rows": desk.guests_listed(found), "numbers": numbers, "owner": _is_owner(one),
               "today": today(), "soon": today() + dt.timedelta(days=1), **links}  # fmt: skip
    return render(request, "siap_pak_rt/desk_house.html", context)


@require_POST
@for_host
def vacant(request: HttpRequest, house_id: UUID) -> HttpResponse:
    """How many rooms stand empty."""
    wished = request.POST.get("vacant", "")
    try:
        stays.say_vacant(house_id, int(wished) if wished.isdecimal() and len(wished) < 4 else -1)
        messages.success(request, _("Tersimpan."))
    except NotFound:
        raise
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("siap_pak_rt:desk_house", house_id=house_id)


def _is_owner(one: Kos | None) -> bool:
    """Whether the reader comes as the house's owner, not as its RT."""
    return one is not None and not covers(current_scope(), one.rt_code)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None

"""Leave and changed hours of sessions, for the manager and the counter."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pasti.kernel.accounts.access import permission_required
from pasti.kernel.clock import city_zone
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries, services
from pasti.purut.models import Sesi
from pasti.purut.queries import day as day_queries
from pasti.purut.rules import times
from pasti.purut.web.forms import ChangeForm

SHOWN = 60


@require_safe
@permission_required("purut.session")
def sessions(request: HttpRequest) -> HttpResponse:
    """The coming sessions, of one day when asked for."""
    asked = request.GET.get("hari", "")
    try:
        day = dt.date.fromisoformat(asked) if asked else None
    except ValueError:
        day = None
    rows = [(one, queries.poli_name(one.poli)) for one in day_queries.sessions_to_change(day)[:SHOWN]]
    return render(request, "purut/changes.html", {"rows": rows, "day": day.isoformat() if day else ""})


@require_http_methods(["GET", "POST"])
@permission_required("purut.session")
def change(request: HttpRequest, sesi_id: int) -> HttpResponse:
    """Call one session off or change its hours; every booking that loses its place is offered another."""
    try:
        sesi = queries.session(sesi_id)
    except NotFound:
        raise Http404 from None
    zone = city_zone()
    now_held = {"starts": sesi.starts_at.astimezone(zone).time(), "ends": sesi.ends_at.astimezone(zone).time()}
    form = ChangeForm(request.POST or None, initial=now_held | {"act": "hours"})
    if request.method == "POST" and form.is_valid():
        try:
            _say(request, _change(sesi, form))
            return redirect("purut:change", sesi_id=sesi.pk)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    context = {"sesi": sesi, "name": queries.poli_name(sesi.poli), "form": form, "open": sesi.state == Sesi.State.OPEN}
    return render(request, "purut/change.html", context, status=422 if form.errors else 200)


def _change(sesi: Sesi, form: ChangeForm) -> services.Changed:
    asked, zone = form.cleaned_data, city_zone()
    if asked["act"] == "cancel":
        return services.call_off(sesi.pk, asked["reason"])
    starts, ends = (times.moment(sesi.date, asked[name], zone) for name in ("starts", "ends"))
    return services.change_hours(sesi.pk, starts, ends, asked["reason"])


def _say(request: HttpRequest, changed: services.Changed) -> None:
    said = _(
        "%(offered)s pasien ditawari tempat lain, %(without)s belum mendapat tempat, %(told)s diberi tahu jam baru."
    )
    messages.success(
        request, said % {"offered": len(changed.offered), "without": len(changed.without), "told": changed.told}
    )
    if changed.without:
        labels = ", ".join(queries.label_of(one) for one in changed.without[:60])
        messages.info(request, _("Hubungi sendiri yang belum mendapat tempat: %(labels)s") % {"labels": labels})

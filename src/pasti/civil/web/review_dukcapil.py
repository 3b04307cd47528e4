"""Pages of events on their way to Disdukcapil."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from pasti.civil import queries
from pasti.civil.queries.history import happening
from pasti.civil.services import dukcapil
from pasti.civil.web.review_people import within_scope
from pasti.civil.web.review_words import kind_names, way_names
from pasti.kernel.api.paging import page_of
from pasti.kernel.errors import NotFound, Refused
from pasti.kernel.places import queries as places

PAGE = 20


class StepForm(forms.Form):
    """How far the event is now."""

    to = forms.ChoiceField(label=gettext_lazy("Keadaan sekarang"), widget=forms.RadioSelect)
    document = forms.CharField(
        label=gettext_lazy("Nomor dokumen"), max_length=60, required=False,
        help_text=gettext_lazy("Untuk dokumen yang terbit, seperti nomor akta."),
    )  # fmt: skip

    def __init__(self, *args: object, state: str, **kwargs: object):
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        further = [at for at in ("submitted", "issued") if at != state]
        self.fields["to"].choices = [(at, way_names()[at]) for at in further]  # type: ignore[attr-defined]


@require_safe
@within_scope("civil.dukcapil", dukcapil.PURPOSE)
def queue(request: HttpRequest) -> HttpResponse:
    """What Disdukcapil must hear of, the nearest last day first."""
    asked = {name: request.GET.get(name, "")[:40] for name in ("keadaan", "jenis", "wilayah")}
    state = asked["keadaan"] if asked["keadaan"] in way_names() else ""
    kind = asked["jenis"] if asked["jenis"] in kind_names() else ""
    cursor = request.GET.get("sesudah", "")[:400]
    rows = queries.on_their_way(state=state, kind=kind, area=asked["wilayah"])
    page = page_of(rows, cursor or None, PAGE, ("due", "id"))
    shown = queries.way_listed(page["items"], purpose=dukcapil.PURPOSE)
    counts = queries.way_counts()
    query = {name: value for name, value in asked.items() if value}
    context = {
        "rows": [(one, kind_names()[one.event.kind], way_names()[one.event.dukcapil_state]) for one in shown],
        "counts": [(at, name, counts[at]) for at, name in way_names().items()], "state": state, "kind": kind,
        "kinds": list(kind_names().items()), "asked": asked,
        "next_url": f"?{urlencode(query | {'sesudah': page['next']})}" if page["next"] else "",
        "prev_url": f"?{urlencode(query)}" if cursor else "",
    }  # fmt: skip
    return render(request, "civil/review_dukcapil.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@within_scope("civil.dukcapil", dukcapil.PURPOSE)
def event(request: HttpRequest, peristiwa_id: UUID) -> HttpResponse:
    """One event, and the step it takes next."""
    one = queries.event(peristiwa_id, purpose=dukcapil.PURPOSE)
    form = StepForm(request.POST or None, state=one.dukcapil_state)
    if request.method == "POST" and form.is_valid():
        try:
            dukcapil.mark_dukcapil(one.pk, form.cleaned_data["to"], document=form.cleaned_data["document"])
            messages.success(request, _("Tercatat."))
            return redirect("civil:dukcapil")
        except NotFound:
            raise
        except Refused as refusal:
            form.add_error("document" if refusal.field == "document" else "to", refusal.message)
    told = happening(one, queries.is_taken_back(one.pk))
    context = {
        "one": told, "form": form, "kind": kind_names()[one.kind], "way": way_names()[one.dukcapil_state],
        "place": places.label(one.rt_code), "done": one.dukcapil_state == "issued" or told.reversed,
    }  # fmt: skip
    return render(request, "civil/review_event.html", context, status=422 if form.errors else 200)

"""The pharmacy's page: who waits for medicine."""

from __future__ import annotations

import itertools

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pasti.kernel.accounts.access import permission_required
from pasti.purut import queries
from pasti.purut.queries import day as day_queries
from pasti.purut.rules.states import State
from pasti.purut.web.wording import STATES, kind_of_resep


@require_safe
@permission_required("purut.pharmacy")
def pharmacy(request: HttpRequest) -> HttpResponse:
    """Today's prescriptions that were not handed over, by kind and number, each with the next act."""
    acts = {State.PHARMACY: ("siapkan", _("Mulai siapkan")), State.PREPARING: ("siap", _("Obat siap")),
            State.READY: ("serahkan", _("Sudah diserahkan"))}  # fmt: skip
    rows = day_queries.at_pharmacy()
    kinds = [
        (
            kind_of_resep(kind),
            [(one, queries.label_of(one), STATES[State(one.state)], acts[State(one.state)]) for one in group],
        )
        for kind, group in itertools.groupby(rows, key=lambda one: one.resep.kind)
    ]
    return render(request, "purut/pharmacy.html", {"kinds": kinds})

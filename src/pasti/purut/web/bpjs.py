"""Pages of the clerk between the hospital and BPJS: how the messages stand, and the operations it may ask for."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from pasti.kernel.accounts.access import permission_required
from pasti.kernel.errors import NotFound, Refused
from pasti.purut import queries
from pasti.purut.queries import bpjs as queries_bpjs
from pasti.purut.services import bpjs_operations, bpjs_outbox
from pasti.purut.web.bpjs_forms import OperationForm


@require_http_methods(["GET", "POST"])
@permission_required("purut.bpjs")
def outbox(request: HttpRequest) -> HttpResponse:
    """How many messages wait, and what was refused; a press sends the refused ones again."""
    if request.method == "POST":
        count = bpjs_outbox.send_again()
        text = ngettext("%(count)s pesan dikirim ulang", "%(count)s pesan dikirim ulang", count)
        messages.success(request, text % {"count": count})
        return redirect("purut:bpjs")
    context = {
        "box": queries_bpjs.outbox(),
        "refused": queries_bpjs.refused_messages(),
        "on": bool(settings.PASTI_BPJS_URL),
    }
    return render(request, "purut/bpjs.html", context)


@require_http_methods(["GET", "POST"])
@permission_required("purut.operations")
def operations(request: HttpRequest) -> HttpResponse:
    """The coming operations, and planning one."""
    polis = [(one.pk, queries.poli_name(one)) for one in queries.polis()]
    form = OperationForm(request.POST or None, polis=polis)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            bpjs_operations.plan_operation(asked["norm"], asked["poli"], asked["date"], asked["action"])
            return redirect("purut:operations")
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
    rows = [(one, queries.poli_name(one.poli)) for one in queries_bpjs.coming_operations()]
    status = 422 if form.errors else 200
    return render(request, "purut/operations.html", {"form": form, "rows": rows}, status=status)


@require_POST
@permission_required("purut.operations")
def operation_done(request: HttpRequest, code: str) -> HttpResponse:
    """The operation took place."""
    try:
        bpjs_operations.operation_done(code)
    except NotFound:
        raise Http404 from None
    return redirect("purut:operations")

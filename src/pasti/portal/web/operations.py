"""For auditors and administrators: the audit log, and how the platform is."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from pasti.kernel.accounts.access import permission_required
from pasti.kernel.audit import queries as audit_queries
from pasti.kernel.audit import services as audit_services
from pasti.kernel.audit.models import Entry, Seal
from pasti.kernel.clock import now
from pasti.kernel.outbox.models import StoredEvent

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("audit.read")
def audit(request: HttpRequest) -> HttpResponse:
    """Search the log by role, action and actor; POST proves the chain."""
    check = None
    if request.method == "POST":
        audit_services.seal()
        check = audit_queries.verify_chain()
    asked = {name: request.GET.get(name, "")[:60].strip() for name in ("actor_role", "action", "actor_name")}
    rows = Entry.objects.order_by("-id").filter(
        **{f"{n}__istartswith" if n != "actor_role" else n: v for n, v in asked.items() if v}
    )
    before = request.GET.get("sebelum", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE + 1])
    query = request.GET.copy()
    query["sebelum"] = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    context = {
        "rows": found[:PAGE], "asked": asked, "check": check, "next_url": f"?{query.urlencode()}" if len(found) > PAGE else "",
        "prev_url": "/audit/" if before else "",
    }  # fmt: skip
    return render(request, "portal/audit.html", context)


@require_safe
@permission_required("operations.read")
def operations(request: HttpRequest) -> HttpResponse:
    """Events, jobs and seals at a glance."""
    waiting = StoredEvent.objects.filter(delivered_at=None)
    oldest = waiting.order_by("id").values_list("occurred_at", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1 ORDER BY 1")
        jobs = cursor.fetchall()
    context = {
        "waiting": waiting.count(), "oldest": oldest, "failing": waiting.exclude(last_error="").order_by("id")[:20],
        "jobs": jobs, "seal": Seal.objects.order_by("-last_id").first(), "now": now(),
    }  # fmt: skip
    return render(request, "portal/operations.html", context)

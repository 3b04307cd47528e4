"""For those who run the platform: is it alive, is it ready."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

_migrated = False


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can do its work: the database answers and has this program's tables. Else 503."""
    try:
        ready = _tables_are_ours()
    except Exception as error:
        connection.close()
        return JsonResponse({"status": "database", "detail": type(error).__name__}, status=503)
    return JsonResponse({"status": "ready" if ready else "migrations"}, status=200 if ready else 503)


def _tables_are_ours() -> bool:
    global _migrated
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated

"""Conventions of the JSON API, once for all systems: problems, tokens, pages, retries, limits."""

from pasti.kernel.api.auth import bearer
from pasti.kernel.api.idempotency import idempotent
from pasti.kernel.api.paging import page_of
from pasti.kernel.api.problems import PROBLEMS, Problem

__all__ = ["PROBLEMS", "Problem", "bearer", "idempotent", "page_of"]

"""The JSON API at /api/v1/: every system's router under one set of conventions."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from ninja import NinjaAPI

from pasti import __doc__ as _about
from pasti.kernel.api.problems import install

api = NinjaAPI(
    title="PASTI",
    version="1",
    description=f"{_about}\n\nErrors are RFC 9457 problem details. Lists page by cursor. "
    "POSTs take an `Idempotency-Key`. Send a bearer token; scopes are permissions.",
    docs_url="/docs",
    urls_namespace="api-v1",
)
install(api)

for config in apps.get_app_configs():
    module = f"{config.name}.api.v1"
    if config.name.startswith("pasti.") and find_spec(f"{config.name}.api") and find_spec(module):
        v1 = import_module(module)
        api.add_router(f"/{v1.PREFIX}", v1.router, tags=[v1.PREFIX])

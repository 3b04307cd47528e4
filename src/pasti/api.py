"""The JSON API at /api/v1/: every system's router under one set of conventions."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from pasti import __doc__ as _about
from pasti.kernel.api.problems import MEDIA_TYPE, install


class CityApi(NinjaAPI):
    """Describes what really is answered: errors as problem details, and the key every POST takes."""

    _described: OpenAPISchema | None = None

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The OpenAPI description, made once: it takes half a second, and nothing changes it while the program runs."""
        if self._described is None:
            self._described = self._describe(**options)
        return self._described

    def _describe(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for method, operation in path.items():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in response.get("content", {}):
                        response["content"][MEDIA_TYPE] = response["content"].pop("application/json")
                if method == "post":
                    operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        return schema


IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "The same key with the same request brings the same answer and does nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[A-Za-z0-9._:-]+$"},
}  # fmt: skip

api = CityApi(
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

"""The API object: what all operations have in common, in behaviour and in the published description."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation

from youbei import __version__
from youbei.api import asked, counting
from youbei.api.access import Closed
from youbei.api.problems import CONTENT_TYPE, Problem, install
from youbei.api.rendering import JsonParser, Renderer

DESCRIPTION = (
    "Everything the pages do. Programs authenticate with `Authorization: Bearer <key>`. Errors are problem documents "
    "(RFC 9457) with the sentence in Chinese and English. Lists are pages with opaque cursors. Writes honour "
    "`Idempotency-Key`. `x-permission` names what an operation needs; what you may not see is answered with 404."
)
# What any operation may answer besides its own result.
ALWAYS = {
    400: "The request cannot be read",
    401: "Not signed in",
    403: "No grant for this",
    404: "Nothing here that you may see",
    409: "Refused in the present state of things",
    413: "The request is too large",
    415: "The body is not JSON",
    422: "Some values are not right",
    429: "Too many requests",
}
DURATION = r"^-?P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$"


class Api(NinjaAPI):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.described: dict[str, OpenAPISchema] = {}

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the description, with the answers and headers that every operation has; it must not be changed.

        Making it takes a second. It says the same as long as the process lives, so it is made once for each prefix.
        """
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in self.described:
            self.described[prefix] = self.describe(prefix)
        return self.described[prefix]

    def describe(self, prefix: str) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=prefix)
        components = schema["components"].setdefault("schemas", {})
        problem = Problem.model_json_schema(ref_template=REF_TEMPLATE)
        components.update(problem.pop("$defs", {}))
        components["Problem"] = problem
        describe_durations(schema)
        for path in schema["paths"].values():
            for operation in path.values():
                complete(operation)
        return schema


def describe_durations(part: Any) -> None:
    """Say how durations are written: ISO 8601 with a sign, for which JSON Schema has no format of its own."""
    if isinstance(part, dict):
        if part.get("format") == "duration":
            del part["format"]
            part.update(pattern=DURATION, examples=["PT5M"])
        for value in part.values():
            describe_durations(value)
    elif isinstance(part, list):
        for value in part:
            describe_durations(value)


def complete(operation: dict[str, Any]) -> None:
    content = {CONTENT_TYPE: {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}}
    for status, description in ALWAYS.items():
        operation["responses"].setdefault(status, {"description": description, "content": content})


def make_api() -> Api:
    api = Api(
        title="Youbei",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        auth=Closed(),
        renderer=Renderer(),
        parser=JsonParser(),
        urls_namespace="api",
    )
    install(api)
    counting.install(api)
    asked.install(api)
    return api

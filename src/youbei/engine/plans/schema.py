"""The published JSON Schema of the plan language, made from the same table that reads and writes plans."""

from __future__ import annotations

from typing import Any

from youbei.engine.plans.language import PLAN
from youbei.engine.plans.shapes import Defs

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a plan written as JSON."""
    defs: Defs = {}
    plan = PLAN.schema(defs)
    return {
        "$schema": DIALECT,
        "title": "预案 Plan",
        "description": "有备预案语言。 The plan language of Youbei.",
        **plan,
        "$defs": dict(sorted(defs.items())),
    }

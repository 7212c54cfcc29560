"""Write a plan as data, TOML or JSON, and name its content by a digest. Reading it gives the same plan again."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from youbei.engine.log import canonical
from youbei.engine.plans.language import PLAN
from youbei.engine.plans.model import Plan
from youbei.engine.plans.toml_text import toml_text


def plan_to_data(plan: Plan) -> dict[str, Any]:
    """Return the plan as JSON values, in the order of the language; what equals its default is left out."""
    data: dict[str, Any] = _json_values(PLAN.write(plan))
    return data


def write_toml(plan: Plan) -> str:
    return toml_text(PLAN.write(plan))


def write_json(plan: Plan) -> str:
    return json.dumps(plan_to_data(plan), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def digest(plan: Plan) -> str:
    """Return the SHA-256 of the plan's canonical JSON, in hex: the same for every file that means the same plan."""
    return hashlib.sha256(canonical(plan_to_data(plan)).encode()).hexdigest()


def _json_values(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json_values(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_json_values(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value

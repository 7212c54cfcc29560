"""Write an exercise as data, TOML or JSON, and name its content by a digest. Reading it gives the same again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from youbei.engine.exercises.language import EXERCISE
from youbei.engine.exercises.model import Exercise
from youbei.engine.log import canonical
from youbei.engine.plans.shapes import Defs
from youbei.engine.plans.toml_text import toml_text

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def exercise_to_data(exercise: Exercise) -> dict[str, Any]:
    """Return the exercise as JSON values, in the order of the language; what equals its default is left out."""
    data: dict[str, Any] = EXERCISE.write(exercise)
    return data


def write_toml(exercise: Exercise) -> str:
    return toml_text(exercise_to_data(exercise))


def write_json(exercise: Exercise) -> str:
    return json.dumps(exercise_to_data(exercise), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def digest(exercise: Exercise) -> str:
    """Return the SHA-256 of the exercise's canonical JSON, in hex."""
    return hashlib.sha256(canonical(exercise_to_data(exercise)).encode()).hexdigest()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an exercise written as JSON."""
    defs: Defs = {}
    exercise = EXERCISE.schema(defs)
    return {
        "$schema": DIALECT,
        "title": "演练 Exercise",
        "description": "有备演练语言。 The exercise language of Youbei.",
        **exercise,
        "$defs": dict(sorted(defs.items())),
    }

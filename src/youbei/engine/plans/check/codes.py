"""Every code that the checker may give, explained once."""

from __future__ import annotations

from collections.abc import Mapping

from youbei.engine.plans.check import (
    course,
    facts,
    flow,
    freshness,
    law,
    level_duties,
    levels,
    measured,
    people,
    resources,
    structure,
    timing,
    wording,
)
from youbei.engine.plans.check.finding import Code

FAMILIES: Mapping[str, tuple[Code, ...]] = {
    "structure": structure.CODES,
    "course": course.CODES,
    "flow": flow.CODES,
    "levels": (*levels.CODES, *level_duties.CODES),
    "people": people.CODES,
    "resources": resources.CODES,
    "time": timing.CODES,
    "law": law.CODES,
    "text": wording.CODES,
    "facts": facts.CODES,
    "freshness": freshness.CODES,
    "measured": measured.CODES,
}

CODES: Mapping[str, Code] = {code.code: code for family in FAMILIES.values() for code in family}

"""Words of the pages about findings."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django import template
from django.utils.translation import get_language

from youbei.engine.findings.kinds import ELEMENT_NAMES, SEVERITY_NAMES, SOURCE_NAMES
from youbei.engine.findings.life import STATE_NAMES
from youbei.engine.findings.retest import WAY_NAMES
from youbei.engine.plans.calibration.compare import AGREEMENT_NAMES
from youbei.engine.text import Text

register = template.Library()


def word(names: Mapping[Any, Text], code: StrEnum | str) -> str:
    found = next((text for one, text in names.items() if one.value == str(code)), Text(str(code), str(code)))
    return found.in_language(get_language() or "en")


@register.filter
def finding_state(code: str) -> str:
    return word(STATE_NAMES, code)


@register.filter
def finding_severity(code: str) -> str:
    return word(SEVERITY_NAMES, code)


@register.filter
def finding_source(code: str) -> str:
    return word(SOURCE_NAMES, code)


@register.filter
def finding_element(code: str) -> str:
    return word(ELEMENT_NAMES, code)


@register.filter
def agreement_word(code: str) -> str:
    """Say how the time that a plan assumes stands against what was measured."""
    return word(AGREEMENT_NAMES, code)


DRAFT_STATES = {
    "open": Text("起草中", "in the making"),
    "adopted": Text("已采纳", "adopted"),
    "dropped": Text("已放弃", "given up"),
}


@register.filter
def draft_state(code: str) -> str:
    found = DRAFT_STATES.get(code, Text(code, code))
    return found.in_language(get_language() or "en")


@register.filter
def retest_way(code: str) -> str:
    return word(WAY_NAMES, code)

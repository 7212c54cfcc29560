"""Words and figures of the pages about dispatch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django import template

from youbei.web import wording

register = template.Library()


@register.filter
def minutes_word(seconds: int) -> str:
    """Write seconds as a duration with its unit."""
    return wording.duration_words(timedelta(seconds=seconds))


@register.filter
def chosen_is(chosen: Mapping[str, str] | None, key: str) -> str:
    """Return what was chosen for a decision, empty where nothing was."""
    return (chosen or {}).get(key, "")

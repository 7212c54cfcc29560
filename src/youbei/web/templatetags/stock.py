"""Words and figures of the pages about stock."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils.formats import localize

from youbei.engine.divisions import Divisions

register = template.Library()


@register.filter
def division_name(divisions: Divisions, code: str) -> str:
    """Call a code of a division by its name of today, and one that is no more by its last."""
    return divisions.recognise(code).name


@register.filter
def hours_word(hours: Fraction | Decimal | float) -> str:
    """Write hours to a tenth, without a zero behind the point."""
    rounded = round(float(hours), 1)
    return str(localize(int(rounded) if rounded == int(rounded) else rounded))

"""Template tags for what a search has found, loaded into every template."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from youbei.engine.text import Text
from youbei.engine.words.match import Reason
from youbei.records.registers.values import canonical
from youbei.records.search.find import Hit
from youbei.records.search.groups import register_of, unit_key
from youbei.web.templatetags.youbei import said

register = template.Library()


@register.filter
def hit_name(hit: Hit) -> str:
    return said(hit.name) or hit.code or f"{said(register_of(hit).one)} {hit.pk}"


@register.filter
def hit_register(hit: Hit) -> str:
    return said(register_of(hit).one)


@register.filter
def hit_unit(hit: Hit, units: Mapping[int, Text]) -> str:
    """Say where a hit belongs; nothing for what belongs to all."""
    key = unit_key(hit)
    return said(units[key]) if key is not None and key in units else ""


@register.filter
def hit_reason(hit: Hit) -> str:
    """Say why it was found, where that is not plain to see in its name."""
    words = {
        Reason.CODE: _("its code"),
        Reason.OTHER: _("in other fields"),
        Reason.SYNONYM: _("the same in other words"),
        Reason.PINYIN: _("by pinyin"),
        Reason.INITIALS: _("by initials"),
        Reason.SOUND: _("sounds alike"),
        Reason.SLIP: _("nearly the same"),
    }
    return str(words.get(hit.reason, ""))


@register.filter
def kilometres(metres: float) -> str:
    return f"{metres / 1000:.1f} km"


@register.filter
def percent_of_one(share: float) -> str:
    """Write a share between 0 and 1 in percent; what is rarer than one in a thousand is said to be."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"


@register.filter
def plain_number(number: Decimal | int) -> str:
    """Write a quantity without zeros that say nothing."""
    return f"{canonical(Decimal(number)):,f}"

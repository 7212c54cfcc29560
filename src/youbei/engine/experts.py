"""Whether an expert may be called today."""

from __future__ import annotations

from datetime import date

from youbei.engine.errors import Refused
from youbei.engine.text import Text


class ExpertUnavailable(Refused):
    """Refuse a call to an expert who is away, or no longer one of ours."""


def is_away(availability: str, unavailable_until: date | None, on: date) -> bool:
    """Say whether an expert is away; the last day away belongs to it, after it they are back without being asked."""
    return availability == "unavailable" and (unavailable_until is None or unavailable_until >= on)


def has_ended(term_ends_on: date | None, on: date) -> bool:
    return term_ends_on is not None and term_ends_on < on


def refuse_unavailable(
    *,
    name: Text,
    availability: str,
    unavailable_until: date | None,
    term_ends_on: date | None,
    is_retired: bool,
    on: date,
) -> None:
    """Raise `ExpertUnavailable` with the reason and what to do instead."""
    zh, en = name.zh, name.en or name.zh
    if is_retired or has_ended(term_ends_on, on):
        raise ExpertUnavailable(
            zh=f"{zh}的聘期已满或已停用，不能请其咨询。请另选专家，或先续聘。",
            en=f"The term of {en} has ended, or the record is out of use. Choose another, or renew the term first.",
        )
    if is_away(availability, unavailable_until, on):
        until_zh = f"（至 {unavailable_until}）" if unavailable_until else ""
        until_en = f" until {unavailable_until}" if unavailable_until else ""
        raise ExpertUnavailable(
            zh=f"{zh}目前不可用{until_zh}。请另选专家。", en=f"{en} is not available{until_en}. Choose another expert."
        )

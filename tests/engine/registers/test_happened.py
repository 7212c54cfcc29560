"""What is entered as having happened is not still to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from youbei import content
from youbei.engine.registers.happened import CLOCKS_DIFFER, still_to_come

NOW = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
BEIJING = timezone(timedelta(hours=8))


def named(register: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    described = content.registers()[register]
    return [field.name for field, _ in still_to_come(described, before, after, now=NOW, zone=BEIJING)]


@pytest.mark.parametrize(("day", "refused"), [(27, []), (28, []), (29, ["held_on"])])
def test_a_day_is_to_come_when_it_has_not_begun_where_it_is_entered(day: int, refused: list[str]) -> None:
    assert named("team_review", {}, {"held_on": date(2026, 11, day)}) == refused


def test_a_moment_is_given_what_clocks_differ_by() -> None:
    assert named("consultation", {}, {"asked_at": NOW + CLOCKS_DIFFER}) == []
    assert named("consultation", {}, {"asked_at": NOW + CLOCKS_DIFFER + timedelta(seconds=1)}) == ["asked_at"]


def test_what_stood_there_already_does_not_keep_the_rest_from_being_changed() -> None:
    later = {"held_on": date(2027, 1, 1)}
    assert named("team_review", later, {**later, "held_by": "x"}) == []


def test_every_register_says_which_of_its_dates_have_happened() -> None:
    said = {
        (register.name, field.name)
        for register in content.registers().values()
        for field in register.fields
        if field.not_future
    }
    assert said >= {
        ("team_review", "held_on"),
        ("member_review", "held_on"),
        ("equipment_test", "tested_on"),
        ("consultation", "asked_at"),
        ("vetting", "vetted_on"),
        ("lot", "received_on"),
        ("bed_capacity", "free_at"),
    }
    assert ("qualification", "issued_on") not in said


def test_the_sentence_says_what_why_and_what_to_do() -> None:
    register = content.registers()["team_review"]
    ((_, why),) = still_to_come(register, {}, {"held_on": date(2027, 1, 2)}, now=NOW, zone=BEIJING)
    assert why.en == (
        "Held on says 2027-01-02, which is still to come; what is entered here has happened. Check the date."
    )
    assert why.zh.startswith("“评定日期”填的是 2027-01-02，还没有到")

"""What falls due is told once for each step, however often and however late one looks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei import content
from youbei.engine.due import DueKind, DueUnreadable, due_kind_from_data, spoken, steps, steps_due
from youbei.engine.text import Text

DAY = date(2026, 12, 1)
KIND = DueKind("k", "team", "insured_until", Text("险", "k"), (30, 7), 1, (3, 14), why=Text("假定", "Assumption"))
kinds = st.sampled_from([KIND, *content.due_kinds().values()])
levels = st.integers(0, 4)


@given(kinds, levels, st.lists(st.integers(-120, 120), max_size=12))
def test_however_days_are_looked_at_every_step_is_taken_once(kind: DueKind, levels: int, looks: list[int]) -> None:
    taken: list[str] = []
    for offset in sorted(looks):
        taken += [one.key for one in steps_due(kind, DAY, levels, taken=taken, today=DAY + timedelta(offset))]
    assert len(taken) == len(set(taken))
    if looks:
        reached = [one.key for one in steps(kind, DAY, levels) if one.on <= DAY + timedelta(max(looks))]
        assert sorted(taken) == sorted(reached)


@given(kinds, levels, st.integers(-120, 120))
def test_of_what_was_missed_only_the_last_of_each_level_speaks(kind: DueKind, levels: int, offset: int) -> None:
    due = steps_due(kind, DAY, levels, taken=(), today=DAY + timedelta(offset))
    told = spoken(due)
    assert len({one.level for one in told}) == len(told)
    assert all(one.on <= step.on for step in told for one in due if one.level == step.level)


def test_nobody_above_the_top_is_told() -> None:
    assert [one.level for one in steps(KIND, DAY, 1)] == [0, 0, 0, 1]
    assert max(one.level for one in steps(KIND, DAY, 9)) == len(KIND.climb)


def test_every_kind_that_ships_names_a_day_of_a_register_and_says_why() -> None:
    for kind in content.due_kinds().values():
        assert content.registers()[kind.register].field(kind.field).kind == "date"
        assert kind.source.zh or kind.why.zh


def test_an_entry_without_reason_or_with_days_that_make_no_sense_is_refused() -> None:
    fine = {"code": "x", "register": "team", "field": "grade_until", "title": {"zh": "级", "en": "g"}}
    fine |= {"ahead": [7], "late": 1, "climb": [3, 9], "why": {"zh": "假定", "en": "Assumption"}}
    assert due_kind_from_data(fine).ahead == (7,)
    for wrong in ({"why": {"zh": "", "en": ""}}, {"ahead": []}, {"late": 0}, {"climb": [9, 3]}):
        with pytest.raises(DueUnreadable):
            due_kind_from_data({**fine, **wrong})

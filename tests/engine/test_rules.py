"""Claims about rules: dated values, three-valued grading, duties in time, and what a broken rule file says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.rules.evaluate import ExampleFails, check_example, duties, grade, missing, worst
from youbei.engine.rules.load import RuleUnreadable, read_rule
from youbei.engine.rules.rule import Example, Rule
from youbei.engine.text import Text

TEXT = """
id = "test.grade"
kind = "grading"
is_confirmed = true
title = { zh = "等级", en = "Grade" }

[source]
title = { zh = "条例", en = "Regulation" }
number = "1"
evidence = "text"
read_on = 2026-01-01

[[values]]
from = 2010-01-01
until = 2020-01-01
citation = { zh = "第一条", en = "Art 1" }
grades = [{ code = "bad", title = { zh = "坏", en = "Bad" }, when = { fact = "deaths", gte = 5 } }]

[[values]]
from = 2020-01-01
citation = { zh = "第二条", en = "Art 2" }
grades = [
  { code = "bad", title = { zh = "坏", en = "Bad" }, when = { any = [
    { fact = "deaths", gte = 3 },
    { fact = "injured", gte = 10 },
  ] } },
  { code = "mild", title = { zh = "轻", en = "Mild" }, when = { any = [
    { fact = "deaths", gte = 1 },
    { fact = "injured", gte = 1 },
  ] } },
]

[[remarks]]
when = { fact = "missing", gte = 1 }
text = { zh = "有失踪", en = "People are missing" }

[[examples]]
on = 2009-12-31
given = { deaths = 9 }
expect = { in_force = false }

[[examples]]
on = 2010-01-01
given = { deaths = 5 }
expect = { grade = "bad" }

[[examples]]
on = 2026-01-01
given = { deaths = 3 }
expect = { grade = "bad" }
"""

DEADLINE = """
id = "test.report"
kind = "deadline"
is_confirmed = true
title = { zh = "报告", en = "Report" }
source = { title = { zh = "条例", en = "Regulation" }, evidence = "text", read_on = 2026-01-01 }

[[values]]
from = 2010-01-01
citation = { zh = "第一条", en = "Art 1" }
duty = "report"
steps = [
  { trigger = "seen", actor = "a", to = "b", within = "PT1H30M" },
  { trigger = "seen", actor = "a", to = "c", within = "P2D", when = { fact = "deaths", gte = 3 } },
  { trigger = "filed", actor = "a", to = "b", within = "P20D", is_working_days = true },
]

[[examples]]
on = 2009-12-31
given = { trigger = "seen", at = 2009-12-31T00:00:00Z }
expect = { in_force = false }

[[examples]]
on = 2010-01-01
given = { trigger = "seen", at = 2010-01-01T00:00:00Z, facts = { deaths = 0 } }
expect = { due = [2010-01-01T01:30:00Z] }

[[examples]]
on = 2026-01-01
given = { trigger = "filed", at = 2026-01-01T00:00:00Z }
expect = { due = [""] }
"""


@pytest.fixture
def rule() -> Rule:
    return read_rule(TEXT, name="test")


def test_the_value_of_the_day_applies_from_its_first_day_to_the_day_before_it_ends(rule: Rule) -> None:
    facts = {"deaths": 4, "injured": 0}
    on_old = grade(rule, facts, on=date(2019, 12, 31))
    on_new = grade(rule, facts, on=date(2020, 1, 1))
    assert on_old is not None
    assert on_new is not None
    assert (on_old.code, on_new.code) == ("", "bad")
    assert on_new.citation == Text("《条例》（1）第二条", "Regulation (1), Art 2")
    assert grade(rule, facts, on=date(2009, 12, 31)) is None


def test_a_grade_from_incomplete_facts_is_a_lower_bound_and_names_what_is_unknown(rule: Rule) -> None:
    graded = grade(rule, {"deaths": 1}, on=date(2026, 1, 1))
    assert graded is not None
    assert (graded.code, graded.is_lower_bound, graded.unknown) == ("mild", True, ("injured",))
    assert graded.reasons[0].en == "deaths 1 (≥ 1)"
    assert "lower bound; not yet known: injured" in graded.reasons[1].en


def test_the_worst_grade_is_never_a_lower_bound(rule: Rule) -> None:
    graded = grade(rule, {"deaths": 3}, on=date(2026, 1, 1), names={"deaths": Text("死亡人数", "Deaths")})
    assert graded is not None
    assert (graded.code, graded.is_lower_bound, graded.unknown) == ("bad", False, ())
    assert graded.reasons == (Text("死亡人数 3（≥ 3）", "Deaths 3 (≥ 3)"),)


@given(
    facts=st.dictionaries(st.sampled_from(["deaths", "injured"]), st.integers(0, 20)),
    more=st.dictionaries(st.sampled_from(["deaths", "injured"]), st.integers(0, 20)),
)
def test_learning_an_unknown_fact_never_makes_the_grade_milder(facts: dict[str, int], more: dict[str, int]) -> None:
    rule = read_rule(TEXT, name="test")
    before = grade(rule, facts, on=date(2026, 1, 1))
    after = grade(rule, {**more, **facts}, on=date(2026, 1, 1))
    assert before is not None
    assert after is not None
    assert (after.severity or 99) <= (before.severity or 99)
    if not before.is_lower_bound:
        assert after.code == before.code


def test_a_remark_is_told_when_it_holds(rule: Rule) -> None:
    graded = grade(rule, {"deaths": 3, "missing": 1}, on=date(2026, 1, 1))
    assert graded is not None
    assert graded.reasons[-1].en == "People are missing"


def test_of_several_gradings_the_worst_counts(rule: Rule) -> None:
    day = date(2026, 1, 1)
    mild, bad, none = (grade(rule, {"deaths": deaths, "injured": 0}, on=day) for deaths in (1, 3, 0))
    assert worst(one for one in (mild, bad, none) if one) == bad
    assert worst([]) is None


def test_a_trigger_makes_due_what_the_law_asks_and_unknown_cases_count() -> None:
    rule = read_rule(DEADLINE, name="test")
    at = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    assert [duty.due_at for duty in duties(rule, "seen", at, {"deaths": 2})] == [at + timedelta(minutes=90)]
    assert [duty.step.to.en for duty in duties(rule, "seen", at)] == ["b", "c"]
    assert [duty.due_at for duty in duties(rule, "filed", at)] == [None]
    assert duties(rule, "unheard of", at) == ()
    assert missing(rule, (), on=at.date()) == ()


def test_an_example_that_the_rule_does_not_answer_is_refused(rule: Rule) -> None:
    with pytest.raises(ExampleFails, match="grade is mild, not bad"):
        check_example(rule, Example(on=date(2026, 1, 1), given={"deaths": 1}, expect={"grade": "bad"}))


def broken(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id = ", "not correct TOML"),
        (broken('title = { zh = "等级", en = "Grade" }\n', ""), "title is missing"),
        (broken("[source]", "[sauce]"), "source is missing"),
        (broken("read_on = 2026-01-01", "read_on = 1"), "read_on has the wrong type: 1"),
        (
            broken('evidence = "text"', 'evidence = "rumour"'),
            "rumour is unknown. Use one of text, secondary, knowledge",
        ),
        (broken('kind = "grading"', 'kind = "magic"'), "magic is unknown"),
        (broken('citation = { zh = "第一条", en = "Art 1" }\n', ""), "citation is missing"),
        (broken("until = 2020-01-01", "until = 2020-01-02"), "overlap"),
        (broken("until = 2020-01-01", "until = 2009-01-01"), "ends before it starts"),
        (broken("from = 2010-01-01", "from = 2010-01-01\nfrm = 2"), "unknown keys: frm"),
        (broken('{ fact = "deaths", gte = 5 }', '{ fact = "deaths", over = 5 }'), "cannot read the condition"),
        (
            broken('{ fact = "deaths", gte = 5 }', '{ elapsed = "known", atleast = "PT1H" }'),
            "cannot read the condition",
        ),
        (broken("on = 2010-01-01", "on = 2010-01-02"), "its first day (2010-01-01)"),
        (broken("on = 2009-12-31", "on = 2010-01-01"), "before it was in force"),
        (TEXT[: TEXT.index("[[values]]")], "no dated value"),
        (DEADLINE.replace('within = "PT1H30M"', 'within = "PT"'), "PT is no duration"),
        (DEADLINE.replace(', within = "PT1H30M"', ""), "give within, or the wording of the law"),
    ],
)
def test_a_broken_rule_is_refused_with_the_place_and_the_cure(text: str, sentence: str) -> None:
    with pytest.raises(RuleUnreadable) as refused:
        read_rule(text, name="broken.toml")
    assert sentence in refused.value.text.en
    assert refused.value.text.zh

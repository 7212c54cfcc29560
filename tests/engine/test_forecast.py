"""What a time chart may expect of the steps that have not happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from youbei.engine.conditions import Compare, Op
from youbei.engine.plans.model import Duration, LevelNumber, Phase, Plan, PlanKind, Start, Step
from youbei.engine.run.forecast import forecast
from youbei.engine.run.state import StepState, StepStatus
from youbei.engine.text import Text

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
BEGAN = NOW - timedelta(minutes=20)
MOMENTS = {"activation": BEGAN}


def step(name: str, *, minutes: int = 10, **more: object) -> Step:
    takes = Duration(likely=timedelta(minutes=minutes))
    return Step(id=name, title=Text(en=name), owner="ops", takes=takes, **more)  # type: ignore[arg-type]


def expected(
    *steps: Step, lived: dict[str, StepState] | None = None, level: LevelNumber = LevelNumber.IV
) -> dict[str, tuple[int, int]]:
    plan = Plan(id="p", version="1", kind=PlanKind.SPECIAL, title=Text(en="p"), organisation="o", steps=steps)
    found = forecast(plan, lived or {}, moments=MOMENTS, level=LevelNumber.IV, now=NOW)
    return {name: (minutes(span.start), minutes(span.end)) for name, span in found.items()}


def minutes(at: datetime) -> int:
    return round((at - NOW).total_seconds() / 60)


def test_what_is_over_is_a_fact() -> None:
    lived = {"a": StepState(StepStatus.FINISHED, BEGAN, BEGAN, NOW - timedelta(minutes=5))}
    assert expected(step("a"), lived=lived) == {"a": (-20, -5)}


def test_what_goes_on_ends_after_its_likely_duration_and_never_before_now() -> None:
    lived = {"a": StepState(StepStatus.STARTED, BEGAN, NOW - timedelta(minutes=4))}
    assert expected(step("a"), lived=lived) == {"a": (-20, 6)}
    assert expected(step("a", minutes=1), lived=lived) == {"a": (-20, 0)}


def test_what_follows_begins_when_all_before_it_end() -> None:
    lived = {"a": StepState(StepStatus.OPEN, BEGAN)}
    steps = (
        step("a"),
        step("b", minutes=30, start=Start(delay=timedelta(minutes=25))),
        step("c", start=Start(after=("a", "b"))),
    )
    assert expected(*steps, lived=lived) == {"a": (-20, 10), "b": (5, 35), "c": (35, 45)}


def test_any_of_several_is_enough_where_the_plan_says_so() -> None:
    steps = (step("a"), step("b", minutes=40), step("c", start=Start(after_any=("a", "b"))))
    assert expected(*steps)["c"] == (10, 20)


def test_nothing_is_expected_of_what_waits_for_a_fact_a_level_the_end_or_itself() -> None:
    unknown = Compare(fact="deaths", op=Op.GTE, value=1)
    steps = (
        step("fact", start=Start(when=unknown)),
        step("level", from_level=LevelNumber.II),
        step("recovery", phase=Phase.RECOVERY),
        step("moment", start=Start(since="level:2")),
        step("circle", start=Start(after=("circle",))),
        step("behind", start=Start(after=("circle",))),
    )
    assert expected(*steps) == {}


def test_a_moment_of_another_step_is_taken_from_its_expectation() -> None:
    steps = (step("a"), step("b", start=Start(since="step:a:finished", delay=timedelta(minutes=2))))
    assert expected(*steps)["b"] == (12, 22)

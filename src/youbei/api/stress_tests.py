"""Stress tests of plans: begin one, watch it, read which promises hold, stop it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.stress_tests import MOST_RUNS, start_stress_test, stop_stress_test, stress_test_for
from youbei.api.access import caller, may
from youbei.api.plans import visible_version
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Latitude, Longitude, Slug
from youbei.engine.access import Permission
from youbei.engine.places import Point
from youbei.engine.simulation.stated import MOST_PER_DAY, MOST_STATED, WIDEST_KM, StatedCalls
from youbei.records.models import StressComparison, StressTest

router = Router(tags=["plans"])
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]


class StatedCallsIn(Body):
    """Calls of every day that are assumed: `per_day` of a kind of incident (`natural`, `accident`, `health`, `social`),
    anywhere within `radius_km` of a place, from one local hour until another, over midnight where it ends no later; in
    `months` only, where there are any.
    """

    kind: Slug
    per_day: Annotated[float, Field(gt=0, le=MOST_PER_DAY)]
    lat: Latitude
    lon: Longitude
    radius_km: Annotated[float, Field(ge=0, le=WIDEST_KM)] = 0.0
    start: Annotated[int, Field(ge=0, le=23)] = 0
    end: Annotated[int, Field(ge=1, le=24)] = 24
    months: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(max_length=12)] = []

    def stated(self) -> StatedCalls:
        point = Point(self.lat, self.lon)
        return StatedCalls(self.kind, self.per_day, point, self.radius_km, self.start, self.end, tuple(self.months))


class StressTestIn(Body):
    """Without `scenario` the plan's first is taken. `seed` makes the result repeatable. With `precision` the test ends
    before `runs` where every share of late steps and of short needs is known to within it (0.01: a percentage point).

    `is_any_day`: meet the day as it may be, with what may go wrong and the incidents of every day. `calls`: those that
    are assumed to come every day besides.
    """

    runs: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 2000
    seed: Seed = 1
    precision: Annotated[float, Field(gt=0, lt=1)] | None = None
    scenario: Slug | None = None
    is_any_day: bool = False
    calls: Annotated[list[StatedCallsIn], Field(max_length=MOST_STATED)] = []


class TrialOut(Schema):
    """How far the simulation of a plan is: `done` of `runs`, whether it `is_done`, and whether it ended without an
    answer. `refusal` says, instead of `found`, why there is nothing to be found.
    """

    id: int
    plan: str
    version: str
    scenario: str
    runs: int
    seed: int
    is_any_day: bool
    asked_at: datetime
    done: int
    is_done: bool
    is_stopped: bool
    refusal: dict[str, str] | None
    found: dict[str, Any] | None


class StressTestOut(TrialOut):
    """How far a test is; `found` is what it showed once `is_done`, as `youbei simulate --json` says it. `refusal` says
    instead why there is nothing to be found: the day asks for more than the teams can do. `runs` are made at most.
    `calls` are those that were assumed, as they were asked for.
    """

    precision: float | None
    calls: list[dict[str, Any]]


@router.post(
    "/plans/{code}/versions/{version}/stress-tests", response={202: StressTestOut}, **may(Permission.EDIT_PLAN)
)
@idempotent
def begin_stress_test(request: HttpRequest, code: Slug, version: Slug, body: StressTestIn) -> Status[StressTestOut]:
    """Begin to carry a stored version out thousands of times with the resources of today."""
    by = caller(request)
    test = start_stress_test(
        by=by,
        now=clock.now(),
        version=visible_version(request, code, version),
        scenario=body.scenario or "",
        runs=body.runs,
        seed=body.seed,
        precision=body.precision,
        is_any_day=body.is_any_day,
        calls=[one.stated() for one in body.calls],
    )
    return Status(202, stress_test_out(stress_test_for(by, test.pk)))


@router.get("/stress-tests/{test_id}", response=StressTestOut, **may(Permission.SEE))
def show_stress_test(request: HttpRequest, test_id: Id) -> StressTestOut:
    """Show how far a test is, and what it found."""
    return stress_test_out(stress_test_for(caller(request), test_id))


@router.post("/stress-tests/{test_id}/stop", response=StressTestOut, **may(Permission.EDIT_PLAN))
@idempotent
def end_stress_test(request: HttpRequest, test_id: Id) -> StressTestOut:
    """Stop a test; what was made so far is thrown away."""
    by = caller(request)
    test = stress_test_for(by, test_id)
    stop_stress_test(by=by, test=test)
    return stress_test_out(stress_test_for(by, test_id))


def stress_test_out(test: StressTest) -> StressTestOut:
    return StressTestOut(**trial_of(test), precision=test.precision, calls=test.calls)


def trial_of(row: StressTest | StressComparison) -> dict[str, Any]:
    """Return what every simulation of a plan says of itself."""
    return {
        "id": row.pk,
        "plan": row.plan_version.plan.code,
        "version": row.plan_version.version,
        "scenario": row.scenario,
        "runs": row.runs,
        "seed": row.seed,
        "is_any_day": row.is_any_day,
        "asked_at": row.asked_at,
        "done": row.done,
        "is_done": row.is_answered,
        "is_stopped": row.is_stopped,
        "refusal": row.refusal,
        "found": row.found,
    }

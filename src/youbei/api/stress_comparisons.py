"""Comparisons of plans on the same luck: begin one, watch it, read the verdict and the differences, stop it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field, StringConstraints, model_validator

from youbei.actions import clock
from youbei.actions.stress_comparisons import RUNS, comparison_for, start_comparison, stop_comparison
from youbei.api.access import caller, may
from youbei.api.plans import visible_version
from youbei.api.repeat import idempotent
from youbei.api.stress_tests import Seed, TrialOut, trial_of
from youbei.api.values import NO_NUL, Body, Id, Slug
from youbei.engine.access import Permission
from youbei.records.models import PlanVersion, StressComparison

router = Router(tags=["plans"])
Name = Annotated[str, StringConstraints(pattern=NO_NUL, min_length=1, max_length=300)]


class SideIn(Body):
    """One side of a comparison: exactly one of these.

    `version`: another version of the plan. `measure`: the `key` of an improvement that `test` tried. `without`: a team
    or supplier of `test`, by its id. `siting`: a study whose sites the reserves (`moves`: `stock`) or the teams
    (`teams`) stand at.
    """

    version: Slug | None = None
    test: Id | None = None
    measure: Name | None = None
    without: Name | None = None
    siting: Id | None = None
    moves: Literal["stock", "teams"] = "stock"

    @model_validator(mode="after")
    def demand_one(self) -> SideIn:
        """Refuse none, and more than one."""
        if sum(one is not None for one in (self.version, self.measure, self.without, self.siting)) != 1:
            raise ValueError("name exactly one of version, measure, without and siting")
        if (self.test is None) != (self.measure is None and self.without is None):
            raise ValueError("measure and without, and only these, need the test that they come from")
        return self

    def named(self, request: HttpRequest, version: PlanVersion) -> str:
        if self.version is not None:
            return f"version:{visible_version(request, version.plan.code, self.version).pk}"
        if self.siting is not None:
            return f"siting:{self.siting}:{self.moves}"
        kind, name = ("measure", self.measure) if self.measure is not None else ("without", self.without)
        return f"{kind}:{self.test}:{name}"


class StressComparisonIn(Body):
    """`first` alters the version itself (not by another version); without it the version stands as it is. `seed` makes
    the result repeatable.

    `is_any_day`: both meet the day as it may be, with what may go wrong and the incidents of every day. Without
    `scenario` the plan's first is taken.
    """

    first: SideIn | None = None
    second: SideIn
    runs: Annotated[int, Field(ge=1, le=RUNS)] = RUNS
    seed: Seed = 1
    scenario: Slug | None = None
    is_any_day: bool = False


class StressComparisonOut(TrialOut):
    """How far a comparison is. `found` holds verdict and differences once `is_done`, as `youbei simulate compare
    --json` says it; `refusal` says instead why the two cannot be compared.
    """

    first: dict[str, Any] | None
    second: dict[str, Any]


@router.post(
    "/plans/{code}/versions/{version}/stress-comparisons",
    response={202: StressComparisonOut},
    **may(Permission.EDIT_PLAN),
)
@idempotent
def begin_stress_comparison(
    request: HttpRequest, code: Slug, version: Slug, body: StressComparisonIn
) -> Status[StressComparisonOut]:
    """Begin to carry two sides out on the same luck, with the resources of today."""
    by, row = caller(request), visible_version(request, code, version)
    made = start_comparison(
        by=by,
        now=clock.now(),
        version=row,
        first=body.first.named(request, row) if body.first else "",
        against=body.second.named(request, row),
        scenario=body.scenario or "",
        runs=body.runs,
        seed=body.seed,
        is_any_day=body.is_any_day,
    )
    return Status(202, comparison_out(comparison_for(by, made.pk)))


@router.get("/stress-comparisons/{comparison_id}", response=StressComparisonOut, **may(Permission.SEE))
def show_stress_comparison(request: HttpRequest, comparison_id: Id) -> StressComparisonOut:
    """Show how far a comparison is, and what it found."""
    return comparison_out(comparison_for(caller(request), comparison_id))


@router.post("/stress-comparisons/{comparison_id}/stop", response=StressComparisonOut, **may(Permission.EDIT_PLAN))
@idempotent
def end_stress_comparison(request: HttpRequest, comparison_id: Id) -> StressComparisonOut:
    """Stop a comparison; what was made so far is thrown away."""
    by = caller(request)
    stop_comparison(by=by, comparison=comparison_for(by, comparison_id))
    return comparison_out(comparison_for(by, comparison_id))


def comparison_out(row: StressComparison) -> StressComparisonOut:
    return StressComparisonOut(first=row.first, second=row.against, **trial_of(row))

"""What was measured of the steps of a plan: from the runs of all its versions, real ones and exercises."""

from __future__ import annotations

from youbei.engine.plans.calibration.compare import StepRun, samples_of
from youbei.engine.plans.calibration.measured import Measured, Origin, Sample, measured
from youbei.records.models import Run, RunStep

# Assumption: what was measured longer ago than the last two hundred runs says little of today's people.
RUNS = 200


def samples_of_plan(plan_code: str) -> tuple[Sample, ...]:
    """Return the times of all steps that were started and finished in the latest runs of a plan.

    An exercise whose clock jumps measures the script and not the people: only runs at the pace of the wall count.
    """
    runs = Run.objects.filter(plan_version__plan__code=plan_code).order_by("-id")
    chosen = {run.pk: run for run in runs.only("pk", "mode", "clock")[:RUNS] if is_measured(run)}
    rows = RunStep.objects.filter(run_id__in=list(chosen), started_at__isnull=False, finished_at__isnull=False)
    found = rows.order_by("run_id", "id").values_list("step", "run_id", "status", "started_at", "finished_at")
    return samples_of(
        StepRun(
            step=step,
            run=run,
            origin=Origin.EXERCISE if chosen[run].mode == Run.Mode.EXERCISE else Origin.INCIDENT,
            began=started.timestamp(),
            ended=finished.timestamp(),
            is_skipped=status == "skipped",
        )
        for step, run, status, started, finished in found
        if started is not None and finished is not None
    )


def is_measured(run: Run) -> bool:
    """Say whether the clock of a run went with the wall, so that its times are those of people."""
    clock = run.clock or {}
    return run.mode == Run.Mode.REAL or float(clock.get("speed", 1.0)) == 1.0


def measured_of_plan(plan_code: str) -> dict[str, Measured]:
    """Return by step what was measured of a plan."""
    samples = samples_of_plan(plan_code)
    found = {step: measured(step, samples) for step in {one.step for one in samples}}
    return {step: one for step, one in found.items() if one is not None}

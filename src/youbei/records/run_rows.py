"""The rows of a run that its board is made of: as they are now, or as they were at an entry of its log.

The past is what the log says, folded by the engine and turned into rows by the same functions that keep the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from youbei.engine.events import Event
from youbei.engine.run import Run as EngineRun
from youbei.engine.run.state import StepState
from youbei.records.holders import persons_holding
from youbei.records.load import load_run
from youbei.records.models import Assignment, RunNeed, RunPost, RunStep
from youbei.records.models import Run as RunRow
from youbei.records.projection import Touched, need_row, run_changes, step_row, touched_by


@dataclass(frozen=True, slots=True)
class RunRows:
    """A run with its posts, steps, needs and assignments; `engine` is what they were made from, where they were."""

    run: RunRow
    posts: tuple[RunPost, ...]
    steps: tuple[RunStep, ...]
    needs: tuple[RunNeed, ...]
    assignments: tuple[Assignment, ...]
    engine: EngineRun | None = None


def rows_now(run: RunRow) -> RunRows:
    """Return the rows as they are kept."""
    return RunRows(
        run=run,
        posts=tuple(RunPost.objects.filter(run=run).select_related("person")),
        steps=tuple(RunStep.objects.filter(run=run)),
        needs=tuple(RunNeed.objects.filter(run=run)),
        assignments=tuple(kept_assignments(run)),
    )


def kept_assignments(run: RunRow) -> list[Assignment]:
    rows = Assignment.objects.filter(run=run).select_related("team", "lot__site", "vehicle")
    return list(rows.order_by("assigned_at", "id"))


def rows_then(run: RunRow, events: Sequence[Event]) -> RunRows:
    """Return the rows as they were after `events`, a beginning of the log of the run; nothing is written."""
    engine, touched = load_run(run, events), touched_by(events)
    past = copy(run)
    for name, value in run_changes(engine).items():
        setattr(past, name, value)
    return RunRows(
        run=past,
        posts=tuple(posts_then(run, engine, touched)),
        steps=tuple(steps_then(run, engine, touched)),
        needs=tuple(
            RunNeed(**need_row(run.pk, key, engine.state.needs[key]))
            for key in touched.needs
            if key in engine.state.needs
        ),
        assignments=tuple(assignments_then(run, engine)),
        engine=engine,
    )


def steps_then(run: RunRow, engine: EngineRun, touched: Touched) -> list[RunStep]:
    if not touched.is_activation:
        return []
    return [
        RunStep(
            **step_row(run.pk, step, engine.state.steps.get(step.id) or StepState()),
            note=touched.notes.get(step.id, ""),
        )
        for step in engine.plan.steps
    ]


def posts_then(run: RunRow, engine: EngineRun, touched: Touched) -> list[RunPost]:
    """Return who filled each post; who stood behind a holder is as it was kept, where that has not changed since."""
    rows = RunPost.objects.filter(run=run).select_related("person")
    kept = {(row.post, row.holder, row.since_at): row for row in rows}
    filled = [(post, engine.state.posts.get(post, ""), at) for post, at in touched.posts.items()]
    behind = persons_holding((holder, at) for post, holder, at in filled if (post, holder, at) not in kept)
    return [
        kept.get((post, holder, at))
        or RunPost(run=run, post=post, holder=holder, person_id=behind.get((holder, at)), since_at=at)
        for post, holder, at in filled
    ]


def assignments_then(run: RunRow, engine: EngineRun) -> list[Assignment]:
    """Return what had been sent by then, on the ways that were reckoned when it was sent."""
    found = []
    for row in kept_assignments(run):
        known = engine.state.assignments.get(row.code)
        if known is not None:
            row.departed_at, row.arrived_at, row.released_at = known.departed_at, known.arrived_at, known.released_at
            row.expected_at = known.expected_at
            found.append(row)
    return found

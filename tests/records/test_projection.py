"""Rows follow the log: at once, step by step, and after a restart they are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.records.conftest import Town, incident, new_run_row
from tests.records.small_plan import NOW, lived_through, small_plan
from youbei.engine.events import Event
from youbei.engine.run import Run, fold, new_run
from youbei.records import log
from youbei.records.load import load_run
from youbei.records.models import Assignment, RunNeed, RunPost, RunStep
from youbei.records.models import Run as RunRow
from youbei.records.projection import project

CUTS: list[tuple[int, ...]] = [(1,), (2,), (3,), (7,), (1, 5), (4, 2, 9)]


def whole_run(town: Town, stream: str) -> Run:
    return lived_through(
        small_plan(),
        stream=stream,
        posts={"commander": "person:wu", "ops": "town/duty"},
        resources=(f"team:{town.team.pk}", f"lot:{town.lot.pk}"),
    )


def state_after(run: Run, events: Sequence[Event]) -> Run:
    return fold(
        run.plan, events, stream=run.stream, mode=run.mode, digest="d", incident="I-1", known_at=NOW, occurred_at=None
    )


def rows_of(run: RunRow) -> dict[str, list[dict[str, Any]]]:
    leave = {"id", "run_id"}
    tables = (RunStep, RunNeed, RunPost, Assignment)
    found: dict[str, list[dict[str, Any]]] = {
        model.__name__: sorted(
            (
                {key: value for key, value in row.items() if key not in leave}
                for row in model.objects.filter(run=run).values()
            ),
            key=str,
        )
        for model in tables
    }
    row = RunRow.objects.filter(pk=run.pk).values().get()
    found["Run"] = [{key: value for key, value in row.items() if key not in {*leave, "incident_id", "advanced_to"}}]
    return found


@pytest.mark.parametrize("cuts", CUTS)
def test_projecting_piece_by_piece_gives_what_projecting_at_once_gives(town: Town, cuts: tuple[int, ...]) -> None:
    found = incident(town.city, 1)
    at_once, by_pieces = new_run_row(town, found), new_run_row(town, found)
    run = whole_run(town, "run:1")
    events = list(run.log)
    project(at_once, events, state_after(run, events))
    done, turn = 0, 0
    while done < len(events):
        until = done + cuts[turn % len(cuts)]
        project(by_pieces, events[done:until], state_after(run, events[:until]))
        done, turn = until, turn + 1
    assert rows_of(at_once) == rows_of(by_pieces)


def test_rows_say_what_the_run_says(town: Town) -> None:
    row = new_run_row(town, incident(town.city, 1))
    run = whole_run(town, row.stream)
    project(row, run.log, run)
    kinds = {event.kind for event in run.log}
    assert {"step.late", "step.climbed", "level.raised", "step.reopened", "resource.released"} <= kinds
    row.refresh_from_db()
    assert (row.phase, row.level, row.seq) == ("assessed", 3, run.seq)
    assert (row.steps_total, row.steps_done, row.steps_late) == (4, 4, 0)
    assert row.activated_at == NOW
    assert row.ended_at == run.state.moments["ended"]
    steps = {step.step: step for step in RunStep.objects.filter(run=row)}
    assert steps["alarm"].late_at is not None
    assert steps["rescue"].note == "all out"
    assert steps["rescue"].due_at == run.state.steps["rescue"].due_at is not None
    assert steps["clean"].due_at == run.state.steps["clean"].due_at is not None
    posts = {post.post: post for post in RunPost.objects.filter(run=row)}
    assert posts["commander"].person == town.wu
    assert posts["ops"].person == town.li
    assigned = Assignment.objects.get(run=row, code="a1")
    assert assigned.team == town.team
    assert assigned.released_at is not None
    assert Assignment.objects.get(run=row, code="a2").lot == town.lot


def test_a_run_is_loaded_from_its_log(town: Town) -> None:
    row = new_run_row(town, incident(town.city, 1))
    run = whole_run(town, row.stream)
    log.append(run.log, org_path=row.org_path, recorded_at=NOW)
    loaded = load_run(row)
    assert loaded.seq == run.seq
    assert loaded.state.steps == run.state.steps
    assert loaded.state.needs == run.state.needs
    assert loaded.state.posts == run.state.posts


def test_a_run_without_events_has_not_begun(town: Town) -> None:
    row = new_run_row(town, incident(town.city, 1))
    loaded = load_run(row)
    fresh = new_run(small_plan(), stream=row.stream, mode=loaded.mode)
    assert (loaded.seq, loaded.now, loaded.state) == (0, None, fresh.state)


def test_what_time_will_bring_stands_in_the_row_as_wall_time(town: Town) -> None:
    row = new_run_row(town, incident(town.city, 1))
    run = whole_run(town, row.stream)
    first = [event for event in run.log if event.at == NOW]
    project(row, first, state_after(run, first))
    assert row.next_due_at == NOW.replace(minute=5)


def test_activation_is_written_in_few_statements(town: Town) -> None:
    row = new_run_row(town, incident(town.city, 1))
    run = whole_run(town, row.stream)
    first = [event for event in run.log if event.at == NOW]
    with CaptureQueriesContext(
        connection,
    ) as captured:
        project(row, first, state_after(run, first))
    assert len(captured) <= 8

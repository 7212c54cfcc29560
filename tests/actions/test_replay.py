"""A run can be looked at as it was at any moment, and what one sees at the end is the board."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.test_exercises import SCRIPT
from tests.actions.town import NOW, Town, store_plan
from tests.built_once import built_once
from youbei.actions import incidents, resources, runs
from youbei.actions.advance import advance_run
from youbei.actions.exercises import keeping, leading
from youbei.engine.exercises.read import read_exercise
from youbei.engine.places import Point
from youbei.records.holders import reader_of
from youbei.records.log import read_stream
from youbei.records.models import Run
from youbei.records.reports.board import board, visible_run
from youbei.records.reports.lanes import BoardAssignment
from youbei.records.reports.replay import NOBODY, Frame, Moment, frame, place_then, without_people
from youbei.records.run_rows import RunRows, rows_now, rows_then

LATER = NOW + timedelta(minutes=40)


@built_once
def lived(town: Town, run: Run) -> Run:
    """A run in which teams were sent, a post was passed on, facts came in, time ran out, and the response ended."""
    officer, director = town.users["officer"], town.users["director"]
    runs.finish_step(by=officer, now=NOW + timedelta(minutes=2), run=run, step="alarm", note="已报警")
    first, second = resources.propose_resources(run, "isolate/team")
    for minute, choice in ((3, first), (4, second)):
        sent = resources.assign_resource(
            by=officer, now=NOW + timedelta(minutes=minute), run=run, need="isolate/team", resource=choice.resource
        )
        resources.depart_resource(by=officer, now=NOW + timedelta(minutes=minute + 1), run=run, assignment=sent.code)
    resources.arrive_resource(by=officer, now=NOW + timedelta(minutes=9), run=run, assignment=sent.code)
    incidents.add_facts(
        by=officer, now=NOW + timedelta(minutes=10), incident=run.incident, facts={"serious_injured": 1}, source="120"
    )
    runs.hand_over_post(by=officer, now=NOW + timedelta(minutes=11), run=run, post="desk", holder="person:wu")
    advance_run(run.pk, NOW + timedelta(minutes=30))
    return runs.end_response(by=director, now=NOW + timedelta(minutes=35), run=run, reason="处置完毕")


def kept(rows: RunRows) -> list[list[dict[str, object]]]:
    """Return the columns of all rows but their keys."""
    return [
        sorted(({k: v for k, v in vars(row).items() if k not in {"_state", "id"}} for row in some), key=str)
        for some in (rows.posts, rows.steps, rows.needs, rows.assignments)
    ]


def plainly(rows: RunRows) -> list[list[dict[str, object]]]:
    return [[{k: v for k, v in row.items() if not k.startswith("_")} for row in some] for some in kept(rows)]


def at(town: Town, run: Run, moment: Moment) -> Frame:
    found = frame(run, moment, reader=reader_of(town.users["officer"], LATER), now=LATER)
    assert found is not None
    return found


def seqs(run: Run) -> list[int]:
    return [event.seq for event in read_stream(run.stream)]


def test_the_rows_at_the_end_of_the_log_are_the_rows(town: Town, lived: Run) -> None:
    then = rows_then(lived, read_stream(lived.stream))
    assert plainly(then) == plainly(rows_now(lived))
    assert {k: v for k, v in vars(then.run).items() if k != "_state"} == {
        k: v for k, v in vars(Run.objects.get(pk=lived.pk)).items() if k != "_state"
    } | {k: v for k, v in vars(then.run).items() if k not in vars(Run.objects.get(pk=lived.pk))}


def test_the_board_at_the_end_of_the_replay_is_the_live_board(town: Town, lived: Run) -> None:
    lived = visible_run(lived.pk, town.users["officer"])
    shown = at(town, lived, Moment(seq=seqs(lived)[-1]))
    assert shown.is_at_end
    assert shown.board == board(lived.pk, town.users["officer"], shown.at)


def test_the_board_of_every_moment_is_what_the_live_board_was_then(town: Town, run: Run) -> None:
    """Live boards are kept while the run goes on, and the replay is held against each of them afterwards."""
    officer = town.users["officer"]
    live = {}
    for minute in (1, 2, 3, 9, 13, 20):
        now = NOW + timedelta(minutes=minute)
        advance_run(run.pk, now)
        if minute == 2:
            runs.finish_step(by=officer, now=now, run=run, step="alarm")
        if minute == 3:
            first = resources.propose_resources(run, "isolate/team")[0]
            resources.assign_resource(by=officer, now=now, run=run, need="isolate/team", resource=first.resource)
        live[now] = board(run.pk, officer, now)
    row = visible_run(run.pk, officer)
    for now, then in live.items():
        shown = at(town, row, Moment(at=now)).board
        assert shown.steps == then.steps, now
        assert (shown.run, shown.posts, shown.facts, shown.log) == (then.run, then.posts, then.facts, then.log), now


def test_one_goes_through_the_entries_forward_and_back(town: Town, lived: Run) -> None:
    lived = visible_run(lived.pk, town.users["officer"])
    found, seen = at(town, lived, Moment()), []
    while True:
        seen.append(found.entry.seq if found.entry else 0)
        if found.following is None:
            break
        found = at(town, lived, Moment(seq=found.following))
    assert seen == seqs(lived)
    assert at(town, lived, Moment(seq=seen[-1])).previous == seen[-2]
    assert at(town, lived, Moment()).previous is None


def test_a_moment_outside_the_run_is_its_beginning_or_its_end(town: Town, lived: Run) -> None:
    lived = visible_run(lived.pk, town.users["officer"])
    assert at(town, lived, Moment(at=NOW - timedelta(days=9))).at == at(town, lived, Moment()).at
    assert at(town, lived, Moment(at=NOW + timedelta(days=9))).is_at_end
    assert at(town, lived, Moment(seq=10**8)).is_at_end


def test_who_was_sent_is_on_the_map_at_the_base_on_the_way_and_at_the_end(town: Town, lived: Run) -> None:
    lived = visible_run(lived.pk, town.users["officer"])
    assert at(town, lived, Moment()).map.teams == ()
    shown = at(town, lived, Moment(at=NOW + timedelta(minutes=9))).map
    assert sorted(mark.kind for mark in shown.teams) == ["available", "moving"]
    sent = shown.teams[0]
    one = BoardAssignment(
        "a", "n", "team:1", sent.name, 1, "", NOW, NOW + timedelta(minutes=10), NOW, None, None, 30.0, 119.0, ()
    )
    goal, half = Point(30.0, 119.2), NOW + timedelta(minutes=5)
    there = replace(one, arrived_at=NOW + timedelta(minutes=8))
    assert place_then(one, NOW, goal) == Point(30.0, 119.0)
    on_the_way = place_then(one, half, goal)
    assert on_the_way is not None
    assert abs(on_the_way.lon - 119.1) < 0.001
    assert place_then(there, half + timedelta(minutes=4), goal) == goal


def test_without_an_account_nobody_is_named(town: Town, lived: Run) -> None:
    lived = visible_run(lived.pk, town.users["officer"])
    for seq in seqs(lived):
        found = frame(lived, Moment(seq=seq), reader=NOBODY, now=LATER)
        assert found is not None
        text = repr(without_people(found))
        for person in (town.officer, town.director):
            assert person.name_zh not in text, seq
            assert f"person:{person.code}" not in repr(without_people(found).board.log), seq
        assert without_people(found).board.messages == ()


def test_players_do_not_read_the_script_off_a_replay_while_it_goes_on(town: Town) -> None:
    store_plan(town)
    row = keeping.plan_exercise(by=None, now=NOW, script=read_exercise(SCRIPT))
    row = leading.start_exercise(by=None, now=NOW, exercise=row)
    assert row.run is not None
    run = visible_run(row.run.pk, town.users["officer"])

    def kinds() -> set[str]:
        found, seen = at(town, run, Moment(seq=1)), set()
        while found.entry is not None:
            seen.add(found.entry.kind)
            if found.following is None:
                break
            found = at(town, run, Moment(seq=found.following))
        return seen

    assert not any(kind.startswith("inject.") for kind in kinds())
    leading.end_exercise(by=None, now=NOW + timedelta(hours=1), exercise=row, reason="done")
    assert "inject.fired" in kinds()


def test_a_frame_asks_the_database_as_often_early_as_late(town: Town, lived: Run) -> None:
    lived = visible_run(lived.pk, town.users["officer"])
    reader, asked = reader_of(town.users["officer"], LATER), []
    for seq in (seqs(lived)[-2], seqs(lived)[-1]):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            frame(lived, Moment(seq=seq), reader=reader, now=LATER)
        asked.append(len(queries))
    assert max(asked) <= 40, asked

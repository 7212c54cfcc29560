"""A run as it was at any moment: its board, and where those who were sent had come to.

The board is made from the log by the engine and the functions that keep the tables: at the end of the log it is what
the live board shows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from youbei.engine.events import Event
from youbei.engine.places import Point
from youbei.engine.text import Text
from youbei.engine.travel.along import point_along, share_passed
from youbei.records.clocks import clock_of
from youbei.records.holders import Reader
from youbei.records.load import load_plan
from youbei.records.log import read_stream
from youbei.records.models import Exercise, LogEntry, Run, Site
from youbei.records.reports.board import Board, Edge, board_of, of_the_script
from youbei.records.reports.city_map import CityMap, Mark, Way, incident_mark
from youbei.records.reports.codes import names_in
from youbei.records.reports.lanes import BoardAssignment
from youbei.records.reports.names import LogLine, log_line
from youbei.records.run_rows import rows_then

NOBODY = Reader(None, frozenset())
NAMING_KINDS = ("post.", "message.")


@dataclass(frozen=True, slots=True)
class Frame:
    """A run at one moment. `entry` is what happened last, `number` which of the `entries` that may be shown it is.

    `previous` and `following` are the numbers in the log (`seq`) of the entries around it; `at` is scenario time.
    """

    board: Board
    at: datetime
    starts_at: datetime
    ends_at: datetime
    entry: LogLine | None
    number: int
    entries: int
    previous: int | None
    following: int | None
    map: CityMap

    @property
    def is_at_end(self) -> bool:
        return self.at >= self.ends_at


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a run: at an entry of its log, or at a scenario time; with neither, its beginning."""

    seq: int | None = None
    at: datetime | None = None


def frame(run: Run, moment: Moment, *, reader: Reader, now: datetime) -> Frame | None:
    """Return a run that the caller may see at a moment; None before its log begins. `now` is the wall."""
    events = read_stream(run.stream)
    if not events:
        return None
    ends_at = end_of(run, events, now)
    past, at = until(events, moment, ends_at)
    edge = first_after(run, past[-1].seq)
    rows = rows_then(run, past)
    shown = seqs_shown(run, events)
    before = [seq for seq in shown if seq <= past[-1].seq]
    board = board_of(rows, reader, at, before=edge)
    return Frame(
        board=board,
        at=at,
        starts_at=events[0].at,
        ends_at=ends_at,
        entry=line_of(run, before[-1]) if before else None,
        number=len(before),
        entries=len(shown),
        previous=before[-2] if len(before) > 1 else None,
        following=next((seq for seq in shown if seq > past[-1].seq), None),
        map=map_of(run, board, at),
    )


def end_of(run: Run, events: Sequence[Event], now: datetime) -> datetime:
    """Return where the replay ends: at the last entry of what is over, else at the present."""
    is_over = run.phase in (Run.Phase.ENDED, Run.Phase.ASSESSED)
    return events[-1].at if is_over else max(events[-1].at, clock_of(run).scenario_at(now))


def until(events: Sequence[Event], moment: Moment, ends_at: datetime) -> tuple[list[Event], datetime]:
    """Return what had happened by a moment (the first entry at least), and when that is."""
    if moment.at is not None:
        at = min(max(moment.at, events[0].at), ends_at)
        return [event for event in events if event.at <= at], at
    seq = max(moment.seq or 0, events[0].seq)
    past = [event for event in events if event.seq <= seq]
    return past, past[-1].at


def first_after(run: Run, seq: int) -> Edge | None:
    """Return the first entry of the run behind a number; None where there is none yet."""
    found = LogEntry.objects.filter(stream=run.stream, seq=seq + 1).values_list("position", "recorded_at").first()
    return None if found is None else Edge(*found)


def seqs_shown(run: Run, events: Sequence[Event]) -> list[int]:
    """Return the entries one may stop at; while an exercise goes on, not those of its script."""
    exercise = Exercise.objects.filter(run=run).only("status").first()
    is_over = exercise is None or exercise.status in (Exercise.Status.ENDED, Exercise.Status.CLOSED)
    if is_over or run.mode != Run.Mode.EXERCISE:
        return [event.seq for event in events]
    hidden = LogEntry.objects.filter(of_the_script(), stream=run.stream)
    script = set(hidden.values_list("seq", flat=True))
    return [event.seq for event in events if event.seq not in script]


def line_of(run: Run, seq: int) -> LogLine:
    entry = LogEntry.objects.get(stream=run.stream, seq=seq)
    data = json.loads(entry.data)
    return log_line(entry, data, load_plan(run.plan_version), names_in([data]))


def without_people(found: Frame) -> Frame:
    """Return a frame for those without an account: no person's name, no message, of the log the run's own entries."""
    board = found.board
    hidden = {post.id for post in board.posts if post.person_pk is not None}
    posts = tuple(replace(post, holder_name=TAKEN) if post.id in hidden else post for post in board.posts)
    lanes = tuple(replace(lane, holder_name=TAKEN) if lane.post in hidden else lane for lane in board.lanes)
    log = tuple(unnamed(line) for line in board.log if line.stream == board.stream)
    shown = replace(board, posts=posts, lanes=lanes, log=log, messages=())
    return replace(found, board=shown, entry=None if found.entry is None else unnamed(found.entry))


TAKEN = Text("已到岗", "filled")


def unnamed(line: LogLine) -> LogLine:
    """Return a line of the log without whom it is for."""
    if not line.kind.startswith(NAMING_KINDS):
        return line
    subject = line.subject if line.kind.startswith("post.") else Text()
    return replace(line, subject=subject, detail=Text(), data={})


# --- the map ---------------------------------------------------------------------------------------------------------


def map_of(run: Run, board: Board, at: datetime) -> CityMap:
    """Return where the incident is, and where those who were sent had come to, as far as can be reckoned."""
    incident = run.incident
    here = None if incident.lat is None or incident.lon is None else Point(incident.lat, incident.lon)
    marks = () if here is None else (incident_mark(incident, board.run.level),)
    needs = [need for step in board.steps for need in step.needs]
    sites = Site.objects.filter(code__in={need.place for need in needs if need.place})
    goals = {"": here} | {site.code: Point(site.lat, site.lon) for site in sites}
    out = [(one, goals.get(need.place)) for need in needs for one in need.assignments if one.released_at is None]
    places = [(one, place) for one, goal in out if (place := place_then(one, at, goal)) is not None]
    return CityMap(
        incidents=marks,
        teams=tuple(
            Mark("team", 0, "available" if one.arrived_at else "moving", one.label, place.lat, place.lon)
            for one, place in places
        ),
        sites=(),
        ways=tuple(
            Way(run.pk, one.label, one.arrived_at is not None, one.route) for one, _ in out if len(one.route) > 1
        ),
    )


def place_then(sent: BoardAssignment, at: datetime, goal: Point | None) -> Point | None:
    """Return where something sent was: at its base until it left, then along its way by the time, then at its end.

    Where its way is not known, that is straight to the `goal`.
    """
    line = [Point(lat, lon) for lat, lon in sent.route]
    if not line and sent.lat is not None and sent.lon is not None:
        line = [Point(sent.lat, sent.lon), *([goal] if goal else [])]
    if not line:
        return None
    if sent.arrived_at is not None and sent.arrived_at <= at:
        return line[-1]
    # Who was not heard to leave is reckoned to have left when sent: better shown on the way than at home.
    since = sent.departed_at or sent.assigned_at
    return point_along(line, min(share_passed(at, since=since, until=max(sent.expected_at, since)), NEARLY))


# What has not been heard to arrive is shown short of the end of its way.
NEARLY = 0.97
SPEEDS = (1, 10, 60, 300)
FRAME_SECONDS = 2


def later(at: datetime, speed: int) -> datetime:
    """Return the moment of the next frame of a replay that is playing."""
    return at + timedelta(seconds=FRAME_SECONDS * speed)

"""The way home of simulated teams: who is released is free again once it has taken the way back that it came by."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from youbei.engine.clock import Mode
from youbei.engine.events import iso
from youbei.engine.resources import ranked
from youbei.engine.run.state import AssignmentState
from youbei.engine.run.work import Work

NOTHING = timedelta(0)


def released(work: Work, name: str, assignment: AssignmentState) -> dict[str, Any]:
    """Return what is said of a release: in a simulation also when the team is back at its base and free again.

    In an exercise, and in reality, the teams themselves say where they are.
    """
    data = {"assignment": name, "need": assignment.need, "reason": ""}
    if work.setting.mode is not Mode.SIMULATED or not assignment.is_team:
        return data
    back = way_back(work, name, assignment)
    return {**data, "back_at": iso(work.now + back)} if back > NOTHING else data


def way_back(work: Work, name: str, assignment: AssignmentState) -> timedelta:
    """Return how long the way back takes: as long as the way there, as much of it as was behind the team."""
    way = way_there(work, name, assignment)
    if assignment.arrived_at is not None:
        return way
    return max(NOTHING, work.now - (assignment.expected_at - way))


def way_there(work: Work, name: str, assignment: AssignmentState) -> timedelta:
    need, world = work.index.needs[assignment.need].need, work.setting.world
    candidates = ranked(world, "capability", need.capability, world.sites.get(need.place)).candidates
    usual = next((one.travel for one in candidates if one.resource == assignment.resource), None)
    nth = name.rpartition("/")[2]
    if usual is None or not nth.isdecimal():
        return NOTHING
    return work.setting.travel_time(usual, assignment.need, int(nth))

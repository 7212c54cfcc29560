"""Acts on resources: assign, depart, arrive, release."""

from __future__ import annotations

from datetime import timedelta

from youbei.engine.events import Actor, iso
from youbei.engine.run.commands import Arrive, Assign, Depart, Release
from youbei.engine.run.guards import RunRefused, need_begun
from youbei.engine.run.state import AssignmentState
from youbei.engine.run.work import Work


class NeedNotOpen(RunRefused):
    """Refuse to send something to a need that nobody has, or no longer has."""


class AssignmentExists(RunRefused):
    """Refuse an assignment id that is taken."""


class TeamTaken(RunRefused):
    """Refuse to send a team that is out already in this run."""


class AmountRefused(RunRefused):
    """Refuse an amount or a time that cannot be."""


class UnknownAssignment(RunRefused):
    """Refuse an assignment that this run does not know."""


class AlreadyDeparted(RunRefused):
    """Refuse a second departure, or one after the arrival."""


class AlreadyArrived(RunRefused):
    """Refuse a second arrival."""


class AlreadyReleased(RunRefused):
    """Refuse anything more for what was released."""


def assign_resource(work: Work, command: Assign, by: Actor) -> None:
    need_begun(work)
    need = work.state.needs.get(command.need)
    if need is None or need.is_closed:
        raise NeedNotOpen(
            zh=f"需求“{command.need}”未提出或已关闭，不能调派。请从当前需求中选择。",
            en=f"Nothing can be assigned to {command.need!r}: it is not an open need. Choose one of the open needs.",
        )
    if command.assignment in work.state.assignments:
        raise AssignmentExists(
            zh="该调派编号已经使用。请换一个编号。", en="This assignment id is in use already. Choose another."
        )
    if command.quantity <= 0 or command.arrives_in < timedelta(0):
        raise AmountRefused(
            zh="调派数量须大于零，到达时间不能早于现在。", en="The amount must be above zero, and the arrival not past."
        )
    if work.index.needs[command.need].need.capability:
        refuse_taken(work, command)
    work.emit(
        "resource.assigned",
        {
            "assignment": command.assignment,
            "need": command.need,
            "resource": command.resource,
            "label": command.label,
            "quantity": float(command.quantity),
            "expected_at": iso(work.now + command.arrives_in),
            "reason": command.reason,
            **({"vehicle": command.vehicle, "carrier": command.carrier} if command.vehicle else {}),
        },
        by,
    )


def refuse_taken(work: Work, command: Assign) -> None:
    for assignment in work.state.assignments.values():
        if assignment.resource == command.resource and assignment.released_at is None:
            raise TeamTaken(
                zh=f"{command.label}已调派至“{assignment.need}”。请先归队，或另选队伍。",
                en=f"{command.label} is assigned to {assignment.need!r} already. Release it first, or choose another.",
            )


def find_assignment(work: Work, name: str) -> AssignmentState:
    """Return an assignment that is not released."""
    need_begun(work)
    assignment = work.state.assignments.get(name)
    if assignment is None:
        raise UnknownAssignment(
            zh=f"没有编号为“{name}”的调派。请从调派列表中选择。",
            en=f"There is no assignment {name!r}. Choose one from the list of assignments.",
        )
    if assignment.released_at is not None:
        raise AlreadyReleased(zh="该资源已经归队。", en="This resource has been released already.")
    return assignment


def depart_resource(work: Work, command: Depart, by: Actor) -> None:
    assignment = find_assignment(work, command.assignment)
    if assignment.departed_at is not None or assignment.arrived_at is not None:
        raise AlreadyDeparted(
            zh="该资源已报出发或到达。", en="This resource has been reported as departed or arrived already."
        )
    work.emit("resource.departed", {"assignment": command.assignment, "need": assignment.need}, by)


def arrive_resource(work: Work, command: Arrive, by: Actor) -> None:
    assignment = find_assignment(work, command.assignment)
    if assignment.arrived_at is not None:
        raise AlreadyArrived(zh="该资源已报到达。", en="This resource has been reported as arrived already.")
    work.emit("resource.arrived", {"assignment": command.assignment, "need": assignment.need}, by)


def release_resource(work: Work, command: Release, by: Actor) -> None:
    """Release a resource, at any time, also after the end: teams go home."""
    assignment = find_assignment(work, command.assignment)
    data = {"assignment": command.assignment, "need": assignment.need, "reason": command.reason}
    work.emit("resource.released", data, by)

"""What a condition of a running plan may look at."""

from __future__ import annotations

from datetime import datetime

from youbei.engine.conditions import Quantity, Value
from youbei.engine.plans.model import LevelNumber
from youbei.engine.run.state import ActionState, ActionStatus, CueState, CueStatus, NeedState, State, StepState


def level_moments(level: LevelNumber) -> tuple[str, str]:
    """Name the moment at which a level was reached: `level:3`, also written `level:III`."""
    return f"level:{int(level)}", f"level:{level.name}"


class RunView:
    """Show a state at an instant; `now` is moved by whoever owns the view."""

    __slots__ = ("now", "state")

    def __init__(self, state: State, now: datetime) -> None:
        self.state = state
        self.now = now

    def fact(self, key: str) -> Value | None:
        found = self.state.facts.get(key)
        return None if found is None else found.value

    def moment(self, name: str) -> datetime | None:
        return self.state.moments.get(name)

    def count(self, of: Quantity, among: tuple[str, ...]) -> int:
        if of in COUNT_STEPS:
            steps = self.state.steps
            chosen = steps.values() if not among else [steps[name] for name in among if name in steps]
            return sum(COUNT_STEPS[of](step) for step in chosen)
        if of in COUNT_NEEDS:
            return sum(COUNT_NEEDS[of](need) for need in self.state.needs.values() if not among or need.step in among)
        if of in COUNT_CUES:
            cues = self.state.script.cues
            return sum(COUNT_CUES[of](cue) for name, cue in cues.items() if not among or name in among)
        if of in COUNT_ACTIONS:
            actions = self.state.script.actions
            return sum(COUNT_ACTIONS[of](action) for name, action in actions.items() if not among or name in among)
        return self.count_teams(among, arrived=of is Quantity.TEAMS_ARRIVED)

    def count_teams(self, among: tuple[str, ...], *, arrived: bool) -> int:
        needs = self.state.needs
        return sum(
            1
            for assignment in self.state.assignments.values()
            if assignment.is_team
            and assignment.released_at is None
            and (assignment.arrived_at is not None or not arrived)
            and (not among or needs[assignment.need].step in among)
        )


def counts_as_open(step: StepState) -> bool:
    return step.is_open


def counts_as_finished(step: StepState) -> bool:
    """Count a skipped step as finished, as its followers do: a skip never blocks the plan."""
    return step.is_done


def counts_as_late(step: StepState) -> bool:
    return step.late_at is not None


COUNT_STEPS = {
    Quantity.STEPS_OPEN: counts_as_open,
    Quantity.STEPS_FINISHED: counts_as_finished,
    Quantity.STEPS_LATE: counts_as_late,
}


def counts_as_wanting(need: NeedState) -> bool:
    return not need.is_met and not need.is_closed


def counts_as_met(need: NeedState) -> bool:
    return need.is_met


def counts_as_short(need: NeedState) -> bool:
    return need.is_short and not need.is_closed


COUNT_NEEDS = {
    Quantity.NEEDS_OPEN: counts_as_wanting,
    Quantity.NEEDS_MET: counts_as_met,
    Quantity.NEEDS_SHORT: counts_as_short,
}


def counts_as_fired(cue: CueState) -> bool:
    return cue.status is CueStatus.FIRED


def counts_as_skipped(cue: CueState) -> bool:
    return cue.status is CueStatus.SKIPPED


COUNT_CUES = {Quantity.INJECTS_FIRED: counts_as_fired, Quantity.INJECTS_SKIPPED: counts_as_skipped}


def counts_as_done(action: ActionState) -> bool:
    return action.status is ActionStatus.MET


def counts_as_overdue(action: ActionState) -> bool:
    """Count what missed its deadline, done since or not."""
    return action.late_at is not None


def counts_as_missed(action: ActionState) -> bool:
    return action.status is ActionStatus.MISSED


COUNT_ACTIONS = {
    Quantity.ACTIONS_MET: counts_as_done,
    Quantity.ACTIONS_LATE: counts_as_overdue,
    Quantity.ACTIONS_MISSED: counts_as_missed,
}

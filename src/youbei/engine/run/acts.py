"""Commands become events here, or are refused: one function for each command, found by its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from youbei.engine.events import Actor
from youbei.engine.run.acts_command import (
    assess_run,
    end_response,
    hand_over_post,
    lower_level,
    raise_level_by_hand,
    record_deviation,
)
from youbei.engine.run.acts_opening import activate_plan, add_fact, set_clock
from youbei.engine.run.acts_resources import (
    arrive_resource,
    assign_resource,
    depart_resource,
    release_resource,
)
from youbei.engine.run.acts_steps import finish_open_step, reopen_done_step, skip_with_reason, start_step
from youbei.engine.run.commands import (
    Activate,
    AddFact,
    Arrive,
    Assess,
    Assign,
    Command,
    Depart,
    Deviate,
    EndResponse,
    FinishStep,
    HandOver,
    LowerLevel,
    RaiseLevel,
    Release,
    ReopenStep,
    SetClock,
    SkipStep,
    StartStep,
)
from youbei.engine.run.work import Work

ACTS: Mapping[type[Command], Callable[[Work, Any, Actor], None]] = {
    Activate: activate_plan,
    AddFact: add_fact,
    RaiseLevel: raise_level_by_hand,
    LowerLevel: lower_level,
    HandOver: hand_over_post,
    StartStep: start_step,
    FinishStep: finish_open_step,
    SkipStep: skip_with_reason,
    ReopenStep: reopen_done_step,
    Assign: assign_resource,
    Depart: depart_resource,
    Arrive: arrive_resource,
    Release: release_resource,
    Deviate: record_deviation,
    EndResponse: end_response,
    Assess: assess_run,
    SetClock: set_clock,
}


def carry_out_command(work: Work, command: Command, by: Actor) -> None:
    """Turn a command into events now; raise Refused where it cannot be carried out."""
    ACTS[type(command)](work, command, by)

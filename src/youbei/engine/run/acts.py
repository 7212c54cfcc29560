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
from youbei.engine.run.acts_resources import arrive_resource, assign_resource, depart_resource, release_resource
from youbei.engine.run.acts_script import (
    confirm_action,
    end_exercise,
    fail_inject,
    fire_by_hand,
    hold_inject,
    improvise,
    observe,
    release_inject,
    resume_exercise,
    skip_by_hand,
    start_exercise,
    suspend_exercise,
)
from youbei.engine.run.acts_steps import finish_open_step, reopen_done_step, skip_with_reason, start_step
from youbei.engine.run.commands import (
    Activate,
    AddFact,
    Arrive,
    Assess,
    Assign,
    Command,
    ConfirmAction,
    Depart,
    Deviate,
    EndExercise,
    EndResponse,
    FailInject,
    FinishStep,
    FireInject,
    HandOver,
    HoldInject,
    Improvise,
    LowerLevel,
    Observe,
    RaiseLevel,
    Release,
    ReleaseInject,
    ReopenStep,
    ResumeExercise,
    SetClock,
    SkipInject,
    SkipStep,
    StartExercise,
    StartStep,
    SuspendExercise,
)
from youbei.engine.run.guards import RunRefused
from youbei.engine.run.work import Work


class ExerciseOver(RunRefused):
    """Refuse to go on with an exercise after EndEx."""


class ExerciseSuspended(RunRefused):
    """Refuse to go on with an exercise that something real has stopped."""


# What is left to do with an exercise that is suspended: the director lets it go on or ends it, evaluators note.
WHILE_SUSPENDED = frozenset({ResumeExercise, EndExercise, Observe})
AFTER_ENDEX = frozenset({Observe, EndResponse, Release, Assess, Deviate})

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
    StartExercise: start_exercise,
    EndExercise: end_exercise,
    SuspendExercise: suspend_exercise,
    ResumeExercise: resume_exercise,
    FireInject: fire_by_hand,
    SkipInject: skip_by_hand,
    HoldInject: hold_inject,
    ReleaseInject: release_inject,
    FailInject: fail_inject,
    Improvise: improvise,
    ConfirmAction: confirm_action,
    Observe: observe,
}


def carry_out_command(work: Work, command: Command, by: Actor) -> None:
    """Turn a command into events now; raise Refused where it cannot be carried out."""
    if work.state.script.is_over and type(command) not in AFTER_ENDEX:
        raise ExerciseOver(
            zh="演练已经结束，只能补记观察、终止响应、归队和评估。",
            en="The exercise is over: only notes, the end of the response, releases and the assessment are left.",
        )
    if work.state.script.is_suspended and type(command) not in WHILE_SUSPENDED:
        raise ExerciseSuspended(
            zh="发生真实事件，演练已暂停，参演人员已解除演练任务。演练总指挥说明原因后方可恢复，或结束演练。",
            en="The exercise is suspended for a real incident and its players are released. Its director lets it go "
            "on, with a reason, or ends it.",
        )
    ACTS[type(command)](work, command, by)

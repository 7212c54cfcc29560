"""Acts on steps: start, finish, skip, reopen."""

from __future__ import annotations

from youbei.engine.events import Actor
from youbei.engine.plans.model import Phase, Step
from youbei.engine.run.commands import FinishStep, ReopenStep, SkipStep, StartStep
from youbei.engine.run.guards import RunNotActive, RunRefused, need_begun, need_reason
from youbei.engine.run.state import StepState, StepStatus
from youbei.engine.run.steps import finish_step, reopen_step, skip_step
from youbei.engine.run.work import Work
from youbei.engine.text import Text


class UnknownStep(RunRefused):
    """Refuse a step that the plan does not have."""


class StepNotOpen(RunRefused):
    """Refuse to work on a step that is not open."""


class StepStarted(RunRefused):
    """Refuse to start a step twice."""


class StepDone(RunRefused):
    """Refuse to skip what is finished or skipped already."""


class StepNotDone(RunRefused):
    """Refuse to reopen a step that was neither finished nor skipped."""


STATUS_NAMES = {
    StepStatus.WAITING: Text("尚未下达", "is not open yet"),
    StepStatus.OPEN: Text("已下达", "is open"),
    StepStatus.STARTED: Text("正在进行", "is under way"),
    StepStatus.FINISHED: Text("已经完成", "is finished"),
    StepStatus.SKIPPED: Text("已被跳过", "was skipped"),
}


def find_step(work: Work, step_id: str) -> tuple[Step, StepState]:
    """Return a step that may be worked on in the present phase."""
    need_begun(work)
    if step_id not in work.index.order:
        raise UnknownStep(
            zh=f"预案中没有任务“{step_id}”。请从任务列表中选择。",
            en=f"The plan has no step {step_id!r}. Choose one from the list of steps.",
        )
    step = work.index.step(step_id)
    if step.phase is Phase.RESPONSE and not work.phase_fits(step):
        raise RunNotActive(
            zh=f"响应已经终止，任务“{step.title.in_language('zh')}”不再办理。",
            en=f"The response has ended; the step “{step.title.in_language('en')}” is no longer worked on.",
        )
    return step, work.state.steps[step_id]


def sentence(step: Step, state: StepState, *, zh: str, en: str) -> dict[str, str]:
    """Say how a step stands, and what to do instead."""
    status = STATUS_NAMES[state.status]
    return {
        "zh": f"任务“{step.title.in_language('zh')}”{status.zh}。{zh}",
        "en": f"The step “{step.title.in_language('en')}” {status.en}. {en}",
    }


def start_step(work: Work, command: StartStep, by: Actor) -> None:
    step, state = find_step(work, command.step)
    if state.status is StepStatus.STARTED:
        raise StepStarted(**sentence(step, state, zh="无需再次开始。", en="It need not be started again."))
    if not state.is_open:
        raise StepNotOpen(**sentence(step, state, **not_open_cure(state)))
    work.emit("step.started", {"step": step.id}, by)


def not_open_cure(state: StepState) -> dict[str, str]:
    if state.is_done:
        return {"zh": "如需重做，请先重开任务。", "en": "Reopen it first if it must be done again."}
    return {
        "zh": "待其启动条件满足；如已提前办理，请记录为偏离预案。",
        "en": "Wait until what starts it has happened; if it was done early, record that as a deviation.",
    }


def finish_open_step(work: Work, command: FinishStep, by: Actor) -> None:
    """Finish an open step; one that nobody started is started at the same instant."""
    step, state = find_step(work, command.step)
    if not state.is_open:
        raise StepNotOpen(**sentence(step, state, **not_open_cure(state)))
    finish_step(work, step, note=command.note, by=by)


def skip_with_reason(work: Work, command: SkipStep, by: Actor) -> None:
    """Skip a step that is waiting or open."""
    step, state = find_step(work, command.step)
    if state.is_done:
        raise StepDone(**sentence(step, state, zh="不能再跳过。", en="It cannot be skipped."))
    need_reason(command.reason, zh="跳过任务", en="Skipping a step")
    skip_step(work, step, command.reason, by)


def reopen_done_step(work: Work, command: ReopenStep, by: Actor) -> None:
    """Reopen a step that was finished or skipped; what already followed from it stays as it is."""
    step, state = find_step(work, command.step)
    if not state.is_done:
        raise StepNotDone(
            **sentence(
                step, state, zh="只有已完成或已跳过的任务才能重开。", en="Only what was done or skipped reopens."
            )
        )
    if not work.phase_fits(step):
        raise RunNotActive(
            **sentence(step, state, zh="响应终止后才能重开。", en="It can be reopened once the response has ended.")
        )
    need_reason(command.reason, zh="重开任务", en="Reopening a step")
    reopen_step(work, step, command.reason, by)

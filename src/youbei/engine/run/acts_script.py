"""Acts of those who lead and evaluate an exercise: StartEx and EndEx, injects by hand, what was seen."""

from __future__ import annotations

from datetime import datetime

from youbei.engine.clock import Clock, Mode
from youbei.engine.events import Actor, iso
from youbei.engine.run.commands import (
    ConfirmAction,
    EndExercise,
    FailInject,
    FireInject,
    HoldInject,
    Improvise,
    Observe,
    ReleaseInject,
    ResumeExercise,
    SkipInject,
    StartExercise,
    SuspendExercise,
)
from youbei.engine.run.follow import BY_CONTROLLER, bring, fire_inject, is_running, meet_action, skip_inject
from youbei.engine.run.guards import RunRefused, need_reason
from youbei.engine.run.script import Cue, Learn, Say
from youbei.engine.run.state import CueStatus
from youbei.engine.run.work import Work
from youbei.engine.text import Text

# Source: HSEEP 2020, chapter 5: performed without, with some, with major challenges, unable to be performed.
RATINGS = ("", "P", "S", "M", "U")


class NoExercise(RunRefused):
    """Refuse what only an exercise with a script has."""


class ExerciseNotRunning(RunRefused):
    """Refuse what can only be done between StartEx and EndEx."""


class ExerciseStarted(RunRefused):
    """Refuse a second StartEx."""


class ExerciseNotSuspended(RunRefused):
    """Refuse to let go on what was not stopped."""


class UnknownInject(RunRefused):
    """Refuse an inject that the script does not hold."""


class InjectStands(RunRefused):
    """Refuse to do with an inject what its status does not allow."""


class UnknownAction(RunRefused):
    """Refuse an expected action that the script does not hold, or that nothing asks for now."""


class NothingObserved(RunRefused):
    """Refuse an observation without words and rating, or with a rating that is none."""


CUE_NAMES = {
    CueStatus.WAITING: Text("尚未触发", "waits"),
    CueStatus.HELD: Text("已暂扣", "is held back"),
    CueStatus.FIRED: Text("已触发", "has fired"),
    CueStatus.SKIPPED: Text("已跳过", "was skipped"),
    CueStatus.FAILED: Text("未送达", "did not reach the players"),
}


def need_running(work: Work) -> None:
    if not is_running(work):
        raise ExerciseNotRunning(
            zh="演练尚未开始或已经结束，不能进行此操作。",
            en="This can only be done between StartEx and EndEx.",
        )


def find_cue(work: Work, inject: str, *allowed: CueStatus) -> Cue:
    """Return an inject that stands as allowed, or refuse."""
    need_running(work)
    if inject not in work.index.cues:
        raise UnknownInject(
            zh=f"脚本中没有注入“{inject}”。请从注入列表中选择。",
            en=f"The script has no inject {inject!r}. Choose one from the list.",
        )
    status = work.state.script.cues[inject].status
    if status not in allowed:
        names = [CUE_NAMES[one] for one in allowed]
        raise InjectStands(
            zh=f"注入“{inject}”{CUE_NAMES[status].zh}；此操作只适用于：{'、'.join(name.zh for name in names)}。",
            en=f"The inject {inject!r} {CUE_NAMES[status].en}; this needs one that "
            f"{' or '.join(name.en for name in names)}.",
        )
    return work.index.script.cues[work.index.cues[inject]]


def start_exercise(work: Work, command: StartExercise, by: Actor) -> None:
    script = work.index.script
    if work.setting.mode is Mode.REAL or not script.id:
        raise NoExercise(
            zh="这不是按脚本进行的演练，没有“演练开始”。",
            en="This is no exercise with a script, so there is no StartEx.",
        )
    if "startex" in work.state.moments:
        raise ExerciseStarted(
            zh="演练已经开始。要重来，请另开一次演练。",
            en="The exercise has started already. To start over, open a new one.",
        )
    data = {"exercise": script.id, "version": script.version, "digest": script.digest}
    work.emit("exercise.started", data, by)


def end_exercise(work: Work, command: EndExercise, by: Actor) -> None:
    """End the exercise: what is still open was missed, what still waits is skipped."""
    need_running(work)
    for action in work.index.script.expectations:
        if work.state.script.actions[action.id].is_open:
            work.emit("action.missed", {"action": action.id, "inject": action.cue})
    for cue in work.index.script.cues:
        if work.state.script.cues[cue.id].status in (CueStatus.WAITING, CueStatus.HELD):
            work.emit("inject.skipped", {"inject": cue.id, "reason": "endex", "is_automatic": True})
    work.emit("exercise.ended", {"reason": command.reason}, by)


def suspend_exercise(work: Work, command: SuspendExercise, by: Actor) -> None:
    """Stop the clock and everything that is done in the exercise, for something real."""
    need_running(work)
    if work.state.script.is_suspended:
        return
    anchor_clock(work, command.wall, is_paused=True)
    work.emit("exercise.suspended", {"incident": command.incident, "why": command.why}, by)


def resume_exercise(work: Work, command: ResumeExercise, by: Actor) -> None:
    """Let a suspended exercise go on, from where its clock stood and at the speed it had."""
    if not work.state.script.is_suspended:
        raise ExerciseNotSuspended(
            zh="演练没有因真实事件暂停，无须恢复。", en="The exercise is not suspended, so there is nothing to resume."
        )
    need_reason(command.reason, zh="恢复演练", en="Letting the exercise go on")
    work.emit("exercise.resumed", {"reason": command.reason}, by)
    anchor_clock(work, command.wall, is_paused=False)


def anchor_clock(work: Work, wall: datetime, *, is_paused: bool) -> None:
    """Let the clock of the exercise stand or go on where the run is now, at the speed it had."""
    clock = work.state.clock or Clock.real()
    data = {"wall": iso(wall), "scenario": iso(work.now), "speed": clock.speed, "is_paused": is_paused}
    work.emit("clock.set", data)


def fire_by_hand(work: Work, command: FireInject, by: Actor) -> None:
    """Fire an inject now, also one that was held back or skipped."""
    cue = find_cue(work, command.inject, CueStatus.WAITING, CueStatus.HELD, CueStatus.SKIPPED)
    fire_inject(work, cue, by=by)


def skip_by_hand(work: Work, command: SkipInject, by: Actor) -> None:
    find_cue(work, command.inject, CueStatus.WAITING, CueStatus.HELD)
    need_reason(command.reason, zh="跳过注入", en="Skipping an inject")
    skip_inject(work, command.inject, reason=command.reason, by=by)


def hold_inject(work: Work, command: HoldInject, by: Actor) -> None:
    find_cue(work, command.inject, CueStatus.WAITING)
    work.emit("inject.held", {"inject": command.inject}, by)


def release_inject(work: Work, command: ReleaseInject, by: Actor) -> None:
    find_cue(work, command.inject, CueStatus.HELD)
    work.emit("inject.released", {"inject": command.inject}, by)


def fail_inject(work: Work, command: FailInject, by: Actor) -> None:
    find_cue(work, command.inject, CueStatus.FIRED)
    need_reason(command.reason, zh="记录注入未送达", en="Calling an inject failed")
    work.emit("inject.failed", {"inject": command.inject, "reason": command.reason}, by)


def improvise(work: Work, command: Improvise, by: Actor) -> None:
    """Bring something that the script does not hold; it is counted like an inject."""
    need_running(work)
    if not command.facts and not command.body:
        raise NothingObserved(
            zh="临时注入须有情况或消息。请填写其一。", en="An improvised inject needs a fact or a message. Give one."
        )
    number = 1 + sum(name.startswith("improvised-") for name in work.state.script.cues)
    data = {"inject": f"improvised-{number}", "kind": "improvised", "is_by_hand": True, "title": command.title}
    work.emit("inject.fired", data, by)
    for key, value in command.facts.items():
        bring(work, Learn(key, value, "inject"), by=BY_CONTROLLER)
    if command.body:
        bring(work, Say(command.to, command.subject, command.body))


def confirm_action(work: Work, command: ConfirmAction, by: Actor) -> None:
    need_running(work)
    state = work.state.script.actions.get(command.action)
    if state is None or not state.is_open:
        raise UnknownAction(
            zh=f"目前没有待完成的预期行动“{command.action}”：注入尚未触发，或已经完成。",
            en=f"No action {command.action!r} is expected now: its inject has not fired, or it is done already.",
        )
    meet_action(work, command.action, note=command.note, by=by)


def observe(work: Work, command: Observe, by: Actor) -> None:
    """Record what was seen, from StartEx on; evaluators write their notes after EndEx, too."""
    if "startex" not in work.state.moments:
        need_running(work)
    is_percent = command.rating.isascii() and command.rating.isdigit() and int(command.rating) <= 100
    if not (command.rating in RATINGS or is_percent) or not (command.text.strip() or command.rating):
        raise NothingObserved(
            zh="观察记录须有文字或评分（P、S、M、U 或 0 至 100 分）。请填写其一。",
            en="An observation needs words or a rating (P, S, M, U, or 0 to 100 per cent). Give one.",
        )
    if command.source not in ("official", "own"):
        raise NothingObserved(
            zh="评分来源须为 official（评估组）或 own（参演者自评）。",
            en="The source of a rating is official (evaluators) or own (the players' own).",
        )
    data = {"subject": command.subject, "text": command.text, "rating": command.rating, "source": command.source}
    work.emit("observation.recorded", data, by)

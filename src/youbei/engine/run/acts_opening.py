"""Acts that begin a run and inform it: activation, facts, and the exercise clock."""

from __future__ import annotations

from youbei.engine.clock import Mode
from youbei.engine.events import Actor, iso
from youbei.engine.run.calls import call_posts
from youbei.engine.run.commands import Activate, AddFact, SetClock
from youbei.engine.run.facts import state_fact, withdraw_fact
from youbei.engine.run.guards import RunRefused
from youbei.engine.run.react import react
from youbei.engine.run.state import RunPhase
from youbei.engine.run.work import Work


class AlreadyActivated(RunRefused):
    """Refuse to activate a run twice."""


class UnknownLevel(RunRefused):
    """Refuse a level that the plan does not have."""


class UnknownPost(RunRefused):
    """Refuse a post that the plan does not have."""


class FactNotYetKnown(RunRefused):
    """Refuse a fact that is said to become known in the future."""


class FactUnknown(RunRefused):
    """Refuse to withdraw what was never stated."""


class ClockIsReal(RunRefused):
    """Refuse to set the clock of a run that follows the wall, or no clock at all."""


class SpeedRefused(RunRefused):
    """Refuse a speed at which nobody could follow, or at which time would stand still."""


class ClockRunsBack(RunRefused):
    """Refuse to take an exercise back in time."""


def need_level(work: Work, level: int) -> None:
    """Refuse a level that the plan does not define; a plan without levels takes any."""
    numbers = [known.number for known in work.index.levels]
    if numbers and level not in numbers:
        names = ", ".join(number.name for number in numbers)
        raise UnknownLevel(
            zh=f"本预案没有这一响应级别。可选级别：{names}。",
            en=f"This plan has no such response level. Choose one of: {names}.",
        )


def need_post(work: Work, post: str) -> None:
    if post not in work.index.posts:
        known = "、".join(work.index.posts)
        raise UnknownPost(
            zh=f"预案中没有岗位“{post}”。现有岗位：{known}。",
            en=f"The plan has no post {post!r}. It has: {', '.join(work.index.posts)}.",
        )


def activate_plan(work: Work, command: Activate, by: Actor) -> None:
    """Start the run and fill its posts: as the command says, else as the plan says; where both are silent, nobody.

    What follows at once happens here, so that the message of activation can name the steps that have opened.
    """
    if work.state.phase is not RunPhase.NEW:
        raise AlreadyActivated(
            zh="预案已经启动，不能重复启动。如需调整，请提升或降低响应级别。",
            en="The plan is activated already. To change the response, raise or lower its level.",
        )
    need_level(work, command.level)
    for post in command.posts:
        need_post(work, post)
    plan, setting = work.index.plan, work.setting
    work.emit(
        "plan.activated",
        {
            "plan": plan.id,
            "version": plan.version,
            "digest": setting.digest,
            "level": int(command.level),
            "reason": command.reason,
            "incident": setting.incident,
            "known_at": iso(setting.known_at or work.now),
            "occurred_at": None if setting.occurred_at is None else iso(setting.occurred_at),
        },
        by,
    )
    for own in plan.posts:
        by_plan = "" if own.holder is None else own.holder.code
        holder = command.posts.get(own.id, by_plan)
        if holder:
            work.emit("post.filled", {"post": own.id, "holder": holder}, by)
    opened = work.opening = []
    react(work)
    work.opening = None
    call_posts(work, opened, command.reason)


def add_fact(work: Work, command: AddFact, by: Actor) -> None:
    """State, correct or withdraw a fact, at any time: also before activation and after the end.

    The last statement counts, whenever its content was learnt: who corrects has seen what stood there.
    """
    if command.known_at > work.now:
        raise FactNotYetKnown(
            zh="获悉时间晚于现在。请核对获悉时间。",
            en="The time at which this became known lies in the future. Check it.",
        )
    if command.value is None:
        if command.key not in work.state.facts:
            raise FactUnknown(
                zh=f"“{command.key}”目前没有已报情况，无可撤回。",
                en=f"There is nothing to withdraw: {command.key!r} is not known.",
            )
        withdraw_fact(work, command.key, command.source, command.known_at, by)
        return
    state_fact(work, command.key, command.value, command.source, command.known_at, by)


def set_clock(work: Work, command: SetClock, by: Actor) -> None:
    if work.setting.mode is not Mode.EXERCISE:
        raise ClockIsReal(
            zh="只有演练可以调整时钟；实战随实际时间运行，仿真没有时钟。",
            en="Only an exercise has a clock to set; a real run follows real time and a simulation has no clock.",
        )
    if command.scenario < work.now:
        raise ClockRunsBack(
            zh="演练时钟只能向前调整。要重来，请另开一次演练。",
            en="An exercise clock only goes forward. To start over, open a new exercise.",
        )
    if not 0.1 <= command.speed <= 3600:
        raise SpeedRefused(
            zh=f"演练时钟的倍速须在 0.1 至 3600 之间，收到的是 {command.speed}。请换一个倍速。",
            en=f"An exercise clock runs at 0.1 to 3600 times real time, not {command.speed}. Choose such a speed.",
        )
    work.emit(
        "clock.set",
        {
            "wall": iso(command.wall),
            "scenario": iso(command.scenario),
            "speed": float(command.speed),
            "is_paused": command.is_paused,
        },
        by,
    )

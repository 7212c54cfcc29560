"""Acts of command: level, posts, deviations, the end, the assessment."""

from __future__ import annotations

from youbei.engine.events import Actor
from youbei.engine.plans.levels import LEVEL_NAMES, grade_levels
from youbei.engine.plans.model import Level, Phase, PostRole
from youbei.engine.run.acts_opening import need_level, need_post
from youbei.engine.run.calls import task_list
from youbei.engine.run.commands import Assess, Deviate, EndResponse, HandOver, LowerLevel, RaiseLevel
from youbei.engine.run.guards import RunRefused, need_begun, need_reason, need_response
from youbei.engine.run.react import tell_level
from youbei.engine.run.state import RunPhase
from youbei.engine.run.steps import release_played
from youbei.engine.run.wording import (
    ended_texts,
    handed_over_texts,
    lines_of,
    queue_message,
    queue_to_posts,
)
from youbei.engine.run.work import Work

RATINGS = ("P", "S", "M", "U")


class LevelNotHigher(RunRefused):
    """Refuse to raise to a level that is not more severe than the present one."""


class LevelNotLower(RunRefused):
    """Refuse to lower to a level that is not less severe than the present one."""


class WrongPost(RunRefused):
    """Refuse what the plan leaves to other posts."""

    status = 403


class PostUnchanged(RunRefused):
    """Refuse to hand a post over to nobody, or to who holds it."""


class NotEnded(RunRefused):
    """Refuse to assess a response that goes on."""


class AlreadyAssessed(RunRefused):
    """Refuse to assess a run twice."""


class UnknownRating(RunRefused):
    """Refuse a rating that is not P, S, M or U."""


class TextMissing(RunRefused):
    """Refuse a record that says nothing."""


def present_level(work: Work) -> Level | None:
    return next((level for level in work.index.levels if level.number == work.level), None)


def need_one_of(work: Work, by: Actor, posts: tuple[str, ...]) -> None:
    """Refuse who holds none of the posts; where the plan names none, its commander decides, and else anyone."""
    allowed = posts or tuple(post.id for post in work.index.plan.posts if post.role is PostRole.COMMANDER)
    if allowed and not by.posts.intersection(allowed):
        titles = [work.index.posts[post].title for post in allowed if post in work.index.posts]
        zh = "、".join(title.in_language("zh") for title in titles)
        en = ", ".join(title.in_language("en") for title in titles)
        raise WrongPost(
            zh=f"按预案，此事由以下岗位决定：{zh}。请报请其决定。",
            en=f"By the plan this is decided by: {en}. Ask them to decide.",
        )


def raise_level_by_hand(work: Work, command: RaiseLevel, by: Actor) -> None:
    need_response(work)
    need_level(work, command.level)
    was = work.level
    if command.level >= was:
        raise LevelNotHigher(
            zh=f"当前已是{LEVEL_NAMES[was].zh}响应，只能提升到更高级别。",
            en=f"The response is at {LEVEL_NAMES[was].en} already; it can only be raised to a more severe level.",
        )
    data = {"level": int(command.level), "was": int(was), "is_automatic": False, "reason": command.reason}
    work.emit("level.raised", data, by)
    tell_level(work, was, command.reason)


def lower_level(work: Work, command: LowerLevel, by: Actor) -> None:
    """Lower the level; `graded` in the event keeps what the facts called for, so that they do not raise it again."""
    need_response(work)
    need_level(work, command.level)
    was = work.level
    if command.level <= was:
        raise LevelNotLower(
            zh=f"当前是{LEVEL_NAMES[was].zh}响应，只能降低到更低级别。",
            en=f"The response is at {LEVEL_NAMES[was].en}; it can only be lowered to a less severe level.",
        )
    level = present_level(work)
    need_one_of(work, by, () if level is None else level.may_lower)
    need_reason(command.reason, zh="降低响应级别", en="Lowering the level")
    grade, _ = grade_levels(work.index.levels, work.view)
    data = {
        "level": int(command.level),
        "was": int(was),
        "reason": command.reason,
        "graded": None if grade is None else int(grade.number),
    }
    work.emit("level.lowered", data, by)
    tell_level(work, was, command.reason)


def hand_over_post(work: Work, command: HandOver, by: Actor) -> None:
    """Pass a post on, also during recovery; a post that nobody filled is filled."""
    need_begun(work)
    need_post(work, command.post)
    was = work.state.posts.get(command.post, "")
    if not command.holder or command.holder == was:
        raise PostUnchanged(
            zh="请指定与现任不同的接任人。",
            en="Name who takes over; it must be someone else than the present holder.",
        )
    if was:
        data = {"post": command.post, "was": was, "holder": command.holder, "briefing": command.briefing}
        work.emit("post.handed_over", data, by)
    else:
        work.emit("post.filled", {"post": command.post, "holder": command.holder}, by)
    title = work.index.posts[command.post].title
    subject, briefing = handed_over_texts(title, command.briefing)
    mine = [step for step in work.index.steps if step.owner == command.post and work.state.steps[step.id].is_open]
    queue_message(work, "tell", command.post, subject, lines_of(briefing, task_list(work, mine)))


def record_deviation(work: Work, command: Deviate, by: Actor) -> None:
    need_begun(work)
    if not command.subject.strip() or not command.text.strip():
        raise TextMissing(
            zh="请写明偏离的是哪一项（任务、岗位、需求或条款），以及实际如何处置。",
            en="Say what is done otherwise (a step, post, need or clause), and how.",
        )
    work.emit("deviation.recorded", {"subject": command.subject, "text": command.text}, by)


def end_response(work: Work, command: EndResponse, by: Actor) -> None:
    """End the response, whether or not the engine proposed it: the decision is a person's."""
    need_response(work)
    level = present_level(work)
    may_end = () if level is None else level.may_end
    need_one_of(work, by, tuple(dict.fromkeys((*work.index.plan.end.by, *may_end))))
    need_reason(command.reason, zh="终止响应", en="Ending the response")
    work.emit("response.ended", {"reason": command.reason}, by)
    queue_to_posts(work, "end", *ended_texts(command.reason))
    for step in work.index.steps:
        if step.phase is Phase.RESPONSE:
            release_played(work, step)


def assess_run(work: Work, command: Assess, by: Actor) -> None:
    """Assess an ended run; recovery may still be going on, and goes on."""
    need_begun(work)
    if work.state.phase is RunPhase.ACTIVE:
        raise NotEnded(
            zh="响应尚未终止，不能总结评估。请先终止响应。",
            en="The response has not ended, so it cannot be assessed yet. End it first.",
        )
    if work.state.phase is RunPhase.ASSESSED:
        raise AlreadyAssessed(zh="本次响应已经评估。", en="This run has been assessed already.")
    if command.rating not in RATINGS:
        raise UnknownRating(
            zh="评估等级须为 P（无困难完成）、S（有困难但完成）、M（困难较大）、U（未能完成）之一。",
            en="The rating must be P (performed without challenges), S (with some), M (with major ones) or U (unable).",
        )
    work.emit("run.assessed", {"rating": command.rating, "text": command.text}, by)

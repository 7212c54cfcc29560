"""What the engine itself writes to people, and to whom; the plan's own words are passed on as they are."""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from typing import Literal

from youbei.engine.plans.levels import LEVEL_NAMES
from youbei.engine.plans.model import ClimbTo, LevelNumber, Post, Step
from youbei.engine.run.index import Index
from youbei.engine.run.state import State
from youbei.engine.run.work import Work
from youbei.engine.text import Text

Purpose = Literal["tell", "task", "report", "reminder", "climb", "level", "end", "inject"]


def queue_message(
    work: Work,
    purpose: Purpose,
    to: str,
    subject: Text,
    body: Text,
    *,
    holder: str | None = None,
    step: str | None = None,
    rule: str = "",
) -> None:
    """Queue a message to a post, the public, or a register code; `holder` is who it reaches where that is not plain."""
    if holder is None:
        holder = work.state.posts.get(to, "") if to in work.index.posts else to
    work.emit(
        "message.queued",
        {
            "message": work.state.messages + 1,
            "purpose": purpose,
            "to": to,
            "holder": holder,
            "step": step,
            "subject": subject.as_data(),
            "body": body.as_data(),
            "rule": rule,
        },
    )


def posts_by_holder(work: Work, also: Container[str] = ()) -> dict[str, list[Post]]:
    """Return who fills the posts that the present level calls for, and those named by id, each with their posts."""
    found: dict[str, list[Post]] = {}
    for post in work.index.plan.posts:
        holder = work.state.posts.get(post.id, "")
        if holder and (work.level <= post.from_level or post.id in also):
            found.setdefault(holder, []).append(post)
    return found


def queue_to_posts(work: Work, purpose: Purpose, subject: Text, body: Text) -> None:
    """Queue a message to everyone who fills a post that the present level calls for, once each."""
    for holder, posts in posts_by_holder(work).items():
        queue_message(work, purpose, posts[0].id, subject, body, holder=holder)


def climb_target(index: Index, state: State, step: Step, to: ClimbTo) -> tuple[str, str]:
    """Return post (or register code) and holder that a late step climbs to.

    A deputy is the first of the owner's deputies who does not hold the post at present. Where there is no such
    deputy, no superior, or nobody at the owner's post, the commander is told; where there is no commander, the owner.
    """
    owner = index.posts.get(step.owner)
    commander = index.plan.commander
    if to is ClimbTo.SUPERIOR and index.plan.superior:
        return (f"agency:{index.plan.superior}",) * 2
    if to is ClimbTo.DEPUTY and owner is not None:
        for deputy in owner.deputies:
            if (code := deputy.code) != state.posts.get(owner.id, ""):
                return owner.id, code
    holder = state.posts.get(step.owner, "")
    if commander is not None and (to is not ClimbTo.OWNER or not holder):
        return commander.id, state.posts.get(commander.id, "")
    return step.owner, holder


def late_subject(step: Step) -> Text:
    return Text(f"超时：{step.title.in_language('zh')}", f"Late: {step.title.in_language('en')}")


def late_body(step: Step, owner: Post | None, overdue: timedelta) -> Text:
    """Say what is late, whose it is, and by how much."""
    title = owner.title if owner is not None else Text(step.owner, step.owner)
    minutes = int(overdue.total_seconds() // 60)
    zh, en = ("时限已到", "is due now") if minutes == 0 else (f"已超时 {minutes} 分钟", f"is {minutes} min late")
    return Text(
        f"任务“{step.title.in_language('zh')}”（{title.in_language('zh')}负责）{zh}，尚未完成。请立即办理，或说明原因。",
        f"The step “{step.title.in_language('en')}” of {title.in_language('en')} {en} and is not done. "
        "Do it now, or say why it cannot be done.",
    )


def reopened_texts(step: Step, reason: str) -> tuple[Text, Text]:
    return (
        Text(f"任务重开：{step.title.in_language('zh')}", f"Reopened: {step.title.in_language('en')}"),
        Text(f"原因：{reason}", f"Reason: {reason}"),
    )


def proposed_texts(level: LevelNumber, *, is_lower_bound: bool) -> tuple[Text, Text]:
    name = LEVEL_NAMES[level]
    subject = Text(f"建议提升至{name.zh}响应", f"Proposed: {name.en}")
    if is_lower_bound:
        return subject, Text(
            f"按已知情况，至少达到{name.zh}响应条件；部分情况尚不明，级别可能更高。请决定是否提升。",
            f"What is known calls for {name.en} at least; some facts are unknown and the level may be higher. "
            "Decide whether to raise it.",
        )
    return subject, Text(
        f"按已知情况，已达到{name.zh}响应条件。请决定是否提升。",
        f"What is known calls for {name.en}. Decide whether to raise it.",
    )


def level_texts(level: LevelNumber, was: LevelNumber, measures: Text, reason: str) -> tuple[Text, Text]:
    raised = level < was
    subject = Text(
        f"响应级别{'提升' if raised else '降低'}至{LEVEL_NAMES[level].zh}",
        f"{'Raised' if raised else 'Lowered'} to {LEVEL_NAMES[level].en}",
    )
    before = Text(f"原为{LEVEL_NAMES[was].zh}。", f"It was {LEVEL_NAMES[was].en}.")
    return subject, lines_of(before, Text(reason, reason), measures)


def level_measures(work: Work) -> Text:
    """Return what the plan says is done at the present level."""
    return next((level.measures for level in work.index.levels if level.number == work.level), Text())


def lines_of(*parts: Text) -> Text:
    """Put texts on lines of their own, leaving out the empty ones."""
    said = [part for part in parts if part]
    return Text("\n".join(part.in_language("zh") for part in said), "\n".join(part.in_language("en") for part in said))


END_PROPOSED = (
    Text("建议终止响应", "Proposed: end the response"),
    Text(
        "预案规定的响应终止条件已经满足。请决定是否终止。",
        "The plan's conditions for ending the response hold. Decide whether to end it.",
    ),
)


def ended_texts(reason: str) -> tuple[Text, Text]:
    return Text("响应终止", "The response has ended"), Text(f"原因：{reason}", f"Reason: {reason}")


def handed_over_texts(title: Text, briefing: str) -> tuple[Text, Text]:
    return (
        Text(f"您已接任：{title.in_language('zh')}", f"You have taken over: {title.in_language('en')}"),
        Text(briefing or "无交接说明。", briefing or "There is no briefing."),
    )

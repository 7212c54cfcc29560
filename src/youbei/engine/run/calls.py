"""Calling people: how the activation, and each task after it, reaches those who have to act.

What the engine plays itself is told nothing: nobody would read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from youbei.engine.plans.levels import LEVEL_NAMES
from youbei.engine.plans.model import Post, Step
from youbei.engine.run.wording import level_measures, lines_of, posts_by_holder, queue_message
from youbei.engine.run.work import Work
from youbei.engine.spans import word_span
from youbei.engine.text import Text


def call_posts(work: Work, opened: Sequence[Step], reason: str) -> None:
    """Tell everyone who fills a post, once: the matter, the level and its measures, their posts, and what has opened.

    Called are the posts that the level calls for, and those that own a step which opened.
    """
    owners = {step.owner for step in opened}
    subject = activation_subject(work)
    for holder, posts in posts_by_holder(work, also=owners).items():
        told = [post for post in posts if post.id not in work.setting.played_posts]
        if told:
            own = [step for step in opened if step.owner in {post.id for post in told}]
            queue_message(work, "level", told[0].id, subject, activation_body(work, told, own, reason), holder=holder)


def tell_owner(work: Work, step: Step) -> None:
    """Give an opened step to who holds its post, unless the step tells that post itself, or an activation will."""
    if work.opening is not None:
        work.opening.append(step)
        return
    is_told = any(tell.to == step.owner for tell in step.tells)
    if is_told or not work.state.posts.get(step.owner) or step.owner in work.setting.played_posts:
        return
    queue_message(work, "task", step.owner, *task_texts(step, time_left(work, step)), step=step.id)


def time_left(work: Work, step: Step) -> timedelta | None:
    due_at = work.state.steps[step.id].due_at
    return None if due_at is None else due_at - work.now


def task_texts(step: Step, left: timedelta | None) -> tuple[Text, Text]:
    """Word a task: its title; how long is left for it, and its response card."""
    zh, en = step.title.in_language("zh"), step.title.in_language("en")
    body = lines_of(limit_words(left), step.card) or Text(f"请办理：{zh}。", f"Carry out: {en}.")
    return Text(f"任务：{zh}", f"Task: {en}"), body


def limit_words(left: timedelta | None) -> Text:
    """Say how long is left. A message states lengths and not times of day, which depend on the reader's zone."""
    if left is None:
        return Text()
    if left <= timedelta(0):
        return Text("时限已到。", "Due now.")
    span = word_span(left)
    return Text(f"限 {span.zh}内完成。", f"Due within {span.en}.")


def activation_subject(work: Work) -> Text:
    zh, en = work.index.plan.title.in_language("zh"), work.index.plan.title.in_language("en")
    if not work.index.levels:
        return Text(f"启动预案：{zh}", f"Plan activated: {en}")
    name = LEVEL_NAMES[work.level]
    return Text(f"启动{name.zh}响应：{zh}", f"{name.en} response: {en}")


def activation_body(work: Work, posts: Sequence[Post], own: Sequence[Step], reason: str) -> Text:
    # Source: 突发事件应对法 Art 72 (2024): what is announced is the matter, the level, the period and the measures.
    incident = work.setting.incident
    titles_zh = "、".join(post.title.in_language("zh") for post in posts)
    titles_en = ", ".join(post.title.in_language("en") for post in posts)
    return lines_of(
        Text(f"突发事件：{incident}。", f"Incident: {incident}.") if incident else Text(),
        Text(reason, reason),
        Text(f"您担任：{titles_zh}。", f"Your post: {titles_en}."),
        level_measures(work),
        Text(
            "自现在起执行，至调整级别或终止响应时止。",
            "In force from now until the level is changed or the response is ended.",
        ),
        task_list(work, own),
    )


def task_list(work: Work, steps: Sequence[Step]) -> Text:
    """List steps with how long is left for each; nothing for none."""
    if not steps:
        return Text()
    lines = (task_line(number, step, time_left(work, step)) for number, step in enumerate(steps, start=1))
    return lines_of(Text("您的任务：", "Your tasks:"), *lines)


def task_line(number: int, step: Step, left: timedelta | None) -> Text:
    limit = limit_words(left)
    zh, en = step.title.in_language("zh"), step.title.in_language("en")
    return Text(f"{number}. {zh}。{limit.zh}", f"{number}. {en}. {limit.en}".rstrip())

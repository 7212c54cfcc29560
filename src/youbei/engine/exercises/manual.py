"""A manual of typical cases and plans, as a paper: contents, each case with its lessons, each plan with its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from youbei.engine.exercises.report import Layout, Report, Section, Table
from youbei.engine.exercises.report_tables import BLANK, spanned
from youbei.engine.plans.model import Plan
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class CasePart:
    """A case as the manual prints it; `facts` are what was known at the end, name and value."""

    title: str
    number: str
    kind: Text
    known_on: str
    tags: tuple[str, ...]
    facts: tuple[tuple[Text, Text], ...]
    summary: str
    course: str
    decisions: str
    evaluation: str
    lessons: str


def manual(cases: Sequence[CasePart], plans: Sequence[Plan], *, subject: Text) -> Report:
    """Return the manual of some cases and plans; what a case does not say is listed as still blank."""
    title = Text(f"典型案例和预案汇编：{subject.zh}", f"Manual of typical cases and plans: {subject.en}")
    numbered = [*(one.title for one in cases)]
    contents = Section(
        Text("目录", "Contents"),
        points=(
            *(Text(f"案例 {n}：{name}", f"Case {n}: {name}") for n, name in enumerate(numbered, start=1)),
            *(
                Text(f"预案 {n}：{one.title.in_language('zh')}", f"Plan {n}: {one.title.in_language('en')}")
                for n, one in enumerate(plans, start=1)
            ),
        ),
    )
    sections = [contents]
    if cases:
        parts = tuple(case_section(n, one) for n, one in enumerate(cases, start=1))
        sections.append(Section(Text("第一部分 典型案例", "Part 1: Cases"), sections=parts))
    if plans:
        extracts = tuple(plan_section(n, one) for n, one in enumerate(plans, start=1))
        sections.append(Section(Text("第二部分 典型预案摘录", "Part 2: Extracts of plans"), sections=extracts))
    gaps = tuple(
        Text(f"案例《{one.title}》未写“{name.zh}”。", f"The case “{one.title}” does not say: {name.en}.")
        for one in cases
        for name, said in texts_of(one)
        if not said
    )
    return Report(Layout.CN, title, tuple(sections), (), gaps)


def texts_of(one: CasePart) -> tuple[tuple[Text, str], ...]:
    return (
        (Text("基本情况", "What happened"), one.summary),
        (Text("处置过程", "Course"), one.course),
        (Text("关键决策", "Decisions"), one.decisions),
        (Text("评估", "Evaluation"), one.evaluation),
        (Text("教训和启示", "Lessons"), one.lessons),
    )


def case_section(number: int, one: CasePart) -> Section:
    tags = "、".join(one.tags)
    rows = (
        (Text("编号", "Number"), Text(one.number, one.number)),
        (Text("类型", "Kind"), one.kind or BLANK),
        (Text("获悉日期", "Known on"), Text(one.known_on, one.known_on)),
        (Text("标签", "Tags"), Text(tags, ", ".join(one.tags)) if tags else BLANK),
        *one.facts,
    )
    parts = tuple(
        Section(name, paragraphs=tuple(Text(line, line) for line in said.splitlines() if line.strip()))
        for name, said in texts_of(one)
        if said
    )
    head = (Text("项目", "Item"), Text("内容", "Content"))
    title = Text(f"案例 {number}　{one.title}", f"Case {number}: {one.title}")
    return Section(title, tables=(Table(head, rows),), sections=parts)


def plan_section(number: int, plan: Plan) -> Section:
    """Return what of a plan is worth having at hand: who, at which level, does what within what, and by which card."""
    names = {post.id: post.title for post in plan.posts}
    levels = tuple(
        Text(
            f"{one.number.name} 级：{one.measures.in_language('zh') or '—'}",
            f"Level {one.number.name}: {one.measures.in_language('en') or '—'}",
        )
        for one in plan.levels
        if one.measures
    )
    posts = Table(
        (Text("岗位", "Post"), Text("职责", "Duties")),
        tuple((post.title, post.duties or BLANK) for post in plan.posts),
    )
    tasks = Table(
        (Text("任务", "Task"), Text("责任岗位", "Post"), Text("时限", "Within"), Text("处置要点", "Card")),
        tuple(
            (
                step.title,
                names.get(step.owner, BLANK),
                spanned(step.within.limit) if step.within else BLANK,
                step.card or BLANK,
            )
            for step in plan.steps
        ),
    )
    zh, en = plan.title.in_language("zh"), plan.title.in_language("en")
    return Section(
        Text(f"预案 {number}　{zh}（{plan.version}）", f"Plan {number}: {en} ({plan.version})"),
        sections=(
            Section(Text("响应级别", "Levels"), points=levels),
            Section(Text("组织和职责", "Posts"), tables=(posts,)),
            Section(Text("处置任务", "Tasks"), tables=(tasks,)),
        ),
    )

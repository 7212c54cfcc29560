"""What several reports show alike: names in both languages, and lines of the log in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from youbei import content
from youbei.engine.events import KINDS
from youbei.engine.plans.model import Plan
from youbei.engine.text import Text
from youbei.records.models import LogEntry
from youbei.records.models.people import Person
from youbei.records.models.scope import Bilingual


@dataclass(frozen=True, slots=True)
class LogLine:
    """One entry as a person reads it: `kind_name` says what happened, `subject` to what, `detail` the rest."""

    position: int
    stream: str
    seq: int
    at: datetime
    recorded_at: datetime
    mode: str
    kind: str
    kind_name: Text
    subject: Text
    detail: Text
    by_id: str
    by_label: str
    hash: str
    data: Mapping[str, Any]


def name_of(row: Bilingual | Person | None) -> Text:
    return Text() if row is None else Text(zh=row.name_zh, en=row.name_en)


NO_NAMES: Mapping[str, Text] = {}


def log_line(
    entry: LogEntry, data: Mapping[str, Any], plan: Plan | None = None, names: Mapping[str, Text] = NO_NAMES
) -> LogLine:
    """Turn an entry into words; `names` says what the codes of resources, holders and plans in it stand for."""
    return LogLine(
        position=entry.position,
        stream=entry.stream,
        seq=entry.seq,
        at=entry.at,
        recorded_at=entry.recorded_at,
        mode=entry.mode,
        kind=entry.kind,
        kind_name=Text(*KINDS.get(entry.kind, (entry.kind, entry.kind))),
        subject=subject_of(data, plan, names),
        detail=detail_of(data, plan, names),
        by_id=entry.by_id,
        by_label=entry.by_label,
        hash=entry.hash,
        data=data,
    )


def subject_of(data: Mapping[str, Any], plan: Plan | None, names: Mapping[str, Text] = NO_NAMES) -> Text:
    """Name what an entry is about: the step, post, need, resource, level, message or fact."""
    if step := data.get("step"):
        return step_title(str(step), plan)
    if post := data.get("post"):
        return post_title(str(post), plan)
    if isinstance(subject := data.get("subject"), Mapping):
        return Text.from_data(dict(subject))
    if level := data.get("level"):
        return level_name(level)
    if data.get("label"):
        return names.get(str(data.get("resource", "")), Text.from_data(str(data["label"])))
    if need := data.get("need"):
        return need_title(str(need), plan)
    if fact := content.fact_kinds().get(str(data.get("key", ""))):
        return fact.name
    for key in ("key", "assignment", "subject", "title", "number", "code", "plan", "recipient"):
        if data.get(key):
            return names.get(str(data[key]), Text.from_data(str(data[key])))
    return Text()


def detail_of(data: Mapping[str, Any], plan: Plan | None, names: Mapping[str, Text] = NO_NAMES) -> Text:
    """Return the words or values that say more: a value with its unit, whom it is for, a reason, a note."""
    if "value" in data:
        return content.describe_fact(str(data.get("key", "")), data["value"])
    if "grade" in data:
        return grade_title(str(data["grade"]), str(data.get("rule", "")))
    for key in ("reason", "note", "text", "briefing"):
        if isinstance(data.get(key), str) and data[key]:
            return Text.from_data(str(data[key]))
    for key in ("holder", "to"):
        if isinstance(data.get(key), str) and data[key]:
            return post_of(str(data[key]), plan) or names.get(str(data[key])) or Text.from_data(str(data[key]))
    return Text()


def grade_title(grade: str, rule: str) -> Text:
    """Return what a rule calls a grade, as it stands last; the code where the rule does not know it."""
    found = content.rules().get(rule)
    body = found.values[-1].body if found and found.values else None
    titles: dict[str, Text] = {one.code: one.title for one in getattr(body, "grades", ())}
    return titles.get(grade, Text.from_data(grade))


def need_title(need: str, plan: Plan | None) -> Text:
    """Name a need (`<step>/<need>`) by what it asks for and the step that asks."""
    step_id, _, need_id = need.partition("/")
    for step in plan.steps if plan else ():
        for asked in step.needs:
            if (step.id, asked.id) == (step_id, need_id):
                kind = content.capabilities().get(asked.capability) or content.items().get(asked.item)
                name = kind.name if kind else Text(zh=need_id, en=need_id)
                return Text(zh=f"{name.zh}（{step.title.zh}）", en=f"{name.en} ({step.title.en})")
    return Text(zh=need, en=need)


def step_title(step: str, plan: Plan | None) -> Text:
    found = next((one.title for one in plan.steps if one.id == step), None) if plan else None
    return found or Text(zh=step, en=step)


def post_title(post: str, plan: Plan | None) -> Text:
    return post_of(post, plan) or Text(zh=post, en=post)


def post_of(post: str, plan: Plan | None) -> Text | None:
    return next((one.title for one in plan.posts if one.id == post), None) if plan else None


def level_name(level: Any) -> Text:
    roman = {1: ("Ⅰ", "I"), 2: ("Ⅱ", "II"), 3: ("Ⅲ", "III"), 4: ("Ⅳ", "IV")}.get(level)
    return Text(zh=f"{roman[0]}级", en=f"Level {roman[1]}") if roman else Text(zh=str(level), en=str(level))

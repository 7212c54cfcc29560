"""What changed between two versions of a plan: chapter by chapter, level by level, post by post, step by step.

The order of entries does not count, their identifiers do. A chapter's text is compared by paragraph.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from youbei.engine.plans.language import CHAPTER, LEVEL, LIFE, LINK, PLAN, POST, SCENARIO
from youbei.engine.plans.language_steps import STEP
from youbei.engine.plans.model import Plan
from youbei.engine.plans.shapes import Field, Record
from youbei.engine.plans.toml_text import inline
from youbei.engine.text import Text


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """Say what changed at one place, such as `steps.isolate.within`; `before` and `after` are as a file writes them.

    Of a changed chapter they hold the paragraphs concerned.
    """

    place: str
    kind: ChangeKind
    before: str
    after: str
    summary: Text


@dataclass(frozen=True, slots=True)
class _Part:
    """One list of the plan: its key, the shape of its entries, which key identifies one, and what one is called."""

    key: str
    record: Record
    identifier: str
    name: Text


PARTS = (
    _Part("chapters", CHAPTER, "clause", Text(zh="章节", en="Clause")),
    _Part("levels", LEVEL, "number", Text(zh="级别", en="Level")),
    _Part("posts", POST, "id", Text(zh="岗位", en="Post")),
    _Part("steps", STEP, "id", Text(zh="步骤", en="Step")),
    _Part("links", LINK, "plan", Text(zh="衔接预案", en="Link to plan")),
    _Part("scenarios", SCENARIO, "id", Text(zh="情景", en="Scenario")),
    _Part("life", LIFE, "stage", Text(zh="流程节点", en="Stage")),
)
_LISTS = {part.key for part in PARTS}
_WORDS = {
    ChangeKind.ADDED: Text(zh="新增", en="added"),
    ChangeKind.REMOVED: Text(zh="删去", en="removed"),
    ChangeKind.CHANGED: Text(zh="改动", en="changed"),
}


def difference(old: Plan, new: Plan) -> tuple[Change, ...]:
    """Return every change from one plan to another, in the order in which plans are written; none for equal plans."""
    before, after = PLAN.write(old), PLAN.write(new)
    head = [key for key in PLAN.keys if key.key not in _LISTS]
    changes = list(_fields(head, before, after, "", Text(zh="预案", en="Plan")))
    for part in PARTS:
        changes += _entries(part, before.get(part.key, []), after.get(part.key, []))
    return tuple(changes)


def _entries(part: _Part, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    before, after = _keyed(part, old), _keyed(part, new)
    for name in dict.fromkeys((*after, *before)):
        place = f"{part.key}.{name}"
        title = _title(part, name, after.get(name, before.get(name, {})))
        if name not in before or name not in after:
            kind = ChangeKind.ADDED if name in after else ChangeKind.REMOVED
            word = _WORDS[kind]
            summary = Text(zh=f"{word.zh}{title.zh}。", en=f"{title.en} {word.en}.")
            was = inline(before[name]) if name in before else ""
            yield Change(place, kind, was, inline(after[name]) if name in after else "", summary)
        elif part.record is CHAPTER:
            yield from _chapter(before[name], after[name], place, title)
        else:
            yield from _fields(part.record.keys, before[name], after[name], f"{place}.", title)


def _keyed(part: _Part, entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Key entries by identifier; entries that share one (evaluated twice) are numbered."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        name = base = str(entry[part.identifier])
        count = 1
        while name in found:
            count += 1
            name = f"{base}[{count}]"
        found[name] = entry
    return found


def _title(part: _Part, name: str, entry: Mapping[str, Any]) -> Text:
    """Name an entry: `步骤“切断泄漏源”`, `Step "isolate"`."""
    title = entry.get("title", "")
    zh, en = (title.get("zh", ""), title.get("en", "")) if isinstance(title, Mapping) else (title, title)
    return Text(zh=f"{part.name.zh}“{zh or name}”", en=f'{part.name.en} "{en or name}"')


def _fields(
    keys: tuple[Field, ...] | list[Field], before: Mapping[str, Any], after: Mapping[str, Any], place: str, title: Text
) -> Iterator[Change]:
    for key in keys:
        if before.get(key.key) == after.get(key.key):
            continue
        was, now = before.get(key.key), after.get(key.key)
        kind = ChangeKind.ADDED if was is None else ChangeKind.REMOVED if now is None else ChangeKind.CHANGED
        zh, en = key.about.zh.rstrip("。"), key.key
        word = _WORDS[kind]
        yield Change(
            place + key.key,
            kind,
            "" if was is None else inline(was),
            "" if now is None else inline(now),
            Text(zh=f"{title.zh}：{word.zh}{key.key}（{zh}）。", en=f"{title.en}: {en} {word.en}."),
        )


def _chapter(before: Mapping[str, Any], after: Mapping[str, Any], place: str, title: Text) -> Iterator[Change]:
    yield from _fields([key for key in CHAPTER.keys if key.key == "title"], before, after, f"{place}.", title)
    for language in ("zh", "en"):
        was, now = _paragraphs(before["body"], language), _paragraphs(after["body"], language)
        matcher = difflib.SequenceMatcher(a=was, b=now, autojunk=False)
        for tag, first, last, start, stop in matcher.get_opcodes():
            if tag == "equal":
                continue
            kind = {"insert": ChangeKind.ADDED, "delete": ChangeKind.REMOVED}.get(tag, ChangeKind.CHANGED)
            number = (start if tag == "insert" else first) + 1
            word, tongue = _WORDS[kind], Text(zh="中文", en="Chinese") if language == "zh" else Text("英文", "English")
            yield Change(
                f"{place}.body.{language}[{number - 1}]",
                kind,
                "\n\n".join(was[first:last]),
                "\n\n".join(now[start:stop]),
                Text(
                    zh=f"{title.zh}：{word.zh}{tongue.zh}第 {number} 段。",
                    en=f"{title.en}: paragraph {number} {word.en} ({tongue.en}).",
                ),
            )


def _paragraphs(body: Any, language: str) -> list[str]:
    """Return the paragraphs of one language: parted by line ends, blank ones left out."""
    text = str(body.get(language, "")) if isinstance(body, Mapping) else str(body)
    return [line.strip() for line in text.splitlines() if line.strip()]

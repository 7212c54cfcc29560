"""What is wrong with a plan file: every problem with its place and cure, gathered before the file is refused."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from youbei.engine.errors import Refused
from youbei.engine.text import Text

# A file with more problems than this is told of the first ones only.
MOST = 50
# Reading stops here: such a file is no plan, and counting on would only take time.
MOST_COUNTED = 1000
# More words than this (a register, not a vocabulary) are sifted before the nearest is looked for, and never listed.
MANY = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """Name one thing wrong: `path` such as `steps[3].within.limit` (empty: the whole file), and the line if known."""

    path: str
    line: int | None
    what: Text
    cure: Text

    @property
    def place(self) -> Text:
        """Return the place as people say it: `line 12, steps[3].within.limit`."""
        zh = [f"第 {self.line} 行"] if self.line else []
        en = [f"line {self.line}"] if self.line else []
        tail = [self.path] if self.path else []
        return Text(zh="，".join(zh + tail), en=", ".join(en + tail))

    def as_text(self) -> Text:
        place = self.place
        return Text(
            zh=f"{place.zh}：{self.what.zh}{self.cure.zh}" if place else self.what.zh + self.cure.zh,
            en=f"{place.en}: {self.what.en} {self.cure.en}" if place else f"{self.what.en} {self.cure.en}",
        )


class PlanUnreadable(Refused):
    """Refuse a plan file, naming all problems found in it (the first `MOST` of them in `problems`)."""

    noun = Text("预案", "plan")

    def __init__(self, problems: Iterable[Problem], *, total: int | None = None) -> None:
        self.problems = tuple(problems)
        self.total = len(self.problems) if total is None else total
        said = [problem.as_text() for problem in self.problems]
        count = f"{self.total}+" if self.total >= MOST_COUNTED else str(self.total)
        if self.total == 1:
            zh = f"{self.noun.zh}文件无法读取。{said[0].zh}"
            en = f"The {self.noun.en} file cannot be read. {said[0].en}"
        else:
            zh = "\n".join([f"{self.noun.zh}文件无法读取，共有 {count} 处问题：", *(text.zh for text in said)])
            en = "\n".join([f"The {self.noun.en} file cannot be read; it has {count} problems:", *(t.en for t in said)])
        if self.total > len(self.problems):
            zh += f"\n……其余 {self.total - len(self.problems)} 处未列出。请先改正以上各处，再读一次。"
            en += f"\n... {self.total - len(self.problems)} more are not listed. Correct these first and read it again."
        super().__init__(zh=zh, en=en)


def refuse_file(*, zh: str, en: str, cure_zh: str, cure_en: str, line: int | None = None) -> PlanUnreadable:
    """Make the refusal of a whole file."""
    return PlanUnreadable([Problem("", line, Text(zh=zh, en=en), Text(zh=cure_zh, en=cure_en))])


class TooManyProblems(Exception):
    """Break off reading; never leaves the reader."""


@dataclass(slots=True)
class Gathered:
    """Gather problems while reading goes on; `line_of` finds the line of a path in the file.

    TooManyProblems is raised at `MOST_COUNTED`.
    """

    line_of: Callable[[tuple[str | int, ...]], int | None] = lambda path: None
    problems: list[Problem] = field(default_factory=list)
    total: int = 0

    def add(self, path: tuple[str | int, ...], what: Text, cure: Text) -> None:
        self.total += 1
        if len(self.problems) < MOST:
            self.problems.append(Problem(path_text(path), self.line_of(path), what, cure))
        if self.total >= MOST_COUNTED:
            raise TooManyProblems


@dataclass(frozen=True, slots=True)
class At:
    """Stand at one place of the file while reading; problems found here are gathered with its path."""

    gathered: Gathered
    path: tuple[str | int, ...] = ()

    def down(self, part: str | int) -> At:
        return At(self.gathered, (*self.path, part))

    def wrong(self, zh: str, en: str, *, cure_zh: str, cure_en: str) -> None:
        self.gathered.add(self.path, Text(zh=zh, en=en), Text(zh=cure_zh, en=cure_en))

    def expected(self, value: object, *, zh: str, en: str, cure_zh: str, cure_en: str) -> None:
        """Say that something else was expected here than `value`."""
        got = describe(value)
        self.wrong(
            f"此处应为{zh}，实为{got.zh}。", f"this must be {en}, not {got.en}.", cure_zh=cure_zh, cure_en=cure_en
        )


def path_text(path: Iterable[str | int]) -> str:
    """Write a path as people read it: `steps[3].within.limit`, counted from 0; parts too long to read are cut."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += ("." if text else "") + shorten(part)
    return text


def shorten(word: str, longest: int = 60) -> str:
    """Return a word fit to be shown: printable, and not longer than `longest`."""
    word = "".join(letter if letter.isprintable() else "�" for letter in word[: longest + 1])
    return word if len(word) <= longest else word[: longest - 1] + "…"


def describe(value: object) -> Text:
    """Name a value of a file as its author would: `the text "abc"`, `a list of 3`, `a table`."""
    if isinstance(value, bool):
        word = "true" if value else "false"
        return Text(zh=word, en=word)
    if isinstance(value, int):
        return _describe_integer(value)
    if isinstance(value, float):
        return Text(zh=f"小数 {value}", en=f"the number {value}")
    if isinstance(value, str):
        return Text(zh=f"文字“{shorten(value)}”", en=f'the text "{shorten(value)}"')
    if isinstance(value, list):
        return Text(zh=f"{len(value)} 项的列表", en=f"a list of {len(value)}")
    if isinstance(value, dict):
        return Text(zh="表", en="a table")
    if value is None:
        return Text(zh="空值 null", en="null")
    return Text(zh=f"{type(value).__name__} 类型的值", en=f"a {type(value).__name__}")


def _describe_integer(value: int) -> Text:
    if value.bit_length() > 64:
        return Text(zh="一个过大的整数", en="an integer too large")
    return Text(zh=f"整数 {value}", en=f"the integer {value}")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that looks most like `word`, or None where none looks like it.

    Of very many words only those are looked at that begin or end like it.
    """
    word, words = word[:80], list(known)
    if len(words) > MANY:
        words = [
            one for one in words if abs(len(one) - len(word)) <= 3 and (one[:4] == word[:4] or one[-4:] == word[-4:])
        ]
    found = difflib.get_close_matches(word, words[:MANY], n=1, cutoff=0.55)
    return found[0] if found else None


def meant(word: str, known: Iterable[str]) -> Text:
    """Suggest the nearest known word, or list the known ones where none is near."""
    words = list(known)
    near = nearest(word, words)
    if near is not None:
        return Text(zh=f"您是否指“{near}”？", en=f'Did you mean "{near}"?')
    listed = ", ".join(words[:12]) + (" …" if len(words) > 12 else "")
    if not listed:
        return Text(zh="请删去。", en="Remove it.")
    return Text(zh=f"可用的有：{listed}。", en=f"Known are: {listed}.")

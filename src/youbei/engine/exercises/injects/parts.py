"""What kinds of injects share: the keys of their tables, and how words and facts become effects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from youbei.engine.exercises.model import KnownFact
from youbei.engine.plans.shapes import Field, ListOf, Record, key
from youbei.engine.plans.values import FactValue
from youbei.engine.plans.words import Bilingual, Line, Slug
from youbei.engine.run.script import Effect, Learn, Say
from youbei.engine.text import Text

FACT = Record(
    KnownFact,
    (
        key("key", Slug(), "情况的名称。", "Which fact.", required=True),
        key("value", FactValue(), "取值。", "Its value.", required=True),
    ),
)
TO = key("to", Line(), "送给谁：岗位或登记册代码。", "Whom it reaches: a post, or a register code.", required=True)
TO_MAYBE = key("to", Line(), "送给谁：岗位或登记册代码；可不写。", "Whom it reaches; may be left out.")
TEXT = key("text", Bilingual(), "内容，照此送达。", "What it says, word for word.", required=True)
TEXT_MAYBE = key("text", Bilingual(), "内容。", "What it says.")
FACTS = key("facts", ListOf(FACT), "随之获悉的情况。", "Facts that become known with it.")
SENDER = key("sender", Bilingual(), "来自谁。", "Whom it is from.", required=True)


def said(to: str, subject: Text, text: Text) -> tuple[Effect, ...]:
    """Tell someone, where there is somebody to tell and something to say."""
    return (Say(to, subject, text),) if to and text else ()


def learnt(facts: Iterable[KnownFact], source: str) -> tuple[Effect, ...]:
    return tuple(Learn(fact.key, fact.value, source) for fact in facts)


def headed(zh: str, en: str, who: Text) -> Text:
    """Head a message with its kind and whom it is from."""
    return Text(f"{zh}：{who.in_language('zh')}", f"{en}: {who.in_language('en')}")


def told(method: str, sender: Text | None, to: str) -> dict[str, Any]:
    """Return what `inject.fired` states."""
    return {"method": method, "from": {} if sender is None else sender.as_data(), "to": to}


Keys = tuple[Field, ...]

"""A condition in a form: a line for each common kind, and a text for those within one another.

The lines that are filled in, and the text, are joined by "all" or "any". A condition that was written elsewhere is
taken apart into the lines as far as it goes, and the rest stands in the text: nothing of it is lost.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from youbei import content
from youbei.engine.conditions import Op, Quantity
from youbei.engine.plans.durations import NotADuration, format_duration, parse_duration
from youbei.engine.reasons import QUANTITIES, SIGNS, word_moment
from youbei.web.forms.choices import offer
from youbei.web.forms.exercise_control import value_of
from youbei.web.forms.facts import say
from youbei.web.forms.spans import HELP, SpanField

Data = dict[str, Any]
OPERATORS = [(op.value, SIGNS[op].en) for op in Op if op is not Op.IN]
DONE = [
    ("", "–"),
    ("met", gettext_lazy("is done")),
    ("open", gettext_lazy("is not done")),
    ("late", gettext_lazy("is overdue")),
]
# How an expected action stands -> the count that says so.
ACTION_IS = {"met": ("actions_met", "gte", 1), "open": ("actions_met", "eq", 0), "late": ("actions_late", "gte", 1)}
JOINS = [("all", gettext_lazy("All of it holds")), ("any", gettext_lazy("Any of it holds"))]


class NoCondition(ValueError):
    """Say that a text is no condition in JSON or TOML."""


def read_text(text: str) -> Data:
    """Read a condition as JSON, or as an inline table of TOML."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        try:
            found = tomllib.loads("when = " + " ".join(text.split())).get("when")
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise NoCondition from error
    if not isinstance(found, dict):
        raise NoCondition
    return found


def write_text(condition: Mapping[str, Any]) -> str:
    return json.dumps(condition, ensure_ascii=False)


def taken_apart(condition: Mapping[str, Any], allowed: Mapping[str, set[str]]) -> Data:
    """Return the lines that say a condition, under the names of the fields; what fits no line stands in `text`.

    `allowed` are the facts, actions and moments that the lines offer; what names others stays in the text.
    """
    join = next((one for one in ("all", "any") if one in condition and isinstance(condition[one], list)), "")
    parts = condition[join] if join and condition[join] else [condition]
    found: Data = {"join": join or "all"}
    rest = []
    for part in parts:
        line = line_of(part)
        is_offered = all(line[name] in allowed[name] for name in line.keys() & allowed.keys())
        if line and is_offered and not found.keys() & line.keys():
            found |= line
        else:
            rest.append(part)
    if rest:
        found["text"] = write_text(rest[0] if len(rest) == 1 else {found["join"]: rest})
    return found


def line_of(part: Mapping[str, Any]) -> Data:
    """Return the fields of the one line that says a condition; empty where none does."""
    op = next((one for one, _sign in OPERATORS if one in part), "")
    if "fact" in part and op:
        value = part[op]
        typed = str(value).lower() if isinstance(value, bool) else str(value)
        return {"fact": part["fact"], "fact_op": op, "fact_value": typed} if value_of(typed) == value else {}
    if "elapsed" in part:
        try:
            return {"moment": part["elapsed"], "moment_for": parse_duration(part["atleast"])}
        except NotADuration:
            return {}
    if "count" not in part or not op:
        return {}
    among = part.get("among", [])
    if len(among) == 1:
        state = next((word for word, said in ACTION_IS.items() if said == (part["count"], op, part[op])), "")
        return {"action": among[0], "action_is": state} if state else {}
    return {} if among else {"count": part["count"], "count_op": op, "count_value": part[op]}


def put_together(data: Mapping[str, Any], prefix: str) -> Data | None:
    """Return the condition that the cleaned fields say; None where nothing is filled in."""
    given = {name: data.get(prefix + name) for name in FIELDS}
    parts: list[Data] = []
    if given["fact"]:
        parts.append({"fact": given["fact"], given["fact_op"] or "eq": value_of(str(given["fact_value"] or ""))})
    if given["action"] and given["action_is"]:
        count, op, value = ACTION_IS[given["action_is"]]
        parts.append({"count": count, op: value, "among": [given["action"]]})
    if given["moment"]:
        parts.append({"elapsed": given["moment"], "atleast": format_duration(given["moment_for"] or timedelta(0))})
    if given["count"]:
        parts.append({"count": given["count"], given["count_op"] or "gte": given["count_value"] or 0})
    if given["text"]:
        parts.append(given["text"])
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {given["join"] or "all": parts}


class ConditionText(forms.CharField):
    """A condition as text, read into data."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "translate": "no"}))
        super().__init__(required=False, max_length=20_000, **options)

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        try:
            return read_text(text)
        except NoCondition:
            raise forms.ValidationError(
                _(
                    "This is no condition. Write one as in the exercise language, such as "
                    '{all = [{fact = "deaths", gte = 1}, {not = {elapsed = "acted", atleast = "PT10M"}}]}.'
                )
            ) from None


FIELDS = (
    "join", "fact", "fact_op", "fact_value", "action", "action_is", "moment", "moment_for",
    "count", "count_op", "count_value", "text",
)  # fmt: skip


def add_condition(form: forms.Form, prefix: str, *, actions: Iterable[Any], moments: Iterable[Any]) -> None:
    """Give a form the fields of a condition."""
    fields: dict[str, forms.Field] = {
        "join": forms.ChoiceField(label=_("Joined"), choices=JOINS, required=False),
        "fact": forms.ChoiceField(label=_("A fact"), required=False),
        "fact_op": forms.ChoiceField(label=_("Compared"), choices=OPERATORS, required=False, initial="eq"),
        "fact_value": forms.CharField(label=_("With the value"), required=False, max_length=200),
        "action": forms.ChoiceField(label=_("An expected action"), required=False),
        "action_is": forms.ChoiceField(label=_("How it stands"), choices=DONE, required=False),
        "moment": forms.ChoiceField(label=_("Time since"), required=False),
        "moment_for": SpanField(label=_("At least so long ago"), required=False, help_text=HELP),
        "count": forms.ChoiceField(label=_("How many"), required=False),
        "count_op": forms.ChoiceField(label=_("Compared"), choices=OPERATORS, required=False, initial="gte"),
        "count_value": forms.IntegerField(label=_("With the number"), required=False, min_value=0, max_value=100_000),
        "text": ConditionText(
            label=_("Or in the exercise language, for conditions within conditions"),
            help_text=_("all, any and not may stand within one another; it is checked before it is kept."),
        ),
    }  # fmt: skip
    for name, one in fields.items():
        form.fields[prefix + name] = one
    facts = content.fact_kinds()
    offer(form, prefix + "fact", [("", "–"), *((key, say(kind.name)) for key, kind in facts.items())])
    offer(form, prefix + "action", [("", "–"), *actions])
    offer(form, prefix + "moment", [("", "–"), *moments])
    offer(form, prefix + "count", [("", "–"), *((one.value, say(QUANTITIES[one])) for one in Quantity)])


def moment_choices(names: Mapping[str, Iterable[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Return the moments of a script with words: those of all runs, then those of its injects, actions and steps."""
    plain = ["startex", "acted", "known", "activation", "level", "ended"]
    found = [(one, say(word_moment(one))) for one in plain]
    states = {"inject": ("fired", "skipped"), "action": ("met", "late"), "step": ("opened", "finished")}
    for kind, listed in names.items():
        for name, title in listed:
            for state in states[kind]:
                moment = f"{kind}:{name}:{state}"
                found.append((moment, f"{title} · {say(word_moment(state))}" if title else say(word_moment(moment))))
    return found

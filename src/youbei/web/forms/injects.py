"""The form of one inject: what it is, when it comes, what it brings, and what is expected to be done about it.

The fields of a kind are made from the keys of its table in the exercise language, so that a new kind has a form at
once. The form yields the inject as an exercise file has it; what is wrong with that is said at the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei import content
from youbei.engine.exercises.injects import INJECTS
from youbei.engine.exercises.model import Exercise, InjectType
from youbei.engine.plans.durations import format_duration, parse_duration
from youbei.engine.plans.model import Plan
from youbei.engine.plans.problems import Problem
from youbei.engine.plans.shapes import Field, ListOf
from youbei.engine.plans.values import FactValue, Number, Span
from youbei.engine.plans.words import Bilingual
from youbei.engine.text import Text
from youbei.web import wording
from youbei.web.forms.conditions import add_condition, moment_choices, put_together, taken_apart
from youbei.web.forms.exercise_control import value_of
from youbei.web.forms.expected import Actions
from youbei.web.forms.facts import say
from youbei.web.forms.spans import HELP, SpanField

Data = dict[str, Any]
FACTS_SHOWN = 3
MOST_ROWS = 60
COMES = ("startex", "clock", "moment")
FACT_KEYS = frozenset({"key", "severity"})


class InjectForm(forms.Form):
    """One inject of one kind. `seen` is the inject as it stands, empty for a new one."""

    def __init__(
        self,
        *args: Any,
        kind: str,
        script: Exercise,
        plan: Plan,
        seen: Mapping[str, Any] | None = None,
        rows: Mapping[str, int] | None = None,
        **options: Any,
    ) -> None:
        self.kind, self.script, self.plan = kind, script, plan
        self.seen = dict(seen or {})
        wanted = rows or {}
        self.fact_rows = min(wanted.get("facts", len(self.seen.get("facts", ())) + FACTS_SHOWN), MOST_ROWS)
        self.actions = Actions(self.seen.get("expects", ()), script, plan, wanted.get("actions"))
        super().__init__(*args, **options)
        others = [(one.id, f"{one.id} · {say(one.title)}") for one in script.injects if one.id != self.seen.get("id")]
        actions = [(one.id, f"{one.id} · {say(one.title)}") for _inject, one in script.actions]
        steps = [(one.id, say(one.title)) for one in plan.steps]
        self.posts = [(one.id, say(one.title)) for one in plan.posts]
        self.moments = moment_choices({"inject": others, "action": actions, "step": steps})
        self.others = others
        self.add_what()
        self.add_when(actions)
        self.add_content()
        self.actions.add_to(self)
        if not self.is_bound and not self.initial:
            self.initial = self.first_values()

    def add_what(self) -> None:
        types = [(one.value, wording.INJECT_TYPES[one.value]) for one in InjectType]
        objectives = [("", "–"), *((one.id, say(one.title)) for one in self.script.objectives)]
        add = self.fields
        add["title_zh"] = forms.CharField(label=_("Title, Chinese"), max_length=200, required=False)
        add["title_en"] = forms.CharField(label=_("Title, English"), max_length=200, required=False)
        add["type"] = forms.ChoiceField(
            label=_("Purpose"), choices=types, initial="expected",
            help_text=_("A contingency without a condition comes by the controller's hand alone."),
        )  # fmt: skip
        add["objective"] = forms.ChoiceField(label=_("Objective"), choices=objectives, required=False)
        for name, label in (("controller", _("Controller who brings it")), ("notes", _("Notes for controllers"))):
            for language, words in (("zh", _("in Chinese")), ("en", _("in English"))):
                add[f"{name}_{language}"] = forms.CharField(
                    label=f"{label} · {words}", max_length=2000, required=False, widget=text_area(2)
                )

    def add_when(self, actions: Iterable[tuple[str, str]]) -> None:
        ways = [
            ("startex", _("So long after StartEx")),
            ("clock", _("At a time on the clock of the scenario")),
            ("moment", _("So long after something has happened")),
        ]
        add = self.fields
        add["comes"] = forms.ChoiceField(label=_("It comes"), choices=ways, widget=forms.RadioSelect, initial="startex")
        add["clock"] = forms.RegexField(
            r"^(?:[01]\d|2[0-3]):[0-5]\d$", label=_("Clock"), required=False,
            widget=forms.TextInput(attrs={"placeholder": self.script.start.clock, "autocomplete": "off"}),
            error_messages={"invalid": _("Write a time of day like 09:30.")},
        )  # fmt: skip
        add["delay"] = SpanField(label=_("How long after"), required=False, help_text=HELP)
        since = [(one, words) for one, words in self.moments if one != "startex"]
        add["since"] = forms.ChoiceField(label=_("After what"), choices=[("", "–"), *since], required=False)
        add["after"] = forms.MultipleChoiceField(
            label=_("Only once these have come"),
            choices=self.others,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        add_condition(self, "when_", actions=actions, moments=self.moments)
        add_condition(self, "unless_", actions=actions, moments=self.moments)

    def add_content(self) -> None:
        for key in self.keys:
            for name, field in self.content_fields(key):
                self.fields[name] = field

    @property
    def keys(self) -> tuple[Field, ...]:
        return INJECTS[self.kind].keys

    def content_fields(self, key: Field) -> Iterator[tuple[str, forms.Field]]:
        label = say(key.about).rstrip("。.")
        if key.key == "to":
            choices = [("", "–"), *self.posts, ("public", _("the public"))]
            yield "to", forms.ChoiceField(label=_("Whom it reaches"), choices=choices, required=False)
            yield "to_other", forms.CharField(
                label=_("Or a register code"), max_length=120, required=False,
                help_text=_("Such as agency:haizhou-fire, or the code of a post."),
            )  # fmt: skip
        elif isinstance(key.shape, Bilingual):
            for language, words in (("zh", _("in Chinese")), ("en", _("in English"))):
                widget = text_area(3) if key.key == "text" else forms.TextInput()
                yield (
                    f"{key.key}_{language}",
                    forms.CharField(label=f"{label} · {words}", max_length=4000, required=False, widget=widget),
                )
        elif isinstance(key.shape, ListOf):
            yield from self.fact_fields()
        else:
            yield key.key, plain_field(key, label)

    def fact_fields(self) -> Iterator[tuple[str, forms.Field]]:
        for number in range(self.fact_rows):
            yield f"fact_{number}", forms.ChoiceField(label=_("Fact"), choices=fact_choices(), required=False)
            yield f"value_{number}", forms.CharField(label=_("Value"), max_length=200, required=False)

    def first_values(self) -> Data:
        """Return what the fields hold for the inject as it stands."""
        if not self.seen:
            return {}
        seen = self.seen
        found: Data = {name: seen[name] for name in ("type", "objective") if name in seen}
        for name in ("title", "controller", "notes"):
            found |= two(name, seen.get(name, ""))
        found |= self.first_timing(seen.get("at", {}))
        for key in self.keys:
            found |= self.first_content(key, seen.get(key.key))
        return found | self.actions.first_values()

    def first_timing(self, at: Mapping[str, Any]) -> Data:
        since = at.get("since", "startex")
        found: Data = {"comes": "clock" if "clock" in at else "startex" if since == "startex" else "moment"}
        found |= {
            "clock": at.get("clock", ""),
            "since": "" if since == "startex" else since,
            "after": list(at.get("after", ())),
        }
        if "delay" in at:
            found["delay"] = parse_duration(at["delay"])
        for name in ("when", "unless"):
            if name in at:
                offered = {key: self.codes_of(f"{name}_{key}") for key in ("fact", "action", "moment")}
                found |= {f"{name}_{key}": value for key, value in taken_apart(at[name], offered).items()}
        return found

    def codes_of(self, name: str) -> set[str]:
        """Return what a field of choices offers."""
        field: Any = self.fields[name]
        return {str(code) for code, _words in field.choices}

    def first_content(self, key: Field, value: Any) -> Data:
        if value is None:
            return {}
        if key.key == "to":
            return {"to": value} if value in self.codes_of("to") else {"to_other": value}
        if isinstance(key.shape, Bilingual):
            return two(key.key, value)
        if isinstance(key.shape, ListOf):
            return {
                name: part
                for number, fact in enumerate(value)
                for name, part in ((f"fact_{number}", fact["key"]), (f"value_{number}", written(fact["value"])))
            }
        if isinstance(key.shape, Span):
            return {key.key: parse_duration(value)}
        return {key.key: written(value)}

    def clean(self) -> Data:
        data: Data = super().clean() or {}
        inject: Data = {"kind": self.kind, "title": joined(data, "title"), "type": data.get("type", "expected")}
        if not inject["title"]:
            self.add_error("title_zh" if in_chinese() else "title_en", _("Give the inject a title."))
        inject |= {name: joined(data, name) for name in ("controller", "notes")}
        inject["objective"] = data.get("objective", "")
        inject["at"] = self.timing(data)
        for key in self.keys:
            inject |= self.content_of(key, data)
        inject["expects"] = self.actions.data_of(data, self)
        return {"inject": {name: value for name, value in inject.items() if value not in ("", [], {}, None)}}

    def timing(self, data: Data) -> Data:
        comes = data.get("comes", "startex")
        at: Data = {"after": data.get("after", [])}
        if comes == "clock":
            at["clock"] = data.get("clock", "")
            if not at["clock"] and "clock" not in self.errors:
                self.add_error("clock", _("Say at what time it comes, like 09:30."))
        elif data.get("delay") is not None:
            at["delay"] = format_duration(data["delay"])
        if comes == "moment":
            at["since"] = data.get("since", "")
            if not at["since"] and "since" not in self.errors:
                self.add_error("since", _("Choose after what it comes."))
        for name in ("when", "unless"):
            at[name] = put_together(data, f"{name}_")
        return {name: value for name, value in at.items() if value not in ("", [], None, "PT0S")}

    def content_of(self, key: Field, data: Data) -> Data:
        if key.key == "to":
            value: Any = data.get("to_other") or data.get("to", "")
        elif isinstance(key.shape, Bilingual):
            value = joined(data, key.key)
        elif isinstance(key.shape, ListOf):
            value = self.facts(data)
        elif isinstance(key.shape, Span):
            value = None if data.get(key.key) is None else format_duration(data[key.key])
        elif isinstance(key.shape, FactValue):
            value = value_of(str(data.get(key.key, "")))
        else:
            value = data.get(key.key)
        if (value is None or value == "" or value == [] or value == {}) and key.is_required:
            at = self.field_at(key.key)
            if at not in self.errors:
                self.add_error(at, _("This is needed."))
        return {key.key: value}

    def facts(self, data: Data) -> list[Data]:
        return [
            {"key": data[f"fact_{number}"], "value": value_of(str(data.get(f"value_{number}", "")))}
            for number in range(self.fact_rows)
            if data.get(f"fact_{number}")
        ]

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Say at its field what the reader of the language found wrong with the inject."""
        for problem in problems:
            path = re.sub(r"^injects\[\d+\]\.?", "", problem.path)
            field = self.actions.field_at(path) or self.field_at(path)
            text = Text(problem.what.zh + problem.cure.zh, f"{problem.what.en} {problem.cure.en}")
            said = say(text)
            self.add_error(field if field in self.fields else None, said if field in self.fields else f"{path}: {said}")

    def field_at(self, path: str) -> str:
        """Return the field that a place of the inject is written in; empty where there is none."""
        if path == "facts":
            return "fact_0"
        if path.startswith("facts["):
            return f"value_{path[6:].split(']')[0]}"
        name = path.removeprefix("at.").split(".")[0].split("[")[0]
        for found in (name, f"{name}_{'zh' if in_chinese() else 'en'}", f"{name}_text"):
            if found in self.fields:
                return found
        return ""


def in_chinese() -> bool:
    return (get_language() or "en").startswith("zh")


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "translate": "no"})


def fact_choices() -> list[tuple[str, str]]:
    return [("", "–"), *((key, say(kind.name)) for key, kind in content.fact_kinds().items())]


def plain_field(key: Field, label: str) -> forms.Field:
    """Return the field of a key that holds one plain value."""
    if key.key in FACT_KEYS:
        return forms.ChoiceField(label=label, choices=fact_choices(), required=key.is_required)
    if isinstance(key.shape, Number) and key.shape.is_whole:
        return forms.IntegerField(label=label, required=key.is_required, min_value=int(key.shape.low))
    if isinstance(key.shape, Number):
        return forms.FloatField(label=label, required=key.is_required, min_value=key.shape.low)
    if isinstance(key.shape, Span):
        return SpanField(label=label, required=key.is_required, help_text=HELP)
    return forms.CharField(label=label, max_length=200, required=key.is_required)


def two(name: str, value: Any) -> Data:
    text = Text.from_data(value)
    return {f"{name}_zh": text.zh, f"{name}_en": text.en}


def joined(data: Data, name: str) -> Any:
    """Return a text of two fields as the language writes it; empty where neither is filled in."""
    zh, en = data.get(f"{name}_zh", ""), data.get(f"{name}_en", "")
    return {key: text for key, text in (("zh", zh), ("en", en)) if text}


def written(value: Any) -> Any:
    """Write a value as it is typed: yes and no as words."""
    return str(value).lower() if isinstance(value, bool) else value

"""Rows of expected actions in the form of an inject: what, by whom, within what, and how one sees that it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from youbei.engine.exercises.model import Exercise
from youbei.engine.plans.durations import format_duration, parse_duration
from youbei.engine.plans.model import Plan
from youbei.web.forms.conditions import ConditionText, write_text
from youbei.web.forms.facts import say
from youbei.web.forms.spans import HELP, SpanField

SHOWN = 1
MOST = 30
PARTS = ("title_zh", "title_en", "who", "within", "step", "done", "objective")


class Actions:
    """The rows; `seen` are the actions as they stand. A row without a title is not kept: emptying one removes it."""

    def __init__(self, seen: Sequence[Mapping[str, Any]], script: Exercise, plan: Plan, rows: int | None) -> None:
        self.seen, self.script, self.plan = list(seen), script, plan
        self.count = min(max(rows or 0, len(self.seen) + (0 if self.seen else SHOWN)), MOST)
        self.kept: list[int] = []

    def add_to(self, form: forms.Form) -> None:
        posts = [("", "–"), *((one.id, say(one.title)) for one in self.plan.posts)]
        steps = [("", "–"), *((one.id, say(one.title)) for one in self.plan.steps)]
        objectives = [("", _("that of the inject")), *((one.id, say(one.title)) for one in self.script.objectives)]
        for number in range(self.count):
            fields: dict[str, forms.Field] = {
                "title_zh": forms.CharField(label=_("What is to be done, Chinese"), max_length=300, required=False),
                "title_en": forms.CharField(label=_("What is to be done, English"), max_length=300, required=False),
                "who": forms.ChoiceField(label=_("By whom"), choices=posts, required=False),
                "within": SpanField(label=_("Within"), required=False, help_text=HELP),
                "step": forms.ChoiceField(label=_("Seen by this step being finished"), choices=steps, required=False),
                "done": ConditionText(
                    label=_("Or seen by a condition"),
                    widget=forms.TextInput(attrs={"spellcheck": "false", "translate": "no"}),
                    help_text=_("Neither: an evaluator says so."),
                ),
                "objective": forms.ChoiceField(label=_("Objective"), choices=objectives, required=False),
            }  # fmt: skip
            for name, field in fields.items():
                form.fields[f"a{number}_{name}"] = field

    def first_values(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, action in enumerate(self.seen):
            title = action["title"]
            zh, en = (title, title) if isinstance(title, str) else (title.get("zh", ""), title.get("en", ""))
            values = {"title_zh": zh, "title_en": en, "within": parse_duration(action["within"])}
            values |= {name: action[name] for name in ("who", "step", "objective") if name in action}
            if "done" in action:
                values["done"] = write_text(action["done"])
            found |= {f"a{number}_{name}": value for name, value in values.items()}
        return found

    def data_of(self, data: Mapping[str, Any], form: forms.Form) -> list[dict[str, Any]]:
        """Return the actions of the rows that say something; say at its field what a row lacks."""
        self.kept = []
        found = []
        for number in range(self.count):
            row = {name: data.get(f"a{number}_{name}") for name in PARTS}
            title = {key: row[f"title_{key}"] for key in ("zh", "en") if row[f"title_{key}"]}
            if not title:
                continue
            if row["within"] is None and f"a{number}_within" not in form.errors:
                form.add_error(f"a{number}_within", _("Say within what time it is to be done."))
            if row["step"] and row["done"]:
                form.add_error(f"a{number}_done", _("Choose a step or write a condition, not both."))
            action: dict[str, Any] = {
                "id": self.seen[number]["id"] if number < len(self.seen) else "",
                "title": title,
                "within": format_duration(row["within"]) if row["within"] is not None else "",
                **{name: row[name] for name in ("who", "step", "done", "objective")},
            }
            found.append({name: value for name, value in action.items() if value not in ("", None)})
            self.kept.append(number)
        return found

    def field_at(self, path: str) -> str:
        """Return the field of a place such as `expects[1].within`; empty for any other."""
        if not path.startswith("expects["):
            return ""
        index, _sep, rest = path[8:].partition("]")
        if not index.isdigit() or int(index) >= len(self.kept):
            return ""
        name = rest.lstrip(".").split(".")[0].split("[")[0]
        number = self.kept[int(index)]
        return f"a{number}_{name if name in PARTS else 'title_zh'}"

    def rows(self, form: forms.Form) -> list[list[forms.BoundField]]:
        return [[form[f"a{number}_{name}"] for name in PARTS] for number in range(self.count)]

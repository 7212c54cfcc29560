"""A condition and a length of time come out of their form as they went in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from youbei.web.forms.conditions import NoCondition, put_together, read_text, taken_apart
from youbei.web.forms.spans import read_span, write_span

ALLOWED = {"fact": {"deaths", "leaking"}, "action": {"a", "b"}, "moment": {"acted", "inject:x:fired"}}
FACTS = some.builds(
    lambda key, op, value: {"fact": key, op: value},
    some.sampled_from(["deaths", "leaking", "unlisted"]),
    some.sampled_from(["eq", "gte", "ne"]),
    some.one_of(some.integers(0, 99), some.booleans(), some.sampled_from(["red", "12", "true"])),
)
ELAPSED = some.builds(
    lambda moment, span: {"elapsed": moment, "atleast": span},
    some.sampled_from(["acted", "inject:x:fired", "activation"]),
    some.sampled_from(["PT10M", "PT0S", "P1D"]),
)
COUNTS = some.builds(
    lambda of, op, number, among: {"count": of, op: number} | ({"among": among} if among else {}),
    some.sampled_from(["actions_met", "actions_late", "injects_fired"]),
    some.sampled_from(["eq", "gte"]),
    some.integers(0, 2),
    some.sampled_from([[], ["a"], ["a", "b"], ["unlisted"]]),
)
CONDITIONS: some.SearchStrategy[dict[str, Any]] = some.recursive(
    some.one_of(FACTS, ELAPSED, COUNTS),
    lambda inner: some.one_of(
        some.lists(inner, min_size=2, max_size=4).map(lambda parts: {"all": parts}),
        some.lists(inner, min_size=2, max_size=4).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
)


def flat(condition: dict[str, Any]) -> Any:
    """Return a condition with the order of what is joined, and joins within the same join, left out."""
    for join in ("all", "any"):
        if join in condition:
            parts: list[Any] = []
            for part in map(flat, condition[join]):
                parts += part[1] if part[0] == join else [part]
            return (join, sorted(parts, key=repr))
    if "not" in condition:
        return ("not", flat(condition["not"]))
    return ("leaf", json.dumps(condition, sort_keys=True))


@given(CONDITIONS)
def test_a_condition_comes_out_of_its_form_as_it_went_in(condition: dict[str, Any]) -> None:
    fields = taken_apart(condition, ALLOWED)
    posted = {f"when_{name}": value for name, value in fields.items()}
    if "text" in fields:
        posted["when_text"] = read_text(fields["text"])
    found = put_together(posted, "when_")
    assert found is not None
    assert flat(found) == flat(condition)


def test_a_condition_is_read_from_toml_as_from_json() -> None:
    toml = '{all = [\n  {fact = "deaths", gte = 1},\n  {not = {elapsed = "acted", atleast = "PT10M"}}]}'
    assert read_text(toml) == {"all": [{"fact": "deaths", "gte": 1}, {"not": {"elapsed": "acted", "atleast": "PT10M"}}]}
    for text in ("deaths > 3", "[1]", '"x"', "{", "{a = 1} \n b = 2", "\x00"):
        with pytest.raises(NoCondition):
            read_text(text)


@given(some.integers(0, 300_000_000).map(lambda seconds: timedelta(seconds=seconds)))
def test_a_length_of_time_is_read_as_it_is_written(span: timedelta) -> None:
    assert read_span(write_span(span)) == span


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("10", 10), ("1h30", 90), ("45s", 0.75), ("2d", 2880), ("PT1H", 60), ("pt5m", 5), ("1小时20分", 80), ("0", 0)],
)
def test_people_write_lengths_in_many_ways(text: str, minutes: float) -> None:
    assert read_span(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "soon", "-5", "99999d", "1x", "5 5", "1e9"])
def test_what_is_no_length_is_told_from_one(text: str) -> None:
    assert read_span(text) is None

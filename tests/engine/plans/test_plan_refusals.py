"""A file that is no plan is refused with every problem, its place and its cure; nothing else ever happens."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_samples import SAMPLE

from youbei.engine.plans.model import Plan
from youbei.engine.plans.problems import PlanUnreadable, Problem
from youbei.engine.plans.read import plan_from_data, read_plan
from youbei.engine.plans.write import plan_to_data

DATA = plan_to_data(read_plan(SAMPLE))


def refusal(text: str | bytes, **how: Any) -> PlanUnreadable:
    with pytest.raises(PlanUnreadable) as caught:
        read_plan(text, **how)
    said = caught.value.text
    assert said.zh
    assert said.en
    return caught.value


def problems(*changes: tuple[str, str]) -> tuple[Problem, ...]:
    text = SAMPLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return refusal(text).problems


@pytest.mark.parametrize(
    ("old", "new", "path", "en"),
    [
        ('limit = "PT10M"', 'limit = "10 minutes"', "steps[1].within.limit", "must be a duration"),
        ('limit = "PT10M"', 'limit = "-PT10M"', "steps[1].within.limit", "cannot be negative"),
        ('limit = "PT10M"', 'limit = "P1M"', "steps[1].within.limit", "years and months"),
        ('limit = "PT10M"', 'limit = "P99999D"', "steps[1].within.limit", "at most ten years"),
        ('owner = "ops"', 'ownr = "ops"', "steps[1].ownr", 'Did you mean "owner"?'),
        ('kind = "special"', 'kind = "specail"', "kind", 'Did you mean "special"?'),
        ("count = 2", "count = 2.5", "steps[1].needs[0].count", "whole number"),
        ("count = 2", "count = 99999999999999999999999", "steps[1].needs[0].count", "too large"),
        ("count = 2", "count = true", "steps[1].needs[0].count", "not true"),
        ("quantity = 4", "quantity = nan", "steps[1].needs[1].quantity", "not the number nan"),
        ("quantity = 4", "quantity = -1", "steps[1].needs[1].quantity", "not the integer -1"),
        ('id = "isolate"', 'id = "alarm"', "steps[1].id", "already used at steps[0].id"),
        ('id = "suits"', 'id = "foam"', "steps[1].needs[1].id", "already used"),
        ('number = "IV"', 'number = "III"', "levels[1].number", "already used"),
        ('number = "IV"', "number = 4", "levels[1].number", "a response level"),
        ("when = {always = true}", "when = {}", "levels[1].when", "does not say what it looks at"),
        ("gte = 3}", 'gte = "many"}', "levels[0].when.all[0].gte", "Only numbers have an order"),
        ("gte = 3}", "gte = 3, lte = 5}", "levels[0].when.all[0]", "exactly one operator"),
        ("gte = 3}", "atleast = 3}", "levels[0].when.all[0]", "no operator"),
        ('elapsed = "known"', 'elapsed = "knwon"', "levels[0].when.all[1].elapsed", 'Did you mean "known"'),
        ("on = 2026-03-02", 'on = "2 March"', "life[0].on", "must be a date"),
        ("[end]", "[ende]", "ende", 'Did you mean "end"?'),
        ("automatic = true", 'automatic = "yes"', "levels[0].automatic", "true or false"),
        ("lat = 36.1", "lat = 136.1", "scenarios[0].place.lat", "from -90 to 90"),
    ],
)
def test_a_mistake_is_named_with_place_line_and_cure(old: str, new: str, path: str, en: str) -> None:
    found = problems((old, new))
    match = next((one for one in found if one.path == path), None)
    assert match is not None, [one.path for one in found]
    changed = SAMPLE.replace(old, new, 1)
    assert match.line == changed[: changed.index(new, SAMPLE.index(old))].count("\n") + 1
    assert en in match.as_text().en
    assert match.what.zh
    assert match.cure.zh


def test_all_mistakes_are_named_at_once_up_to_fifty() -> None:
    found = problems(('kind = "special"', 'kind = "x"'), ('owner = "ops"', "owner = 1"), ("[end]", "[ende]"))
    assert [one.path for one in found] == ["ende", "kind", "steps[1].owner"]
    many = refusal(json.dumps({**DATA, **{f"k{n}": n for n in range(70)}}))
    assert len(many.problems) == 50
    assert many.total == 70
    assert "20 more are not listed" in many.text.en


def test_a_file_with_endless_mistakes_is_given_up_early() -> None:
    refused = refusal("hazards = [" + "1," * 1_000_000 + "]")
    assert len(refused.problems) == 50
    assert "it has 1000+ problems" in refused.text.en


def test_a_missing_key_is_named_with_what_it_means() -> None:
    found = problems(('version = "2026.1"\n', ""))
    assert found[0].as_text().en == '"version" is missing. Add it: Version.'


@pytest.mark.parametrize(
    ("content", "en"),
    [
        (b"", "The file is empty"),
        (b" \n\n", "The file is empty"),
        (b"%PDF-1.7 ...", "a PDF file"),
        (b"PK\x03\x04....word/document.xml", "a Word file"),
        (b"PK\x03\x04....xl/workbook.xml", "an Excel file"),
        (b"PK\x03\x04....", "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (bytes(range(256)), "binary file"),
        (b"\xff\xff\xff\xff", "neither UTF-8 nor GB18030"),
        (b"[1, 2]", "not TOML"),
        (b"{", "cut off"),
        (b'{"id": "a", "id": "b"}', 'holds "id" twice'),
        (b'{"id": NaN}', "no number of JSON"),
        (b'{"id": ' + b"9" * 5000 + b"}", "number too long"),
        (b"x = " + b"9" * 5000, "number too long"),
        (b"x = " + b"[" * 5000, "nested too deep"),
        (b'{"a": ' + b"[" * 100_000, "nested too deep"),
        (b"a" + b".a" * 100_000 + b" = 1", "nested too deep"),
        (b"id = 'x'\nid = 'y'", "line 2"),
        (SAMPLE.encode("utf-16")[:501], "damaged or cut off"),
        (SAMPLE.encode()[: SAMPLE.encode().index("专项".encode()) + 1], "ends in the middle of a character"),
        (SAMPLE.encode().replace("切断泄漏源".encode(), b"\xff\xfe"), "line 55: A byte here is not UTF-8"),
        (b"# " + b"x" * 10 * 1024 * 1024, "the limit is 10 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_plan_is_told_what_it_is(content: bytes, en: str) -> None:
    assert en in refusal(content).text.en


def test_conditions_nested_too_deep_are_refused_where_they_are() -> None:
    condition: Any = {"always": True}
    for _ in range(200):
        condition = {"not": condition}
    with pytest.raises(PlanUnreadable) as caught:
        plan_from_data({**DATA, "end": {"when": condition}})
    assert "more than 20 deep" in caught.value.text.en


def test_ten_megabytes_are_read_or_refused_within_seconds() -> None:
    text = SAMPLE + "\n# " + "预案" * 1_700_000
    started = time.process_time()
    read_plan(text.encode())
    assert time.process_time() - started < 10


@pytest.mark.parametrize("cut", range(0, len(SAMPLE), 61))
def test_a_truncated_file_is_read_or_refused(cut: int) -> None:
    read_or_refused(SAMPLE[:cut])
    read_or_refused(SAMPLE.encode()[:cut])


def read_or_refused(content: str | bytes, **how: Any) -> None:
    try:
        found: Plan | PlanUnreadable = read_plan(content, **how)
    except PlanUnreadable as refused:
        found = refused
    assert isinstance(found, Plan) or (found.text.zh and found.text.en and found.problems)


@given(st.binary(max_size=300), st.sampled_from([None, "toml", "json"]))
def test_any_bytes_are_a_plan_or_refused(content: bytes, format: Any) -> None:
    read_or_refused(content, format=format)


@given(st.text(max_size=200), st.sampled_from([None, "toml", "json"]))
def test_any_text_is_a_plan_or_refused(content: str, format: Any) -> None:
    read_or_refused(content, format=format)


@settings(max_examples=200)
@given(st.data())
def test_a_plan_with_pieces_changed_is_a_plan_or_refused(data: st.DataObject) -> None:
    raw = bytearray(SAMPLE.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(raw)))
        raw[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=8))
    read_or_refused(bytes(raw))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple = ()) -> list[tuple]:
    found = [path]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        found += places(part, (*path, key))
    return found


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(places(DATA)[1:]), json_values)
def test_a_plan_with_any_value_replaced_is_a_plan_or_refused(path: tuple, value: Any) -> None:
    data = json.loads(json.dumps(DATA))
    holder = data
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value
    with contextlib.suppress(PlanUnreadable):
        assert isinstance(plan_from_data(data), Plan)

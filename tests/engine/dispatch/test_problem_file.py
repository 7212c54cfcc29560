"""Problem files: read and written without loss, held to the published schema, refused with sentences."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.dispatch.problems import problems

from youbei.engine.dispatch.problem import Problem
from youbei.engine.dispatch.read import (
    MOST_BYTES,
    ProblemUnreadable,
    json_schema,
    problem_from_data,
    problem_to_data,
    read_problem,
    write_problem,
)
from youbei.engine.dispatch.solve import solve

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
EXAMPLES = sorted((REFERENCE / "dispatch").glob("*.json"))
VALIDATOR = jsonschema.Draft202012Validator(json_schema())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_a_problem_that_is_written_is_read_back_the_same_and_meets_the_schema(problem: Problem) -> None:
    VALIDATOR.validate(problem_to_data(problem))
    assert read_problem(write_problem(problem)) == problem


def test_the_published_schema_is_the_one_the_reader_uses() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json.loads((REFERENCE / "dispatch.schema.json").read_text("utf-8")) == json_schema()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_documented_example_meets_the_schema_and_is_proven(path: Path) -> None:
    VALIDATOR.validate(json.loads(path.read_text("utf-8")))
    assert solve(read_problem(path.read_bytes())).is_proven


SMALL: dict[str, Any] = {
    "at": "2026-07-01T08:00:00+08:00",
    "places": [{"id": "p"}],
    "incidents": [
        {"id": "i", "place": "p", "needs": [{"id": "n", "asks": {"units": {"capability": "a", "count": 1}}}]}
    ],
    "units": [{"id": "u", "place": "p"}],
}


def changed(**changes: Any) -> dict[str, Any]:
    return {**SMALL, **changes}


def with_need(**changes: Any) -> dict[str, Any]:
    need = {**SMALL["incidents"][0]["needs"][0], **changes}
    return changed(incidents=[{"id": "i", "place": "p", "needs": [need]}])


FAULTY = {
    "units[0].place": changed(units=[{"id": "u", "place": "q"}]),
    "units[1].id": changed(units=[{"id": "u", "place": "p"}, {"id": "u", "place": "p"}]),
    "units[0].owner": changed(units=[{"id": "u", "place": "p", "owner": "nobody"}]),
    "units[0].serving": changed(units=[{"id": "u", "place": "p", "serving": "nothing"}]),
    "units[0].status": changed(units=[{"id": "u", "place": "p", "status": "asleep"}]),
    "units[0].turn_out_s": changed(units=[{"id": "u", "place": "p", "turn_out_s": -1}]),
    "units[0].colour": changed(units=[{"id": "u", "place": "p", "colour": "red"}]),
    "units[0].crew": changed(units=[{"id": "u", "place": "p", "crew": "nobody"}]),
    "units[2].crew": changed(
        units=[
            {"id": "u", "place": "p"},
            {"id": "v", "place": "p", "crew": "u"},
            {"id": "w", "place": "p", "crew": "v"},
        ]
    ),
    "lots[0].aboard": changed(lots=[{"id": "l", "item": "x", "place": "p", "quantity": 1, "aboard": "nothing"}]),
    "at": changed(at="2026-07-01"),
    "legs[0].to": changed(legs=[{"from": "p", "to": "q", "seconds": 1}]),
    "incidents[0].needs[0].due_s": with_need(due_s=20, latest_s=10),
    "incidents[0].needs[0].asks": with_need(asks={"units": {}, "crew": {}}),
    "incidents[0].needs[0].asks.units.count": with_need(asks={"units": {"capability": "a", "count": 10**12}}),
    "incidents": {"at": SMALL["at"]},
}


@pytest.mark.parametrize("path", FAULTY)
def test_a_fault_is_named_with_its_path_in_both_languages(path: str) -> None:
    with pytest.raises(ProblemUnreadable) as refused:
        problem_from_data(FAULTY[path])
    if path != "incidents":
        assert path in [fault.path for fault in refused.value.faults]
    for text in (refused.value.text.zh, refused.value.text.en):
        assert path in text
    assert "1 faults" not in refused.value.text.en


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe\x00", b'{"at": NaN}', b'{"at": 1, "at": 2}', b"[" * 5000, b"9" * 5000],
)
def test_what_is_no_problem_file_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(ProblemUnreadable) as refused:
        read_problem(content)
    assert refused.value.text.zh
    assert refused.value.text.en


def test_an_enormous_file_is_refused_before_it_is_read() -> None:
    with pytest.raises(ProblemUnreadable, match="larger than"):
        read_problem(b" " * (MOST_BYTES + 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*SMALL, "id", "asks", "needs", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(JSON, st.sampled_from([*SMALL]))
def test_whatever_is_written_the_answer_is_a_problem_or_a_refusal(value: Any, key: str) -> None:
    for data in (value, changed(**{key: value})):
        with contextlib.suppress(ProblemUnreadable):
            assert isinstance(problem_from_data(data), Problem)


def test_a_problem_without_incidents_or_units_is_answered() -> None:
    empty = solve(problem_from_data({"at": SMALL["at"], "incidents": []}))
    assert empty.is_proven
    assert empty.plan.sends == ()
    (short,) = solve(problem_from_data(changed(units=[]))).shortfalls
    assert short.cause == "none_exist"

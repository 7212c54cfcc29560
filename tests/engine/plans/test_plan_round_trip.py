"""A plan written is the plan read, in data, TOML and JSON."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from plan_samples import SAMPLE, plans

from youbei import testing
from youbei.engine.plans.model import Plan
from youbei.engine.plans.problems import PlanUnreadable
from youbei.engine.plans.read import plan_from_data, read_plan
from youbei.engine.plans.schema import json_schema
from youbei.engine.plans.write import digest, plan_to_data, write_json, write_toml

SCHEMA_FILE = Path(__file__).parents[3] / "docs/reference/plan.schema.json"
PLAN_FILES = sorted((Path(__file__).parents[3] / "src/youbei/content/plans").glob("*.toml"))
VALIDATOR = jsonschema.Draft202012Validator(json_schema())
slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


@slow
@given(plans)
def test_a_plan_comes_back_from_data_toml_and_json(plan: Plan) -> None:
    assert plan_from_data(plan_to_data(plan)) == plan
    assert read_plan(write_toml(plan)) == plan
    assert read_plan(write_json(plan)) == plan


@slow
@given(testing.plans())
def test_a_plan_that_runs_use_in_tests_comes_back_unless_it_orders_what_has_no_order(plan: Plan) -> None:
    try:
        back = plan_from_data(plan_to_data(plan))
    except PlanUnreadable as refused:
        assert all("Only numbers have an order" in problem.cure.en for problem in refused.problems)  # noqa: PT017
    else:
        assert back == plan


@slow
@given(plans)
def test_what_is_written_holds_json_values_only_and_meets_the_schema(plan: Plan) -> None:
    data = plan_to_data(plan)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    VALIDATOR.validate(data)


def test_the_sample_uses_the_language_as_documented() -> None:
    plan = read_plan(SAMPLE)
    assert plan.step("isolate").needs[0].count == 2
    assert plan.chapters[0].body.zh == "第一段。\n\n第二段。"
    VALIDATOR.validate(plan_to_data(plan))


def test_toml_is_stable_once_written() -> None:
    text = write_toml(read_plan(SAMPLE))
    assert write_toml(read_plan(text)) == text
    assert "[[steps]]" in text
    assert max(len(line) for line in text.splitlines()) <= 120


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encodings_of_chinese_editors_are_read(encoding: str) -> None:
    assert read_plan(SAMPLE.encode(encoding)) == read_plan(SAMPLE)


def test_where_a_duration_comes_from_is_always_written() -> None:
    text = SAMPLE.replace(', source = "drill"', "")
    assert 'source = "assumption"' in write_toml(read_plan(text))


def test_the_digest_does_not_depend_on_the_form_but_on_the_content() -> None:
    plan = read_plan(SAMPLE)
    assert digest(read_plan(write_json(plan))) == digest(plan) == digest(read_plan(write_toml(plan)))
    assert digest(replace(plan, version="2026.2")) != digest(plan)
    assert len(digest(plan)) == 64


def test_the_published_schema_is_the_one_the_reader_uses() -> None:
    assert json.loads(SCHEMA_FILE.read_text("utf-8")) == json_schema()
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", PLAN_FILES, ids=lambda path: path.stem)
def test_every_plan_of_the_content_is_read_written_and_meets_the_schema(path: Path) -> None:
    plan = read_plan(path.read_bytes())
    VALIDATOR.validate(plan_to_data(plan))
    assert read_plan(write_toml(plan)) == plan
    assert tomllib.loads(write_toml(plan))


@pytest.mark.parametrize(
    "change",
    [{"kind": "specal"}, {"colour": 1}, {"levels": [{"number": "V", "when": {"always": True}}]}, {"hazards": "fire"}],
)
def test_the_schema_refuses_what_the_reader_refuses(change: dict) -> None:
    data = plan_to_data(read_plan(SAMPLE)) | change
    assert not VALIDATOR.is_valid(data)

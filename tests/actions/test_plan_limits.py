"""What is stored of a plan fits the columns it goes into, on the database that minds."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.actions.town import PLAN, Town
from youbei.actions import plans, runs
from youbei.engine.errors import Refused
from youbei.records.models import Incident, PlanVersion, Run


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ('version = "2026.1"', 'version = "' + "1" * 41 + '"'),
        ('version = "2026.1"', 'version = ""'),
        ('version = "2026.1"', 'version = "9\\r\\nX: y"'),
        ('version = "2026.1"', 'version = "../../etc"'),
        ('version = "2026.1"', "version = '9\"x'"),
        ("小城液氨泄漏专项应急预案", "长" * 201),
        ("Town special plan for ammonia leaks", "x" * 201),
        ('"alarm"', '"' + "b" * 65 + '"'),
        ('id = "suits"', 'id = "' + "b" * 65 + '"'),
    ],
)
def test_a_plan_with_a_name_that_cannot_be_kept_is_refused(
    town: Town, now: datetime, written: str, instead: str
) -> None:
    assert written in PLAN
    with pytest.raises(Refused):
        plans.import_plan(by=town.users["planner"], now=now, text=PLAN.replace(written, instead))
    assert not PlanVersion.objects.exists()


def test_identifiers_of_the_greatest_length_go_through_a_run(town: Town, leak: Incident, now: datetime) -> None:
    step, need, agency = "s" * 64, "n" * 64, "agency:" + "a" * 300
    text = PLAN.replace('"isolate"', f'"{step}"').replace('id = "suits"', f'id = "{need}"')
    text = text.replace('"agency:town"', f'"{agency}"')
    version = plans.import_plan(by=town.users["planner"], now=now, text=text)
    run = runs.activate_plan(by=town.users["officer"], now=now, incident=leak, plan_version=version)
    director = town.users["director"]
    for one in ("alarm", step):
        runs.finish_step(by=director, now=now, run=run, step=one)
    assert Run.objects.get().needs.filter(need=f"{step}/{need}").exists()

"""Every kind of event is documented, with the data that the engine puts into it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.engine.test_run_laws import END, Case, cases

from youbei.engine.events import KINDS
from youbei.engine.run import advance
from youbei.engine.run.apply import APPLY
from youbei.testing import perform

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "events.md"


def sections() -> dict[str, tuple[str, str]]:
    """Return heading and body of each kind on the page."""
    parts = re.split(r"^### `([a-z_.]+)` (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {kind: (title, body) for kind, title, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)}


SECTIONS = sections()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_documented_under_its_names(kind: str):
    assert SECTIONS[kind][0] == " · ".join(KINDS[kind])


def test_no_other_kind_is_documented():
    assert set(SECTIONS) == set(KINDS)


def test_every_kind_that_a_run_applies_is_a_kind():
    assert set(APPLY) <= set(KINDS)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_what_the_engine_writes_into_an_event_stands_on_the_page(case: Case):
    for event in advance(perform(case.run(), case.script), END).log:
        documented = set(re.findall(r"`([a-z_]+)`", SECTIONS[event.kind][1].partition("数据 Data:")[2]))
        assert set(event.data) <= documented, event.kind

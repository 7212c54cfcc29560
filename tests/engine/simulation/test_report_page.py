"""Claims about the report: it says in both languages what was found, safely, and needs nothing from outside."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree

from tests.engine.simulation.test_ensemble import tight

from youbei.engine.plans.model import Plan
from youbei.engine.simulation.ensemble import gathered
from youbei.engine.simulation.improve import Size, searching
from youbei.engine.simulation.improvements import improvements
from youbei.engine.simulation.report_page import report_page
from youbei.engine.simulation.result import courses_of, result_of
from youbei.engine.text import Text

HERE = Text("今日登记", "today's registers")


@cache
def result() -> tuple[Plan, dict[str, Any]]:
    setup = tight()
    found, part = gathered(setup, runs=120)
    *_, search = searching(setup, improvements(setup, found), size=Size(runs=60, sift=20, block=30))
    return setup.plan, result_of(found, part, search, courses_of(setup, search), {})


def test_what_was_found_stands_there_in_both_languages() -> None:
    plan, found = result()
    page = report_page(plan, found, resources=HERE, language="en")
    for promise in found["promises"]:
        assert promise["zh"] in page
        assert promise["en"] in page
    best = found["improvements"][0]
    assert best["en"] in page
    assert best["zh"] in page
    assert "A typical run and a bad one" in page
    assert 'id="en" aria-label="English" checked' in page
    assert 'id="zh" aria-label="中文" checked' in report_page(plan, found, resources=HERE, language="zh")


def test_it_is_one_well_formed_page_without_anything_from_outside() -> None:
    plan, found = result()
    page = report_page(plan, found, resources=HERE, language="zh")
    assert not re.search(r"https?:|src=|href=|url\(|<script|@import", page)
    closed = re.sub(r"<(meta|input)([^>]*)>", r"<\1\2/>", page.removeprefix("<!doctype html>\n"))
    closed = re.sub(r"class=number", 'class="number"', re.sub(r"class=quiet", 'class="quiet"', closed))
    closed = closed.replace(" checked/>", ' checked=""/>')
    tree = ElementTree.fromstring(closed)  # noqa: S314  (our own page)
    assert len(tree.findall(".//svg")) >= 3 + len(plan.steps)


def test_words_of_users_cannot_break_out() -> None:
    plan, found = result()
    evil = Text("<script>alert(1)</script>", "<script>alert(1)</script>")
    busy = [{"team": "t", "label": "<b>&", "share": 0.5}]
    page = report_page(plan, {**found, "busy": busy}, resources=evil, language="zh")
    assert "<script" not in page
    assert "&lt;b&gt;&amp;" in page


def test_where_every_promise_holds_nothing_is_proposed() -> None:
    plan, found = result()
    page = report_page(plan, {**found, "promises": [], "is_cancelled": True}, resources=HERE, language="en")
    assert "What would help most" not in page
    assert "Every step was in time" in page
    assert "It was stopped" in page

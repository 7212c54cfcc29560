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


def test_it_says_when_it_is_worse_and_who_is_badly_served() -> None:
    plan, found = result()
    page = report_page(plan, {**found, **any_day()}, resources=HERE, language="en")
    assert "It is worst at night: a step is too late in 60.0% [50.0%, 70.0%] of these runs" in page
    assert "夜间最糟" in page
    assert "on days off" not in page
    assert "Served latest is north" in page
    assert "the hour from 03:00" in page
    assert page.index("north</span>") < page.index("south</span>")
    assert "60.0%" in page
    assert "30.0% [20.0%, 40.0%]" in page
    assert "12 min 18 s ± 48 s (64)" in page
    assert "1 min (3)" in page
    assert "nobody went" in page
    assert "无人可派" in page


def test_where_nothing_is_plainly_worse_it_says_so() -> None:
    plan, found = result()
    even = share(0.2)
    night = {**any_day()["conditions"][0], "late": even, "late_otherwise": even}
    page = report_page(plan, {**found, "conditions": [night]}, resources=HERE, language="en")
    assert "nor is anything short, more often" in page
    assert "calls of every day are served" not in page


def any_day() -> dict[str, Any]:
    """Return conditions and service as a result has them: a bad night, and a place that is served late."""
    label = {"zh": "夜间", "en": "at night"}
    night = {"label": label, "met": share(0.3), "late": share(0.6), "late_otherwise": share(0.2)}
    holiday = {**night, "label": {"zh": "节假日", "en": "on days off"}, "late": share(0.25)}
    groups = [served("south", 600), served("north", 1500), served("nobody", 0, calls=0)]
    hours = [served("03:00", 1300), served("12:00", 500)]
    cells = [
        {"place": "north", "hour": 3, "calls": 90, "mean": 738.0, "low": 690.0, "high": 786.0, "runs": 64},
        {"place": "north", "hour": 4, "calls": 3, "mean": 60.0, "low": None, "high": None, "runs": 3},
        {"place": "south", "hour": 3, "calls": 1, "mean": None, "low": None, "high": None, "runs": 0},
    ]
    return {
        "conditions": [night, holiday],
        "service": {"within_s": 900.0, "places": groups, "hours": hours, "cells": cells},
    }


def share(value: float) -> dict[str, Any]:
    return {"count": 100, "share": value, "low": value - 0.1, "high": value + 0.1}


def served(name: str, mean: float, *, calls: int = 240) -> dict[str, Any]:
    times = {"value": mean, "low": mean - 30, "high": mean + 30}
    return {"name": name, "calls": calls, "unserved": 0.01, "mean": times, "p90": times,
            "in_time": {"value": 0.5, "low": 0.4, "high": 0.6}}  # fmt: skip

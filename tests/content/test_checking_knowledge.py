"""What the reviewed data lets the checker know."""

from __future__ import annotations

from datetime import date

from youbei import content
from youbei.content.checking import PLENTY, known_by_content

TODAY = date(2026, 11, 22)


def test_every_catalogued_name_is_known_and_nothing_is_counted() -> None:
    known = known_by_content(TODAY)
    assert known.capabilities is not None
    assert set(known.capabilities) == set(content.capabilities())
    assert set(known.capabilities.values()) == {PLENTY}
    assert known.facts is not None
    assert set(known.facts) == set(content.fact_kinds())
    assert known.posts is None
    assert known.world is None


def test_a_report_is_asked_for_with_the_time_of_the_law() -> None:
    reports = {report.rule: report for report in known_by_content(TODAY).required_reports or ()}
    chain = reports["cn.accident.report_chain"]
    assert "ammonia_leak" in chain.hazards
    assert chain.limit is not None
    assert chain.limit.total_seconds() == 2 * 3600


def test_no_report_is_asked_for_before_its_law_was_in_force() -> None:
    rules = {report.rule for report in known_by_content(date(2007, 5, 31)).required_reports or ()}
    assert "cn.accident.report_chain" not in rules

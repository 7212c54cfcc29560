"""Cases: made of closed incidents, validated by others, found for incidents that resemble them."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.actions.town import NOW, Town, report_leak
from tests.built_once import built_once
from youbei.actions import incidents
from youbei.actions.findings import cases
from youbei.engine.duties_apart import SamePerson
from youbei.engine.errors import NotFound
from youbei.records.models import Incident, LogEntry
from youbei.records.reports.cases import case_page, similar_cases


@built_once
def closed(town: Town, leak: Incident) -> Incident:
    incidents.close_incident(by=town.users["officer"], now=NOW, incident=leak, reason="已处置")
    leak.refresh_from_db()
    return leak


def test_a_case_is_made_of_what_is_over_once(town: Town, now: datetime, leak: Incident) -> None:
    by = town.users["officer"]
    with pytest.raises(cases.CaseRefused, match="still open"):
        cases.make_case(by=by, now=now, incident=leak)
    incidents.close_incident(by=by, now=now, incident=leak, reason="已处置")
    made = cases.make_case(by=by, now=now, incident=leak)
    assert made.title == leak.title
    assert cases.make_case(by=by, now=now, incident=leak) == made
    with pytest.raises(NotFound):
        cases.make_case(by=town.users["stranger"], now=now, incident=leak)


def test_only_a_case_that_others_validated_is_proposed(town: Town, now: datetime, closed: Incident) -> None:
    officer, chief = town.users["officer"], town.users["director"]
    case = cases.make_case(by=officer, now=now, incident=closed)
    later = report_leak(town, now, title="又一次泄漏")
    with pytest.raises(cases.CaseRefused, match="what was learnt"):
        cases.validate_case(by=chief, now=now, case=case)
    cases.change_case(by=chief, now=now, case=case, values={"lessons": "先断料，后堵漏。", "tags": "夜间，液氨, 夜间"})
    case.refresh_from_db()
    assert case.tags == ["夜间", "液氨"]
    with pytest.raises(SamePerson):
        cases.validate_case(by=chief, now=now, case=case)
    assert similar_cases(officer, later) == []
    cases.validate_case(by=town.users["admin"], now=now, case=case)
    (found,) = similar_cases(officer, later)
    assert (found.case, found.likeness.score >= 0.6) == (case, True)
    assert found.likeness.grounds[0].en == "the same kind"
    assert similar_cases(town.users["stranger"], later) == []
    changed = cases.change_case(by=officer, now=now, case=case, values={"lessons": "先断料。"})
    assert changed.validated_at is None
    kinds = LogEntry.objects.filter(stream=f"register:case:{case.pk}").values_list("kind", flat=True)
    assert list(kinds) == ["case.made", "case.changed", "case.validated", "case.changed"]
    assert [one.pk for one in case_page(officer, text="断料").rows] == [case.pk]

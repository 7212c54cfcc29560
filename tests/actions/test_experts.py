"""Experts are called through the mode gate; what they answer and advise stands in the record and in the log."""

from __future__ import annotations

import json
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest

from tests.actions.town import LEAK, NOW, Town, build_town, report_leak
from tests.built_once import built_once
from youbei import content
from youbei.actions.experts import (
    ConsultationRefused,
    answer_call,
    attach_consultation,
    call_expert,
    judge_advice,
    note_advice,
)
from youbei.actions.registers.save import save_record
from youbei.engine.errors import NotAllowed
from youbei.engine.experts import ExpertUnavailable
from youbei.records.models import Expert, LogEntry, Message
from youbei.records.reports.experts import experts_for

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@built_once
def town() -> Town:
    return build_town()


def expert(town: Town, code: str = "qian", **more: Any) -> Expert:
    values = {"code": code, "name_zh": "钱工", "organisation": town.bureau.code, "specialties": ("hazchem",)}
    values |= {"email": f"{code}@example.org", **more}
    row = save_record(register=content.registers()["expert"], values=values, by=None, now=NOW)
    assert isinstance(row, Expert)
    return row


def kinds(stream: str) -> list[str]:
    return list(LogEntry.objects.filter(stream=stream, kind__startswith="expert.").values_list("kind", flat=True))


def test_a_consultation_from_call_to_result(town: Town) -> None:
    leak, by = report_leak(town), town.users["officer"]
    asked = call_expert(
        expert=expert(town), question="能否喷酸？", organisation=town.bureau, incident=leak, by=by, now=NOW
    )
    message = Message.objects.get(key=f"consultation:{asked.pk}")
    assert (message.status, message.address, message.mode) == ("queued", "qian@example.org", "real")
    later = NOW + timedelta(minutes=4)
    answer_call(consultation=asked, accepts=True, by=by, now=later)
    row = note_advice(consultation=asked, advice="不要喷酸。", minutes=9, by=by, now=later)
    judge_advice(consultation=asked, usefulness="followed", result="堵漏完成", by=by, now=later)
    row.refresh_from_db()
    assert (row.state, row.answered_at, row.advice, row.usefulness) == ("advised", later, "不要喷酸。", "followed")
    assert kinds(leak.stream) == ["expert.called", "expert.answered", "expert.advised"]
    data = json.loads(LogEntry.objects.get(kind="expert.advised").data)
    assert len(data["digest"]) == 64
    assert "酸" not in "".join(LogEntry.objects.values_list("data", flat=True))


def test_what_was_asked_before_is_attached_to_the_incident_once_and_for_good(town: Town) -> None:
    by = town.users["officer"]
    asked = call_expert(expert=expert(town), question="能否喷酸？", organisation=town.bureau, by=by, now=NOW)
    note_advice(consultation=asked, advice="不要喷酸。", by=by, now=NOW)
    leak, other = report_leak(town), report_leak(town)
    drill = report_leak(town, mode="exercise", by=town.users["trainer"])
    with pytest.raises(NotAllowed):
        attach_consultation(consultation=asked, incident=leak, by=town.users["observer"], now=NOW)
    with pytest.raises(ConsultationRefused, match="is an exercise"):
        attach_consultation(consultation=asked, incident=drill, by=by, now=NOW)
    for _ in range(2):
        attach_consultation(consultation=asked, incident=leak, by=by, now=NOW)
    assert kinds(leak.stream) == ["expert.attached"]
    data = json.loads(LogEntry.objects.get(kind="expert.attached").data)
    assert data["digest"] == sha256("不要喷酸。".encode()).hexdigest()
    with pytest.raises(ConsultationRefused, match="another incident"):
        attach_consultation(consultation=asked, incident=other, by=by, now=NOW)


def test_in_an_exercise_an_expert_who_is_not_enrolled_hears_nothing(town: Town) -> None:
    drill = report_leak(town, by=town.users["trainer"], mode="exercise", enrolled=["agency:town-emb"])
    asked = call_expert(
        expert=expert(town), question="？", organisation=town.bureau, incident=drill, by=town.users["trainer"], now=NOW
    )
    message = Message.objects.get(key=f"consultation:{asked.pk}")
    assert (message.status, message.mode) == ("refused", "exercise")


@pytest.mark.parametrize(
    "state",
    [
        {"availability": "unavailable"},
        {"availability": "unavailable", "unavailable_until": TODAY},
        {"term_ends_on": TODAY - timedelta(days=1)},
    ],
)
def test_who_is_away_or_out_of_term_is_neither_offered_nor_called(town: Town, state: dict[str, Any]) -> None:
    row, by = expert(town, **state), town.users["officer"]
    assert experts_for(by, on=TODAY) == []
    with pytest.raises(ExpertUnavailable):
        call_expert(expert=row, question="？", organisation=town.bureau, by=by, now=NOW)


def test_who_is_back_is_offered_again_the_nearest_first(town: Town) -> None:
    expert(town, "far", lat=LEAK.lat + 1, lon=LEAK.lon)
    expert(town, "unplaced")
    expert(town, "near", lat=LEAK.lat, lon=LEAK.lon, availability="unavailable", unavailable_until=TODAY)
    expert(town, "other", specialties=("fire",))
    tomorrow = TODAY + timedelta(days=1)
    offered = experts_for(town.users["officer"], on=tomorrow, specialty="hazchem", near=LEAK)
    codes = dict(Expert.objects.values_list("pk", "code"))
    assert [codes[one.pk] for one in offered] == ["near", "far", "unplaced"]
    assert experts_for(town.users["stranger"], on=tomorrow) == []


def test_what_does_not_follow_is_refused(town: Town) -> None:
    by = town.users["officer"]
    asked = call_expert(expert=expert(town), question="？", organisation=town.bureau, by=by, now=NOW)
    with pytest.raises(NotAllowed):
        answer_call(consultation=asked, accepts=True, by=town.users["observer"], now=NOW)
    with pytest.raises(ConsultationRefused):
        judge_advice(consultation=asked, usefulness="followed", result="", by=by, now=NOW)
    answer_call(consultation=asked, accepts=False, by=by, now=NOW)
    with pytest.raises(ConsultationRefused):
        answer_call(consultation=asked, accepts=True, by=by, now=NOW)
    with pytest.raises(ConsultationRefused):
        note_advice(consultation=asked, advice="迟了", by=by, now=NOW)

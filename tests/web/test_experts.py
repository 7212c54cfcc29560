"""What an expert was asked on the telephone goes to the page of the incident it was about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions import incidents
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.records.models import Consultation, Incident, Organisation

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def save(name: str, **values: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW)


def leak(town: Organisation, **more: Any) -> Incident:
    given = {"organisation": town, "category": "accident", "kind": "ammonia_leak", "title": "冷库泄漏", "by": None}
    return incidents.report_incident(now=NOW, **{**given, **more})


def test_an_advice_is_attached_on_its_page(town: Organisation) -> None:
    officer = client_of(user_with(Role.DUTY_OFFICER, town, name="asking", language="en"))
    save("expert", code="qian", name_zh="钱工", organisation=town.code, specialties=("hazchem",), phone="0518-5551234")
    entered = {"code": "c1", "organisation": town.code, "expert": "qian", "asked_at": NOW, "question": "能否喷酸？"}
    row = save("consultation", **entered, state="advised", advised_at=NOW, answered_at=NOW, advice="不要喷酸。")
    incident, drill = leak(town), leak(town, mode="exercise")
    page = f"/registers/consultation/{row.pk}/"
    assert f"{page}attach/" in officer.get(page).content.decode()
    form = officer.get(f"{page}attach/").content.decode()
    assert incident.number in form
    assert drill.number not in form
    refused = officer.post(f"{page}attach/", {"incident": drill.pk})
    assert refused.status_code == 422
    assert officer.post(f"{page}attach/", {"incident": incident.pk})["Location"] == page
    assert Consultation.objects.get().incident_id == incident.pk
    shown = officer.get(page).content.decode()
    assert f"{page}attach/" not in shown
    assert incident.number in shown
    assert "不要喷酸。" in officer.get(f"/incidents/{incident.pk}/").content.decode()

"""A unit with a plan, teams and stock, for which an incident can be answered over the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from api.callers import Caller
from youbei.actions import clock
from youbei.actions.stores import create_capability, create_item, create_lot, create_site, create_team
from youbei.engine.places import Point
from youbei.records.models import Organisation

PLAN = """
id = "leak"
version = "1"
kind = "special"
organisation = "haizhou"
superior = "haizhou"
hazards = ["ammonia_leak"]
title = {zh = "泄漏处置", en = "Leak"}
[[levels]]
number = "III"
when = {fact = "serious_injured", gte = 3}
may_lower = ["commander"]
[[levels]]
number = "IV"
when = {always = true}
may_end = ["commander"]
[[posts]]
id = "commander"
title = {zh = "指挥长", en = "Commander"}
role = "commander"
holder = {kind = "agency", ref = "haizhou"}
[[steps]]
id = "isolate"
title = {zh = "切断泄漏源", en = "Isolate"}
owner = "commander"
takes = {shape = "fixed", likely = "PT5M"}
within = {limit = "PT10M", since = "opened"}
[[steps.needs]]
id = "team"
capability = "hazmat_response"
count = 1
[[steps.needs]]
id = "suits"
item = "gas_tight_suit"
quantity = 2
[[steps]]
id = "monitor"
title = {zh = "监测", en = "Monitor"}
owner = "commander"
start = {after = ["isolate"]}
takes = {shape = "fixed", likely = "PT5M"}
[end]
when = {count = "steps_finished", gte = 1}
by = ["commander"]
[[scenarios]]
id = "leak"
title = {zh = "泄漏", en = "Leak"}
place = {lat = 36.05, lon = 120.35}
facts = [{after = "PT0S", key = "serious_injured", value = 1}]
"""
REPORT: dict[str, Any] = {
    "organisation": "haizhou",
    "category": "accident",
    "kind": "ammonia_leak",
    "title": "液氨泄漏",
    "point": {"lat": 36.05, "lon": 120.35},
    "facts": {"serious_injured": 1, "leak_continues": True},
    "source": "phone",
}


@dataclass
class Town:
    """What was made: primary keys by which the API names it."""

    team: int
    lot: int
    version: int


def furnish(city: Organisation, admin: Caller) -> Town:
    now, point = clock.now(), Point(36.06, 120.36)
    create_capability(by=None, now=now, code="hazmat_response", name_zh="危化品处置")
    suit = create_item(by=None, now=now, code="gas_tight_suit", name_zh="重型防化服", unit_zh="套")
    team = create_team(
        by=None,
        now=now,
        organisation=city,
        code="hazmat-1",
        kind="professional",
        name_zh="危化品救援一队",
        point=point,
        turn_out=timedelta(minutes=2),
        capabilities={"hazmat_response": 1},
    )
    site = create_site(by=None, now=now, organisation=city, code="store-1", kind="store", name_zh="物资库", point=point)
    lot = create_lot(by=None, now=now, site=site, item=suit, quantity=Decimal(10))
    stored = admin.post("/plans", {"text": PLAN})
    assert stored.status == 201, stored.body
    return Town(team=team.pk, lot=lot.pk, version=stored.body["pk"])

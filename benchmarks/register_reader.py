"""A process that owns the registers of one size, opens their pages and tells how long each took.

    python -m benchmarks.register_reader LOTS

It speaks as `page_reader` does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from urllib.parse import urlencode

import django

django.setup()

from django.test import Client  # noqa: E402

from benchmarks.many_records import RARE_CAPABILITY, TODAY, Base, build  # noqa: E402
from benchmarks.page_reader import answer, client_of  # noqa: E402
from youbei.records import models as rows  # noqa: E402

Address = str
LISTS: dict[str, tuple[str, dict[str, str]]] = {
    "lots": ("lot", {}),
    "teams": ("team", {}),
    "lots, one reserve": ("lot", {"reserve": "agreement"}),
    "lots, rare condition": ("lot", {"condition": "faulty"}),
    "lots, one item": ("lot", {"item": "item-0"}),
    "lots, item and condition": ("lot", {"item": "item-0", "condition": "good"}),
    "lots, item, reserve and condition": ("lot", {"item": "item-0", "reserve": "own", "condition": "worn"}),
    "lots, reserve and condition that never meet": ("lot", {"reserve": "agreement", "condition": "quarantined"}),
    "lots, expiring within 90 days": ("lot", {"expires_on_from": f"{TODAY}", "expires_on_until": "2027-02-25"}),
    "lots, two dates that seldom meet": ("lot", {"expires_on_until": f"{TODAY}", "next_test_on_from": "2027-11-01"}),
    "lots, soonest to expire first": ("lot", {"order": "expires_on"}),
    "lots, newest first": ("lot", {"order": "new"}),
    "lots, longest unconfirmed first": ("lot", {"order": "confirmed_at"}),
    "lots, never confirmed": ("lot", {"freshness": "never"}),
    "lots, stale": ("lot", {"freshness": "stale"}),
    "lots, out of use": ("lot", {"retired": "1"}),
    "lots, a batch": ("lot", {"q": "B20200017"}),
    "lots under one county": ("lot", {"unit": "COUNTY"}),
    "teams, one kind": ("team", {"kind": "volunteer"}),
    "teams, rare status": ("team", {"status": "out_of_service"}),
    "teams, kind and grade": ("team", {"kind": "professional", "grade": "first"}),
    "teams, kind and employment that never meet": ("team", {"kind": "volunteer", "employment": "full_time"}),
    "teams, four choices": (
        "team",
        {"kind": "enterprise", "employment": "mixed", "status": "available", "grade": "third"},
    ),
    "teams, a capability": ("team", {"capabilities": "hazmat_response"}),
    "teams, a rare capability": ("team", {"capabilities": RARE_CAPABILITY}),
    "teams, insurance run out": ("team", {"insured_until_until": f"{TODAY}"}),
    "teams, by grade's end": ("team", {"order": "grade_until"}),
    "teams, a text": ("team", {"q": "危化品救援"}),
    "teams, a text and a kind": ("team", {"q": "救援队", "kind": "professional"}),
    "teams, pinyin": ("team", {"q": "huayuanshuishang"}),
}
SEARCHES = {
    "frequent": "救援",
    "one name": "NAME",
    "pinyin": "jiuyuandui",
    "initials": "kshd",
    "nothing": "不存在的名字",
}
NEAR = {"point": "34.2,118.2", "minutes": "60", "capability": "hazmat_response", "type": "3"}
OTHERS = {
    "index of registers": lambda base: "/registers/",
    "sites": lambda base: "/registers/site/",
    "units": lambda base: "/registers/organisation/",
    "a team": lambda base: f"/registers/team/{some(rows.Team)}/",
    "an item with its lots": lambda base: f"/registers/item/{rows.Item.objects.get(code='item-0').pk}/",
    "what can be here in an hour": lambda base: f"/reach/?{urlencode(NEAR)}",
    "a store with its lots": lambda base: f"/registers/site/{some(rows.Site)}/",
}


def some(model: type[rows.Team | rows.Site]) -> int:
    """Return a record of the county that all three accounts may see."""
    found: int = model.objects.filter(org_path__startswith=county().path).values_list("pk", flat=True)[0]
    return found


def county() -> rows.Organisation:
    return rows.Grant.objects.get(user__username="county").organisation


def calls(base: Base) -> dict[str, Callable[[], object]]:
    """Return the pages that are measured, each as a call that opens it through the whole stack."""
    found: dict[str, Callable[[], object]] = {}
    for who in ("admin", "province", "county"):
        client = client_of(who)
        for title, (name, query) in LISTS.items():
            said = urlencode(query).replace("COUNTY", county().code)
            found[f"{who}: {title}"] = opened(client, f"/registers/{name}/?{said}")
        for title, text in SEARCHES.items():
            text = rows.Team.objects.get(pk=some(rows.Team)).name_zh if text == "NAME" else text
            found[f"{who}: search, {title}"] = opened(client, f"/search/?{urlencode({'q': text})}")
        for title, address in OTHERS.items():
            found[f"{who}: {title}"] = opened(client, address(base))
    return found


def opened(client: Client, address: str) -> Callable[[], object]:
    def call() -> object:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer

    return call


if __name__ == "__main__":
    answer(lambda: calls(build(int(sys.argv[1]))))

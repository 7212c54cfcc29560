"""A process that owns the registers of one size, opens their pages and tells how long each took.

    python -m benchmarks.register_reader LOTS

It speaks as `page_reader` does.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote, urlencode

import django

django.setup()

from django.test import Client  # noqa: E402

from benchmarks.many_records import NOW, RARE_CAPABILITY, TODAY, build_once, plant_requirements  # noqa: E402
from benchmarks.needles import ONE_NAME, plant_needles  # noqa: E402
from benchmarks.page_reader import answer, client_of  # noqa: E402
from youbei.actions import clock  # noqa: E402
from youbei.actions.counts import count_ahead, large_subtrees  # noqa: E402
from youbei.content.language import lexicon  # noqa: E402
from youbei.records import models as rows  # noqa: E402
from youbei.records.counts.asked import Asked  # noqa: E402
from youbei.records.counts.journal import COUNTED  # noqa: E402
from youbei.records.pages import PAGE_SIZE  # noqa: E402
from youbei.records.registers.bases import bases  # noqa: E402
from youbei.records.registers.pages import register_page  # noqa: E402
from youbei.records.search.find import REMEMBERED  # noqa: E402
from youbei.records.search.groups import Group, find_grouped  # noqa: E402
from youbei.records.search.vendor import merge_all_words  # noqa: E402
from youbei.web import finding, reach  # noqa: E402

FIRST_OPENED = ", opened for the first time"
# So many items are required in the province and in the county.
REQUIRED = 20
REACHED = reach.LISTED
# The key of the last numbers that the worker has counted ahead.
AHEAD = {"last": 0}
ACCOUNTS = tuple(os.environ.get("YOUBEI_BENCHMARK_ACCOUNTS", "admin,city,county").split(","))
# Only pages whose names hold one of these, parted by commas; all without.
PAGES = tuple(filter(None, os.environ.get("YOUBEI_BENCHMARK_PAGES", "").split(",")))
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
    "teams, a slip": ("team", {"q": "救援堆"}),
    "lots, a slip in pinyin": ("lot", {"q": "jiuyuandiu"}),
    "units": ("organisation", {}),
    "units, one kind": ("organisation", {"kind": "enterprise"}),
    "units, sector and hazard class": ("organisation", {"sector": "hazchem", "hazard_class": "major_1"}),
    "units, a text": ("organisation", {"q": "危险化学品"}),
    "people": ("person", {}),
    "people, a name": ("person", {"q": "PERSON"}),
    "people, stale": ("person", {"freshness": "stale"}),
    "people under one county": ("person", {"unit": "COUNTY"}),
    "posts": ("post", {}),
    "posts, duty": ("post", {"kind": "duty"}),
    "who holds posts": ("holding", {}),
}
SEARCHES = {
    "frequent": "救援",
    "one name": "NAME",
    "pinyin": "jiuyuandui",
    "initials": "kshd",
    "nothing": "不存在的名字",
    "a slip": "救援堆",
    "a slip in pinyin": "jiuyuandiu",
    "a person by two characters": "PERSON",
    "a person by initials": "INITIALS",
    "a person, a slip": "PERSON堆",
}
KINDS_OF_REACH = {
    "teams that can be here in two hours": {"minutes": "120", "capability": "hazmat_response", "type": "4"},
    "teams that can be here in ten minutes": {"minutes": "10", "capability": "hazmat_response", "type": "3"},
    "an item that can be here in an hour": {"minutes": "60", "item": "item-0"},
    "sites to reach in an hour": {"minutes": "60", "site_kind": "shelter"},
}
STATISTICS = {
    "lots by area": ("lot", {}),
    "lots by area and reserve": ("lot", {"rows": "area", "columns": "reserve"}),
    "lots by item, quantities": ("lot", {"rows": "item", "measure": "quantity"}),
    "lots by expiry and condition": ("lot", {"rows": "expires_on", "columns": "condition"}),
    "lots by freshness": ("lot", {"rows": "freshness"}),
    "lots of one reserve by area": ("lot", {"rows": "area", "reserve": "agreement"}),
    "teams by area and kind": ("team", {"rows": "area", "columns": "kind"}),
    "teams by capability and grade": ("team", {"rows": "capabilities", "columns": "grade"}),
    "units by area and kind": ("organisation", {"rows": "area", "columns": "kind"}),
    "units by sector and hazard class": ("organisation", {"rows": "sector", "columns": "hazard_class"}),
    "people by area": ("person", {"rows": "area"}),
    "people by area and freshness": ("person", {"rows": "area", "columns": "freshness"}),
}
FIRST = (
    *("lots by area", "lots by area and reserve", "lots by item, quantities", "teams by area and kind"),
    *("units by area and kind", "people by area"),
)
OTHERS: dict[str, Callable[[], str]] = {
    "index of registers": lambda: "/registers/",
    "how fresh the registers are": lambda: "/registers/freshness/",
    "how fresh the lots are": lambda: "/registers/freshness/?register=lot",
    "how fresh a unit is": lambda: f"/registers/freshness/?unit={county().code}",
    "sites": lambda: "/registers/site/",
    "how fresh the people are": lambda: "/registers/freshness/?register=person",
    "tree of units": lambda: "/registers/organisation/tree/",
    "a unit": lambda: f"/registers/organisation/{last_unit().pk}/",
    "a person": lambda: f"/registers/person/{some(rows.Person)}/",
    "a post": lambda: f"/registers/post/{some(rows.Post)}/",
    "a team with its history": lambda: f"/registers/team/{some(rows.Team)}/",
    "a lot with its ledger": lambda: f"/registers/lot/{some(rows.StockLot)}/",
    "an item with its lots": lambda: f"/registers/item/{rows.Item.objects.get(code='item-0').pk}/",
    "a store with its lots": lambda: f"/registers/site/{some(rows.Site)}/",
    "the county itself": lambda: f"/registers/organisation/{county().pk}/",
    "stock at a glance": lambda: "/stock/",
    "stock, gaps": lambda: "/stock/gaps/",
    "stock, what is due": lambda: "/stock/due/",
    "what falls due": lambda: "/registers/due/",
    "what people need, held against the stock": lambda: "/stock/needs/",
    "campaigns": lambda: "/campaigns/",
    "imports": lambda: "/registers/imports/",
    "map": lambda: "/map/",
    "map, the box of the county": lambda: f"/map/data.json?bbox={box()}",
    "map, everything": lambda: "/map/data.json",
    "what is proposed while typing": lambda: "/search/proposals/?q=" + quote("救援"),
}


Own = rows.Team | rows.Site | rows.StockLot | rows.Person | rows.Post


def some(model: type[Own]) -> int:
    """Return a record of the county that all accounts may see."""
    rows_of_county = model.objects.filter(org_path__startswith=county().path).order_by("org_path", "pk")
    found: int = rows_of_county.exclude(code__startswith="needle-").values_list("pk", flat=True)[0]
    return found


def county() -> rows.Organisation:
    return rows.Grant.objects.get(user__username="county").organisation


def last_unit() -> rows.Organisation:
    """Return a unit below the stations of the county."""
    units = rows.Organisation.objects.under(county().path).exclude(code__startswith="needle-")
    return units.filter(children=None).order_by("-path")[0]


def said(text: str) -> str:
    """Put in what a text of a search stands for."""
    name = rows.Person.objects.get(pk=some(rows.Person)).name_zh[:2]
    if text == "INITIALS":
        return "".join(lexicon().readings.of(character)[0][0] for character in name)
    return text.replace("PERSON", name)


def here() -> str:
    """Return a point in the middle of the county, as `many_records` lays counties out."""
    team = rows.Team.objects.get(pk=some(rows.Team))
    lat, lon = (
        math.floor((at - start) / 0.4 + 1e-9) * 0.4 + start + 0.2 for at, start in ((team.lat, 32), (team.lon, 116))
    )
    return f"{lat:.4f},{lon:.4f}"


def box() -> str:
    """Return the box of the county, half a degree wide, as the map asks for it."""
    lat, lon = map(float, here().split(","))
    return f"{lon - 0.2:.4f},{lat - 0.2:.4f},{lon + 0.2:.4f},{lat + 0.2:.4f}"


def addresses() -> Iterator[tuple[str, str]]:
    """Yield the pages that are measured, by what they are, with their addresses."""
    for title, (name, query) in LISTS.items():
        asked = urlencode({key: said(value) for key, value in query.items()}).replace("COUNTY", county().code)
        yield title, f"/registers/{name}/?{asked}"
    for title, text in SEARCHES.items():
        text = ONE_NAME if text == "NAME" else said(text)
        for opened in ("", FIRST_OPENED):
            yield f"search, {title}{opened}", f"/search/?{urlencode({'q': text})}"
    for title, query in KINDS_OF_REACH.items():
        yield title, f"/reach/?{urlencode({'point': here(), **query})}"
    for title, (name, query) in STATISTICS.items():
        yield f"statistics, {title}", f"/registers/{name}/statistics/?{urlencode(query)}"
        if title in FIRST:
            yield f"statistics, {title}{FIRST_OPENED}", f"/registers/{name}/statistics/?{urlencode(query)}"
    for title, address in OTHERS.items():
        yield title, address()


def calls() -> dict[str, Callable[[], object]]:
    """Return the pages that are measured, each as a call that opens it through the whole stack."""
    pages = [(title, address) for title, address in addresses() if not PAGES or any(map(title.count, PAGES))]
    return {
        f"{who}: {title}": Opened(client, address, title.endswith(FIRST_OPENED))
        for who, client in ((who, client_of(who)) for who in ACCOUNTS)
        for title, address in pages
    }


@dataclass(frozen=True)
class Opened:
    """A page that is opened. A first opening finds no numbers kept but what the worker has counted ahead, and nothing
    that earlier searches have left in the memory of the process."""

    client: Client
    address: str
    is_first: bool

    def __call__(self) -> object:
        answer = self.client.get(self.address)
        assert answer.status_code == 200, (self.address, answer.status_code)
        return answer

    def prepare(self) -> None:
        if self.is_first:
            rows.KeptCount.objects.filter(pk__gt=AHEAD["last"]).delete()
            REMEMBERED.clear()


def count_all_ahead() -> None:
    """Leave the database as a worker leaves it that had nothing else to do."""
    while count_ahead(clock.now()):
        pass
    ahead = [base.key for name in COUNTED for path in large_subtrees(name, clock.now()) for base in of(name, path)]
    rows.KeptCount.objects.exclude(key__in=ahead).delete()
    merge_all_words()
    AHEAD["last"] = rows.KeptCount.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def of(name: str, path: str) -> Iterator[Asked]:
    return bases(name, path, clock.now())


def made() -> dict[str, Callable[[], object]]:
    build_once(int(sys.argv[1]))
    plant_requirements(REQUIRED)
    plant_needles(county(), NOW)
    count_all_ahead()
    return calls()


def is_list(page: str) -> bool:
    title = page.partition(": ")[2]
    return title in {*LISTS, *KINDS_OF_REACH, "sites"} or title.startswith("search, ")


def show(lines: int) -> None:
    """Have registers, searches and what can be here in time show so many lines; as many as ever with 0."""
    defaults = register_page.__kwdefaults__
    defaults["size"] = lines or PAGE_SIZE
    reach.LISTED = lines or REACHED
    # A search has no line of headings, which is not among those that are asked for.
    finding.find_grouped = partial(first_of_groups, lines + 1) if lines else find_grouped


def first_of_groups(lines: int, user: rows.User, text: str, *, shown: int) -> list[Group]:
    """Return what a text finds, register by register, and of that the first so many lines."""
    found = []
    for group in find_grouped(user, text, shown=shown):
        hits = group.hits[:lines]
        lines -= len(hits)
        found += [replace(group, hits=hits)] if hits else []
    return found


if __name__ == "__main__":
    answer(made, is_list=is_list, show=show)

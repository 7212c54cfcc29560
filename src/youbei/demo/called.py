"""Call off what agreements of the demo city promise, and try the ways by which its duty post is reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from youbei import content
from youbei.actions.call_offs import Wanted, accept, ask, move_on
from youbei.actions.registers.reached import note_reached
from youbei.demo.history import Happening
from youbei.engine.call_offs import CallOffState
from youbei.records.models import Agreement, CallOff, ContactWay, Item

STEPS = ((1, CallOffState.EN_ROUTE), (2, CallOffState.DELIVERED), (40, CallOffState.RETURNED))


def calling_off(now: datetime) -> Iterator[Happening]:
    """Yield what happens with its time: pumps were used last week, ways tried, a team asked for five minutes ago."""
    asked_at = now - timedelta(days=8)
    yield asked_at, partial(ask_for_pumps, asked_at)
    for hours, step in STEPS:
        at = asked_at + timedelta(hours=hours)
        yield at, partial(go_on, step, at)
    for row in content.demo_table("forces")["ways"]:
        at = now - timedelta(days=row["tried"], hours=1)
        yield at, partial(try_way, row["address"], row["answered"], at)
    yield now - timedelta(minutes=5), partial(ask_for_team, now - timedelta(minutes=5))


def ask_for_pumps(now: datetime) -> None:
    pumps = Agreement.objects.get(code="haizhou-agreement-pumps")
    item = Item.objects.filter(lots__agreement=pumps).distinct().get()
    wanted = Wanted(Decimal(2), item, place="新河区 3 号涵洞 / Culvert 3, Xinhe")
    row = ask(agreement=pumps, wanted=wanted, once="demo-pumps", by=None, now=now)
    accept(call_off=row, quantity=Decimal(2), arrives_at=now + timedelta(hours=2), by=None, now=now)


def go_on(step: CallOffState, now: datetime) -> None:
    move_on(call_off=CallOff.objects.get(once="demo-pumps"), to=step, by=None, now=now)


def try_way(address: str, is_reached: bool, now: datetime) -> None:
    note_reached(way=ContactWay.objects.get(address=address), is_reached=is_reached, by=None, now=now)


def ask_for_team(now: datetime) -> None:
    aid = Agreement.objects.get(code="aid-rescue-centre")
    team = Wanted(Decimal(1), what="堵漏队 / Leak stopping", place="化工园区东卡口 / East gate of the park")
    ask(agreement=aid, wanted=team, once="demo-team", by=None, now=now)

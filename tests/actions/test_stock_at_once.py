"""Keepers who take the last of a lot at the same moment, on a database that lets them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

CROWD = """
import json
from datetime import timedelta
from decimal import Decimal
from tests.actions.crowd import at_once
from tests.actions.town import NOW, build_town
from youbei.actions import stores
from youbei.actions.access import create_user, give_grant
from youbei.actions.stock import moving, verbs
from youbei.actions.stock.checking import disagreements
from youbei.engine.access import Role
from youbei.engine.places import Point
from youbei.records.log import verify_log
from youbei.records.models import StockLot, StockMovement

town = build_town()
keeper, lot = town.users["keeper"], town.lots[0]
counter = create_user(by=None, now=NOW, username="counter", password="long enough for anybody")
give_grant(by=None, now=NOW, user=counter, role=Role.REGISTRAR, organisation=town.fire)
shed, yard = [
    stores.create_site(by=None, now=NOW, organisation=town.fire, code=code, kind="store", name_zh=code,
                       point=Point(37.5, 121.4))
    for code in ("shed", "yard")
]
def held():
    lot.refresh_from_db()
    return [str(lot.quantity.normalize()), str(lot.reserved.normalize())]
found = {}
verbs.issue(by=keeper, now=NOW, lot=lot.pk, quantity=lot.quantity - 1, consumer="all but one")
found["last"] = at_once(*[
    lambda: verbs.issue(by=keeper, now=NOW, lot=lot.pk, quantity=Decimal(1), consumer="one of eight")] * 8)
found["held"] = held()
verbs.receive(by=keeper, now=NOW, lot=lot.pk, quantity=Decimal(5))
verbs.reserve(by=None, now=NOW, lot=lot.pk, quantity=Decimal(2), holder="x")
found["released"] = at_once(*[
    lambda: verbs.release(by=None, now=NOW, lot=lot.pk, quantity=Decimal(2), holder="x")] * 4)
found["promised"] = at_once(*[
    lambda: verbs.reserve(by=None, now=NOW, lot=lot.pk, quantity=Decimal(2), holder="y")] * 4)
movement = verbs.receive(by=keeper, now=NOW, lot=lot.pk, quantity=Decimal(1))
found["reversed"] = at_once(*[
    lambda: verbs.reverse(by=keeper, now=NOW, movement=movement.pk, reason="twice")] * 4)
found["before_moves"] = held()
found["moved"] = at_once(*[
    lambda: moving.move(by=keeper, now=NOW, lot=lot.pk, to=shed, quantity=Decimal("0.2"))] * 4)
found["lots_in_shed"] = StockLot.objects.filter(site=shed).count()
there = StockLot.objects.filter(site=shed).first()
found["to_and_fro"] = []
for minute in range(6):
    now = NOW + timedelta(minutes=minute)
    found["to_and_fro"] += at_once(
        lambda: moving.move(by=keeper, now=now, lot=lot.pk, to=shed, quantity=Decimal("0.001")),
        lambda: moving.move(by=keeper, now=now, lot=there.pk, to=lot.site, quantity=Decimal("0.001")),
        lambda: moving.move(by=keeper, now=now, lot=there.pk, to=yard, quantity=Decimal("0.001")),
        lambda: verbs.receive(by=keeper, now=now, lot=there.pk, quantity=Decimal("0.001"), replaces=None),
    )
found["all"] = str(sum(StockLot.objects.filter(item=lot.item).values_list("quantity", flat=True)).normalize())
found["disagree"] = len(list(disagreements()))
found["faults"] = len(list(verify_log()))
print(json.dumps(found))
"""


def test_the_last_of_a_lot_goes_to_one_and_no_promise_is_freed_or_undone_twice(
    run_python: Callable[..., subprocess.Popen[str]],
) -> None:
    out, said = run_python(CROWD).communicate(timeout=120)
    assert out, said
    found = json.loads(out)
    assert found["last"] == ["done", *["refused"] * 7]
    assert found["held"] == ["0", "0"]
    assert found["released"] == ["done", *["refused"] * 3]
    assert found["promised"] == ["done"] * 2 + ["refused"] * 2
    assert found["reversed"] == ["done", *["refused"] * 3]
    assert found["before_moves"] == ["5", "4"]
    assert (found["moved"], found["lots_in_shed"]) == (["done"] * 4, 1)
    assert set(found["to_and_fro"]) == {"done"}
    assert (found["disagree"], found["faults"]) == (0, 0)

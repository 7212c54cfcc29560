"""What the registers let the plan checker know: what the plan names, by its name, however large they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.actions.town import NOW, Town, build_town
from tests.built_once import built_once
from youbei.engine.plans.check import check
from youbei.engine.plans.model import Duration, Holder, HolderKind, Need
from youbei.records import checking
from youbei.records.checking import codes_like, known_by_registers
from youbei.records.models import Organisation
from youbei.testing import small_plan, small_step

pytestmark = pytest.mark.django_db
CREW = Need("crew", capability="foam_fire_fighting", count=3)
PLAN = small_plan(small_step("hold", takes=Duration(likely=timedelta(minutes=5)), needs=(CREW,)))


@built_once
def town() -> Town:
    return build_town(NOW)


def test_what_is_missing_is_called_by_its_name(town: Town) -> None:
    texts = [one.sentence for one in check(PLAN, known_by_registers(PLAN, NOW)) if one.code == "E504"]
    assert len(texts) == 1
    assert "foam_fire_fighting" not in texts[0].zh + texts[0].en
    assert "泡沫" in texts[0].zh


def test_of_a_large_register_no_more_is_read_than_a_plan_may_mean(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        Organisation(code=f"unit-{number:05}", name_zh="单位", name_en="Unit", path=f"/wide/{number:05}/")
        for number in range(700)
    ]
    Organisation.objects.bulk_create(rows)
    found = codes_like(Organisation.objects.all(), {"unit-00300", "unit-0050x"})
    assert "unit-00300" in found
    assert {"unit-00509", "unit-00510"} <= found
    assert len(found) <= 1 + 2 * checking.NEIGHBOURS
    assert len(codes_like(Organisation.objects.filter(code__lt="unit-00100"), set())) == 100 + len(
        Organisation.objects.filter(code__lt="unit-")
    )


def test_a_misspelt_unit_of_a_large_register_is_found_again(town: Town) -> None:
    codes = [*(f"unit-{number:05}" for number in range(700)), "upland-fire"]
    Organisation.objects.bulk_create(
        Organisation(code=code, name_zh="单位", name_en="Unit", path=f"/wide/{code}/") for code in codes
    )
    wrong = replace(PLAN.posts[0], id="duty", holder=Holder(HolderKind.AGENCY, "upland-fier"))
    plan = replace(PLAN, posts=(*PLAN.posts, wrong))
    said = [one for one in check(plan, known_by_registers(plan, NOW)) if one.place == "posts.duty.holder"]
    assert [one.cure.en for one in said] == ['Did you mean "upland-fire"?']

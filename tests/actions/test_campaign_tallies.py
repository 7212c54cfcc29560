"""A unit of a campaign counts where it stands: after moves, merges, divisions and answers in any order."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions.test_campaigns import NOW, TEAM, opened, save
from tests.built_once import built_once
from youbei import content
from youbei.actions.campaigns import answers
from youbei.actions.registers.splitting import NewUnit, split_unit
from youbei.actions.registers.tree import dissolve_unit, merge_unit, move_unit
from youbei.engine.errors import Refused
from youbei.records.models import Campaign, CampaignItem, CampaignTally, CampaignUnit, Organisation
from youbei.records.reports.campaigns import answers_of, by_area, by_kind

pytestmark = pytest.mark.django_db
AREAS = ("north", "south", "east")
LOWER = tuple(f"{area}-{number}" for area in AREAS for number in range(3))
UNITS = (*AREAS, *LOWER, "city", "other")
ALONE = {"by": None, "now": NOW, "document": "doc"}
FIELDS = ("units", "units_done", "items", "items_done", "still_true", "changed", "gone", "added")


@built_once
def asked() -> list[int]:
    """A city with three areas and a stranger beside it; the city has asked all its units, one area those below it."""
    made = {"city": save("organisation", code="city", name_zh="市", kind="bureau", email="city@city.example")}
    save("organisation", code="other", name_zh="邻市", kind="bureau")
    for area in AREAS:
        made[area] = save("organisation", code=area, name_zh=area, kind="park", parent="city")
        for number in range(3):
            kind = "school" if number else "enterprise"
            save("organisation", code=f"{area}-{number}", name_zh=f"{area}{number}", kind=kind, parent=area)
            for team in range(number):
                code = f"{area}-{number}-{team}"
                save("team", code=code, name_zh=code, organisation=f"{area}-{number}", **TEAM)
    return [opened(made["city"]).pk, opened(made["north"]).pk]


def recount(campaign: Campaign) -> dict[tuple[int, str], Counter[str]]:
    """Count the units of a campaign one by one where they stand, by climbing from each to the authority."""
    parents = dict(Organisation.objects.values_list("pk", "parent"))
    found: dict[tuple[int, str], Counter[str]] = {}
    for unit in CampaignUnit.objects.filter(campaign=campaign).select_related("organisation"):
        area, above = unit.organisation_id, parents[unit.organisation_id]
        while above is not None and above != campaign.organisation_id:
            area, above = above, parents[above]
        if above is None:
            area = campaign.organisation_id
        count = found.setdefault((area, unit.organisation.kind), Counter())
        count.update({"units": 1, "units_done": int(unit.done_at is not None)})
        count.update({"items": unit.items_total, "items_done": unit.items_done})
        count.update(state for state in unit.items.values_list("state", flat=True) if state != "pending")
    return found


def demand_right(campaign: Campaign) -> None:
    kept = {
        (one.area, one.kind): Counter({name: getattr(one, name) for name in FIELDS if getattr(one, name)})
        for one in CampaignTally.objects.filter(campaign=campaign)
    }
    assert kept == {key: +count for key, count in recount(campaign).items()}
    whole = Campaign.objects.get(pk=campaign.pk)
    units = CampaignUnit.objects.filter(campaign=campaign)
    assert sum(one["units"] for one in kept.values()) == whole.units_total == units.count()
    assert sum(one["items"] for one in kept.values()) == whole.items_total
    assert sum(one["units_done"] for one in kept.values()) == whole.units_done
    assert sum(one["items_done"] for one in kept.values()) == whole.items_done
    assert all(one.org_path == one.organisation.path for one in units.select_related("organisation"))


def answered(unit: CampaignUnit, verb: str) -> None:
    if verb == "finish":
        answers.finish(unit=unit, now=NOW)
    elif verb == "add":
        values = {"name_zh": "新队", **TEAM}
        answers.add(unit=unit, register=content.registers()["team"], values=values, now=NOW)
    elif (item := CampaignItem.objects.filter(unit=unit).order_by("state", "pk").first()) is not None:
        if verb == "gone":
            answers.gone(unit=unit, item=item, reason="no", now=NOW)
        else:
            answers.still_true(unit=unit, items=[item], now=NOW)


def carried_out(step: tuple[str, str, str], number: int) -> None:
    """Do one thing; what the tree or a campaign refuses is refused whole."""
    verb, one, other = step
    unit, into = Organisation.objects.get(code=one), Organisation.objects.get(code=other)
    if verb == "move":
        move_unit(unit=unit, to=into, **ALONE)
    elif verb == "merge":
        merge_unit(unit=unit, into=into, **ALONE)
    elif verb == "dissolve":
        dissolve_unit(unit=unit, successor=into, **ALONE)
    elif verb == "split":
        below = [child.pk for child in Organisation.objects.filter(parent=unit, retired_at=None).order_by("pk")[:1]]
        new = NewUnit(f"new-{number}", f"新{number}")
        split_unit(unit=unit, new=new, units=below, **ALONE)
    else:
        for row in CampaignUnit.objects.filter(organisation=unit).select_related("campaign", "organisation"):
            answered(row, verb)


STEPS = st.tuples(
    st.sampled_from(["move", "move", "move", "merge", "dissolve", "split", "true", "gone", "add", "finish"]),
    st.sampled_from(UNITS),
    st.sampled_from(UNITS),
)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=4, max_size=14))
def test_tallies_equal_a_recount_after_any_changes_of_the_tree(asked: list[int], steps: Any) -> None:
    with transaction.atomic():
        for number, step in enumerate(steps):
            try:
                with transaction.atomic():
                    carried_out(step, number)
            except Refused:
                continue
            for pk in asked:
                demand_right(Campaign.objects.select_related("organisation").get(pk=pk))
        transaction.set_rollback(True)


def test_a_unit_that_moves_takes_its_answers_to_the_other_area(asked: list[int]) -> None:
    campaign = Campaign.objects.select_related("organisation").get(pk=asked[0])
    unit = CampaignUnit.objects.get(campaign=campaign, organisation__code="south-1")
    answered(unit, "true")
    before = {area.code: (found.units, found.done) for area, found in areas_of(campaign)}
    assert (before["south"], before["east"]) == ((4, 1), (4, 0))
    move_unit(unit=unit.organisation, to=Organisation.objects.get(code="east"), **ALONE)
    after = {area.code: (found.units, found.done) for area, found in areas_of(campaign)}
    assert (after["south"], after["east"]) == ((3, 0), (5, 1))
    assert answers_of(list(campaign.tallies.all()))["still_true"] == 1


def test_a_unit_that_leaves_the_authority_stays_in_the_whole_and_stands_in_no_area(asked: list[int]) -> None:
    campaign = Campaign.objects.select_related("organisation").get(pk=asked[0])
    move_unit(unit=Organisation.objects.get(code="south"), to=Organisation.objects.get(code="other"), **ALONE)
    assert {area.code for area, _ in areas_of(campaign)} == {"north", "east"}
    assert sum(one.units for _, _, one in by_kind(list(campaign.tallies.all()))) == campaign.units_total == 12
    demand_right(campaign)


def test_nobody_is_merged_into_a_campaign_that_still_writes_down_its_units(asked: list[int]) -> None:
    Campaign.objects.filter(pk=asked[0]).update(status=Campaign.Status.OPENING)
    with pytest.raises(Refused, match="still writing down"):
        merge_unit(unit=Organisation.objects.get(code="south-1"), into=Organisation.objects.get(code="other"), **ALONE)


def areas_of(campaign: Campaign) -> list[tuple[Organisation, Any]]:
    return by_area(list(campaign.tallies.all()), campaign)

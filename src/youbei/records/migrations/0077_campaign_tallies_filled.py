"""Count how far the campaigns of before have come, by area and by kind of unit."""

from collections import Counter
from typing import Any

from django.db import migrations

MOST_AREAS, AT_ONCE = 100, 1000
STATES = ("still_true", "changed", "gone", "added")


def fill(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    campaigns, units, items, tallies, organisations = (
        apps.get_model("records", name)._base_manager.using(alias)
        for name in ("Campaign", "CampaignUnit", "CampaignItem", "CampaignTally", "Organisation")
    )
    for campaign in campaigns.order_by("pk"):
        is_divided = organisations.filter(parent_id=campaign.organisation_id).count() <= MOST_AREAS
        top = organisations.get(pk=campaign.organisation_id).path
        known: dict[tuple[int, str], Any] = {}
        rows, last = units.filter(campaign=campaign).select_related("organisation").order_by("pk"), 0
        while some := list(rows.filter(pk__gt=last)[:AT_ONCE]):
            last = some[-1].pk
            states: dict[int, Counter[str]] = {}
            for unit, state in items.filter(unit__in=[one.pk for one in some]).values_list("unit_id", "state"):
                states.setdefault(unit, Counter())[state] += 1
            for one in some:
                below = one.org_path[len(top) :].partition("/")[0] if one.org_path.startswith(top) else ""
                key = (int(below) if is_divided and below else campaign.organisation_id, one.organisation.kind)
                if key not in known:
                    known[key] = tallies.create(campaign=campaign, area=key[0], kind=key[1])
                add(known[key], one, states.get(one.pk, Counter()))
            units.bulk_update(some, ["tally"])
        fields = ["units", "units_done", "items", "items_done", *STATES]
        tallies.bulk_update(known.values(), fields, batch_size=AT_ONCE)


def add(tally: Any, unit: Any, states: Counter[str]) -> None:
    unit.tally = tally
    tally.units += 1
    tally.units_done += unit.done_at is not None
    tally.items += unit.items_total
    tally.items_done += unit.items_done
    for state in STATES:
        setattr(tally, state, getattr(tally, state) + states[state])


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0076_campaign_tallies"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

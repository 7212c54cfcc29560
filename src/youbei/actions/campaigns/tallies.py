"""Keep how far a campaign has come, by area and by kind of unit, with every unit that is asked and every answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import F

from youbei.records.models import Campaign, CampaignTally, CampaignUnit, Organisation

# Where more units than these hang directly under an authority, its units are not told apart by area.
MOST_AREAS = 100


def give_tallies(campaign: Campaign, rows: Iterable[CampaignUnit]) -> None:
    """Give units that are about to be written down the tallies that count them, and count them."""
    top = campaign.organisation
    is_divided = not Organisation.objects.filter(parent=top)[MOST_AREAS : MOST_AREAS + 1].exists()
    groups: dict[tuple[int, str], list[CampaignUnit]] = {}
    for row in rows:
        area = int(row.org_path[len(top.path) :].partition("/")[0]) if is_divided else top.pk
        groups.setdefault((area, row.organisation.kind), []).append(row)
    for (area, kind), some in sorted(groups.items()):
        tally, _ = CampaignTally.objects.get_or_create(campaign=campaign, area=area, kind=kind)
        add_to(tally.pk, {"units": len(some), "items": sum(row.items_total for row in some)})
        for row in some:
            row.tally = tally


def add_to(tally: int | None, numbers: Mapping[str, int]) -> None:
    """Add numbers, which may be negative, to a tally."""
    changes = {name: F(name) + number for name, number in numbers.items() if number}
    if tally is not None and changes:
        CampaignTally.objects.filter(pk=tally).update(**changes)


def moved(before: Iterable[str], after: str, *, but: Iterable[str]) -> dict[str, int]:
    """Return what is added to a tally where answers of these states become another; those of `but` do not change."""
    counts = Counter(state for state in before if state not in (after, *but))
    found = {state: -number for state, number in counts.items() if state != "pending"}
    return {**found, after: counts.total()} if counts else {}

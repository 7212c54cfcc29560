"""Keep how far a campaign has come, by area and by kind of unit, with every unit that is asked and every answer.

A unit counts where it stands: when the tree of organisations changes, what it has answered goes with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.db.models import Count, F, Q, Sum

from youbei.records.models import Campaign, CampaignItem, CampaignTally, CampaignUnit, Organisation
from youbei.records.models.scope import path_condition

# Where more units than these hang directly under an authority, its units are not told apart by area.
MOST_AREAS = 100
# Units are counted over in pieces of so many: a statement holds no more keys on SQLite than some thousands.
AT_ONCE = 500
STATES = (
    CampaignItem.State.STILL_TRUE,
    CampaignItem.State.CHANGED,
    CampaignItem.State.GONE,
    CampaignItem.State.ADDED,
)


def give_tallies(campaign: Campaign, rows: Iterable[CampaignUnit]) -> None:
    """Give units that are about to be written down the tallies that count them, and count them."""
    top = campaign.organisation
    is_divided = not Organisation.objects.filter(parent=top)[MOST_AREAS : MOST_AREAS + 1].exists()
    groups: dict[tuple[int, str], list[CampaignUnit]] = {}
    for row in rows:
        area = area_of(row.org_path, top) if is_divided else top.pk
        groups.setdefault((area, row.organisation.kind), []).append(row)
    for (area, kind), some in sorted(groups.items()):
        tally, _ = CampaignTally.objects.get_or_create(campaign=campaign, area=area, kind=kind)
        add_to(tally.pk, {"units": len(some), "items": sum(row.items_total for row in some)})
        for row in some:
            row.tally = tally


def area_of(path: str, top: Organisation) -> int:
    """Return the key of the unit directly below the authority under which a path lies; the authority's if under none.

    A unit that has left the authority during a campaign is still asked: it counts in the whole, and in no area.
    """
    below = path[len(top.path) :].partition("/")[0] if path.startswith(top.path) else ""
    return int(below) if below else top.pk


def count_anew(paths: Iterable[str], *, changed: Organisation | None = None, was: int | None = None) -> None:
    """Count the units under some paths where they stand now; called when the tree has changed, in its transaction.

    `changed` is a unit that took over what belonged to another (`was`, its key): units asked and whole campaigns.
    """
    places = list(paths)
    for start in range(0, len(places), MOST_AREAS):
        count_those(path_condition(places[start : start + MOST_AREAS], "org_path__under"), was)
    if changed is not None:
        count_those(Q(organisation=changed) | Q(campaign__organisation=changed), was)


def count_those(which: Q, was: int | None) -> None:
    units = CampaignUnit.objects.filter(which)
    for pk in sorted(set(units.order_by().values_list("campaign_id", flat=True))):
        # Locked as answers lock them, first the units, then the campaign: an answer is added to the tally that counts
        # the unit then.
        locked = units.filter(campaign=pk).select_for_update(of=("self",)).select_related("organisation")
        rows = list(locked.order_by("pk"))
        campaign = Campaign.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=pk)
        count_units(campaign, rows, was)


def count_units(campaign: Campaign, rows: Iterable[CampaignUnit], was: int | None) -> None:
    """Move units from the tallies that have counted them to those of where they stand; empty tallies go."""
    top, known = campaign.organisation, {one.pk: one for one in campaign.tallies.all()}
    is_divided = any(one.area not in (top.pk, was) for one in known.values())
    groups: dict[tuple[int | None, int, str], list[int]] = {}
    for row in rows:
        area = area_of(row.org_path, top) if is_divided else top.pk
        tally = known.get(row.tally_id or 0)
        if tally is None or (tally.area, tally.kind) != (area, row.organisation.kind):
            groups.setdefault((row.tally_id, area, row.organisation.kind), []).append(row.pk)
    for (old, area, kind), pks in sorted(groups.items(), key=str):
        new, _ = CampaignTally.objects.get_or_create(campaign=campaign, area=area, kind=kind)
        for start in range(0, len(pks), AT_ONCE):
            some = pks[start : start + AT_ONCE]
            numbers = numbers_of(some)
            add_to(old, {name: -number for name, number in numbers.items()})
            add_to(new.pk, numbers)
            CampaignUnit.objects.filter(pk__in=some).update(tally=new)
    if groups:
        campaign.tallies.filter(units=0).delete()


def numbers_of(units: list[int]) -> dict[str, int]:
    """Count what a tally says of some units, from their rows and their answers."""
    found = CampaignUnit.objects.filter(pk__in=units).aggregate(
        units=Count("id"), units_done=Count("done_at"), items=Sum("items_total"), items_done=Sum("items_done")
    )
    states = CampaignItem.objects.filter(unit__in=units, state__in=STATES).order_by().values("state")
    return {
        **{name: value or 0 for name, value in found.items()},
        **{one["state"]: one["number"] for one in states.annotate(number=Count("id"))},
    }


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

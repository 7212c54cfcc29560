"""The two sides of a comparison: how they are named by whoever asks, what that comes to, and how each is set up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from youbei.actions.stress_tests import StressTestRefused, begun
from youbei.engine.places import Point
from youbei.engine.plans.model import Plan
from youbei.engine.resources import World
from youbei.engine.simulation.changes import changed, with_lots_at, with_teams_at, without
from youbei.engine.simulation.ensemble import Setup, set_up
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import PlanVersion, SitingStudy, StressComparison, StressTest, User

# What moves to the sites of a siting study.
STOCK, TEAMS = "stock", "teams"
FAILURE = "failure:"


def resolved(by: User | None, version: PlanVersion, named: str) -> dict[str, Any]:
    """Return what a side is and what it is called, with all that is needed to make it.

    named: `version:<pk>`, `measure:<test>:<key>`, `without:<test>:<team or supplier>`, `siting:<study>:<stock or
    teams>`.
    """
    kind, _, rest = named.partition(":")
    make = SIDES.get(kind)
    found = None if make is None else make(by, version, rest)
    if found is None:
        raise StressTestRefused(
            zh="没有这样的比较对象。请从列表中选择另一个版本、一项改进、一支队伍、一家供应商或一次选址研究。",
            en="There is nothing of that kind to compare with. Choose another version, a measure, a team, a supplier "
            "or a siting study of the list.",
        )
    return found


def other_version(by: User | None, version: PlanVersion, rest: str) -> dict[str, Any] | None:
    other = version.plan.versions.filter(pk=number_in(rest)).first()
    if other is None or other.pk == version.pk:
        return None
    called = Text(f"版本 {other.version}", f"version {other.version}")
    return {"kind": "version", "version": other.pk, **called.as_data()}


def measure_of(by: User | None, version: PlanVersion, rest: str) -> dict[str, Any] | None:
    test, _, key = rest.partition(":")
    for one in found_by(version, number_in(test)).get("improvements", []):
        if one["key"] == key and "change" in one:
            return {"kind": "measure", "change": one["change"], **one["what"]}
    return None


def without_whom(by: User | None, version: PlanVersion, rest: str) -> dict[str, Any] | None:
    test, _, name = rest.partition(":")
    for partner, called in partners(found_by(version, number_in(test))):
        if partner == name:
            return {"kind": "without", "resources": [name], **called.as_data()}
    return None


def partners(found: Mapping[str, Any]) -> Iterator[tuple[str, Text]]:
    """Yield the teams that a test sent out, the busiest first, and the suppliers and lines that it reckoned with; each
    with the words for a day without it.
    """
    for one in found.get("busy", []):
        yield one["team"], Text(f"没有{one['label']}", f"without {one.get('label_en') or one['label']}")
    for one in found.get("conditions", []):
        if one["name"].startswith(FAILURE):
            yield one["name"].removeprefix(FAILURE), Text(one["label"]["zh"], one["label"]["en"])


def siting_variant(by: User | None, version: PlanVersion, rest: str) -> dict[str, Any] | None:
    """Return the sites that a study chose, as far as whoever asks may see it."""
    study, _, moves = rest.partition(":")
    rows = SitingStudy.objects.all() if by is None else SitingStudy.objects.visible_to(by)
    row = rows.filter(pk=number_in(study), answer__isnull=False).first()
    sites: Any = (row.answer or {}).get("sites") if row is not None else None
    if not sites or moves not in (STOCK, TEAMS):
        return None
    places = [{"lat": one["lat"], "lon": one["lon"]} for one in sites]
    return {"kind": "siting", "study": number_in(study), "moves": moves, "sites": places,
            **siting_words(sites, moves).as_data()}  # fmt: skip


def siting_words(sites: list[dict[str, Any]], moves: str) -> Text:
    """Say what stands where."""
    most = 3
    names = [Text(one["zh"], one["en"]) for one in sites[:most]]
    zh, en = "、".join(one.in_language("zh") for one in names), ", ".join(one.in_language("en") for one in names)
    if len(sites) > most:
        zh, en = f"{zh}等 {len(sites)} 处", f"{en} and {len(sites) - most} more"
    if moves == STOCK:
        return Text(f"物资储备设在{zh}", f"reserves kept at {en}")
    return Text(f"队伍驻在{zh}", f"teams standing at {en}")


SIDES = {
    "version": other_version,
    "measure": measure_of,
    "without": without_whom,
    "siting": siting_variant,
}


def is_of_any_day(side: Mapping[str, Any] | None) -> bool:
    """Return whether a side lacks a supplier: these are reckoned with on any day only."""
    return side is not None and any(not name.startswith("team:") for name in side.get("resources", ()))


def number_in(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def found_by(version: PlanVersion, test: int) -> dict[str, Any]:
    rows = StressTest.objects.filter(plan_version__plan=version.plan, pk=test, found__isnull=False)
    found: Any = rows.values_list("found", flat=True).first()
    return found or {}


# --- carrying out -----------------------------------------------------------------------------------------------------


def both_sides(row: StressComparison, now: datetime) -> tuple[Setup, Setup]:
    """Set both up with the resources of today; raise BadSimulation where one of them makes no sense."""
    against: Mapping[str, Any] = row.against
    plain = side(row, row.plan_version, now)
    first = altered_by(plain, row.first)
    if against["kind"] == "version":
        return first, side(row, row.plan_version.plan.versions.get(pk=against["version"]), now)
    return first, altered_by(plain, against, level_of=first)


def side(row: StressComparison, version: PlanVersion, now: datetime) -> Setup:
    """Return a version with the resources of today, as a stress test of it has them."""
    scenario = row.scenario if row.scenario in {one.id for one in load_plan(version).scenarios} else ""
    asked = StressTest(
        plan_version=version, org_path=row.org_path, scenario=scenario, seed=row.seed, is_any_day=row.is_any_day
    )
    return begun(asked, now).setup


def altered_by(setup: Setup, named: Mapping[str, Any] | None, *, level_of: Setup | None = None) -> Setup:
    """Return what is set up with a measure, without somebody, or with its reserves elsewhere."""
    if not named:
        return setup
    plan, world = changed_by(setup.plan, setup.world, named)
    return set_up(plan, world, setup.scenario, seed=setup.seed, level=(level_of or setup).level)


def changed_by(plan: Plan, world: World, named: Mapping[str, Any]) -> tuple[Plan, World]:
    if named["kind"] == "measure":
        return changed(plan, world, named["change"])
    if named["kind"] == "without":
        return plan, without(world, named["resources"])
    places = [Point(one["lat"], one["lon"]) for one in named["sites"]]
    if named["moves"] == TEAMS:
        return plan, with_teams_at(world, places)
    return plan, with_lots_at(world, places, lots={lot.id for lot in world.stock if lot.id.startswith("lot:")})

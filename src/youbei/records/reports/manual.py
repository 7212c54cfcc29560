"""Which cases and plans a manual holds: validated cases and plans in force, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.utils import timezone

from youbei import content
from youbei.engine.exercises.manual import CasePart, manual
from youbei.engine.exercises.report import Report
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import Case, Plan, User

# A manual of more is a library: it is narrowed by kind or tag instead.
MOST_CASES, MOST_PLANS = 60, 20
# Tags are compared here, not in the database: so many of the newest are looked at.
LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a manual holds; `is_cut` where more would fit than it takes."""

    cases: tuple[Case, ...]
    plans: tuple[Plan, ...]
    is_cut: bool

    def only(self, cases: Collection[int], plans: Collection[int]) -> Chosen:
        """Return what stays of this when single cases and plans are chosen, by their keys."""
        kept = tuple(case for case in self.cases if case.pk in cases)
        return replace(self, cases=kept, plans=tuple(plan for plan in self.plans if plan.pk in plans))


def chosen_for(user: User, *, kind: str = "", tag: str = "", has_plans: bool = True) -> Chosen:
    """Return the validated cases of a kind and tag, newest first, and the plans in force for their kinds."""
    rows = Case.objects.visible_to(user).filter(validated_at__isnull=False).select_related("incident").order_by("-id")
    if kind:
        rows = rows.filter(kind=kind)
    looked_at = rows[:LOOKED_AT] if tag else rows[: MOST_CASES + 1]
    cases = [case for case in looked_at if not tag or tag in case.tags]
    kinds = {kind} if kind else {case.kind for case in cases}
    plans: list[Plan] = []
    if has_plans:
        filed = Plan.objects.visible_to(user).filter(is_withdrawn=False, current__isnull=False)
        filed = filed.select_related("current").defer("current__data").order_by("id")[:LOOKED_AT]
        plans = [plan for plan in filed if kinds & set(plan.hazards)]
    is_cut = len(cases) > MOST_CASES or len(plans) > MOST_PLANS
    return Chosen(tuple(cases[:MOST_CASES]), tuple(plans[:MOST_PLANS]), is_cut)


def manual_of(chosen: Chosen, *, kind: str = "", tag: str = "") -> Report:
    """Return the manual of what was chosen."""
    found = content.incident_kinds().get(kind)
    subject = found.name if found else Text("全部类型", "all kinds")
    if tag:
        subject = Text(f"{subject.zh}，{tag}", f"{subject.en}, {tag}")
    plans = [load_plan(plan.current) for plan in chosen.plans if plan.current is not None]
    return manual([case_part(case) for case in chosen.cases], plans, subject=subject)


def case_part(case: Case) -> CasePart:
    known, kinds = case.incident, content.incident_kinds()
    names = content.fact_names()
    facts = tuple((names[key], content.describe_fact(key, value)) for key, value in case.traits.items() if key in names)
    return CasePart(
        title=case.title,
        number=known.number,
        kind=kinds[case.kind].name if case.kind in kinds else Text(case.kind, case.kind),
        known_on=timezone.localdate(known.known_at).isoformat(),
        tags=tuple(case.tags),
        facts=facts,
        summary=case.summary,
        course=case.course,
        decisions=case.decisions,
        evaluation=case.evaluation,
        lessons=case.lessons,
    )

"""What the stress tests of the nights found, plan by plan: broken promises with their owners and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from youbei.engine.plans.model import Plan
from youbei.engine.text import Text
from youbei.records.load import load_plans
from youbei.records.models import Finding, StressTest, User
from youbei.records.pages import Page, keyset_page
from youbei.records.reports.names import name_of, post_title

ORDER = ("-asked_at", "-id")
# The subject under which a day that asks for more than the teams can do is recorded.
OVERLOAD = "overload"


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A promise that breaks: in words, the post that gave it, the finding that was recorded of it, if any, and when it
    breaks more often than otherwise.
    """

    text: Text
    owner: Text
    finding: int | None
    under: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Readiness:
    """What one night found of a plan, today or on any day; `refusal` says why it could find nothing, and `finding` is
    what was recorded of that.
    """

    pk: int
    title: Text
    unit: Text
    asked_at: datetime
    is_any_day: bool
    is_done: bool
    refusal: Text | None
    promises: tuple[BrokenPromise, ...]
    finding: int | None = None


def readiness(user: User, *, since: datetime, cursor: str | None) -> Page[Readiness]:
    """Return the nightly tests of plans that a user may see, the newest first."""
    rows = StressTest.objects.visible_to(user).filter(is_nightly=True, asked_at__gte=since)
    rows = rows.select_related("plan_version__plan__organisation").defer("plan_version__data")
    return keyset_page(rows, order=ORDER, cursor=cursor, read=read)


def read(rows: Sequence[StressTest]) -> list[Readiness]:
    plans = load_plans([row.plan_version for row in rows])
    findings = dict(
        Finding.objects.filter(plan__in={row.plan_version.plan_id for row in rows}, key__startswith="stress:")
        .order_by("pk")
        .values_list("key", "pk")
    )
    return [shown(row, plans[row.plan_version_id], findings) for row in rows]


def shown(row: StressTest, plan: Plan, findings: Mapping[str, int]) -> Readiness:
    owners = {step.id: step.owner for step in plan.steps}
    newest = {key.partition("#")[0]: pk for key, pk in findings.items()}
    promises = () if row.found is None else row.found["promises"]
    overload = newest.get(f"stress:{row.plan_version.plan_id}:{OVERLOAD}")
    return Readiness(
        pk=row.pk,
        title=plan.title,
        unit=name_of(row.plan_version.plan.organisation),
        asked_at=row.asked_at,
        is_any_day=row.is_any_day,
        is_done=row.found is not None,
        refusal=None if row.refusal is None else Text(row.refusal["zh"], row.refusal["en"]),
        promises=tuple(
            BrokenPromise(
                text=Text(one["zh"], one["en"]),
                owner=post_title(owners.get(one["subject"].split("/")[0], ""), plan),
                finding=newest.get(f"stress:{row.plan_version.plan_id}:{one['subject']}"[:190]),
                under=tuple(Text(each["label"]["zh"], each["label"]["en"]) for each in one.get("under", ())),
            )
            for one in promises
        ),
        finding=None if row.refusal is None else overload,
    )

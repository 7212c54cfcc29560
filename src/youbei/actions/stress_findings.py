"""What a stress test shows to be broken, as findings: recorded once, and again only when a verified cure has failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from youbei.actions.findings.recording import Wrong, record_finding
from youbei.engine.findings.kinds import Element, FindingSeverity, Source
from youbei.engine.findings.life import State
from youbei.engine.text import Text
from youbei.records.models import Finding, StressTest
from youbei.records.reports.readiness import OVERLOAD

# Assumption: a promise that one run in five breaks is grave; rarer ones are shown as warnings.
GRAVE = 0.2


def wrong_of(test: StressTest, promise: Mapping[str, Any], *, key: str = "") -> Wrong:
    """Return a broken promise as what is wrong."""
    version, subject = test.plan_version, str(promise["subject"])
    zh, en = ("任意一天：", "On any day: ") if test.is_any_day else ("", "")
    return Wrong(
        title=Text(f"{zh}{promise['zh']}"[:300], f"{en}{promise['en']}"[:300]),
        source=Source.SIMULATION,
        severity=FindingSeverity.MAJOR if promise["share"] >= GRAVE else FindingSeverity.GENERAL,
        element=Element.PLANNING,
        key=key or key_of(test, subject),
        plan_version=version,
        place=f"steps.{subject.split('/')[0]}"[:200],
        evidence=[
            {
                "stress_test": test.pk,
                "subject": subject,
                "share": promise["share"],
                "is_any_day": test.is_any_day,
                "under": promise.get("under", []),
            }
        ],
    )


def overload_of(test: StressTest, *, key: str = "") -> Wrong | None:
    """Return as what is wrong that the calls of every day are more than the teams can do; None where they are not, or
    nothing says so.

    More teams or other duty cure it, not another plan.
    """
    refusal: Mapping[str, str] = test.refusal or {}
    if "said_zh" not in refusal:
        return None
    return Wrong(
        title=Text(refusal["said_zh"][:300], refusal["said_en"][:300]),
        source=Source.SIMULATION,
        severity=FindingSeverity.MAJOR,
        element=Element.ORGANISATION,
        key=key or key_of(test, OVERLOAD),
        plan_version=test.plan_version,
        evidence=[{"stress_test": test.pk, "subject": OVERLOAD, "is_any_day": test.is_any_day}],
    )


def key_of(test: StressTest, subject: str) -> str:
    return f"stress:{test.plan_version.plan_id}:{subject}"[:190]


def record_broken(test: StressTest, *, now: datetime) -> list[Finding]:
    """Record the grave promises that a test shows to be broken; what is recorded already stays as it is."""
    found: Any = test.found
    recorded = []
    for promise in found["promises"]:
        key = unused_key(key_of(test, str(promise["subject"])))
        if promise["share"] >= GRAVE and key is not None:
            wrong = wrong_of(test, promise, key=key)
            unit = test.plan_version.plan.organisation
            recorded.append(record_finding(by=None, now=now, organisation=unit, wrong=wrong))
    return recorded


def record_overload(test: StressTest, *, now: datetime) -> Finding | None:
    """Record that a day asks for more than the teams can do, once as with broken promises; None where it does not."""
    key = unused_key(key_of(test, OVERLOAD))
    wrong = None if key is None else overload_of(test, key=key)
    if wrong is None:
        return None
    return record_finding(by=None, now=now, organisation=test.plan_version.plan.organisation, wrong=wrong)


def unused_key(key: str) -> str | None:
    """Return under which key to record; None where a finding of it stands, or was dropped or is tolerated."""
    known = list(Finding.objects.filter(Q(key=key) | Q(key__startswith=f"{key}#")).values_list("state", flat=True))
    if any(state != State.VERIFIED for state in known):
        return None
    return f"{key}#{len(known) + 1}" if known else key

"""What stands for the parameters of addresses: for each head and parameter, values from the planted county.

A new address whose parameters are not known here fails the walk with a sentence. Add a line to `PLACES`: the longest
head that fits counts, and a value may depend on those chosen before it (`/registers/<name>/<pk>/`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.walk.planted import CODE, Planted
from youbei import content
from youbei.actions.call_off_messages import link_word as call_off_word
from youbei.actions.campaigns.links import link_word
from youbei.actions.debriefs import word_of as debrief_word
from youbei.actions.exercises.hot_wash import word_of as hot_wash_word
from youbei.records.models import (
    ApiToken,
    Assignment,
    Attachment,
    DebriefLink,
    Grant,
    HotWash,
    RecordChange,
    RunNeed,
    RunPost,
    RunStep,
    SignIn,
    StockMovement,
)
from youbei.records.reports.layers import CLOSURES, INCIDENTS, is_placed

Chosen = Mapping[str, Any]
Values = Callable[[Planted, Chosen], list[Any]]


def change_of(planted: Planted, chosen: Chosen) -> list[Any]:
    rows = RecordChange.objects.filter(register=chosen["name"], record_id=chosen["pk"])
    return list(rows.values_list("pk", flat=True)[:1]) or [1]


def file_of(planted: Planted, chosen: Chosen) -> list[Any]:
    return [Attachment.objects.filter(register=chosen["name"], record_id=chosen["pk"]).get().pk]


def layers() -> list[str]:
    """Return the registers that have a place, and the two layers that are no registers."""
    return [*(one.name for one in content.registers().values() if is_placed(one)), INCIDENTS, CLOSURES]


def feature_of(planted: Planted, chosen: Chosen) -> list[Any]:
    others = {INCIDENTS: planted.incident.pk, CLOSURES: planted.closure.pk}
    return [others.get(chosen["name"]) or planted.records[chosen["name"]].pk]


def owner_grant(planted: Planted, chosen: Chosen) -> list[Any]:
    return [Grant.objects.filter(user=planted.users["colleague"], delegated_from=None).get().pk]


RUN: dict[str, Values] = {
    "pk": lambda planted, chosen: [planted.run.pk],
    "run_id": lambda planted, chosen: [planted.run.pk],
    "step": lambda planted, chosen: [RunStep.objects.filter(run=planted.run).order_by("pk")[0].step],
    "post": lambda planted, chosen: [RunPost.objects.filter(run=planted.run).order_by("pk")[0].post],
    "need": lambda planted, chosen: [need.need for need in RunNeed.objects.filter(run=planted.run)[:1]] or ["a/b"],
    "code": lambda planted, chosen: [one.code for one in Assignment.objects.filter(run=planted.run)[:1]] or ["a1"],
}
PLAN: dict[str, Values] = {
    "pk": lambda planted, chosen: [planted.version.plan_id],
    "code": lambda planted, chosen: [planted.version.plan.code],
    "version": lambda planted, chosen: [planted.version.version],
}
VERBS = ["start", "end", "close", "time", "cancel", "enrol", "revise", "seal", "posts", "look"]
PLACES: dict[str, dict[str, Values]] = {
    "registers": {
        "name": lambda planted, chosen: list(content.registers()),
        "pk": lambda planted, chosen: [planted.records[chosen["name"]].pk],
        "change": change_of,
        "view": lambda planted, chosen: [planted.view.pk],
        "attachment": file_of,
        "file_id": file_of,
    },
    "features/collections": {"name": lambda planted, chosen: layers(), "feature": feature_of},
    "reports": {
        "pk": lambda planted, chosen: [planted.report.pk],
        "report": lambda planted, chosen: [planted.report.pk],
    },
    "me/reports": {"pk": lambda planted, chosen: [planted.report.pk]},
    "registers/person": {"pk": lambda planted, chosen: [planted.records["person"].pk]},
    "registers/contact_way": {"pk": lambda planted, chosen: [planted.records["contact_way"].pk]},
    "registers/organisation": {"pk": lambda planted, chosen: [planted.records["organisation"].pk]},
    "registers/team": {"pk": lambda planted, chosen: [planted.records["team"].pk]},
    "registers/site": {"pk": lambda planted, chosen: [planted.records["site"].pk]},
    "registers/agreement": {
        "pk": lambda planted, chosen: [planted.records["agreement"].pk],
        "incident_id": lambda planted, chosen: [planted.incident.pk],
    },
    "agreements": {"agreement_id": lambda planted, chosen: [planted.records["agreement"].pk]},
    "compensations": {
        "pk": lambda planted, chosen: [planted.compensation.pk],
        "statement_id": lambda planted, chosen: [planted.compensation.pk],
        "stage": lambda planted, chosen: ["sent", "agreed", "paid"],
    },
    "call-offs": {
        "pk": lambda planted, chosen: [planted.call_off.pk],
        "call_off_id": lambda planted, chosen: [planted.call_off.pk],
        "verb": lambda planted, chosen: ["accepted", "refused", "withdrawn"],
    },
    "a": {"word": lambda planted, chosen: [call_off_word(planted.call_off)]},
    "registers/expert": {"pk": lambda planted, chosen: [planted.records["expert"].pk]},
    "registers/consultation": {"pk": lambda planted, chosen: [planted.records["consultation"].pk]},
    "experts": {"expert_id": lambda planted, chosen: [planted.records["expert"].pk]},
    "consultations": {"consultation_id": lambda planted, chosen: [planted.records["consultation"].pk]},
    "registers/imports": {
        "pk": lambda planted, chosen: [planted.sheet.pk],
        "import_id": lambda planted, chosen: [planted.sheet.pk],
        "step": lambda planted, chosen: ["apply", "undo", "cancel", "check"],
    },
    "campaigns": {
        "pk": lambda planted, chosen: [planted.asked.campaign_id],
        "campaign_id": lambda planted, chosen: [planted.asked.campaign_id],
    },
    "campaign-units": {"unit_id": lambda planted, chosen: [planted.asked.pk]},
    "campaigns/units": {
        "pk": lambda planted, chosen: [planted.asked.pk],
        "step": lambda planted, chosen: ["remind", "renew"],
    },
    "c": {
        "word": lambda planted, chosen: [link_word(planted.asked)],
        "item": lambda planted, chosen: [planted.asked.items.order_by("pk")[0].pk],
        "name": lambda planted, chosen: ["team"],
    },
    "incidents": {
        "pk": lambda planted, chosen: [planted.incident.pk],
        "incident_id": lambda planted, chosen: [planted.incident.pk],
        "version": lambda planted, chosen: [planted.version.pk],
    },
    "runs": RUN,
    "runs/<int:pk>/scene": {**RUN, "entry": lambda planted, chosen: [planted.entry.pk]},
    "runs/{run_id}/scene": {**RUN, "entry": lambda planted, chosen: [planted.entry.pk]},
    "dispatch": {"pk": lambda planted, chosen: [planted.move_up.pk]},
    "closures": {
        "pk": lambda planted, chosen: [planted.closure.pk],
        "closure_id": lambda planted, chosen: [planted.closure.pk],
    },
    "aid": {
        "pk": lambda planted, chosen: [planted.aid.pk],
        "aid_id": lambda planted, chosen: [planted.aid.pk],
        "name": lambda planted, chosen: ["offer", "refuse", "commit", "depart", "release"],
        "step": lambda planted, chosen: ["offer", "refuse", "commit", "depart", "release"],
    },
    "requests": {
        "pk": lambda planted, chosen: [planted.outside.pk],
        "request_id": lambda planted, chosen: [planted.declined.pk],
    },
    "webhooks": {
        "pk": lambda planted, chosen: [planted.webhook.pk],
        "webhook_id": lambda planted, chosen: [planted.webhook.pk],
        "verb": lambda planted, chosen: ["test", "pause", "resume"],
    },
    "siting": {"pk": lambda planted, chosen: [planted.study.pk]},
    "runs/<int:pk>/steps": {**RUN, "verb": lambda planted, chosen: ["start", "finish", "skip", "reopen"]},
    "runs/<int:pk>/report": {**RUN, "form": lambda planted, chosen: ["docx", "pdf"]},
    "runs/<int:pk>/clock": {**RUN, "verb": lambda planted, chosen: ["speed", "jump", "pause", "resume"]},
    "plans": PLAN,
    "stress-comparisons": {
        "pk": lambda planted, chosen: [planted.comparison.pk],
        "comparison_id": lambda planted, chosen: [planted.comparison.pk],
    },
    "stress-tests": {
        "pk": lambda planted, chosen: [planted.stress.pk],
        "test_id": lambda planted, chosen: [planted.stress.pk],
        "role": lambda planted, chosen: ["typical", "bad"],
        "form": lambda planted, chosen: ["html", "csv", "json"],
    },
    "exercises": {
        "pk": lambda planted, chosen: [planted.exercise.pk],
        "exercise_id": lambda planted, chosen: [planted.exercise.pk],
        "inject": lambda planted, chosen: ["hurt"],
        "act": lambda planted, chosen: ["hold", "release"],
        "action": lambda planted, chosen: ["alarm-raised"],
        "verb": lambda planted, chosen: [
            "start",
            "end",
            "close",
            "time",
            "cancel",
            "enrol",
            "revise",
            "seal",
            "posts",
            "look",
            "classes",
            "hot-wash-after",
            "safety",
            "ask-unit",
        ],
    },
    "exercises/circumstances": {"circumstance": lambda planted, chosen: [planted.circumstance.pk]},
    "circumstances": {"circumstance_id": lambda planted, chosen: [planted.circumstance.pk]},
    "exercises/<uuid:pk>/units": {
        "pk": lambda planted, chosen: [planted.exercise.pk],
        "unit": lambda planted, chosen: [planted.exercise_unit.pk],
        "act": lambda planted, chosen: [
            "accept",
            "decline",
            "real",
            "return",
            "withdraw",
            "remove",
            "people",
            "classes",
        ],
    },
    "exercises/{exercise_id}/units": {
        "exercise_id": lambda planted, chosen: [planted.exercise.pk],
        "code": lambda planted, chosen: [planted.exercise_unit.organisation.code],
        "act": lambda planted, chosen: ["accept", "decline", "real", "return", "withdraw", "remove"],
    },
    "exercises/<uuid:pk>/control": {
        "pk": lambda planted, chosen: [planted.exercise.pk],
        "subject": lambda planted, chosen: ["hurt"],
        "verb": lambda planted, chosen: ["fire", "hold", "release", "skip", "fail", "change", "add", "confirm"],
    },
    "exercises/<uuid:pk>/injects": {
        "pk": lambda planted, chosen: [planted.exercise.pk],
        "kind": lambda planted, chosen: ["call", "road-closed"],
        "inject": lambda planted, chosen: ["hurt"],
    },
    "exercises/<uuid:pk>/models": {
        "pk": lambda planted, chosen: [planted.exercise.pk],
        "name": lambda planted, chosen: ["outbreak", "flood"],
    },
    "exercises/<uuid:pk>/photos": {
        "pk": lambda planted, chosen: [planted.exercise.pk],
        "photo": lambda planted, chosen: [planted.photo],
    },
    "exercises/<uuid:pk>/break-off": {
        "pk": lambda planted, chosen: [planted.exercise.pk],
        "incident": lambda planted, chosen: [planted.incident.pk],
    },
    "drill-programmes": {"code": lambda planted, chosen: [planted.county.code]},
    "head-counts": {
        "pk": lambda planted, chosen: [planted.counting.pk],
        "head_count_id": lambda planted, chosen: [planted.counting.pk],
        "key": lambda planted, chosen: [planted.counting.groups.all()[0].key],
    },
    "d": {"word": lambda planted, chosen: [debrief_word(DebriefLink.objects.get(run=planted.run))]},
    "runs/{run_id}/debrief-links": {
        **RUN,
        "link": lambda planted, chosen: [DebriefLink.objects.get(run=planted.run).pk],
    },
    "runs/<int:pk>/replay": {**RUN, "link": lambda planted, chosen: [DebriefLink.objects.get(run=planted.run).pk]},
    "w": {"word": lambda planted, chosen: [hot_wash_word(HotWash.objects.get(exercise=planted.exercise))]},
    "exercises/programme": {"pk": lambda planted, chosen: [planted.county.pk]},
    "proof": {"pk": lambda planted, chosen: [planted.exercise.pk]},
    "h": {
        "word": lambda planted, chosen: [planted.count_word],
        "key": lambda planted, chosen: [planted.counting.groups.all()[0].key],
    },
    "exercises/library": {"code": lambda planted, chosen: ["binhai-kitchen-fire"]},
    "teams": {"team_id": lambda planted, chosen: [planted.records["team"].pk]},
    "organisations": {"code": lambda planted, chosen: [planted.records["organisation"].code]},
    "stock/lots": {
        "pk": lambda planted, chosen: [planted.records["lot"].pk],
        "verb": lambda planted, chosen: ["receive", "issue", "move", "count", "write_off", "rotate"],
    },
    "stock/vehicles": {"pk": lambda planted, chosen: [planted.records["vehicle"].pk]},
    "vehicles": {"code": lambda planted, chosen: [planted.records["vehicle"].code]},
    "stock/orders": {"pk": lambda planted, chosen: [planted.order.pk]},
    "stock-orders": {"order_id": lambda planted, chosen: [planted.order.pk]},
    "stock/movements": {
        "pk": lambda planted, chosen: [
            StockMovement.objects.filter(postings__lot_id=planted.records["lot"].pk).order_by("-pk")[0].pk
        ],
    },
    "stock-movements": {
        "movement_id": lambda planted, chosen: [
            StockMovement.objects.filter(postings__lot_id=planted.records["lot"].pk).order_by("-pk")[0].pk
        ],
    },
    "findings": {
        "pk": lambda planted, chosen: [planted.finding.pk],
        "finding_id": lambda planted, chosen: [planted.finding.pk],
        "number": lambda planted, chosen: [1],
        "retest_id": lambda planted, chosen: [planted.retest.pk],
        "act": lambda planted, chosen: ["rectify", "accept", "send-back", "drop", "reopen"],
    },
    "cases/manual": {"form": lambda planted, chosen: ["docx", "pdf"]},
    "cases": {
        "pk": lambda planted, chosen: [planted.case.pk],
        "case_id": lambda planted, chosen: [planted.case.pk],
    },
    "drafts": {
        "pk": lambda planted, chosen: [planted.draft.pk],
        "draft_id": lambda planted, chosen: [planted.draft.pk],
        "clause": lambda planted, chosen: ["new"],
        "step": lambda planted, chosen: [RunStep.objects.filter(run=planted.run).order_by("pk")[0].step],
    },
    "needs": {"scenario": lambda planted, chosen: list(content.needs())},
    "stock/needs": {"code": lambda planted, chosen: list(content.needs())},
    "stock/stated": {
        "pk": lambda planted, chosen: [planted.stated.pk],
        "verb": lambda planted, chosen: ["confirm", "reject"],
    },
    "stock-stated": {"stated_id": lambda planted, chosen: [planted.stated.pk]},
    "stock": {"lot_id": lambda planted, chosen: [planted.records["lot"].pk]},
    "grants": {"grant_id": owner_grant},
    "accounts": {
        "pk": lambda planted, chosen: [planted.users["colleague"].pk],
        "account_id": lambda planted, chosen: [planted.users["colleague"].pk],
        "grant": owner_grant,
        "row": lambda planted, chosen: [planted.outside.pk],
    },
    "accounts/rules": {"pk": lambda planted, chosen: [planted.rule.pk]},
    "me/sessions": {
        "pk": lambda planted, chosen: [SignIn.objects.get(user=planted.users["owner"]).pk],
        "session_id": lambda planted, chosen: [SignIn.objects.get(user=planted.users["owner"]).pk],
    },
    "me/keys": {"pk": lambda planted, chosen: [ApiToken.objects.get(user=planted.users["owner"]).pk]},
    "me/tokens": {"token_id": lambda planted, chosen: [ApiToken.objects.get(user=planted.users["owner"]).pk]},
    "me/factors": {"pk": lambda planted, chosen: [planted.passkey.pk]},
    "me/lent": {"pk": lambda planted, chosen: [planted.lent.pk]},
    "me/delegations": {"grant_id": lambda planted, chosen: [planted.lent.pk]},
}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\{(\w+)\}")


class Unknown(Exception):
    """The walk does not know what to put for a parameter of an address."""


def addresses(route: str, planted: Planted) -> Iterator[str]:
    """Yield the route with its parameters filled from the planted county, in every way that `PLACES` offers."""
    yield from filled(route, known_for(route), planted, {})


def known_for(route: str) -> Mapping[str, Values]:
    """Return what is known of the parameters of a route, by the longest head that fits."""
    bare = route.removeprefix("/api").lstrip("/")
    head = max((one for one in PLACES if bare.startswith(f"{one}/")), key=len, default="")
    return PLACES.get(head, {})


def unknown_parameters(route: str) -> list[str]:
    return [name for found in PARAMETER.finditer(route) if (name := found[1] or found[2]) not in known_for(route)]


def filled(route: str, known: Mapping[str, Values], planted: Planted, chosen: Chosen) -> Iterator[str]:
    found = PARAMETER.search(route)
    if found is None:
        yield route
        return
    name = found[1] or found[2]
    if name not in known:
        raise Unknown(
            f"The walk does not know what `{name}` is in {route}: add it to PLACES in tests/walk/places.py, "
            f"with values that belong to the county planted in tests/walk/planted.py ({CODE})."
        )
    for value in known[name](planted, chosen):
        put = f"{route[: found.start()]}{value}{route[found.end() :]}"
        yield from filled(put, known, planted, {**chosen, name: value})

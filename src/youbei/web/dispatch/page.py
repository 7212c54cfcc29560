"""The proposal of the optimiser for all running responses: who goes, when, why, what is short; and the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from youbei.actions import clock
from youbei.actions.dispatch.deciding import LONGEST_REASON, compare, decide
from youbei.actions.dispatch.proposing import Proposal, Proposed, Short, SolversMissing
from youbei.actions.dispatch.replanning import turn
from youbei.actions.dispatch.wording import by_how_much
from youbei.actions.dispatch.working import Waiting, Worked, settled, worked_out
from youbei.engine.access import Permission
from youbei.engine.dispatch.score import LEVEL_NAMES
from youbei.engine.errors import Refused
from youbei.engine.text import Text
from youbei.records.log import head
from youbei.records.models import Incident, Run, User
from youbei.records.reports.city_map import ground, ways_of
from youbei.records.reports.dispatch.covers import moves_up_seen
from youbei.records.reports.dispatch.running import OpenNeed, Running
from youbei.web.access import access, user_of
from youbei.web.asked import NUMBER, SEVERAL, WORDS, reads
from youbei.web.dispatch.asking import KEEP_AT, MORE_OF, Asked, asked
from youbei.web.dispatch.drawing import drawings
from youbei.web.dispatch.home_cover import moved_on, moved_up
from youbei.web.dispatch.what_if import is_unset, what_if
from youbei.web.query import LONGEST_KEY

# A moment in milliseconds has so many digits until the year 2286.
LONGEST_MOMENT = 13
MOST_EXERCISES = 10


@dataclass(frozen=True, slots=True)
class ShownNeed:
    """A need with what is proposed for it and what stays short."""

    need: OpenNeed
    picks: tuple[Proposed, ...]
    short: Short | None


@dataclass(frozen=True, slots=True)
class ShownRun:
    run: Running
    needs: tuple[ShownNeed, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """One level of the score: value, bound, gap, and whether it is proven."""

    name: Text
    value: int
    lower: int
    gap: float
    is_proven: bool


@access(Permission.SEE)
@reads(
    prefixes=(MORE_OF, KEEP_AT),
    exercise=NUMBER,
    more=SEVERAL,
    down=SEVERAL,
    protect=SEVERAL,
    close=SEVERAL,
    slack=WORDS,
    seconds=WORDS,
    since=WORDS,
    kept=WORDS,
    first=WORDS,
)
def dispatch(request: HttpRequest) -> HttpResponse:
    """Show the proposal, compare a choice with it, or carry the choice out."""
    by = user_of(request)
    question = asked(request, by)
    if request.method == "GET" and is_unset(request):
        return redirect(replace(question, bridges=question.bridges + question.unread).address)
    context: dict[str, Any] = {"asked": question, "position": head().position, "chosen": None}
    if request.method == "POST" and "do" in request.POST:
        does = DOES.get(request.POST["do"], posted)
        answer = does(request, by, question, context)
        if answer is not None:
            return answer
    try:
        found = worked_out(
            by,
            now=clock.now(),
            exercise=question.exercise_pk,
            suppose=question.suppose,
            since=since_in(request),
            is_content=request.method == "POST",
        )
    except SolversMissing as refusal:
        return render(request, "dispatch/page.html", context | {"missing": said(refusal)}, status=200)
    if is_nothing_new(request, found):
        return HttpResponse(status=204)
    keeps_form = is_from_form(request)
    context |= {
        "again": again(question, found, keeps_form=keeps_form),
        "keeps_form": keeps_form,
        "tiles": settings.MAP_TILES,
        "may_send": may_send(by),
    }
    if isinstance(found, Waiting):
        return render(request, "dispatch/page.html", context | {"is_waiting": True}, status=context.get("status", 200))
    proposal = found.proposal
    context["exercises"] = [] if question.exercise or proposal.facts.runs else exercises_of(by)
    context |= shown(proposal) | what_if(question, proposal, found.base)
    context["moves_up"] = moves_up_seen(by, exercise=question.exercise_pk)
    context["drawn"] = drawings(found, ground(), ways_of(by))
    context["replanning"] = found.replanning
    if context["chosen"] is not None:
        context["difference"] = difference_of(proposal, context["chosen"])
    return render(request, "dispatch/page.html", context, status=context.get("status", 200))


def since_in(request: HttpRequest) -> datetime | None:
    """Read when the work began that a page waits for, in milliseconds of the epoch."""
    text = request.GET.get("since", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_MOMENT):
        return None
    return datetime.fromtimestamp(int(text) / 1000, tz=UTC)


def is_from_form(request: HttpRequest) -> bool:
    """Say whether the page stands already and only wants what follows from its sliders, so that they stay."""
    return request.headers.get("HX-Trigger") == "what-if-form" or "kept" in request.GET


def is_nothing_new(request: HttpRequest, found: Worked | Waiting) -> bool:
    """Say whether a page that comes back by itself has all that there is so far."""
    if not request.headers.get("HX-Request") or "since" not in request.GET:
        return False
    return isinstance(found, Waiting) or (not found.is_final and "first" in request.GET)


def again(question: Asked, found: Worked | Waiting, *, keeps_form: bool) -> str:
    """Return the address at which a page that is not final comes back; empty where it is."""
    if isinstance(found, Worked) and found.is_final:
        return ""
    parts = [question.query(), f"since={int(found.began_at.timestamp() * 1000)}"]
    parts += ["kept=1"] if keeps_form else []
    parts += ["first=1"] if isinstance(found, Worked) else []
    return f"?{'&'.join(part for part in parts if part)}"


def exercises_of(by: User) -> list[Incident]:
    """Return the exercises that run now and that a user may see: each has a page of its own."""
    runs = Run.objects.visible_to(by).filter(phase=Run.Phase.ACTIVE, mode=Run.Mode.EXERCISE)
    return list(Incident.objects.filter(pk__in=runs.values("incident")).order_by("-pk")[:MOST_EXERCISES])


def may_send(by: User) -> bool:
    return bool(by.paths_with(Permission.ASSIGN_RESOURCE)) or by.person_id is not None


def posted(request: HttpRequest, by: User, question: Asked, context: dict[str, Any]) -> HttpResponse | None:
    """Carry out what was sent in, or say in the context why not; None where the page is shown again."""
    chosen = chosen_in(request.POST)
    context["chosen"], context["reason"] = chosen, request.POST.get("reason", "")[:LONGEST_REASON]
    if request.POST["do"] != "send":
        return None
    now, exercise, suppose = clock.now(), question.exercise_pk, question.suppose
    try:
        done = decide(
            by=by,
            now=now,
            chosen=chosen,
            reason=context["reason"],
            exercise=exercise,
            suppose=suppose,
            known=lambda: settled(by, now=now, exercise=exercise, suppose=suppose).proposal,
        )
    except Refused as refusal:
        if refusal.status == 404:
            raise
        context |= {"refusal": said(refusal), "status": refusal.status}
        return None
    number = len(done.assignments)
    messages.success(request, ngettext("%(number)s sent.", "%(number)s sent.", number) % {"number": number})
    return redirect(question.address)


def turned(request: HttpRequest, by: User, question: Asked, context: dict[str, Any]) -> HttpResponse | None:
    """Carry out the change of orders that the page showed, or say in the context why not."""
    teams = [int(pk) for pk in request.POST.getlist("team") if pk.isdecimal() and len(pk) <= LONGEST_KEY]
    context["why"] = request.POST.get("why", "")[:LONGEST_REASON]
    now, exercise = clock.now(), question.exercise_pk
    try:
        found = settled(by, now=now, exercise=exercise)
        turn(by=by, now=now, teams=teams, reason=context["why"], exercise=exercise, known=found.replanning)
    except Refused as refusal:
        if refusal.status == 404:
            raise
        context |= {"refusal": said(refusal), "status": refusal.status}
        return None
    messages.success(request, _("The orders are changed."))
    return redirect(question.address)


def said(refusal: Refused) -> str:
    return refusal.text.in_language(get_language() or "en")


def chosen_in(sent: QueryDict) -> dict[str, str]:
    """Read a choice: `take` names the decisions that are kept, `instead:<decision>` another resource for one."""
    found = {}
    for key in sent.getlist("take"):
        other = str(sent.get(f"instead:{key}", ""))[:120]
        found[key[:300]] = other or key.rpartition("|")[2]
    return found


def difference_of(proposal: Proposal, chosen: Mapping[str, str]) -> Text | None:
    """Say what a choice costs; None where it cannot be compared, for the refusal says that already."""
    try:
        cost = compare(proposal, chosen)[1]
        more = by_how_much(cost.levels)
        return Text(f"与最优方案相比：{more.zh}。", f"Against the optimum: {more.en}.") if more else cost.text
    except Refused as refusal:
        return refusal.text


def shown(proposal: Proposal) -> dict[str, Any]:
    """Return what the page and the panel show of a proposal."""
    solution = proposal.answer.solution
    return {
        "proposal": proposal,
        "runs": runs_of(proposal),
        "verdict": solution.verdict(),
        "bounds": [
            Bound(LEVEL_NAMES[one.level], one.value, one.lower, one.gap * 100, one.is_proven)
            for one in solution.proofs
            if one.value or not one.is_proven
        ],
        "gaps": [one for one in proposal.districts if one.covered.lacking],
        "advised": any(one.moves_up for one in proposal.districts),
        "covered": len([one for one in proposal.districts if not one.covered.lacking]),
        "is_proven": solution.is_proven,
        "was_stopped": solution.was_stopped,
        "looked_at": proposal.facts.looked_at,
        "seconds": proposal.seconds,
        "uncarried": bool(proposal.facts.lots.lots) and not proposal.facts.carriers.is_kept,
    }


def runs_of(proposal: Proposal) -> list[ShownRun]:
    picks: dict[tuple[int, str], list[Proposed]] = {}
    for pick in proposal.picks:
        picks.setdefault((pick.run.pk, pick.need.key), []).append(pick)
    shorts = {(short.run.pk, short.need.key): short for short in proposal.shorts}
    return [
        ShownRun(
            run,
            tuple(
                ShownNeed(need, tuple(picks.get((run.pk, need.key), ())), shorts.get((run.pk, need.key)))
                for need in run.needs
                if (run.pk, need.key) in picks or (run.pk, need.key) in shorts
            ),
        )
        for run in proposal.facts.runs
    ]


DOES = {"turn": turned, "move_up": moved_up, "moved_up": moved_on, "moved_home": moved_on}
urlpatterns = [path("dispatch/", dispatch, name="dispatch")]

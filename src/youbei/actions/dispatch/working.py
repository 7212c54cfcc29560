"""Work out a proposal beside the request: a page shows what is there at once, and comes back for the rest by itself."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillAtWork
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, connections

from youbei.actions.dispatch.proposing import Proposal, demand_solvers, last_proposal, propose
from youbei.actions.dispatch.reaching import Band, Left, bands_of, who_is_left
from youbei.actions.dispatch.replanning import NO_CHANGE, Replanning, plan_again
from youbei.actions.dispatch.supposing import NOTHING, Suppose
from youbei.engine.errors import Refused
from youbei.records.log import head
from youbei.records.models import User

# Assumption: a page that is there within so many seconds is not felt to wait.
PATIENCE_S = 0.6
KEPT = 32
# One after the other: two at once would share a processor, and both come later.
WORKERS = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dispatch")


class WorkedOutAnew(Refused):
    """Refuse to carry out a proposal while another, from what is true now, is being worked out."""

    retry_after_s = 1


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks, about which exercise, and what is supposed."""

    user: int
    exercise: int | None
    suppose: Suppose


@dataclass(frozen=True, slots=True)
class Worked:
    """A proposal, the one without suppositions where there are some, and which orders are worth changing.

    Not `is_final`: it is the first plan at hand, and a better one is being worked out. `bands`: from where incidents
    are reached; `left`: where free teams could be before and after.
    """

    proposal: Proposal
    base: Proposal | None
    replanning: Replanning
    began_at: datetime
    is_final: bool = True
    bands: tuple[Band, ...] = ()
    left: tuple[Left, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """It is being worked out, since `began_at`."""

    began_at: datetime


@dataclass(slots=True)
class Begun:
    """Work that was begun at `began_at`, when the head of the log was `head`; `first` is the first plan at hand."""

    future: Future[Worked]
    head: str
    began_at: datetime
    first: Proposal | None = None
    task: Future[None] | None = None

    def keep_first(self, proposal: Proposal) -> None:
        self.first = proposal


# What is being worked out or was, the last one of each question.
BEGUN: OrderedDict[Question, Begun] = OrderedDict()


def worked_out(
    user: User,
    *,
    now: datetime,
    exercise: int | None = None,
    suppose: Suppose = NOTHING,
    since: datetime | None = None,
    is_content: bool = False,
) -> Worked | Waiting:
    """Return the answer if it is there in a moment, else the first plan at hand where there is one: ask again.

    Who `is_content` takes any answer since which nothing has changed, however old.

    `since` is the beginning of the work that one who comes back was told of: that is good, whatever has changed
    meanwhile, so that waiting has an end where much happens.

    Raises:
        SolversMissing: the numeric libraries are not installed.
    """
    demand_solvers()
    question = Question(user.pk, exercise, suppose)
    begun = BEGUN.get(question)
    if begun is None or not is_good(begun, now=now, since=since, is_content=is_content):
        begun = begin(question, user, now=now)
    try:
        return begun.future.result(PATIENCE_S if since is None else 0)
    except StillAtWork:
        if begun.first is None:
            return Waiting(begun.began_at)
        return Worked(begun.first, None, NO_CHANGE, begun.began_at, is_final=False)
    except Exception:
        BEGUN.pop(question, None)
        raise


def settled(user: User, *, now: datetime, exercise: int | None = None, suppose: Suppose = NOTHING) -> Worked:
    """Return the answer that people decide on: that since which nothing has changed, or a new one that is soon there.

    Raises:
        WorkedOutAnew: something has changed, and what follows from it is still being worked out.
    """
    found = worked_out(user, now=now, exercise=exercise, suppose=suppose, is_content=True)
    if isinstance(found, Waiting) or not found.is_final:
        raise WorkedOutAnew(
            zh="情况刚刚有变化，正在重新计算，什么也没有执行。请稍候，按最新建议决定。",
            en="Something has just changed, and the proposal is being worked out anew. Nothing was carried out: "
            "wait a moment and decide on the new one.",
        )
    return found


def settled_proposal(user: User, *, now: datetime, exercise: int | None = None, suppose: Suppose = NOTHING) -> Proposal:
    """Return the proposal that people decide on, as `settled` does; one that was just asked for by itself will do.

    Raises:
        WorkedOutAnew: something has changed, and what follows from it is still being worked out.
    """
    asked = last_proposal(user, exercise=exercise, suppose=suppose)
    return asked if asked is not None else settled(user, now=now, exercise=exercise, suppose=suppose).proposal


def is_good(begun: Begun, *, now: datetime, since: datetime | None, is_content: bool) -> bool:
    """Say whether an answer, or the work on it, is young enough, and nothing has changed since it was begun."""
    if begun.began_at > now or (begun.future.done() and begun.future.exception() is not None):
        return False
    is_young = not begun.future.done() or now < begun.began_at + begun.future.result().proposal.good_for
    if since is not None and begun.began_at >= since and is_young:
        return True
    return begun.head == head().hash and (is_young or is_content)


def begin(question: Question, user: User, *, now: datetime) -> Begun:
    """Begin to work beside the request; at once within a transaction, for nobody else could see what it sees."""
    give_up(question)
    begun = Begun(Future(), head().hash, now)
    BEGUN[question] = begun
    BEGUN.move_to_end(question)
    while len(BEGUN) > KEPT:
        BEGUN.popitem(last=False)
    if connection.in_atomic_block:
        fill(begun, question, user)
    else:
        begun.task = WORKERS.submit(apart, begun, question, user)
    return begun


def give_up(question: Question) -> None:
    """Give up what the same person asked before about the same and nobody has begun to work on."""
    for other, begun in list(BEGUN.items()):
        is_theirs = (other.user, other.exercise) == (question.user, question.exercise)
        if is_theirs and begun.task is not None and begun.task.cancel():
            BEGUN.pop(other, None)


def apart(begun: Begun, question: Question, user: User) -> None:
    """Work in a thread of its own, with a connection of its own."""
    try:
        fill(begun, question, user)
    finally:
        connections.close_all()


def fill(begun: Begun, question: Question, user: User) -> None:
    try:
        begun.future.set_result(answer(begun, question, user))
    except Exception as error:
        begun.future.set_exception(error)


def answer(begun: Begun, question: Question, user: User) -> Worked:
    now, exercise = begun.began_at, question.exercise
    base = None
    if question.suppose.is_anything:
        base = kept_base(question, begun) or propose(user, now=now, exercise=exercise)
    tell = None if question.suppose.is_anything else begun.keep_first
    proposal = propose(user, now=now, exercise=exercise, suppose=question.suppose, tell=tell)
    again = NO_CHANGE if question.suppose.is_anything else plan_again(user, now=now, exercise=exercise)
    facts = proposal.facts
    sent = [int(pick.resource.partition(":")[2]) for pick in proposal.picks if pick.resource.startswith("team:")]
    return Worked(proposal, base, again, now, bands=bands_of(facts), left=who_is_left(facts, sent))


def kept_base(question: Question, begun: Begun) -> Proposal | None:
    """Return what was proposed without suppositions at the same head of the log, if that is still known."""
    known = BEGUN.get(Question(question.user, question.exercise, NOTHING))
    if known is None or known.head != begun.head or not known.future.done() or known.future.exception() is not None:
        return None
    return known.future.result().proposal

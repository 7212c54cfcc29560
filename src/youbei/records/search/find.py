"""Find records of all registers by a typed text, among those a user may see."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from youbei import content
from youbei.content.language import lexicon
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.engine.words.expression import AllOf, Expression, Term, all_of, any_of, is_many_words, least_of
from youbei.engine.words.match import Match, Reason, match
from youbei.engine.words.query import Query, Stage, ask, read_query
from youbei.records.models import Organisation, User
from youbei.records.search.entries import found_by, is_searched
from youbei.records.search.marks import SAMPLED, SHARED, in_sample, place_mark, register_mark
from youbei.records.search.vendor import EntryRow, ask_database, ask_each, registers_among, registers_beyond

# How many entries are looked at in each stage; what fits more is answered with these.
LOOKED_AT = 200
# So many of the sample are looked at to see in which registers much fits.
LOOKED_AT_IN_SAMPLE = 50
# A register that holds no more records, about, has no more of them in the sample than are looked at.
SMALL = LOOKED_AT_IN_SAMPLE * SAMPLED
# Of so many that were found it is asked whether they are enough.
TRIED = 20
# With so few found, texts that sound alike or are one slip away are looked for too.
FEW = 3
Places = Mapping[str, Expression | None]
# In which registers a text fits often is seen anew after so long; whoever is shown proposals then asks for the page.
REMEMBERED_FOR_S, MOST_REMEMBERED = 300.0, 1000
REMEMBERING = Lock()
REMEMBERED: dict[Hashable, tuple[frozenset[str], float]] = {}
EXACT_STAGES = (Stage.WHOLE, Stage.START, Stage.INSIDE)
WIDER_STAGES = (Stage.SOUND, Stage.SLIP)


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, and why."""

    register: str
    pk: int
    name: Text
    code: str
    org_path: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, the best first. `is_more` says that more would fit than were looked at."""

    hits: tuple[Hit, ...] = ()
    is_more: bool = False


def find(
    user: User,
    text: str,
    *,
    registers: Iterable[str] = (),
    unit: str = "",
    most: int = LOOKED_AT,
    is_exact: bool = False,
    is_enough: Callable[[Sequence[int]], bool] = lambda keys: False,
) -> Found:
    """Return the records that fit a text, among those the user may see; all registers where none are named.

    `unit` is the path of an organisation to which the search is confined. What a user may not see is neither looked at
    nor counted. `most` bounds how many are looked at in each stage. With `is_exact` neither sound nor slips are tried.
    Where a stage finds more than are looked at, `is_enough` is asked with the keys of some records; if it says so,
    nothing of them is weighed, and what is returned only says that there is more.
    """
    query = read_query(text, lexicon())
    scope = scope_of(user, list(registers), unit)
    if query is None or scope is None:
        return Found()
    search = Search(user, query, scope, most)
    for stage in EXACT_STAGES:
        rows = search.asked_at(stage)
        if len(rows) >= most and is_enough([row[2] for row in rows[:TRIED]]):
            return Found(is_more=True)
        search.take(rows)
        if len(search.hits) >= most:
            break
    for stage in () if is_exact else WIDER_STAGES:
        if len(search.hits) < FEW:
            search.take(search.asked_at(stage))
    return search.found()


def find_each(user: User, text: str, registers: Sequence[Register], *, most: int) -> dict[str, Found]:
    """Return what a text finds in each of these registers for itself, neither by sound nor by slips.

    The sample says in which of them much fits; one question finds all that fits in the others. Where one has more than
    are looked at, it is asked for the best of them.
    """
    query = read_query(text, lexicon())
    stages = [asked for stage in EXACT_STAGES if query and (asked := ask(query, stage, lexicon())) is not None]
    asked = least_of(stages)
    places = places_of(user, registers)
    if query is None or asked is None or not places:
        return {}
    key = (asked, frozenset(places.items()), most)
    frequent = set(remembered(key, lambda: frequent_among(asked, places, most)))
    rows = rows_of_rare(asked, {name: place for name, place in places.items() if name not in frequent}, most)
    frequent |= {name for name, some in rows.items() if len(some) >= most}
    searches = {name: Search(user, query, scope_in(name, place), most) for name, place in places.items()}
    for name, search in searches.items():
        if name not in frequent:
            search.keep(rows[name])
    look_for_the_best([search for name, search in searches.items() if name in frequent])
    return {name: search.found() for name, search in searches.items()}


def remembered(key: Hashable, work: Callable[[], Iterable[str]]) -> frozenset[str]:
    """Return the registers that this work found in the last minutes, or finds now.

    They only say how to ask, so they may be out of date.
    """
    now = time.monotonic()
    known = REMEMBERED.get(key)
    if known is None or known[1] < now:
        known = (frozenset(work()), now + REMEMBERED_FOR_S)
        with REMEMBERING:
            REMEMBERED[key] = known
            while len(REMEMBERED) > MOST_REMEMBERED:
                del REMEMBERED[next(iter(REMEMBERED))]
    return known[0]


def frequent_among(asked: Expression, places: Places, most: int) -> set[str]:
    """Return the registers in which, going by the sample, more fits than is looked at.

    Where more of the sample fits than is looked at, each large register that is not seen to is asked for itself, all in
    one question: to set aside one after the other would read what fits as many times. Small ones need no sample.
    """
    enough = -(-most // SAMPLED)
    sampled = registers_among(in_sample(narrow(asked, scope_in_all(places))), LOOKED_AT_IN_SAMPLE)
    frequent = {name for name in places if sampled.count(name) >= enough}
    if len(sampled) < LOOKED_AT_IN_SAMPLE:
        return frequent
    large = remembered("large", lambda: registers_beyond(SMALL, content.registers()))
    names = [name for name in places if name in large and name not in frequent]
    each = ask_each([(in_sample(asked), in_sample(scope_in(name, places[name]))) for name in names], enough)
    return frequent | {name for name, rows in zip(names, each, strict=True) if len(rows) >= enough}


def rows_of_rare(asked: Expression, places: Places, most: int) -> dict[str, list[EntryRow]]:
    """Return what fits in registers in which little does, by one question; by one for each where that is too much."""
    found: dict[str, list[EntryRow]] = {name: [] for name in places}
    rows = ask_database(narrow(asked, scope_in_all(places)), LOOKED_AT) if places else []
    if len(rows) >= LOOKED_AT:
        each = ask_each([(asked, scope_in(*one)) for one in places.items()], most)
        return dict(zip(places, each, strict=True))
    for row in rows:
        if row[1] in found:
            found[row[1]].append(row)
    return found


def look_for_the_best(searches: Sequence[Search]) -> None:
    """Look in several registers at once for what fits best, stage by stage, until each has enough.

    One question asks the sample; one more asks all for what comes before the stage at which the sample has enough.
    """
    if not searches:
        return
    most, query = searches[0].most, searches[0].query
    stages = [asked for stage in EXACT_STAGES if (asked := ask(query, stage, lexicon())) is not None]
    asked_for = [(one, asked) for one in searches for asked in stages]
    sampled = ask_each([(in_sample(asked), in_sample(one.scope)) for one, asked in asked_for], most)
    rows_of = {id(one): sampled[at * len(stages) :][: len(stages)] for at, one in enumerate(searches)}
    short = [(one, at) for one in searches for at in range(stages_short_of(rows_of[id(one)], most))]
    whole = ask_each([(stages[at], one.scope) for one, at in short], most)
    for (one, at), rows in zip(short, whole, strict=True):
        rows_of[id(one)][at] = rows
    for one in searches:
        for rows in rows_of[id(one)]:
            if len(one.hits) < most:
                one.take(rows)


def stages_short_of(sampled: Sequence[Sequence[EntryRow]], most: int) -> int:
    """Return how many stages come before the first at which the sample has enough."""
    return next((at for at, rows in enumerate(sampled) if len(rows) >= most), len(sampled))


def searched_registers(user: User) -> list[Register]:
    """Return the registers in which a user may find anything."""
    return [one for one in content.registers().values() if is_searched(one) and user.paths_with(one.see)]


def scope_of(user: User, names: list[str], unit: str) -> Expression | None:
    """Return the condition that confines a search to what the user may see; None where that is nothing."""
    registers = [one for one in searched_registers(user) if not names or one.name in names]
    places = places_of(user, registers, unit)
    return scope_in_all(places) if places else None


def places_of(user: User, registers: Iterable[Register], unit: str = "") -> Places:
    """Return of each register the condition of standing where the user may see it, None for everywhere; those of
    which the user sees nothing are left out."""
    known: dict[tuple[str, ...], Expression | None] = {}
    found: dict[str, Expression | None] = {}
    for one in registers:
        if paths := tuple(within_unit(user.paths_with(one.see), unit)):
            if paths not in known:
                known[paths] = place_of(paths)
            found[one.name] = known[paths]
    return found


def scope_in(name: str, place: Expression | None) -> Expression:
    """Return the condition of standing in a register, at a place."""
    mark = Term(register_mark(name))
    return mark if place is None else AllOf((mark, place))


def scope_in_all(places: Places) -> Expression:
    """Return the condition of standing in any of these registers, in each at its place."""
    groups: dict[Expression | None, list[str]] = {}
    for name, place in places.items():
        groups.setdefault(place, []).append(name)
    is_all = len(places) == sum(map(is_searched, content.registers().values()))
    scopes = []
    for place, names in groups.items():
        named = None if is_all and len(groups) == 1 else any_of(Term(register_mark(name)) for name in names)
        scopes.append(all_of(part for part in (named, place) if part is not None) or AllOf(()))
    return any_of(scopes) or AllOf(())


def place_of(paths: tuple[str, ...]) -> Expression | None:
    """Return the condition of standing under one of these paths; None where everything does that has an owner.

    Where all stands under one root, asking for the root would only slow the question down.
    """
    if "/" in paths or (len(paths) == 1 and paths[0].count("/") == 2 and is_only_root(paths[0])):
        return None
    return any_of([Term(SHARED), *(Term(place_mark(path)) for path in paths)])


def is_only_root(path: str) -> bool:
    roots = list(Organisation.objects.filter(parent=None).values_list("path", flat=True)[:2])
    return roots == [path]


def within_unit(paths: list[str], unit: str) -> list[str]:
    if not unit:
        return paths
    return sorted({path if path.startswith(unit) else unit for path in paths if overlap(path, unit)})


def overlap(path: str, unit: str) -> bool:
    return path.startswith(unit) or unit.startswith(path)


class Search:
    """One search: what was found so far."""

    def __init__(self, user: User, query: Query, scope: Expression, most: int) -> None:
        self.most = most
        self.user = user
        self.query = query
        self.scope = scope
        self.hits: dict[int, tuple[Match, Hit]] = {}
        self.is_more = False

    def asked_at(self, stage: Stage) -> list[EntryRow]:
        """Ask the index at one stage.

        A slip in a word asks for hundreds of words of which hardly any exists; looking them up among the sample first
        costs as much as looking them up among all.
        """
        asked = ask(self.query, stage, lexicon())
        if asked is None:
            return []
        narrowed = narrow(asked, self.scope)
        return ask_database(narrowed, self.most) if is_many_words(asked) else self.candidates(narrowed)

    def take(self, rows: Sequence[EntryRow]) -> None:
        """Keep of what a question found what really fits; it may have found more."""
        self.is_more = self.is_more or len(rows) >= self.most
        self.keep(rows)

    def keep(self, rows: Iterable[EntryRow]) -> None:
        """Keep of these entries what really fits."""
        for key, register, pk, org_path, code, zh, en, others in rows:
            if key in self.hits or (org_path == "/" and not self.sees_ownerless(register)):
                continue
            fits = match(self.query, found_by(code, zh, en, others), lexicon())
            if fits is not None:
                self.hits[key] = (fits, Hit(register, pk, Text(zh, en), code, org_path, fits.reason))

    def sees_ownerless(self, name: str) -> bool:
        """Say whether the user may see records that belong to no organisation."""
        register = content.registers()[name]
        return not register.owners or "/" in self.user.paths_with(register.see)

    def candidates(self, asked: Expression) -> list[EntryRow]:
        """Return entries that the index says fit: of the sample, where that alone has enough."""
        rows = ask_database(in_sample(asked), self.most)
        if len(rows) < self.most:
            rows = ask_database(asked, self.most)
        return rows

    def found(self) -> Found:
        best = sorted(self.hits.values(), key=lambda pair: (pair[0].order, pair[1].register, pair[1].pk))
        return Found(tuple(hit for _, hit in best), self.is_more)


def narrow(asked: Expression, scope: Expression) -> Expression:
    return asked if scope == AllOf(()) else AllOf((asked, scope))

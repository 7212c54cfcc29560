"""The compiled run: a plan carried out as `run` does it, thousands of times, in flat arrays and without an object.

For the same plan, world, scenario, seed and number it gives the record of `replicate`, to the last event: a property
test over generated plans holds it to that. What lies where is told in `plan_memory.py`.

    run_block > plan_everyday > plan_carry > plan_watchers > plan_steps > plan_needs > plan_conditions, plan_agenda >
    plan_luck, chance
"""

from __future__ import annotations

from youbei.engine.draws import Purpose
from youbei.engine.simulation.chance import mix
from youbei.engine.simulation.loops import Floats, Ints, Words, loop, part, stage
from youbei.engine.simulation.plan_agenda import cancel, touch, touch_all
from youbei.engine.simulation.plan_carry import carry
from youbei.engine.simulation.plan_everyday import begin_day, carry_on
from youbei.engine.simulation.plan_luck import meet
from youbei.engine.simulation.plan_memory import (
    ACTIVE,
    ASSIGNED,
    AWAY_NOW,
    BUSY,
    BUSY_BY_LENGTH,
    BUSY_SQUARES,
    C_FIELDS,
    CALL_COUNT,
    CALLS,
    COUNTING,
    DAY,
    DUE_AT,
    END_PROPOSED_AT,
    ENDED,
    EVENTS,
    FACT_AT,
    FACT_TOUCH,
    FACTS,
    FINISHED_AT,
    FIRST_ARRIVAL,
    FIRST_LEVEL,
    GAP_WORD,
    GOING_HOME,
    HAPPENED,
    HAS_EVERYDAY,
    HAS_LUCK,
    HAS_RECOVERY,
    HEAP,
    HEAP_LENGTH,
    HORIZON,
    HOUR_WORD,
    IN_USE,
    INITIAL_FACTS,
    IS_CLOSED,
    IS_CROWDED,
    IS_END_PROPOSED,
    IS_OVERFULL,
    IS_RECOVERY,
    IS_SHORT,
    IS_TEAM,
    KNOWN_FACTS,
    LAST_AT,
    LATE_AT,
    LEVEL,
    LINKS,
    LUCK_WORD,
    MET_AT,
    MISSING,
    MOMENT_ACTIVATION,
    MOMENT_AT,
    MOMENT_ENDED,
    MOMENT_KNOWN,
    MOMENT_OCCURRED,
    MOMENTS,
    MOST_MISSING,
    NEED_OPENED,
    NEEDS,
    NEVER,
    NOT_SENT,
    NUMBERS,
    NUMBERS_LENGTH,
    OPENED_AT,
    OUT,
    OUT_NOW,
    OUT_SQUARES,
    PHASE,
    POSTS_AT,
    POSTS_FILLED,
    PROPOSED_PLANS,
    RESOURCE_SENT,
    ROAD_WORD,
    SCENE_WORD,
    SEED_WORD,
    SENT,
    SENT_AT,
    SENT_FIRST,
    SENT_STATE,
    SENT_WAY,
    SINCE_MIDNIGHT,
    STARTED_AT,
    STATUS,
    STEPS,
    STREAM_WORD,
    TEAMS,
    TEAMS_OUT,
    TEAMS_THERE,
    THERE,
    TOUCH_EACH,
    TRAVEL_WORD,
    WAITING,
    WANTING_LENGTH,
    WANTING_PLACE,
    WORK_WORD,
)
from youbei.engine.simulation.plan_needs import close_needs, note_event, release_all
from youbei.engine.simulation.plan_steps import cancel_step, is_workable, reach_levels, set_moment

# Microseconds: finer than this nobody is timed, and squares of it stay small enough to be added up.
TENTH = 100_000
# A row of the result: these, then for each step when it was opened, started, finished, late; then for each need when
# it was met, NEVER, or NOT_OPENED.
(
    ROW_EVENTS,
    ROW_LEVEL,
    ROW_ENDED,
    ROW_FIRST_ARRIVAL,
    ROW_END_PROPOSED,
    ROW_HAPPENED,
    ROW_SINCE,
    ROW_CALLS,
    ROW_HEAD,
) = range(9)
NOT_OPENED = -2
OF_WORK, OF_TRAVEL = int(Purpose.STEP_DURATION), int(Purpose.TRAVEL)
OF_GAP, OF_STREAM, OF_HOUR = int(Purpose.EVERYDAY_GAP), int(Purpose.EVERYDAY_STREAM), int(Purpose.EVERYDAY_HOUR)
OF_SCENE, OF_ROAD = int(Purpose.EVERYDAY_SCENE), int(Purpose.EVERYDAY_TRAVEL)
# Stands for the number of events where more was sent to a need than there was room for: the row is not to be used.
OVERFULL = -1


@loop
def run_block(m: Ints, g: Floats, w: Words, numbers: Words, rows: Ints, short: Floats, calls: Ints) -> None:
    """Carry the plan out for the replications `numbers[0] <= number < numbers[1]`, a row of the result for each.

    calls: the calls of every day that count, one after the other; each row says how many are its own.
    """
    row = written = 0
    for number in range(numbers[0], numbers[1]):
        state = mix(w[SEED_WORD] ^ number)
        w[WORK_WORD] = mix(state ^ w[COUNTING + OF_WORK])
        w[TRAVEL_WORD] = mix(state ^ w[COUNTING + OF_TRAVEL])
        w[LUCK_WORD] = state
        if m[HAS_EVERYDAY]:
            w[GAP_WORD] = mix(state ^ w[COUNTING + OF_GAP])
            w[STREAM_WORD] = mix(state ^ w[COUNTING + OF_STREAM])
            w[HOUR_WORD] = mix(state ^ w[COUNTING + OF_HOUR])
            w[SCENE_WORD] = mix(state ^ w[COUNTING + OF_SCENE])
            w[ROAD_WORD] = mix(state ^ w[COUNTING + OF_ROAD])
        replicate_once(m, g, w)
        write_row(m, g, rows, short, row)
        if m[HAS_EVERYDAY]:
            written = write_calls(m, calls, written)
        reset(m, g, not is_lost(m))
        row += 1  # noqa: SIM113  (what is counted above are words)


@stage
def replicate_once(m: Ints, g: Floats, w: Words) -> None:
    """Carry the plan out; where it has steps of recovery and its end is proposed, once more up to that end, and on."""
    meet_day(m, g, w)
    begin(m)
    play(m, g, w, 0, m[HORIZON])
    ending = end_of_response(m)
    if ending == NEVER:
        return
    reset(m, g, False)
    meet_day(m, g, w)
    begin(m)
    play(m, g, w, 0, ending)
    end_response(m, g)
    carry(m, g, w, ending)
    play(m, g, w, ending, m[HORIZON])


@stage
def meet_day(m: Ints, g: Floats, w: Words) -> None:
    if m[HAS_LUCK]:
        meet(m, g, w)
    if m[HAS_EVERYDAY]:
        begin_day(m, g, w)


@stage
def begin(m: Ints) -> None:
    """Activate the plan, knowing what the scenario knows at its start."""
    numbers = m[NUMBERS]
    for place in range(NUMBERS_LENGTH):
        m[numbers + place] = 0
    m[numbers + FIRST_ARRIVAL] = m[numbers + END_PROPOSED_AT] = NEVER
    m[numbers + KNOWN_FACTS] = m[INITIAL_FACTS]
    m[numbers + EVENTS] = m[INITIAL_FACTS] + 1 + m[POSTS_FILLED]
    m[numbers + PHASE] = ACTIVE
    m[numbers + LEVEL] = m[FIRST_LEVEL]
    set_moment(m, m[MOMENT_ACTIVATION])
    set_moment(m, m[MOMENT_KNOWN])
    set_moment(m, m[MOMENT_OCCURRED])
    reach_levels(m, m[FIRST_LEVEL])
    touch_all(m)


@stage
def play(m: Ints, g: Floats, w: Words, since: int, until: int) -> None:
    """Let the later facts of the scenario become known, and time pass."""
    for fact in range(m[INITIAL_FACTS], m[FACTS]):
        at = m[m[FACT_AT] + fact]
        if since < at <= until:
            carry_on(m, g, w, at)
            note_event(m)
            m[m[NUMBERS] + KNOWN_FACTS] = fact + 1
            touch(m, TOUCH_EACH + 2 * m[STEPS] + m[m[FACT_TOUCH] + fact])
            carry(m, g, w, at)
    carry_on(m, g, w, until)


@stage
def end_of_response(m: Ints) -> int:
    """Return when a commander would end the response; NEVER where nothing follows or something is left to be done."""
    numbers = m[NUMBERS]
    if not m[numbers + IS_END_PROPOSED] or not m[HAS_RECOVERY]:
        return NEVER
    at = m[numbers + END_PROPOSED_AT]
    for step in range(m[STEPS]):
        if not m[m[IS_RECOVERY] + step]:
            if is_workable(m, step):
                return NEVER
            at = max(at, m[m[FINISHED_AT] + step])
    return at


@stage
def end_response(m: Ints, g: Floats) -> None:
    note_event(m)
    m[m[NUMBERS] + PHASE] = ENDED
    for step in range(m[STEPS]):
        if not m[m[IS_RECOVERY] + step]:
            close_needs(m, g, step)
            cancel_step(m, step)
    set_moment(m, m[MOMENT_ENDED])
    touch_all(m)
    m[m[NUMBERS] + EVENTS] += m[m[POSTS_AT] + m[m[NUMBERS] + LEVEL]]
    for step in range(m[STEPS]):
        if not m[m[IS_RECOVERY] + step]:
            release_all(m, g, step)


@part
def is_lost(m: Ints) -> bool:
    """Return whether there was no room for all that happened: the reference does it again."""
    return m[m[NUMBERS] + IS_OVERFULL] != 0 or m[m[DAY] + IS_CROWDED] != 0


@stage
def write_row(m: Ints, g: Floats, rows: Ints, short: Floats, row: int) -> None:
    numbers, steps, needs = m[NUMBERS], m[STEPS], m[NEEDS]
    at = row * (ROW_HEAD + 4 * steps + needs)
    rows[at + ROW_EVENTS] = OVERFULL if is_lost(m) else m[numbers + EVENTS]
    rows[at + ROW_LEVEL] = m[numbers + LEVEL]
    rows[at + ROW_ENDED] = m[numbers + LAST_AT]
    rows[at + ROW_FIRST_ARRIVAL] = m[numbers + FIRST_ARRIVAL]
    rows[at + ROW_END_PROPOSED] = m[numbers + END_PROPOSED_AT]
    rows[at + ROW_HAPPENED] = m[m[DAY] + HAPPENED]
    rows[at + ROW_SINCE] = m[m[DAY] + SINCE_MIDNIGHT]
    rows[at + ROW_CALLS] = m[m[DAY] + CALL_COUNT]
    at += ROW_HEAD
    for step in range(steps):
        rows[at + step] = m[m[OPENED_AT] + step]
        rows[at + steps + step] = m[m[STARTED_AT] + step]
        rows[at + 2 * steps + step] = m[m[FINISHED_AT] + step]
        rows[at + 3 * steps + step] = m[m[LATE_AT] + step]
    at += 4 * steps
    for need in range(needs):
        rows[at + need] = m[m[MET_AT] + need] if m[m[NEED_OPENED] + need] else NOT_OPENED
        short[row * needs + need] = g[m[MOST_MISSING] + need]


@stage
def write_calls(m: Ints, calls: Ints, written: int) -> int:
    """Write down the calls of this replication, and add up how long teams were away; return where the next begin."""
    if is_lost(m):
        return written
    count = C_FIELDS * m[m[DAY] + CALL_COUNT]
    for place in range(count):
        calls[written + place] = m[m[CALLS] + place]
    for team in range(m[TEAMS]):
        away = m[m[OUT_NOW] + team]
        m[m[OUT] + team] += away
        m[m[OUT_SQUARES] + team] += tenths(away) ** 2
    return written + count


@stage
def reset(m: Ints, g: Floats, counts: bool) -> None:
    """Forget the run, save how long teams were away if it counts. What of the world it did not touch costs nothing."""
    numbers = m[NUMBERS]
    if counts:
        add_away(m)
    while m[numbers + HEAP_LENGTH]:
        cancel(m, m[m[HEAP] + m[numbers + HEAP_LENGTH] - 1])
    for need in range(m[NEEDS]):
        reset_need(m, g, need)
    m[numbers + WANTING_LENGTH] = 0
    for step in range(m[STEPS]):
        m[m[STATUS] + step] = WAITING
        m[m[OPENED_AT] + step] = m[m[STARTED_AT] + step] = m[m[FINISHED_AT] + step] = NEVER
        m[m[DUE_AT] + step] = m[m[LATE_AT] + step] = NEVER
    for moment in range(m[MOMENTS]):
        m[m[MOMENT_AT] + moment] = NEVER
    for link in range(m[LINKS]):
        m[m[PROPOSED_PLANS] + link] = 0


@stage
def add_away(m: Ints) -> None:
    """Add up how long each team was away for the plan: a team may be sent more than once."""
    last = m[m[NUMBERS] + LAST_AT]
    length, is_team = tenths(last), m[IS_TEAM]
    first_sent, count, resource_sent = m[SENT_FIRST], m[SENT], m[RESOURCE_SENT]
    state, way, sent_at, away_now = m[SENT_STATE], m[SENT_WAY], m[SENT_AT], m[AWAY_NOW]
    busy, squares, by_length = m[BUSY], m[BUSY_SQUARES], m[BUSY_BY_LENGTH]
    for need in range(m[NEEDS]):
        if m[is_team + need]:
            first = m[first_sent + need]
            for sent in range(first, first + m[count + need]):
                back = min(last, m[way + sent]) if m[state + sent] >= GOING_HOME else last
                m[away_now + m[resource_sent + sent]] += back - m[sent_at + sent]
    for need in range(m[NEEDS]):
        if m[is_team + need]:
            first = m[first_sent + need]
            for sent in range(first, first + m[count + need]):
                resource = m[resource_sent + sent]
                away = m[away_now + resource]
                m[away_now + resource] = 0
                m[busy + resource] += away
                m[squares + resource] += tenths(away) ** 2
                m[by_length + resource] += tenths(away) * length


@part
def tenths(microseconds: int) -> int:
    return (microseconds + TENTH // 2) // TENTH


@stage
def reset_need(m: Ints, g: Floats, need: int) -> None:
    first = m[m[SENT_FIRST] + need]
    for sent in range(first, first + m[m[SENT] + need]):
        resource = m[m[RESOURCE_SENT] + sent]
        m[m[SENT_STATE] + sent] = NOT_SENT
        g[m[IN_USE] + resource] = 0.0
    m[m[SENT] + need] = m[m[NEED_OPENED] + need] = m[m[IS_CLOSED] + need] = m[m[IS_SHORT] + need] = 0
    m[m[TEAMS_OUT] + need] = m[m[TEAMS_THERE] + need] = 0
    m[m[MET_AT] + need] = m[m[WANTING_PLACE] + need] = NEVER
    g[m[ASSIGNED] + need] = g[m[THERE] + need] = g[m[MISSING] + need] = g[m[MOST_MISSING] + need] = 0.0

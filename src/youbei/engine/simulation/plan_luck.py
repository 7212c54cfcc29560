"""What a replication meets, in the kernel: `luck.py` in flat arrays, to the last bit.

What is missing counts as in use for ever. Lists of candidates are written anew, in order of arrival, where something
changed them; who cannot get through stands at the end, in the place of a resource that nobody has.
"""

from __future__ import annotations

import math

from youbei.engine.draws import Purpose
from youbei.engine.simulation.chance import mix, unit, whole
from youbei.engine.simulation.loops import Floats, Ints, Words, part, stage
from youbei.engine.simulation.plan_memory import (
    ARRIVES_AT,
    AWAY_CHANCE,
    AWAY_DELAY,
    AWAY_FIRST,
    AWAY_STEP,
    CANDIDATE,
    CLOSURE_CHANCE,
    CLOSURE_FACTOR,
    CLOSURES,
    COUNTING,
    DAY,
    FAILING,
    FAILING_FIRST,
    FAILURE_CHANCE,
    FAILURES,
    FIXED_MONTH,
    FIXED_SINCE,
    HAPPENED,
    HOLIDAY_SHARE,
    HOLIDAY_SLOWER,
    HOLIDAY_STRENGTH,
    ID_WORDS,
    IN_USE,
    IS_ALTERED,
    LIST_FIRST,
    LISTS,
    LUCK_WORD,
    MISSING_HOLD,
    MONTH,
    NIGHT_FROM,
    NIGHT_SLOWER,
    NIGHT_STRENGTH,
    NIGHT_UNTIL,
    OFF_HOURS,
    OFF_ROAD_BY,
    POSTS_AWAY,
    QUANTITY,
    REACTS_IN,
    RESOURCE_RANK,
    RESOURCES,
    SINCE_MIDNIGHT,
    STEPS,
    TEAMS,
    TOUCHED,
    TOUCHED_FIRST,
    TRAVEL,
    TURN_OUT,
    USUAL_CANDIDATE,
    USUAL_QUANTITY,
    USUAL_TRAVEL,
    USUAL_TURN_OUT,
)

MICROSECONDS, MILLISECOND = 1_000_000, 1000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
FOR_EVER = 2**62
OF_DAY, OF_OFF_ROAD, OF_OFF_DUTY = int(Purpose.DAY), int(Purpose.OFF_ROAD), int(Purpose.OFF_DUTY)
OF_CLOSURE, OF_FAILURE, OF_POST = int(Purpose.CLOSURE), int(Purpose.FAILURE), int(Purpose.UNREACHABLE)


@stage
def meet(m: Ints, g: Floats, w: Words) -> None:
    """Draw what this replication meets, and alter the world as it is then."""
    numbers, off = m[DAY], m[OFF_HOURS]
    for resource in range(m[RESOURCES]):
        g[m[IN_USE] + resource] = 0.0
    g[m[IN_USE] + m[RESOURCES]] = MISSING_HOLD
    named = mix(w[LUCK_WORD] ^ w[COUNTING + OF_DAY])
    since, month = m[FIXED_SINCE], m[FIXED_MONTH]
    if since < 0:
        since = int(unit(mix(named ^ w[COUNTING])) * DAY_MS)
    if month == 0:
        month = 1 + int(unit(mix(named ^ w[COUNTING + 1])) * 12)
    is_night = is_within(g[off + NIGHT_FROM], g[off + NIGHT_UNTIL], since / HOUR_MS)
    is_holiday = unit(mix(named ^ w[COUNTING + 2])) < g[off + HOLIDAY_SHARE]
    slower = strength = 1.0
    happened = 0
    if is_night:
        slower, strength, happened = slower * g[off + NIGHT_SLOWER], strength * g[off + NIGHT_STRENGTH], 1
    if is_holiday:
        slower, strength = slower * g[off + HOLIDAY_SLOWER], strength * g[off + HOLIDAY_STRENGTH]
        happened += 2
    m[numbers + SINCE_MIDNIGHT], m[numbers + MONTH], m[numbers + HAPPENED] = since, month, happened
    miss_teams(m, g, w, strength)
    close_ways(m, g, w)
    fail_together(m, g, w)
    leave_posts(m, g, w)
    is_altered = slower != 1.0 or (m[numbers + HAPPENED] >> 2) % (1 << m[CLOSURES]) != 0
    if is_altered or m[numbers + IS_ALTERED]:
        alter_lists(m, g, slower)
    m[numbers + IS_ALTERED] = 1 if is_altered else 0


@part
def is_within(start: float, end: float, hour: float) -> bool:
    if start < end:
        return start <= hour < end
    return hour >= start or hour < end


@stage
def miss_teams(m: Ints, g: Floats, w: Words, strength: float) -> None:
    """Let teams be missing that are off the road, or not on duty."""
    off_road, off_duty = mix(w[LUCK_WORD] ^ w[COUNTING + OF_OFF_ROAD]), mix(w[LUCK_WORD] ^ w[COUNTING + OF_OFF_DUTY])
    for team in range(m[TEAMS]):
        chance = g[m[OFF_ROAD_BY] + team]
        word = w[m[ID_WORDS] + team]
        if (chance > 0.0 and unit(mix(off_road ^ word)) < chance) or (
            strength < 1.0 and unit(mix(off_duty ^ word)) >= strength
        ):
            g[m[IN_USE] + team] = MISSING_HOLD


@stage
def close_ways(m: Ints, g: Floats, w: Words) -> None:
    named, first = mix(w[LUCK_WORD] ^ w[COUNTING + OF_CLOSURE]), m[ID_WORDS] + m[TEAMS]
    for closure in range(m[CLOSURES]):
        if unit(mix(named ^ w[first + closure])) < g[m[CLOSURE_CHANCE] + closure]:
            m[m[DAY] + HAPPENED] += 1 << (2 + closure)


@stage
def fail_together(m: Ints, g: Floats, w: Words) -> None:
    named, first = mix(w[LUCK_WORD] ^ w[COUNTING + OF_FAILURE]), m[ID_WORDS] + m[TEAMS] + m[CLOSURES]
    for failure in range(m[FAILURES]):
        if unit(mix(named ^ w[first + failure])) < g[m[FAILURE_CHANCE] + failure]:
            m[m[DAY] + HAPPENED] += 1 << (2 + m[CLOSURES] + failure)
            for place in range(m[m[FAILING_FIRST] + failure], m[m[FAILING_FIRST] + failure + 1]):
                g[m[IN_USE] + m[m[FAILING] + place]] = MISSING_HOLD


@stage
def leave_posts(m: Ints, g: Floats, w: Words) -> None:
    """Let steps begin late whose post is out of reach."""
    for step in range(m[STEPS]):
        m[m[REACTS_IN] + step] = 0
    named = mix(w[LUCK_WORD] ^ w[COUNTING + OF_POST])
    before = m[CLOSURES] + m[FAILURES]
    for post in range(m[POSTS_AWAY]):
        if unit(mix(named ^ w[m[ID_WORDS] + m[TEAMS] + before + post])) < g[m[AWAY_CHANCE] + post]:
            m[m[DAY] + HAPPENED] += 1 << (2 + before + post)
            for place in range(m[m[AWAY_FIRST] + post], m[m[AWAY_FIRST] + post + 1]):
                m[m[REACTS_IN] + m[m[AWAY_STEP] + place]] = m[m[AWAY_DELAY] + post]


@stage
def alter_lists(m: Ints, g: Floats, slower: float) -> None:
    for which in range(m[LISTS]):
        first = m[m[LIST_FIRST] + which]
        for usual in range(first, m[m[LIST_FIRST] + which + 1]):
            put_candidate(m, g, first, usual, slower)


@stage
def put_candidate(m: Ints, g: Floats, first: int, usual: int, slower: float) -> None:
    """Put a candidate among those of its list that were put before, by its times of now."""
    factor = factor_of(m, g, usual)
    resource, turn_out = m[m[USUAL_CANDIDATE] + usual], m[m[USUAL_TURN_OUT] + usual]
    travel = g[m[USUAL_TRAVEL] + usual]
    if slower != 1.0:
        turn_out = MILLISECOND * whole(turn_out / MICROSECONDS * slower)
    if factor == 0.0:
        resource, arrives = m[RESOURCES], FOR_EVER
    else:
        if factor != 1.0:
            travel = MILLISECOND * whole(travel * factor) / MICROSECONDS
        arrives = turn_out + math.floor(travel * MICROSECONDS + 0.5)
    place = usual
    while place > first and comes_later(m, place - 1, arrives, resource):
        m[m[CANDIDATE] + place] = m[m[CANDIDATE] + place - 1]
        m[m[TURN_OUT] + place] = m[m[TURN_OUT] + place - 1]
        m[m[ARRIVES_AT] + place] = m[m[ARRIVES_AT] + place - 1]
        g[m[TRAVEL] + place] = g[m[TRAVEL] + place - 1]
        g[m[QUANTITY] + place] = g[m[QUANTITY] + place - 1]
        place -= 1
    m[m[CANDIDATE] + place], m[m[TURN_OUT] + place], m[m[ARRIVES_AT] + place] = resource, turn_out, arrives
    g[m[TRAVEL] + place], g[m[QUANTITY] + place] = travel, g[m[USUAL_QUANTITY] + usual]


@part
def comes_later(m: Ints, place: int, arrives: int, resource: int) -> bool:
    at = m[m[ARRIVES_AT] + place]
    return at > arrives or (
        at == arrives and m[m[RESOURCE_RANK] + m[m[CANDIDATE] + place]] > m[m[RESOURCE_RANK] + resource]
    )


@stage
def factor_of(m: Ints, g: Floats, usual: int) -> float:
    """Return how many times as long the way of a candidate takes; 0 where there is no way through."""
    factor = 1.0
    for place in range(m[m[TOUCHED_FIRST] + usual], m[m[TOUCHED_FIRST] + usual + 1]):
        closure = m[m[TOUCHED] + place]
        if (m[m[DAY] + HAPPENED] >> (2 + closure)) & 1:
            factor *= g[m[CLOSURE_FACTOR] + closure]
    return factor

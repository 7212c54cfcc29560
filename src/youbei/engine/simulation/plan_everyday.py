"""What goes on every day, in the kernel: `everyday.py` in flat arrays, to the last bit. Times are microseconds."""

from __future__ import annotations

import math

from youbei.engine.simulation.chance import lognormal, mix, unit, whole
from youbei.engine.simulation.loops import Floats, Ints, Words, part, stage
from youbei.engine.simulation.plan_agenda import look_again
from youbei.engine.simulation.plan_carry import carry
from youbei.engine.simulation.plan_luck import DAY_MS, HOUR_MS, MILLISECOND
from youbei.engine.simulation.plan_memory import (
    AWAY_HOLD,
    BACK_AT,
    BACK_COUNT,
    BACK_HEAP,
    BEGINS_AT,
    BOUNDARIES,
    BOUNDARY,
    BUSIEST_HOUR,
    C_AT,
    C_FIELDS,
    C_RESPONSE,
    C_STREAM,
    C_WAIT,
    CALL_COUNT,
    CALLS,
    CAME_AT,
    CANDIDATE,
    COUNTING,
    DAY,
    FILL_WATCHER,
    FOUND_NONE,
    GAP_WORD,
    HANDLING,
    HANDOVERS_UNTIL,
    HAS_EVERYDAY,
    HAS_NEXT,
    HEAP,
    HEAP_LENGTH,
    HOUR_WORD,
    IN_USE,
    IS_CROWDED,
    IS_OFF,
    LAST_CALL_AT,
    MEAN_GAP,
    MEMBER,
    MEMBERS,
    MONTH,
    MOST_CALLS,
    NEED_STEP,
    NEVER,
    NEXT_CAME,
    NEXT_DRAWN,
    NEXT_HANDOVER,
    NEXT_NUMBER,
    NEXT_STREAM,
    NOW,
    NUMBERS,
    OFF_HOLD,
    ON_DUTY,
    ON_SCENE,
    OUT_NOW,
    PEAKS,
    PENDING,
    ROAD_WORD,
    SCENE_SPREAD,
    SCENE_WORD,
    SINCE_MIDNIGHT,
    STREAM_COUNT,
    STREAM_FIRST,
    STREAM_HOURS,
    STREAM_LAST,
    STREAM_WORD,
    STREAMS,
    TEAMS,
    TIMES_SERVED,
    TRAVEL,
    TURN_OUT,
    W_CAME,
    W_FIELDS,
    W_LACKING,
    W_NUMBER,
    W_PLACE,
    W_SENT,
    W_STREAM,
    WAITING_CALLS,
    WAITING_COUNT,
    WANTING,
    WANTING_LENGTH,
)
from youbei.engine.simulation.plan_needs import LOG_TRAVEL_SPREAD

NEVER_MORE = 2**62


@stage
def begin_day(m: Ints, g: Floats, w: Words) -> None:
    """Begin every day long before the activation, and let everything happen that comes before it."""
    day = m[DAY]
    m[day + BACK_COUNT] = m[day + WAITING_COUNT] = m[day + CALL_COUNT] = 0
    m[day + NEXT_NUMBER] = m[day + IS_CROWDED] = 0
    for team in range(m[TEAMS]):
        m[m[OUT_NOW] + team] = 0
    m[day + CAME_AT] = m[BEGINS_AT]
    m[day + NEXT_HANDOVER] = NEVER_MORE
    if m[BOUNDARIES]:
        for member in range(m[MEMBERS]):
            m[m[IS_OFF] + member] = 0
        hand_over(m, g, m[BEGINS_AT])
    draw_call(m, g, w)
    while True:
        at = next_at(m)
        if at >= 0:
            break
        happen(m, g, w, at)
        serve(m, g, w, at)


@stage
def carry_on(m: Ints, g: Floats, w: Words, until: int) -> None:
    """Carry out what the plan and every day bring at or before `until`."""
    numbers, day = m[NUMBERS], m[DAY]
    if m[HAS_EVERYDAY]:
        carry(m, g, w, m[numbers + NOW])
        serve(m, g, w, m[numbers + NOW])
        while True:
            at = next_at(m)
            if m[day + WAITING_COUNT] and m[numbers + HEAP_LENGTH]:
                at = min(at, m[m[PENDING] + m[m[HEAP]]])
            if at > until:
                break
            carry(m, g, w, at)
            happen(m, g, w, at)
            for place in range(m[numbers + WANTING_LENGTH]):
                look_again(m, m[m[FILL_WATCHER] + m[m[NEED_STEP] + m[m[WANTING] + place]]])
            carry(m, g, w, at)
            serve(m, g, w, at)
    carry(m, g, w, until)


@stage
def next_at(m: Ints) -> int:
    day = m[DAY]
    at = m[day + NEXT_HANDOVER]
    if m[day + BACK_COUNT]:
        at = min(at, m[m[BACK_AT] + m[m[BACK_HEAP]]])
    if m[day + HAS_NEXT]:
        at = min(at, m[day + NEXT_CAME] + m[HANDLING])
    return at


@stage
def happen(m: Ints, g: Floats, w: Words, at: int) -> None:
    """Let teams be back, duty change hands and calls be handled that are due now."""
    day = m[DAY]
    while m[day + BACK_COUNT] and m[m[BACK_AT] + m[m[BACK_HEAP]]] <= at:
        g[m[IN_USE] + next_back(m)] -= AWAY_HOLD
    if m[day + NEXT_HANDOVER] <= at:
        hand_over(m, g, at)
    while m[day + HAS_NEXT] and m[day + NEXT_CAME] + m[HANDLING] <= at:
        take_call(m)
        draw_call(m, g, w)


@stage
def hand_over(m: Ints, g: Floats, at: int) -> None:
    """Put on duty who is on duty now, and find when duty next changes hands."""
    day = m[DAY]
    of_day = (m[day + SINCE_MIDNIGHT] + at // MILLISECOND) % DAY_MS
    last, least = m[BOUNDARIES] - 1, DAY_MS
    for which in range(m[BOUNDARIES]):
        boundary = m[m[BOUNDARY] + which]
        if boundary <= of_day:
            last = which
        least = min(least, (boundary - of_day - 1) % DAY_MS + 1)
    for member in range(m[MEMBERS]):
        is_off = 1 - m[m[ON_DUTY] + last * m[MEMBERS] + member]
        team = m[m[MEMBER] + member]
        if is_off != m[m[IS_OFF] + member]:
            g[m[IN_USE] + team] += OFF_HOLD if is_off else -OFF_HOLD
            m[m[IS_OFF] + member] = is_off
    m[day + NEXT_HANDOVER] = NEVER_MORE if at >= m[HANDOVERS_UNTIL] else at + MILLISECOND * least


@stage
def draw_call(m: Ints, g: Floats, w: Words) -> None:
    """Draw the next call; none comes after the last hour."""
    day = m[DAY]
    peaks = m[PEAKS] + (m[day + MONTH] - 1) * m[STREAMS]
    m[day + HAS_NEXT] = 0
    total = g[peaks + m[STREAMS] - 1] if m[STREAMS] else 0.0
    while total > 0.0:
        number = m[day + NEXT_NUMBER]
        if number >= m[MOST_CALLS]:
            m[day + IS_CROWDED] = 1
            return
        word = w[COUNTING + number]
        gap = whole(exponential_of(mix(w[GAP_WORD] ^ word)) * g[m[MEAN_GAP] + m[day + MONTH] - 1])
        m[day + CAME_AT] += MILLISECOND * gap
        if m[day + CAME_AT] > m[LAST_CALL_AT]:
            return
        m[day + NEXT_NUMBER] = number + 1
        stream = stream_at(g, peaks, m[STREAMS], unit(mix(w[STREAM_WORD] ^ word)) * total)
        hour = (m[day + SINCE_MIDNIGHT] + m[day + CAME_AT] // MILLISECOND) % DAY_MS // HOUR_MS
        busiest = g[m[BUSIEST_HOUR] + stream]
        if unit(mix(w[HOUR_WORD] ^ word)) * busiest < g[m[STREAM_HOURS] + 24 * stream + hour]:
            m[day + HAS_NEXT] = 1
            m[day + NEXT_DRAWN], m[day + NEXT_STREAM], m[day + NEXT_CAME] = number, stream, m[day + CAME_AT]
            return


@part
def exponential_of(state: int) -> float:
    return -math.log(unit(state))


@stage
def stream_at(g: Floats, first: int, count: int, place: float) -> int:
    """Return the first stream whose upper bound lies above a place."""
    low, high = 0, count - 1
    while low < high:
        middle = (low + high) // 2
        if place < g[first + middle]:
            high = middle
        else:
            low = middle + 1
    return low


@stage
def take_call(m: Ints) -> None:
    """Put the call that came among those that wait, and those that count."""
    day = m[DAY]
    at = m[WAITING_CALLS] + W_FIELDS * m[day + WAITING_COUNT]
    m[day + WAITING_COUNT] += 1
    stream, came = m[day + NEXT_STREAM], m[day + NEXT_CAME]
    m[at + W_NUMBER], m[at + W_STREAM], m[at + W_CAME] = m[day + NEXT_DRAWN], stream, came
    m[at + W_LACKING], m[at + W_SENT], m[at + W_PLACE] = m[m[STREAM_COUNT] + stream], 0, -1
    if came >= 0:
        m[at + W_PLACE] = m[day + CALL_COUNT]
        known = m[CALLS] + C_FIELDS * m[day + CALL_COUNT]
        m[day + CALL_COUNT] += 1
        m[known + C_STREAM], m[known + C_AT] = stream, came
        m[known + C_WAIT] = m[known + C_RESPONSE] = NEVER


@stage
def serve(m: Ints, g: Floats, w: Words, now: int) -> None:
    """Send whom the calls that wait can get, the first first; of a stream that found too few none is asked again."""
    day = m[DAY]
    kept = 0
    m[day + TIMES_SERVED] += 1
    for which in range(m[day + WAITING_COUNT]):
        at = m[WAITING_CALLS] + W_FIELDS * which
        stream = m[at + W_STREAM]
        if m[m[FOUND_NONE] + stream] != m[day + TIMES_SERVED]:
            look_for_teams(m, g, w, at, now)
        if m[at + W_LACKING]:
            m[m[FOUND_NONE] + stream] = m[day + TIMES_SERVED]
            if kept != which:
                to = m[WAITING_CALLS] + W_FIELDS * kept
                for place in range(W_FIELDS):
                    m[to + place] = m[at + place]
            kept += 1
    m[day + WAITING_COUNT] = kept


@stage
def look_for_teams(m: Ints, g: Floats, w: Words, call: int, now: int) -> None:
    stream = m[call + W_STREAM]
    for candidate in range(m[m[STREAM_FIRST] + stream], m[m[STREAM_LAST] + stream]):
        if m[call + W_LACKING] == 0:
            break
        if g[m[IN_USE] + m[m[CANDIDATE] + candidate]] == 0.0:
            send_out(m, g, w, call, candidate, now)


@stage
def send_out(m: Ints, g: Floats, w: Words, call: int, candidate: int, now: int) -> None:
    """Send one team to a call of every day."""
    stream, team = m[call + W_STREAM], m[m[CANDIDATE] + candidate]
    word = w[COUNTING + m[call + W_NUMBER]]
    scene = lognormal(g[m[SCENE_SPREAD] + stream], unit(mix(w[SCENE_WORD] ^ word)))
    stays = MILLISECOND * whole(g[m[ON_SCENE] + stream] * scene)
    u = unit(mix(mix(w[ROAD_WORD] ^ word) ^ w[COUNTING + m[call + W_SENT]]))
    way = MILLISECOND * whole(g[m[TRAVEL] + candidate] * lognormal(LOG_TRAVEL_SPREAD, u))
    there = now + m[m[TURN_OUT] + candidate] + way
    back = there + stays + way
    if m[call + W_PLACE] >= 0:
        known = m[CALLS] + C_FIELDS * m[call + W_PLACE]
        response = there - m[call + W_CAME]
        if m[known + C_WAIT] == NEVER:
            m[known + C_WAIT], m[known + C_RESPONSE] = now - m[call + W_CAME] - m[HANDLING], response
        else:
            m[known + C_RESPONSE] = min(m[known + C_RESPONSE], response)
    m[call + W_SENT] += 1
    m[call + W_LACKING] -= 1
    g[m[IN_USE] + team] += AWAY_HOLD
    m[m[OUT_NOW] + team] += max(0, min(back, m[LAST_CALL_AT]) - max(now, 0))
    put_back(m, team, back)


@stage
def put_back(m: Ints, team: int, at: int) -> None:
    """Note when a team is back."""
    place = m[m[DAY] + BACK_COUNT]
    m[m[DAY] + BACK_COUNT] = place + 1
    m[m[BACK_AT] + team] = at
    first = m[BACK_HEAP]
    while place > 0:
        above = (place - 1) // 2
        if m[m[BACK_AT] + m[first + above]] <= at:
            break
        m[first + place] = m[first + above]
        place = above
    m[first + place] = team


@stage
def next_back(m: Ints) -> int:
    """Take the team that is back first."""
    first, length = m[BACK_HEAP], m[m[DAY] + BACK_COUNT] - 1
    m[m[DAY] + BACK_COUNT] = length
    found, moved, place = m[first], m[first + length], 0
    at = m[m[BACK_AT] + moved]
    while True:
        below = 2 * place + 1
        if below >= length:
            break
        if below + 1 < length and m[m[BACK_AT] + m[first + below + 1]] < m[m[BACK_AT] + m[first + below]]:
            below += 1
        if m[m[BACK_AT] + m[first + below]] >= at:
            break
        m[first + place] = m[first + below]
        place = below
    m[first + place] = moved
    return found

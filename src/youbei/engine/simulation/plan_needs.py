"""Needs of a compiled run: who is sent, who arrives, who goes home."""

from __future__ import annotations

import math

from youbei.engine.draws import TRAVEL_SPREAD
from youbei.engine.simulation.chance import lognormal, mix, triangular, unit, whole
from youbei.engine.simulation.loops import Floats, Ints, Words, part, stage
from youbei.engine.simulation.plan_agenda import cancel, look_again, schedule, touch
from youbei.engine.simulation.plan_memory import (
    ARRIVED,
    ASKED,
    ASSIGNED,
    CANDIDATE,
    CANDIDATE_FIRST,
    CANDIDATE_LAST,
    COUNTING,
    EVENTS,
    FILL_WATCHER,
    FINISH_DUES,
    FIRST_ARRIVAL,
    FIXED,
    FIXED_LENGTH,
    GOING_HOME,
    HIGH,
    IN_USE,
    IS_CLOSED,
    IS_OVERFULL,
    IS_SHORT,
    IS_TEAM,
    LAST_AT,
    LIKELY,
    LOG_SPREAD,
    LOW,
    MET_AT,
    MISSING,
    MOST_MISSING,
    NEED_FIRST,
    NEED_OPENED,
    NEED_PLACE,
    NEED_STEP,
    NEVER,
    NOW,
    NUMBERS,
    ON_THE_WAY,
    PENDING,
    QUANTITY,
    QUANTITY_SENT,
    RELEASED,
    RESOURCE_SENT,
    SENT,
    SENT_AT,
    SENT_DUE,
    SENT_FIRST,
    SENT_ROOM,
    SENT_STATE,
    SENT_WAY,
    SHAPE,
    STARTED,
    STATUS,
    STEPS,
    TEAMS_OUT,
    TEAMS_THERE,
    THERE,
    TOLERANCE,
    TOUCH_COME,
    TOUCH_EACH,
    TOUCH_NEEDS,
    TRAVEL,
    TRAVEL_WORD,
    TRIANGULAR,
    TURN_OUT,
    WANTING,
    WANTING_LENGTH,
    WANTING_PLACE,
    WORK_WORD,
)

MILLISECOND = 1000
LOG_TRAVEL_SPREAD = math.log(TRAVEL_SPREAD)
# Above these a float holds no more decimals than are asked for.
ROUND_AT_9, ROUND_AT_6 = 9.0e6, 9.0e9


@part
def note_event(m: Ints) -> None:
    """Count an event that is more than word of lateness."""
    numbers = m[NUMBERS]
    m[numbers + EVENTS] += 1
    m[numbers + LAST_AT] = m[numbers + NOW]


@part
def touch_needs(m: Ints, step: int) -> None:
    touch(m, TOUCH_EACH + m[STEPS] + step)
    touch(m, TOUCH_NEEDS)


@part
def touch_come(m: Ints, step: int) -> None:
    touch(m, m[TOUCH_COME] + step)
    touch(m, TOUCH_NEEDS)


@stage
def open_need(m: Ints, g: Floats, need: int) -> None:
    note_event(m)
    m[m[NEED_OPENED] + need] = 1
    note_wanting(m, g, need)
    touch_come(m, m[m[NEED_STEP] + need])


@part
def lacking(m: Ints, g: Floats, need: int) -> float:
    asked, assigned = g[m[ASKED] + need], g[m[ASSIGNED] + need]
    return 0.0 if assigned >= asked - TOLERANCE else asked - assigned


@stage
def note_wanting(m: Ints, g: Floats, need: int) -> None:
    """Keep the list of the open needs that lack something."""
    place = m[m[WANTING_PLACE] + need]
    is_wanting = not m[m[IS_CLOSED] + need] and lacking(m, g, need) > 0
    if is_wanting == (place >= 0):
        return
    length = m[m[NUMBERS] + WANTING_LENGTH]
    if is_wanting:
        m[m[WANTING] + length] = need
        m[m[WANTING_PLACE] + need] = length
        m[m[NUMBERS] + WANTING_LENGTH] = length + 1
        return
    last = m[m[WANTING] + length - 1]
    m[m[WANTING] + place] = last
    m[m[WANTING_PLACE] + last] = place
    m[m[WANTING_PLACE] + need] = -1
    m[m[NUMBERS] + WANTING_LENGTH] = length - 1


@stage
def begin_work(m: Ints, g: Floats, w: Words, step: int) -> None:
    """Let a step finish in time, once it is started and all it needs is there."""
    if m[m[STATUS] + step] != STARTED:
        return
    for need in range(m[m[NEED_FIRST] + step], m[m[NEED_FIRST] + step + 1]):
        if m[m[MET_AT] + need] == NEVER:
            return
    schedule(m, m[FINISH_DUES] + step, m[m[NUMBERS] + NOW] + work_time(m, g, w, step))


@stage
def work_time(m: Ints, g: Floats, w: Words, step: int) -> int:
    """Draw how long a step takes when it is done for the first time."""
    shape = m[m[SHAPE] + step]
    if shape == FIXED:
        return m[m[FIXED_LENGTH] + step]
    u = unit(mix(mix(w[WORK_WORD] ^ w[COUNTING + step]) ^ w[COUNTING + 1]))
    likely = g[m[LIKELY] + step]
    if shape == TRIANGULAR:
        return MILLISECOND * whole(triangular(g[m[LOW] + step], likely, g[m[HIGH] + step], u))
    return MILLISECOND * whole(likely * lognormal(g[m[LOG_SPREAD] + step], u))


@stage
def fill_needs(m: Ints, g: Floats, w: Words, step: int) -> None:
    """Send what can be found for each need of a step that lacks something, and note what is short."""
    if m[m[STATUS] + step] != STARTED:
        return
    for need in range(m[m[NEED_FIRST] + step], m[m[NEED_FIRST] + step + 1]):
        if not m[m[NEED_OPENED] + need] or m[m[IS_CLOSED] + need]:
            continue
        wanted = lacking(m, g, need)
        if wanted == 0:
            continue
        if m[m[IS_TEAM] + need]:
            send_teams(m, g, w, need, math.floor(wanted + 0.5))
        else:
            send_lots(m, g, w, need, wanted)
        note_short(m, g, need)


@stage
def note_short(m: Ints, g: Floats, need: int) -> None:
    missing = lacking(m, g, need)
    if missing < ROUND_AT_6:
        missing = math.floor(missing * 1e6 + 0.5) / 1e6
    if missing == 0 or (m[m[IS_SHORT] + need] and abs(g[m[MISSING] + need] - missing) <= TOLERANCE):
        return
    note_event(m)
    m[m[IS_SHORT] + need] = 1
    g[m[MISSING] + need] = missing
    g[m[MOST_MISSING] + need] = max(g[m[MOST_MISSING] + need], missing)
    touch_needs(m, m[m[NEED_STEP] + need])


@stage
def send_teams(m: Ints, g: Floats, w: Words, need: int, count: int) -> None:
    """Send the free teams that can be there first."""
    for candidate in range(m[m[CANDIDATE_FIRST] + need], m[m[CANDIDATE_LAST] + need]):
        if count <= 0:
            break
        if g[m[IN_USE] + m[m[CANDIDATE] + candidate]] == 0.0:
            send(m, g, w, need, candidate, 1.0)
            count -= 1


@stage
def send_lots(m: Ints, g: Floats, w: Words, need: int, missing: float) -> None:
    """Send out of the lots that can be there first, until enough is on its way."""
    for candidate in range(m[m[CANDIDATE_FIRST] + need], m[m[CANDIDATE_LAST] + need]):
        if missing <= 0:
            break
        left = g[m[QUANTITY] + candidate] - g[m[IN_USE] + m[m[CANDIDATE] + candidate]]
        if left > 0:
            quantity = min(left, missing)
            missing -= quantity
            if missing < ROUND_AT_9:
                missing = math.floor(missing * 1e9 + 0.5) / 1e9
            send(m, g, w, need, candidate, quantity)


@stage
def send(m: Ints, g: Floats, w: Words, need: int, candidate: int, quantity: float) -> None:
    """Send one resource; its time on the road is drawn about the usual one."""
    step, nth = m[m[NEED_STEP] + need], m[m[SENT] + need] + 1
    if nth > m[m[SENT_ROOM] + need]:
        m[m[NUMBERS] + IS_OVERFULL] = 1
        return
    note_event(m)
    m[m[SENT] + need] = nth
    sent = m[m[SENT_FIRST] + need] + nth - 1
    resource = m[m[CANDIDATE] + candidate]
    named = mix(mix(w[TRAVEL_WORD] ^ w[COUNTING + step]) ^ w[COUNTING + m[m[NEED_PLACE] + need]])
    usual = g[m[TRAVEL] + candidate]
    travel = whole(usual * lognormal(LOG_TRAVEL_SPREAD, unit(mix(named ^ w[COUNTING + nth]))))
    now = m[m[NUMBERS] + NOW]
    m[m[RESOURCE_SENT] + sent] = resource
    m[m[SENT_STATE] + sent] = ON_THE_WAY
    m[m[SENT_AT] + sent] = now
    m[m[SENT_WAY] + sent] = MILLISECOND * travel
    g[m[QUANTITY_SENT] + sent] = quantity
    g[m[ASSIGNED] + need] += quantity
    g[m[IN_USE] + resource] += quantity
    m[m[TEAMS_OUT] + need] += m[m[IS_TEAM] + need]
    if lacking(m, g, need) == 0:
        m[m[IS_SHORT] + need] = 0
        g[m[MISSING] + need] = 0.0
    note_wanting(m, g, need)
    schedule(m, m[m[SENT_DUE] + sent], now + m[m[TURN_OUT] + candidate] + MILLISECOND * travel)
    touch_needs(m, step)


@stage
def arrive(m: Ints, g: Floats, sent: int, need: int) -> None:
    note_event(m)
    if m[m[NUMBERS] + FIRST_ARRIVAL] == NEVER:
        m[m[NUMBERS] + FIRST_ARRIVAL] = m[m[NUMBERS] + NOW]
    m[m[SENT_STATE] + sent] = ARRIVED
    g[m[THERE] + need] += g[m[QUANTITY_SENT] + sent]
    m[m[TEAMS_THERE] + need] += m[m[IS_TEAM] + need]
    if g[m[THERE] + need] >= g[m[ASKED] + need] - TOLERANCE:
        touch_come(m, m[m[NEED_STEP] + need])
    else:
        touch_needs(m, m[m[NEED_STEP] + need])


@stage
def close_needs(m: Ints, g: Floats, step: int) -> None:
    for need in range(m[m[NEED_FIRST] + step], m[m[NEED_FIRST] + step + 1]):
        if m[m[NEED_OPENED] + need]:
            m[m[IS_CLOSED] + need] = 1
            note_wanting(m, g, need)


@stage
def release_all(m: Ints, g: Floats, step: int) -> None:
    """Send home what a step still has: teams, and items on the way. Items that arrived are used up."""
    is_any = False
    for need in range(m[m[NEED_FIRST] + step], m[m[NEED_FIRST] + step + 1]):
        first = m[m[SENT_FIRST] + need]
        for sent in range(first, first + m[m[SENT] + need]):
            state = m[m[SENT_STATE] + sent]
            if state == ON_THE_WAY or (state == ARRIVED and m[m[IS_TEAM] + need]):
                release(m, g, need, sent)
                is_any = True
    if not is_any:
        return
    touch_needs(m, step)
    touch_wanting(m)


@stage
def touch_wanting(m: Ints) -> None:
    """Let the needs that lack something look for it again."""
    for place in range(m[m[NUMBERS] + WANTING_LENGTH]):
        look_again(m, m[m[FILL_WATCHER] + m[m[NEED_STEP] + m[m[WANTING] + place]]])


@stage
def release(m: Ints, g: Floats, need: int, sent: int) -> None:
    note_event(m)
    quantity, resource, is_team = g[m[QUANTITY_SENT] + sent], m[m[RESOURCE_SENT] + sent], m[m[IS_TEAM] + need]
    g[m[ASSIGNED] + need] -= quantity
    m[m[TEAMS_OUT] + need] -= is_team
    now, due = m[m[NUMBERS] + NOW], m[m[SENT_DUE] + sent]
    back = m[m[SENT_WAY] + sent]
    if m[m[SENT_STATE] + sent] == ARRIVED:
        g[m[THERE] + need] -= quantity
        m[m[TEAMS_THERE] + need] -= is_team
    else:
        back = max(0, now - m[m[PENDING] + due] + back)
    # From here on this is when it is back.
    m[m[SENT_WAY] + sent] = now + back
    if is_team and back > 0:
        m[m[SENT_STATE] + sent] = GOING_HOME
        schedule(m, due, now + back)
        return
    m[m[SENT_STATE] + sent] = RELEASED
    cancel(m, due)
    set_free(m, g, resource, quantity)


@stage
def come_home(m: Ints, g: Floats, sent: int) -> None:
    """Let a team that is back at its base be sent again."""
    m[m[NUMBERS] + EVENTS] += 1
    m[m[SENT_STATE] + sent] = RELEASED
    set_free(m, g, m[m[RESOURCE_SENT] + sent], g[m[QUANTITY_SENT] + sent])
    touch_wanting(m)


@part
def set_free(m: Ints, g: Floats, resource: int, quantity: float) -> None:
    g[m[IN_USE] + resource] -= quantity
    if g[m[IN_USE] + resource] <= TOLERANCE:
        g[m[IN_USE] + resource] = 0.0

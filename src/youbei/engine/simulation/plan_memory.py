"""Where the compiled plan and its run lie: names for places in flat arrays, as a compiled loop needs them.

A loop takes three arrays: `m`, plan and run in integers; `g`, both in floats; `w`, unsigned words for draws. `m[NAME]`
is a number, or where a table begins: in `m`, or for what is listed under FLOATS in `g`. Times are whole microseconds
from the activation; NEVER is a time that has not come.
"""

from __future__ import annotations

NEVER = -1
TOLERANCE = 1e-6
ACTIVE, ENDED = 1, 2
WAITING, OPEN, STARTED, FINISHED = 0, 1, 2, 3
CONFIRMED, NEEDS_ARRIVED, CONDITION = 0, 1, 2
FIXED, TRIANGULAR, LOGNORMAL = 0, 1, 2
NOT_SENT, ON_THE_WAY, ARRIVED, GOING_HOME, RELEASED = 0, 1, 2, 3, 4
# Kinds of dues, in the order of `agenda.Rank`.
DUE_MOMENT, DUE_ARRIVE, DUE_FINISH, DUE_LATE, DUE_CLIMB, DUE_START = 0, 1, 2, 3, 4, 5
# Kinds of watchers.
WATCH_LEVEL, WATCH_OPEN, WATCH_MET, WATCH_DONE, WATCH_LATE, WATCH_FILL, WATCH_LINK, WATCH_END, WATCH_RECOVERY = range(9)
# What is touched: these, then each step that is finished, the needs of each step, each fact; see `plan_touch.py`.
TOUCH_PHASE, TOUCH_LEVEL, TOUCH_STEPS, TOUCH_NEEDS, TOUCH_EACH = range(5)

# Numbers.
(
    STEPS,
    NEEDS,
    WATCHERS,
    DUES,
    LEVELS,
    MOMENTS,
    LINKS,
    RESOURCES,
    FACTS,
    HORIZON,
    HAS_RECOVERY,
    HAS_COMMANDER,
    FIRST_LEVEL,
    INITIAL_FACTS,
    END_WHEN,
    END_MESSAGES,
    POSTS_FILLED,
    MOMENT_ACTIVATION,
    MOMENT_KNOWN,
    MOMENT_OCCURRED,
    MOMENT_LEVEL,
    MOMENT_ENDED,
    FINISH_DUES,
    LATE_DUES,
    CLIMB_DUES,
) = range(25)

# Tables of the plan, which stay as they are.
(
    FROM_LEVEL,
    IS_RECOVERY,
    SINCE,
    DELAY,
    IS_BARRED,
    AFTER_FIRST,
    AFTER,
    HAS_ANY,
    ANY_FIRST,
    ANY,
    START_WHEN,
    TELLS,
    REPORTS,
    DONE_BY,
    DONE_WHEN,
    LIMIT,
    LIMIT_FROM_OPENING,
    CLIMB_FIRST,
    CLIMB_AFTER,
    NEED_FIRST,
    SHAPE,
    FIXED_LENGTH,
    MOMENT_OPENED,
    MOMENT_FINISHED,
    DONE_WATCHER,
    LATE_WATCHER,
    FILL_WATCHER,
    NEED_STEP,
    NEED_PLACE,
    IS_TEAM,
    CANDIDATE_FIRST,
    CANDIDATE_LAST,
    SENT_FIRST,
    SENT_ROOM,
    SENT_DUE,
    SENT_NEED,
    CANDIDATE,
    TURN_OUT,
    DUE_KIND,
    DUE_SUBJECT,
    DUE_AFTER,
    MOMENT_DUE_FIRST,
    DUE_WATCH_FIRST,
    DUE_WATCH,
    DEADLINE_FIRST,
    DEADLINE,
    WATCHER_KIND,
    WATCHER_OF,
    TOUCH_FIRST,
    TOUCH,
    FACT_AT,
    FACT_TOUCH,
    LEVEL_NUMBER,
    IS_AUTOMATIC,
    LEVEL_WHEN,
    LEVEL_MOMENT,
    POSTS_AT,
    LINK_PLAN,
    LINK_WHEN,
    CODE_FIRST,
    CODE,
    TRUTH,
    AMONG,
) = range(25, 88)

# Tables of the run; NUMBERS are the single values below.
(
    NUMBERS,
    STATUS,
    OPENED_AT,
    STARTED_AT,
    FINISHED_AT,
    DUE_AT,
    LATE_AT,
    NEED_OPENED,
    MET_AT,
    IS_CLOSED,
    IS_SHORT,
    SENT,
    TEAMS_OUT,
    TEAMS_THERE,
    RESOURCE_SENT,
    SENT_STATE,
    SENT_AT,
    MOMENT_AT,
    PROPOSED_PLANS,
    PENDING,
    HEAP,
    HEAP_PLACE,
    DIRTY,
    IS_DIRTY,
    WANTING,
    WANTING_PLACE,
    STACK,
    BUSY,
) = range(88, 116)

# FLOATS: of the plan, then of the run.
LOW, LIKELY, HIGH, LOG_SPREAD, ASKED, TRAVEL, QUANTITY = range(116, 123)
ASSIGNED, THERE, MISSING, MOST_MISSING, IN_USE, QUANTITY_SENT = range(123, 129)

# What may be otherwise on the day: numbers, tables that stay, tables of the run.
(
    HAS_LUCK,
    FIXED_SINCE,
    FIXED_MONTH,
    TEAMS,
    CLOSURES,
    FAILURES,
    POSTS_AWAY,
    LISTS,
    ID_WORDS,
    START_DUES,
    LIST_FIRST,
    USUAL_CANDIDATE,
    USUAL_TURN_OUT,
    TOUCHED_FIRST,
    TOUCHED,
    RESOURCE_RANK,
    FAILING_FIRST,
    FAILING,
    AWAY_FIRST,
    AWAY_STEP,
    AWAY_DELAY,
    ARRIVES_AT,
    REACTS_IN,
    DAY,
) = range(129, 153)
# FLOATS.
(
    USUAL_TRAVEL,
    USUAL_QUANTITY,
    OFF_ROAD_BY,
    CLOSURE_CHANCE,
    CLOSURE_FACTOR,
    FAILURE_CHANCE,
    AWAY_CHANCE,
    OFF_HOURS,
) = range(153, 161)

# What goes on every day: numbers, tables that stay, tables of the run.
(
    HAS_EVERYDAY,
    STREAMS,
    HANDLING,
    BEGINS_AT,
    LAST_CALL_AT,
    HANDOVERS_UNTIL,
    MOST_CALLS,
    BOUNDARIES,
    MEMBERS,
    STREAM_FIRST,
    STREAM_LAST,
    STREAM_COUNT,
    BOUNDARY,
    MEMBER,
    ON_DUTY,
    IS_OFF,
    BACK_HEAP,
    BACK_AT,
    WAITING_CALLS,
    CALLS,
    OUT_NOW,
    OUT,
) = range(161, 183)
# FLOATS.
STREAM_HOURS, BUSIEST_HOUR, PEAKS, MEAN_GAP, ON_SCENE, SCENE_SPREAD = range(183, 189)

# Where the lists begin of who looks again after a step has begun, and after something has come for its needs.
TOUCH_BEGUN, TOUCH_COME = range(189, 191)
# For each stream of calls, when last too few teams were found for it, counted in the times that calls were served.
FOUND_NONE = 191
# How long the way there was of what is sent; once it is released, when it is back.
SENT_WAY = 192
# How long each resource was away in this replication. Over all of them, in tenths of a second: the squares of that, its
# products with how long the run took, and the squares of how long teams were away for calls of every day.
AWAY_NOW, BUSY_SQUARES, BUSY_BY_LENGTH, OUT_SQUARES = range(193, 197)
HEADER = 197

# Places from `m[DAY]`: what a replication meets, and how its every day stands.
(
    SINCE_MIDNIGHT,
    MONTH,
    HAPPENED,
    IS_ALTERED,
    CAME_AT,
    NEXT_NUMBER,
    HAS_NEXT,
    NEXT_DRAWN,
    NEXT_STREAM,
    NEXT_CAME,
    NEXT_HANDOVER,
    WAITING_COUNT,
    BACK_COUNT,
    CALL_COUNT,
    IS_CROWDED,
    TIMES_SERVED,
) = range(16)
DAY_LENGTH = 16
# Places from `g[OFF_HOURS]`.
NIGHT_FROM, NIGHT_UNTIL, NIGHT_SLOWER, NIGHT_STRENGTH, HOLIDAY_SHARE, HOLIDAY_SLOWER, HOLIDAY_STRENGTH = range(7)
# A call that waits in WAITING_CALLS, and a call that counts in CALLS.
W_NUMBER, W_PLACE, W_STREAM, W_CAME, W_LACKING, W_SENT, W_FIELDS = range(7)
C_STREAM, C_AT, C_WAIT, C_RESPONSE, C_FIELDS = range(5)
# What is added to IN_USE of a team that is away for a call of every day, or off duty; and of what is missing.
AWAY_HOLD, OFF_HOLD, MISSING_HOLD = 8.0, 16.0, 1e18

# Places from `m[NUMBERS]`.
(
    NOW,
    PHASE,
    LEVEL,
    PROPOSED_LEVEL,
    IS_END_PROPOSED,
    END_PROPOSED_AT,
    IS_RECOVERED,
    EVENTS,
    LAST_AT,
    HEAP_LENGTH,
    DIRTY_LENGTH,
    WANTING_LENGTH,
    KNOWN_FACTS,
    FIRST_ARRIVAL,
    IS_OVERFULL,
) = range(15)
NUMBERS_LENGTH = 15

# Instructions of conditions: five integers each.
TRUE, COMPARE, ELAPSED, COUNT, ALL_OF, ANY_OF, NOT = range(7)
INSTRUCTION = 5
# Truth: 1 true, 0 false, -1 unknown.
UNKNOWN = -1
(
    COUNT_NOTHING,
    STEPS_OPEN,
    STEPS_FINISHED,
    STEPS_LATE,
    NEEDS_OPEN,
    NEEDS_MET,
    NEEDS_SHORT,
    TEAMS_ASSIGNED,
    TEAMS_ARRIVED,
) = range(9)
EQ, NE, GT, GTE, LT, LTE = range(6)

# Places in `w`: states of the draws of this replication, then the words 0, 1, 2, ..., then those that stand for names.
(
    SEED_WORD,
    WORK_WORD,
    TRAVEL_WORD,
    LUCK_WORD,
    GAP_WORD,
    STREAM_WORD,
    HOUR_WORD,
    SCENE_WORD,
    ROAD_WORD,
    COUNTING,
) = range(10)

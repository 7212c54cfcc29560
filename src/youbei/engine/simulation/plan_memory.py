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
NOT_SENT, ON_THE_WAY, ARRIVED, RELEASED = 0, 1, 2, 3
# Kinds of dues, in the order of `agenda.Rank`.
DUE_MOMENT, DUE_ARRIVE, DUE_FINISH, DUE_LATE, DUE_CLIMB = 0, 1, 2, 3, 4
# Kinds of watchers.
WATCH_LEVEL, WATCH_OPEN, WATCH_MET, WATCH_DONE, WATCH_LATE, WATCH_FILL, WATCH_LINK, WATCH_END, WATCH_RECOVERY = range(9)
# What is touched: these, then each step, the needs of each step, each fact.
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
HEADER = 129

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

# Places in `w`: states of the draws of this replication, then the words 0, 1, 2, ...
SEED_WORD, WORK_WORD, TRAVEL_WORD, COUNTING = range(4)

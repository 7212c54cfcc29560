"""The sound plan: a small plan without faults, and what is known about the world it stands in."""

from __future__ import annotations

from datetime import date, timedelta

from youbei.engine.places import Point
from youbei.engine.plans.calibration.measured import Origin, Sample, measured
from youbei.engine.plans.check.known import FactKind, Held, Known, RequiredChapter, RequiredReport
from youbei.engine.plans.model import PlanKind
from youbei.engine.resources import Stock, Team, World
from youbei.engine.text import Text

SOUND = """\
id = "ammonia"
version = "1"
kind = "on_site"
organisation = "works"
superior = "park"
hazards = ["ammonia_leak"]
title = {zh = "液氨泄漏现场处置方案", en = "Ammonia leak"}

[[life]]
stage = "published"
on = 2025-03-01
[[life]]
stage = "filed"
on = 2025-03-20

[[chapters]]
clause = "8.1"
title = {zh = "事故风险描述", en = "Risk"}
body = {zh = "储罐。", en = "A tank."}
[[chapters]]
clause = "8.3"
title = {zh = "应急处置", en = "Measures"}
body = {zh = "先关阀。", en = "First the valve."}

[[levels]]
number = "IV"
when = {fact = "leak_continues", eq = true}
may_lower = ["commander"]
may_end = ["commander"]
[[levels]]
number = "III"
when = {fact = "injured", gte = 3}
may_lower = ["commander"]
may_end = ["commander"]
measures = {zh = "请求支援。", en = "Ask for support."}

[[posts]]
id = "commander"
title = {zh = "总指挥", en = "Commander"}
role = "commander"
holder = {kind = "office", ref = "works/director"}
deputies = [{kind = "duty_post", ref = "works/duty"}]
[[posts]]
id = "rescue"
title = {zh = "抢险组", en = "Rescue"}
role = "group"
holder = {kind = "agency", ref = "fire"}

[[steps]]
id = "alarm"
title = {zh = "报警", en = "Alarm"}
owner = "commander"
clause = "8.3"
takes = {likely = "PT2M", source = "drill"}
card = {zh = "拉警报。", en = "Sound it."}
[[steps]]
id = "close"
title = {zh = "关阀", en = "Close the valve"}
owner = "rescue"
start = {after = ["alarm"]}
within = {limit = "PT20M", since = "activation"}
takes = {shape = "triangular", low = "PT5M", likely = "PT10M", high = "PT15M"}
needs = [{id = "team", capability = "hazmat", count = 1, within = "PT15M"}, {id = "suits", item = "suit", quantity = 2}]
tells = [{to = "agency:fire", message = {zh = "请到场。", en = "Please come."}}]
card = {zh = "穿防护服。", en = "Suits on."}
late = [{after = "PT0S", to = "owner"}, {after = "PT5M", to = "superior"}]
[[steps]]
id = "report"
title = {zh = "报告", en = "Report"}
owner = "commander"
within = {limit = "PT1H", since = "known", rule = "cn.report"}
takes = {likely = "PT10M"}
reports = [{to = "agency:park", content = {zh = "初报。", en = "First report."}, rule = "cn.report"}]
card = {zh = "一小时内。", en = "Within the hour."}
late = [{after = "PT0S", to = "commander"}]
[[steps]]
id = "tidy"
title = {zh = "清理", en = "Tidy up"}
owner = "rescue"
phase = "recovery"
takes = {likely = "PT1H"}
card = {zh = "清点。", en = "Count."}

[end]
when = {fact = "leak_continues", eq = false}
by = ["commander"]

[[links]]
plan = "park-plan"
relation = "superior"
when = {fact = "injured", gte = 3}

[[scenarios]]
id = "leak"
title = {zh = "泄漏", en = "Leak"}
place = {lat = 36.0, lon = 120.0}
facts = [
  {after = "PT0S", key = "leak_continues", value = true},
  {after = "PT1H", key = "leak_continues", value = false},
]
"""

HERE, NEAR = Point(36.0, 120.0), Point(36.01, 120.0)
MINUTES = timedelta(minutes=1)

SAMPLES = [Sample("close", count * MINUTES, Origin.EXERCISE) for count in (9, 9, 10, 10, 11, 12)]
CLOSE = measured("close", SAMPLES)
MEASURED = {} if CLOSE is None else {"close": CLOSE}

KNOWN = Known(
    today=date(2026, 11, 22),
    organisations=frozenset({"works", "park", "fire"}),
    posts={
        "works/director": Held(),
        "works/duty": Held(),
        "works/guard": Held(is_filled=False),
        "works/clerk": Held(is_fresh=False),
    },
    persons={},
    qualifications=frozenset({"hazmat_certificate"}),
    capabilities={"hazmat": 2, "divers": 1},
    items={"suit": 3.0, "mask": 9.0},
    sites=frozenset({"gate", "quay", "shed"}),
    fresh_teams={"hazmat": 2, "divers": 0},
    fresh_items={"suit": 3.0, "mask": 4.0},
    stale_sites=frozenset({"quay"}),
    closed_sites=frozenset({"shed"}),
    measured=MEASURED,
    facts={
        "leak_continues": FactKind("boolean"),
        "injured": FactKind("integer"),
        "substance": FactKind("code", frozenset({"ammonia", "chlorine"})),
    },
    hazards=frozenset({"ammonia_leak"}),
    rules=frozenset({"cn.report"}),
    plans=frozenset({"ammonia", "park-plan"}),
    required_reports=(
        RequiredReport("cn.report", Text("事故报告", "Report"), frozenset({"ammonia_leak"}), limit=60 * MINUTES),
    ),
    required_chapters={
        PlanKind.ON_SITE: (
            RequiredChapter("8.1", Text("事故风险描述", "Description of the risk")),
            RequiredChapter("8.3", Text("应急处置", "Measures")),
        )
    },
    world=World(
        teams=(
            Team("1", "Hazmat 1", frozenset({"hazmat"}), NEAR, 2 * MINUTES),
            Team("2", "Hazmat 2", frozenset({"hazmat"}), Point(37.0, 120.0), 2 * MINUTES),
            Team("3", "Divers", frozenset({"divers"}), NEAR, 2 * MINUTES),
        ),
        stock=(Stock("1", "suit", 3.0, NEAR), Stock("2", "mask", 9.0, NEAR)),
    ),
)

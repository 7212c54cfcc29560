"""A small plan that uses every part of the language, and strategies that make plans of all shapes."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from youbei.engine import conditions as c
from youbei.engine.places import Point
from youbei.engine.plans import model as m
from youbei.engine.text import Text

SAMPLE = '''\
id = "ammonia"
version = "2026.1"
kind = "special"
organisation = "haizhou-emb"
superior = "haizhou-gov"
hazards = ["ammonia_leak"]
title = {zh = "液氨泄漏专项应急预案", en = "Ammonia leak plan"}

[[life]]
stage = "filed"
on = 2026-03-02
number = "HZ-2026-017"
authority = {zh = "海州市应急管理局", en = "Haizhou Emergency Management Bureau"}

[[chapters]]
clause = "7.1"
title = {zh = "适用范围", en = "Scope"}
body.zh = """
第一段。

第二段。"""
body.en = "One paragraph."

[[levels]]
number = "III"
when = {all = [{fact = "injured", gte = 3}, {elapsed = "known", atleast = "PT30M"}]}
automatic = true
may_lower = ["commander"]
may_end = ["commander"]

[[levels]]
number = "IV"
when = {always = true}

[[posts]]
id = "commander"
title = {zh = "总指挥", en = "Commander"}
role = "commander"
holder = {kind = "office", ref = "haizhou-emb/director"}
deputies = [{kind = "person", ref = "p-17"}]
ics = "incident_commander"

[[posts]]
id = "ops"
title = {zh = "抢险组", en = "Operations"}
role = "group"

[[steps]]
id = "alarm"
title = {zh = "报警", en = "Raise the alarm"}
owner = "commander"

[[steps]]
id = "isolate"
title = {zh = "切断泄漏源", en = "Isolate the leak"}
owner = "ops"
from_level = "III"
clause = "7.4"
start = {after = ["alarm"], delay = "PT5M"}
within = {limit = "PT10M", since = "opened"}
takes = {shape = "triangular", low = "PT2M", likely = "PT5M", high = "PT12M", source = "drill"}
needs = [
  {id = "foam", capability = "hazmat_response", count = 2, within = "PT20M"},
  {id = "suits", item = "gas_tight_suit", quantity = 4},
]
tells = [{to = "ops", message = {zh = "立即堵漏", en = "Stop the leak"}}]
reports = [{to = "agency:haizhou-emb", content = "初报", rule = "cn.accident.report_chain"}]
done = {fact = "leak_continues", eq = false}
late = [{after = "PT0S", to = "owner"}, {after = "PT5M", to = "commander"}]

[end]
when = {not = {fact = "leak_continues", eq = true}}
by = ["commander"]

[[links]]
plan = "city"
relation = "superior"
when = {count = "steps_late", gte = 2, among = ["isolate"]}

[[scenarios]]
id = "design"
title = {zh = "设计情景", en = "Design case"}
place = {lat = 36.1, lon = 120.3}
facts = [{after = "PT0S", key = "injured", value = 2}, {after = "PT10M", key = "leak_continues", value = true}]
'''

words = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t\r"), max_size=40)
texts = st.builds(Text, zh=words, en=words)
slugs = st.from_regex(r"[a-z0-9][a-z0-9_.\-]{0,10}", fullmatch=True)
versions = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,10}", fullmatch=True)
slug_lists = st.lists(slugs, max_size=3).map(tuple)
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))
numbers = st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6)
values = numbers | st.booleans() | words
moments = st.sampled_from([*c.MOMENTS, "step:alarm:finished", "level:3"])
compares = st.one_of(
    st.builds(c.Compare, slugs, st.sampled_from(sorted(c.ORDERED)), numbers),
    st.builds(c.Compare, slugs, st.sampled_from([c.Op.EQ, c.Op.NE]), values),
    st.builds(c.Compare, slugs, st.just(c.Op.IN), st.lists(values, max_size=3).map(tuple)),
)
counts = st.builds(
    c.Count,
    st.sampled_from(c.PLAN_QUANTITIES),
    st.sampled_from([op for op in c.Op if op != c.Op.IN]),
    st.integers(0, 99),
)
conditions = st.recursive(
    st.just(c.Always()) | compares | counts | st.builds(c.Elapsed, moments, spans),
    lambda inner: st.one_of(
        st.builds(c.AllOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(c.AnyOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(c.Not, inner),
    ),
    max_leaves=6,
)
holders = st.builds(m.Holder, st.sampled_from(m.HolderKind), words)
needs = st.builds(m.Need, slugs, words, st.integers(0, 20), words, st.floats(0, 1e6), words, st.none() | spans)
durations = st.builds(
    m.Duration,
    st.sampled_from(m.DurationShape),
    spans,
    spans,
    spans,
    st.floats(0, 10),
    st.sampled_from(m.DurationSource),
    texts,
)


def tuples(item: st.SearchStrategy, key: str = "") -> st.SearchStrategy:
    unique_by = (lambda entry: getattr(entry, key)) if key else None
    return st.lists(item, max_size=3, unique_by=unique_by).map(tuple)


@st.composite
def steps(draw: st.DrawFn) -> m.Step:
    done = draw(st.sampled_from(m.Done))
    return m.Step(
        id=draw(slugs),
        title=draw(texts),
        owner=draw(slugs),
        from_level=draw(st.sampled_from(m.LevelNumber)),
        start=draw(st.builds(m.Start, slug_lists, slug_lists, st.none() | conditions, moments, spans)),
        within=draw(st.none() | st.builds(m.Deadline, spans, moments | st.just("opened"), words)),
        takes=draw(durations),
        needs=draw(tuples(needs, "id")),
        tells=draw(tuples(st.builds(m.Tell, words, texts))),
        reports=draw(tuples(st.builds(m.ReportUp, words, texts, words))),
        card=draw(texts),
        done=done,
        done_when=draw(conditions) if done is m.Done.CONDITION else None,
        late=draw(tuples(st.builds(m.Climb, spans, st.sampled_from(m.ClimbTo)))),
        phase=draw(st.sampled_from(m.Phase)),
        clause=draw(words),
    )


levels = st.builds(m.Level, st.sampled_from(m.LevelNumber), conditions, st.booleans(), slug_lists, slug_lists, texts)
posts = st.builds(
    m.Post,
    slugs,
    texts,
    st.sampled_from(m.PostRole),
    st.none() | holders,
    tuples(holders),
    words,
    slug_lists,
    texts,
    st.sampled_from(m.LevelNumber),
)
points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))
scenarios = st.builds(
    m.Scenario,
    slugs,
    texts,
    tuples(st.builds(m.ScenarioFact, spans, slugs, values)),
    st.none() | points,
)
days = st.dates(date(1949, 10, 1), date(2100, 1, 1))
plans = st.builds(
    m.Plan,
    id=slugs,
    version=versions,
    kind=st.sampled_from(m.PlanKind),
    title=texts,
    organisation=words,
    hazards=slug_lists,
    superior=words,
    life=tuples(st.builds(m.LifeEvent, st.sampled_from(m.Stage), days, texts, words, texts, texts)),
    chapters=tuples(st.builds(m.Chapter, words, texts, texts)),
    levels=tuples(levels, "number"),
    posts=tuples(posts, "id"),
    steps=tuples(steps(), "id"),
    end=st.builds(m.End, conditions, slug_lists),
    links=tuples(st.builds(m.Link, words, words, conditions)),
    scenarios=tuples(scenarios, "id"),
)

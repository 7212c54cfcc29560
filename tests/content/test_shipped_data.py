"""Claims about the data that ships: complete in both languages, consistent, and answering its own examples."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from youbei import content
from youbei.engine.incidents import Category, FactType
from youbei.engine.resource_kinds import ITEM_CLASSES
from youbei.engine.rules.evaluate import chapters_rule, check_example, grade
from youbei.engine.rules.kinds import Complete, Deadlines, Grading
from youbei.engine.rules.load import RuleUnreadable, read_rule
from youbei.engine.rules.rule import Evidence, Example, Rule
from youbei.engine.text import Text

TODAY = date(2026, 11, 22)
EXAMPLES = [(rule, example) for rule in content.all_rules().values() for example in rule.examples]
SEVERITIES = ["ordinary", "major", "serious", "especially_serious"]


def both(text: Text) -> bool:
    return bool(text.zh and text.en)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=lambda part: getattr(part, "id", None) or str(part.on))
def test_every_example_of_every_rule_is_answered_as_it_says(rule: Rule, example: Example) -> None:
    check_example(rule, example)


def test_every_rule_has_a_source_a_citation_and_both_languages() -> None:
    for rule in content.all_rules().values():
        assert both(rule.title), rule.id
        assert both(rule.source.title), rule.id
        assert all(both(value.citation) for value in rule.values), rule.id


def test_a_rule_that_nobody_has_seen_is_not_enabled() -> None:
    for rule in content.all_rules().values():
        assert rule.is_confirmed is (rule.source.evidence is not Evidence.KNOWLEDGE), rule.id
        assert (rule.id in content.rules()) is rule.is_confirmed


def test_every_shipped_rule_file_is_refused_without_its_source_or_its_examples() -> None:
    for name, text in content.rule_texts("cn"):
        lines = text.decode()
        with pytest.raises(RuleUnreadable):
            read_rule(lines.replace("[source]", "[saucer]"), name=name)
        with pytest.raises(RuleUnreadable):
            read_rule(lines[: lines.index("[[examples]]")], name=name)


def test_every_name_stands_in_both_languages() -> None:
    for fact in content.fact_kinds().values():
        assert both(fact.name), fact.key
        assert bool(fact.unit.zh) is bool(fact.unit.en), fact.key
        assert (fact.choices is not None) is (fact.type is FactType.CODE), fact.key
        assert all(both(choice) for choice in (fact.choices or {}).values()), fact.key
    for thing in (*content.capabilities().values(), *content.items().values(), *content.incident_kinds().values()):
        assert both(thing.name), thing.code


def test_codes_stand_once_in_their_files() -> None:
    for path, name in [("resources/capabilities.toml", "capabilities"), ("resources/items.toml", "items")]:
        assert len(content.table(path)[name]) == len(getattr(content, name)())
    assert len(content.table("resources/incident_kinds.toml")["kinds"]) == len(content.incident_kinds())
    keys = [line for _, text in content.texts("facts") for line in text.decode().splitlines() if "{ key =" in line]
    assert len(keys) == len(content.fact_kinds())


def test_there_is_enough_to_choose_from() -> None:
    assert len(content.capabilities()) >= 30
    assert len(content.items()) >= 40
    assert len(content.incident_kinds()) >= 25
    assert {item.item_class for item in content.items().values()} == set(ITEM_CLASSES)
    assert {kind.category for kind in content.incident_kinds().values()} == set(Category)


def test_incident_kinds_name_facts_rules_and_kinds_that_exist() -> None:
    kinds = content.incident_kinds()
    for kind in kinds.values():
        assert set(kind.facts) <= set(content.fact_kinds()), kind.code
        assert not kind.broader or kind.broader in kinds, kind.code
        assert all(isinstance(content.rules()[rule].values[0].body, Grading) for rule in kind.grading), kind.code
        assert all(isinstance(content.rules()[rule].values[0].body, Deadlines) for rule in kind.reports), kind.code
        assert kind.reports, kind.code


def test_gradings_ask_for_facts_that_exist() -> None:
    for rule in content.all_rules().values():
        for example in rule.examples:
            if rule.kind == "grading":
                assert set(example.given) <= set(content.fact_kinds()), rule.id


@pytest.mark.parametrize("kind", ["comprehensive", "special", "on_site"])
def test_the_chapters_of_every_kind_of_plan_are_on_file(kind: str) -> None:
    rule = chapters_rule(content.rules().values(), kind, on=TODAY)
    assert rule is not None
    assert isinstance(rule.values[0].body, Complete)


def accident(**facts: float) -> str:
    graded = grade(
        content.rules()["cn.accident.grade"], {"deaths": 0, "serious_injured": 0, "loss_cny": 0, **facts}, on=TODAY
    )
    assert graded is not None
    assert not graded.is_lower_bound
    return graded.code


@pytest.mark.parametrize(
    ("fact", "thresholds"),
    [
        ("deaths", (1, 3, 10, 30)),
        ("serious_injured", (1, 10, 50, 100)),
        ("loss_cny", (1, 10_000_000, 50_000_000, 100_000_000)),
    ],
)
def test_the_accident_grade_includes_each_threshold_and_excludes_the_one_below(
    fact: str, thresholds: tuple[int, ...]
) -> None:
    # Source: State Council Order 493, Art 3, last paragraph: 以上 includes the number, 以下 does not.
    grades = ["", *SEVERITIES]
    for index, threshold in enumerate(thresholds):
        assert accident(**{fact: threshold}) == grades[index + 1]
        assert accident(**{fact: threshold - 1}) == grades[index]


def test_the_worst_criterion_decides_the_accident_grade() -> None:
    levels = [0, 1, 3, 10, 30]
    for deaths, injured in itertools.product(range(5), range(5)):
        found = accident(deaths=levels[deaths], serious_injured=[0, 1, 10, 50, 100][injured])
        assert found == ["", *SEVERITIES][max(deaths, injured)]


def test_missing_people_are_told_but_not_graded_as_dead() -> None:
    facts = {"deaths": 0, "serious_injured": 1, "loss_cny": 0, "missing": 40}
    graded = grade(content.rules()["cn.accident.grade"], facts, on=TODAY)
    assert graded is not None
    assert graded.code == "ordinary"
    assert any("People are missing" in reason.en for reason in graded.reasons)


@pytest.mark.outside_data
def test_real_incidents_are_graded_by_their_deaths_injuries_and_loss(outside_data: Callable[[str], Path]) -> None:
    folder = outside_data("incidents/phmsa_mn")
    rows = [row for path in sorted(folder.glob("*.json")) for row in json.loads(path.read_text())]
    assert len(rows) > 250
    rule = content.rules()["cn.accident.grade"]
    counted: dict[str, int] = {}
    for row in rows:
        deaths, injured = int(row["Tot_Hazmat_Fatal"] or 0), int(row["Tot_Hazmat_Inj"] or 0)
        # Assumption: the damage in dollars is taken as if it were yuan; only the arithmetic is tested here.
        loss = float(row["Tot_Amt_of_Damages"] or 0)
        graded = grade(rule, {"deaths": deaths, "serious_injured": injured, "loss_cny": loss}, on=TODAY)
        assert graded is not None
        steps = [(30, 10, 3, 1), (100, 50, 10, 1), (100_000_000, 50_000_000, 10_000_000, 0.000001)]
        severity = min(
            next((place for place, limit in enumerate(limits, start=1) if value >= limit), 99)
            for value, limits in zip((deaths, injured, loss), steps, strict=True)
        )
        assert (graded.severity or 99) == severity
        counted[graded.code] = counted.get(graded.code, 0) + 1
    assert counted["ordinary"] > 0


@pytest.mark.outside_data
@pytest.mark.parametrize(
    ("law", "article", "words"),
    [
        ("生产安全事故报告和调查处理条例", "第三条", "30人以上死亡"),
        ("生产安全事故报告和调查处理条例", "第九条", "应当于1小时内"),
        ("生产安全事故报告和调查处理条例", "第十一条", "不得超过2小时"),
        ("生产安全事故报告和调查处理条例", "第十二条", "下落不明的人数"),
        ("生产安全事故报告和调查处理条例", "第十三条", "7日内"),
        ("突发事件应对法", "第二条", "自然灾害、事故灾难、公共卫生事件和社会安全事件"),
        ("突发事件应对法", "第三条", "特别重大、重大、较大和一般四级"),
        ("突发事件应对法", "第十七条", "立即向上一级人民政府报告"),
        ("突发事件应对法", "第六十三条", "红色、橙色、黄色和蓝色"),
        ("突发事件应对法", "第六十四条", "起始时间"),
        ("突发事件应对法", "第七十一条", "一级为最高级别"),
        ("突发事件应对法", "第七十二条", "预计期限"),
        ("突发公共卫生事件应急条例", "第十九条", "1小时内"),
        ("突发公共卫生事件应急条例", "第二十条", "2小时内"),
    ],
)
def test_the_cited_article_says_what_the_rule_says(
    outside_data: Callable[[str], Path], law: str, article: str, words: str
) -> None:
    folder = outside_data("plans/laws_cn")
    (path,) = [path for path in folder.glob("*.md") if path.name.startswith(f"{law}(")]
    text = path.read_text(encoding="utf-8")
    start = text.index(f"\n{article} ")
    end = text.find("\n第", start + 1)
    assert words in text[start : end if end > 0 else None]


def test_package_data_is_read_from_the_package_itself() -> None:
    assert files("youbei.content").joinpath("rules/cn/accident_grade.toml").is_file()


def test_every_rule_is_documented_with_its_name_and_its_source() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")
    lines = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `cn.")}
    assert set(lines) == set(content.all_rules())
    for rule in content.all_rules().values():
        value = rule.values[0]
        assert rule.title.zh in lines[rule.id]
        assert rule.citation(value).zh in lines[rule.id]
        assert f"{value.starts_on}" in lines[rule.id]
        assert ("not enabled" in lines[rule.id]) is not rule.is_confirmed

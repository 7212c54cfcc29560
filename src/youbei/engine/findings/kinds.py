"""What a finding is in one word each: where it comes from, how grave it is, which part of a capability it hurts."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from youbei.engine.text import Text


class Source(StrEnum):
    """Where a finding comes from."""

    EXERCISE = "exercise"
    INCIDENT = "incident"
    INSPECTION = "inspection"
    RULE_BREACH = "rule_breach"
    CROSS_CHECK = "cross_check"
    STALE_PROMISE = "stale_promise"
    PLAN_CHECK = "plan_check"
    SIMULATION = "simulation"
    REPORT = "report"


class Element(StrEnum):
    """Elements of a capability, as an improvement plan names them. Source: HSEEP 2020."""

    PLANNING = "planning"
    ORGANISATION = "organisation"
    EQUIPMENT = "equipment"
    TRAINING = "training"
    EXERCISE = "exercise"


class FindingSeverity(StrEnum):
    """How grave a finding is. Source: SAWS Order 16 (2008), art. 3, for 一般 and 重大.

    Assumption: below them stands what is only to be improved, so that good advice does not pass for a danger.
    """

    MAJOR = "major"
    GENERAL = "general"
    ADVICE = "advice"


class Treatment(StrEnum):
    """What is done about it: at once, by stages, or not now, and then why."""

    NOW = "now"
    STAGES = "stages"
    CANNOT = "cannot"


SOURCE_NAMES: Mapping[Source, Text] = {
    Source.EXERCISE: Text("演练", "exercise"),
    Source.INCIDENT: Text("突发事件处置", "incident response"),
    Source.INSPECTION: Text("检查", "inspection"),
    Source.RULE_BREACH: Text("不符合法规标准", "breach of a rule"),
    Source.CROSS_CHECK: Text("比对核查", "cross-check"),
    Source.STALE_PROMISE: Text("承诺落空（资料过时）", "stale promise"),
    Source.PLAN_CHECK: Text("预案检查", "plan checker"),
    Source.SIMULATION: Text("压力推演", "stress test"),
    Source.REPORT: Text("主动报告", "reported by somebody"),
}
ELEMENT_NAMES: Mapping[Element, Text] = {
    Element.PLANNING: Text("预案", "Planning"),
    Element.ORGANISATION: Text("组织", "Organisation"),
    Element.EQUIPMENT: Text("装备", "Equipment"),
    Element.TRAINING: Text("培训", "Training"),
    Element.EXERCISE: Text("演练", "Exercise"),
}
SEVERITY_NAMES: Mapping[FindingSeverity, Text] = {
    FindingSeverity.MAJOR: Text("重大", "major"),
    FindingSeverity.GENERAL: Text("一般", "general"),
    FindingSeverity.ADVICE: Text("建议", "advice"),
}
TREATMENT_NAMES: Mapping[Treatment, Text] = {
    Treatment.NOW: Text("立即整改", "fixed now"),
    Treatment.STAGES: Text("分阶段整改", "fixed by stages"),
    Treatment.CANNOT: Text("暂不能整改，说明原因", "cannot be fixed now, with the reason"),
}

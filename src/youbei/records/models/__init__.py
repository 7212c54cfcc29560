"""Every table, a module per subject."""

from youbei.records.models.access import ApiToken, Grant, IdempotencyKey, User
from youbei.records.models.alerts import Message
from youbei.records.models.duty import DutyShift
from youbei.records.models.incidents import Fact, Incident
from youbei.records.models.log import LogEntry, LogHead
from youbei.records.models.people import Organisation, Person, Post, PostHolding
from youbei.records.models.places import RoadNetwork, Site
from youbei.records.models.plans import Plan, PlanVersion
from youbei.records.models.resources import Capability, Item, StockLot, Team, TeamCapability
from youbei.records.models.runs import Assignment, Enrolment, Run, RunNeed, RunPost, RunStep
from youbei.records.models.worker import Heartbeat

__all__ = [
    "ApiToken",
    "Assignment",
    "Capability",
    "DutyShift",
    "Enrolment",
    "Fact",
    "Grant",
    "Heartbeat",
    "IdempotencyKey",
    "Incident",
    "Item",
    "LogEntry",
    "LogHead",
    "Message",
    "Organisation",
    "Person",
    "Plan",
    "PlanVersion",
    "Post",
    "PostHolding",
    "RoadNetwork",
    "Run",
    "RunNeed",
    "RunPost",
    "RunStep",
    "Site",
    "StockLot",
    "Team",
    "TeamCapability",
    "User",
]

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
from youbei.records.models.sign_in import (
    FactorRule,
    FailedSignIn,
    OneTimeDevice,
    OutsideLogin,
    Passkey,
    RecoveryCode,
    SignIn,
)
from youbei.records.models.worker import Heartbeat

__all__ = [
    "ApiToken",
    "Assignment",
    "Capability",
    "DutyShift",
    "Enrolment",
    "Fact",
    "FactorRule",
    "FailedSignIn",
    "Grant",
    "Heartbeat",
    "IdempotencyKey",
    "Incident",
    "Item",
    "LogEntry",
    "LogHead",
    "Message",
    "OneTimeDevice",
    "Organisation",
    "OutsideLogin",
    "Passkey",
    "Person",
    "Plan",
    "PlanVersion",
    "Post",
    "PostHolding",
    "RecoveryCode",
    "RoadNetwork",
    "Run",
    "RunNeed",
    "RunPost",
    "RunStep",
    "SignIn",
    "Site",
    "StockLot",
    "Team",
    "TeamCapability",
    "User",
]

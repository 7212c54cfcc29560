"""Every table, a module per subject."""

from youbei.records.models.access import ApiToken, Grant, IdempotencyKey, User
from youbei.records.models.aid import AidRequest, Entry
from youbei.records.models.alerts import Message
from youbei.records.models.asked import OutsideLine, OutsideRequest
from youbei.records.models.attachments import Attachment
from youbei.records.models.call_offs import CallOff
from youbei.records.models.calls import Compensation, Consultation
from youbei.records.models.campaigns import Campaign, CampaignItem, CampaignTally, CampaignUnit
from youbei.records.models.cases import Case
from youbei.records.models.circumstances import Circumstance, ReceivedAlert
from youbei.records.models.counts import CountChange, CountWanted, KeptCount
from youbei.records.models.cover import HomeCover, MoveUp
from youbei.records.models.debriefs import DebriefLink
from youbei.records.models.due import DueStep, DueUnit
from youbei.records.models.duty import DutyShift
from youbei.records.models.exercises import (
    DrillRegime,
    Exercise,
    ExerciseSeal,
    ExerciseUnit,
    Interruption,
    Observation,
    ObservationPhoto,
    Participant,
)
from youbei.records.models.extents import Extent
from youbei.records.models.findings import Finding, FindingMove, PlanDraft, Retest
from youbei.records.models.forces import (
    Agreement,
    AgreementRate,
    Expert,
    MemberReview,
    TeamEquipment,
    TeamMember,
    TeamReview,
    TeamRole,
)
from youbei.records.models.head_counts import HeadCount, HeadCountGroup, HeadCountLink, HeadCountReport
from youbei.records.models.history import RecordChange
from youbei.records.models.hot_wash import HotWash, HotWashAnswer
from youbei.records.models.incidents import Fact, Incident
from youbei.records.models.ledger import StockMovement, StockPosting
from youbei.records.models.log import LogEntry, LogHead
from youbei.records.models.orders import StockOrder, StockOrderLine
from youbei.records.models.people import Organisation, Person, Post, PostHolding
from youbei.records.models.places import RoadNetwork, SchoolClass, Site
from youbei.records.models.plans import Plan, PlanPlace, PlanVersion
from youbei.records.models.rescue import RescueEvaluation
from youbei.records.models.resources import Capability, Team, TeamCapability
from youbei.records.models.roads import RoadArray, RoadClosure
from youbei.records.models.runs import Assignment, Enrolment, Run, RunNeed, RunPost, RunStep
from youbei.records.models.search import SavedReport, SavedView, SearchEntry
from youbei.records.models.sign_in import (
    FactorRule,
    FailedSignIn,
    OneTimeDevice,
    OutsideLogin,
    Passkey,
    RecoveryCode,
    SignIn,
)
from youbei.records.models.site_parts import BedCapacity, ExamRoom, HazardPoint, OpeningException
from youbei.records.models.siting import SitingStudy
from youbei.records.models.spans import OrganisationSpan
from youbei.records.models.standing import Conflict, ContactWay, Qualification, Vetting
from youbei.records.models.stated import StatedQuantity
from youbei.records.models.stock import (
    CapacityLine,
    DerivationDue,
    EquipmentTest,
    Item,
    ItemCode,
    MarketOffer,
    Requirement,
    StockLot,
    Vehicle,
    YardstickDue,
)
from youbei.records.models.stress import StressComparison, StressCourse, StressTest
from youbei.records.models.webhooks import Webhook, WebhookSending
from youbei.records.models.work import ColumnChoice, Job, SheetImport
from youbei.records.models.worker import Heartbeat

__all__ = [
    "Agreement",
    "AgreementRate",
    "AidRequest",
    "ApiToken",
    "Assignment",
    "Attachment",
    "BedCapacity",
    "CallOff",
    "Campaign",
    "CampaignItem",
    "CampaignTally",
    "CampaignUnit",
    "Capability",
    "CapacityLine",
    "Case",
    "Circumstance",
    "ColumnChoice",
    "Compensation",
    "Conflict",
    "Consultation",
    "ContactWay",
    "CountChange",
    "CountWanted",
    "DebriefLink",
    "DerivationDue",
    "DrillRegime",
    "DueStep",
    "DueUnit",
    "DutyShift",
    "Enrolment",
    "Entry",
    "EquipmentTest",
    "ExamRoom",
    "Exercise",
    "ExerciseSeal",
    "ExerciseUnit",
    "Expert",
    "Extent",
    "Fact",
    "FactorRule",
    "FailedSignIn",
    "Finding",
    "FindingMove",
    "Grant",
    "HazardPoint",
    "HeadCount",
    "HeadCountGroup",
    "HeadCountLink",
    "HeadCountReport",
    "Heartbeat",
    "HomeCover",
    "HotWash",
    "HotWashAnswer",
    "IdempotencyKey",
    "Incident",
    "Interruption",
    "Item",
    "ItemCode",
    "Job",
    "KeptCount",
    "LogEntry",
    "LogHead",
    "MarketOffer",
    "MemberReview",
    "Message",
    "MoveUp",
    "Observation",
    "ObservationPhoto",
    "OneTimeDevice",
    "OpeningException",
    "Organisation",
    "OrganisationSpan",
    "OutsideLine",
    "OutsideLogin",
    "OutsideRequest",
    "Participant",
    "Passkey",
    "Person",
    "Plan",
    "PlanDraft",
    "PlanPlace",
    "PlanVersion",
    "Post",
    "PostHolding",
    "Qualification",
    "ReceivedAlert",
    "RecordChange",
    "RecoveryCode",
    "Requirement",
    "RescueEvaluation",
    "Retest",
    "RoadArray",
    "RoadClosure",
    "RoadNetwork",
    "Run",
    "RunNeed",
    "RunPost",
    "RunStep",
    "SavedReport",
    "SavedView",
    "SchoolClass",
    "SearchEntry",
    "SheetImport",
    "SignIn",
    "Site",
    "SitingStudy",
    "StatedQuantity",
    "StockLot",
    "StockMovement",
    "StockOrder",
    "StockOrderLine",
    "StockPosting",
    "StressComparison",
    "StressCourse",
    "StressTest",
    "Team",
    "TeamCapability",
    "TeamEquipment",
    "TeamMember",
    "TeamReview",
    "TeamRole",
    "User",
    "Vehicle",
    "Vetting",
    "Webhook",
    "WebhookSending",
    "YardstickDue",
]

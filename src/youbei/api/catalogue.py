"""The reviewed lists that reports and plans draw on: kinds of incidents, of facts, of resources."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from youbei import content
from youbei.api.access import may
from youbei.engine.events import KINDS
from youbei.engine.text import Text

router = Router(tags=["catalogue"])


class IncidentKindOut(Schema):
    code: str
    category: str
    name: Text


class FactKindOut(Schema):
    """One fact that can be reported; `choices` are the values of a fact of type `code`."""

    key: str
    name: Text
    type: str
    unit: Text
    help: Text
    choices: dict[str, Text]


class NamedOut(Schema):
    code: str
    name: Text


class EventKindOut(Schema):
    """`kind` begins with its family: `incident.reported` is of `incident.*`."""

    kind: str
    name: Text


class ItemOut(Schema):
    code: str
    name: Text
    unit: Text


@router.get("/catalogue/incident-kinds", response=list[IncidentKindOut], **may("signed_in"))
def list_incident_kinds(request: HttpRequest) -> list[IncidentKindOut]:
    """List the kinds of incidents, each in one of the four categories of the law."""
    return [
        IncidentKindOut(code=kind.code, category=kind.category.value, name=kind.name)
        for kind in content.incident_kinds().values()
    ]


@router.get("/catalogue/facts", response=list[FactKindOut], **may("signed_in"))
def list_fact_kinds(request: HttpRequest) -> list[FactKindOut]:
    """List what can be reported of an incident."""
    return [
        FactKindOut(
            key=kind.key,
            name=kind.name,
            type=kind.type.value,
            unit=kind.unit,
            help=kind.help,
            choices=dict(kind.choices or {}),
        )
        for kind in content.fact_kinds().values()
    ]


@router.get("/catalogue/capabilities", response=list[NamedOut], **may("signed_in"))
def list_capabilities(request: HttpRequest) -> list[NamedOut]:
    """List what a team can be able to do."""
    return [NamedOut(code=kind.code, name=kind.name) for kind in content.capabilities().values()]


@router.get("/catalogue/event-kinds", response=list[EventKindOut], **may("signed_in"))
def list_event_kinds(request: HttpRequest) -> list[EventKindOut]:
    """List the kinds of events that stand in the log, and that webhooks can be asked for."""
    return [EventKindOut(kind=kind, name=Text(*names)) for kind, names in KINDS.items()]


@router.get("/catalogue/items", response=list[ItemOut], **may("signed_in"))
def list_items(request: HttpRequest) -> list[ItemOut]:
    """List what a store can hold."""
    return [ItemOut(code=item.code, name=item.name, unit=item.unit) for item in content.items().values()]

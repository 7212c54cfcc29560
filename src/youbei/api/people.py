"""Organisations, persons and posts: who there is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from youbei.api.access import caller, may
from youbei.api.register_filters import demand_unit
from youbei.api.values import Cursor, PageOf, PageSize, Slug, as_page
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Organisation, Person, Post
from youbei.records.pages import keyset_page
from youbei.records.registers.pages import mask
from youbei.records.reports.names import name_of

router = Router(tags=["people"])


class OrganisationOut(Schema):
    pk: int
    code: str
    kind: str
    name: Text
    parent: int | None
    lat: float | None
    lon: float | None


class PersonOut(Schema):
    pk: int
    code: str
    name: Text
    organisation: str
    phone: str
    email: str
    qualifications: list[str]


class PostOut(Schema):
    pk: int
    code: str
    kind: str
    name: Text
    organisation: str


@router.get("/organisations", response=PageOf[OrganisationOut], **may(Permission.SEE))
def list_organisations(request: HttpRequest, cursor: Cursor = "", size: PageSize = 50) -> dict[str, Any]:
    """List the organisations you may see, the tree in order."""
    page = keyset_page(
        Organisation.objects.visible_to(caller(request)),
        order=("path", "id"),
        cursor=cursor,
        size=size,
        read=lambda rows: [organisation_out(row) for row in rows],
    )
    return as_page(page)


def organisation_out(row: Organisation) -> OrganisationOut:
    return OrganisationOut(
        pk=row.pk, code=row.code, kind=row.kind, name=name_of(row), parent=row.parent_id, lat=row.lat, lon=row.lon
    )


@router.get("/people", response=PageOf[PersonOut], **may(Permission.SEE))
def list_people(
    request: HttpRequest, organisation: Slug | None = None, cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List the persons of the organisations you may see. Telephone and e-mail are masked."""
    by = caller(request)
    rows = Person.objects.visible_to(by).select_related("organisation")
    if organisation:
        demand_unit(organisation, by, name="organisation")
        rows = rows.filter(organisation__code=organisation)
    page = keyset_page(
        rows, order=("id",), cursor=cursor, size=size, read=lambda found: [person_out(row) for row in found]
    )
    return as_page(page)


def person_out(row: Person) -> PersonOut:
    return PersonOut(
        pk=row.pk,
        code=row.code,
        name=name_of(row),
        organisation=row.organisation.code,
        phone=mask(row.phone) if row.phone else "",
        email=mask(row.email) if row.email else "",
        qualifications=row.qualifications,
    )


@router.get("/posts", response=PageOf[PostOut], **may(Permission.SEE))
def list_posts(
    request: HttpRequest, organisation: Slug | None = None, cursor: Cursor = "", size: PageSize = 50
) -> dict[str, Any]:
    """List the posts that persons hold, such as offices and duty posts."""
    by = caller(request)
    rows = Post.objects.visible_to(by).select_related("organisation")
    if organisation:
        demand_unit(organisation, by, name="organisation")
        rows = rows.filter(organisation__code=organisation)
    page = keyset_page(
        rows, order=("id",), cursor=cursor, size=size, read=lambda found: [post_out(row) for row in found]
    )
    return as_page(page)


def post_out(row: Post) -> PostOut:
    return PostOut(pk=row.pk, code=row.code, kind=row.kind, name=name_of(row), organisation=row.organisation.code)

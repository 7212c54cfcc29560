"""The account that calls: who it is, what it may do, its keys."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status

from youbei.actions import clock
from youbei.actions.keys import create_token, remove_token
from youbei.actions.preferences import choose_language, choose_theme
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Slug, Title, When, find
from youbei.engine.access import Permission
from youbei.records.models import ApiToken, Organisation, User

router = Router(tags=["me"])


class GrantOut(Schema):
    role: str
    organisation: str
    ends_at: datetime | None


class Me(Schema):
    pk: int
    username: str
    person: str | None
    language: str
    theme: str
    grants: list[GrantOut]


class PreferencesIn(Body):
    language: Literal["zh-hans", "en"] | None = None
    theme: Literal["auto", "light", "dark"] | None = None


class TokenIn(Body):
    """What the key is for, and what it is limited to.

    `permissions` null means all of yours, `organisation` null everywhere. A key
    never allows more than your grants at the time of its use.
    """

    label: Title
    expires_at: When | None = None
    permissions: list[Permission] | None = None
    organisation: Slug | None = None


class TokenOut(Schema):
    pk: int
    label: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    permissions: list[str] | None
    organisation: str | None

    @staticmethod
    def resolve_organisation(row: ApiToken) -> str | None:
        return row.organisation.code if row.organisation else None


class NewToken(Schema):
    """A key just made. `key` is shown this once and kept nowhere."""

    pk: int
    label: str
    key: str
    expires_at: datetime | None


@router.get("/me", response=Me, **may("signed_in"))
def who_am_i(request: HttpRequest) -> Me:
    """Tell who calls, and the grants in force."""
    return me_of(caller(request))


def me_of(user: User) -> Me:
    grants = [
        GrantOut(role=grant.role, organisation=grant.organisation.code, ends_at=grant.ends_at)
        for grant in user.grants_now()
    ]
    person = user.person.code if user.person else None
    return Me(
        pk=user.pk,
        username=user.username,
        person=person,
        language=user.language,
        theme=user.theme,
        grants=grants,
    )


@router.post("/me/preferences", response=Me, **may("signed_in"))
@idempotent
def choose_preferences(request: HttpRequest, body: PreferencesIn) -> Me:
    """Choose the language of your screens and messages, and the theme."""
    user = caller(request)
    if body.language is not None:
        choose_language(by=user, language=body.language)
    if body.theme is not None:
        choose_theme(by=user, theme=body.theme)
    return me_of(user)


@router.get("/me/tokens", response=list[TokenOut], **may("signed_in"))
def list_tokens(request: HttpRequest) -> list[ApiToken]:
    """List your keys, without the keys themselves."""
    return list(ApiToken.objects.filter(user=caller(request)).select_related("organisation"))


@router.post("/me/tokens", response={201: NewToken}, **may("signed_in"))
def make_token(request: HttpRequest, body: TokenIn) -> Status[NewToken]:
    """Make a key for a program. The answer is the only time it is shown; so this write cannot be repeated by key."""
    user = caller(request)
    units = Organisation.objects.visible_to(user)
    token, key = create_token(
        by=user,
        now=clock.now(),
        user=user,
        label=body.label,
        expires_at=body.expires_at,
        permissions=body.permissions,
        organisation=find(units, code=body.organisation) if body.organisation else None,
    )
    return Status(201, NewToken(pk=token.pk, label=token.label, key=key, expires_at=token.expires_at))


@router.delete("/me/tokens/{token_id}", response={204: None}, **may("signed_in"))
@idempotent
def delete_token(request: HttpRequest, token_id: Id) -> Status[None]:
    """Take one of your keys out of use."""
    user = caller(request)
    remove_token(by=user, now=clock.now(), token=find(ApiToken.objects.filter(user=user), pk=token_id))
    return Status(204, None)

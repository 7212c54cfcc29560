"""Who acts, as the log sees it: an id that can be erased from the register and a label that names no person."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from youbei.engine.access import ROLE_NAMES, Role
from youbei.engine.events import Actor
from youbei.records import quick
from youbei.records.models import Grant, User

INSTALLATION = Actor(id="youbei", label="有备 / Youbei")


class Named(Protocol):
    """Somebody who acts without an account, such as the holder of a link."""

    @property
    def id(self) -> str: ...
    @property
    def label(self) -> str: ...


def actor_for(by: User | Named | None, now: datetime, posts: frozenset[str] = frozenset()) -> Actor:
    """Return the actor for a user: labelled by the first post they hold today, else by their first role."""
    if by is not None and not isinstance(by, User):
        return Actor(id=by.id, label=by.label, posts=posts)
    if by is None:
        return Actor(id=INSTALLATION.id, label=INSTALLATION.label, posts=posts)
    return Actor(id=f"user:{by.pk}", label=label_of(by, now), posts=posts)


def ids_of(by: User) -> frozenset[str]:
    """Return every id that acts of this account may carry: for `refuse_same(..., acting_for=ids_of(by))`.

    They are its own, as account and as person, and those of the holders for whom it stands in now.
    """
    lenders = {grant.delegated_by for grant in by.grants_now() if grant.delegated_by_id is not None}
    accounts = [by, *(one for one in lenders if one is not None)]
    persons = [one.person_id for one in accounts if one.person_id is not None]
    return frozenset({*(f"user:{one.pk}" for one in accounts), *(f"person:{pk}" for pk in persons)})


def label_of(by: User, now: datetime) -> str:
    """Return the label of a user's acts; of one who acts for another by delegation, "X for Y"."""
    lent: Grant | None = by.__dict__.get("_stands_in")
    kept: dict[int | None, str] = by.__dict__.setdefault("_actor_labels", {})
    number = lent.pk if lent is not None else None
    if number not in kept:
        zh, en = names_of(by, now)
        if lent is not None:
            zh, en = in_place_of(zh, en, lent, now)
        kept[number] = joined(zh, en)
    return kept[number]


def names_of(by: User, now: datetime) -> tuple[str, str]:
    """Return the first post that a user holds today, else their first role, in both languages."""
    post = quick.first_post_held(by.person_id, now) if by.person_id is not None else None
    if post is not None:
        return post
    own = [grant for grant in by.grants_now() if grant.delegated_by_id is None]
    name = ROLE_NAMES[Role(own[0].role) if own else Role.OBSERVER]
    return name.zh, name.en


def in_place_of(zh: str, en: str, lent: Grant, now: datetime) -> tuple[str, str]:
    """Return the two wordings of "X for Y"; Y is the lender's post, else the role that was lent."""
    lender = lent.delegated_by
    post = quick.first_post_held(lender.person_id, now) if lender is not None and lender.person_id else None
    role = ROLE_NAMES[Role(lent.role)]
    for_zh, for_en = post or (role.zh, role.en)
    return f"{zh}（代{for_zh}）", f"{en or zh} for {for_en or for_zh}"


def joined(zh: str, en: str) -> str:
    """Join the two wordings by ` / `, the way a label stands in the log."""
    return " / ".join(dict.fromkeys(part for part in (zh, en) if part))[:120]

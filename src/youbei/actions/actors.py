"""Who acts, as the log sees it: an id that can be erased from the register and a label that names no person."""

from __future__ import annotations

from datetime import datetime

from youbei.engine.access import ROLE_NAMES, Role
from youbei.engine.events import Actor
from youbei.records import quick
from youbei.records.models import User

INSTALLATION = Actor(id="youbei", label="有备 / Youbei")


def actor_for(by: User | None, now: datetime, posts: frozenset[str] = frozenset()) -> Actor:
    """Return the actor for a user: labelled by the first post they hold today, else by their first role."""
    if by is None:
        return Actor(id=INSTALLATION.id, label=INSTALLATION.label, posts=posts)
    return Actor(id=f"user:{by.pk}", label=label_of(by, now), posts=posts)


def ids_of(by: User) -> frozenset[str]:
    """Return every id that acts of this account may carry: for `refuse_same(..., acting_for=ids_of(by))`."""
    return frozenset({f"user:{by.pk}", *([f"person:{by.person_id}"] if by.person_id else [])})


def label_of(by: User, now: datetime) -> str:
    kept: str | None = by.__dict__.get("_actor_label")
    if kept is None:
        kept = post_label(by, now) or role_label(by)
        by.__dict__["_actor_label"] = kept
    return kept


def post_label(by: User, now: datetime) -> str:
    if by.person_id is None:
        return ""
    names = quick.first_post_held(by.person_id, now)
    return joined(*names) if names else ""


def role_label(by: User) -> str:
    grants = by.grants_now()
    name = ROLE_NAMES[Role(grants[0].role)] if grants else ROLE_NAMES[Role.OBSERVER]
    return joined(name.zh, name.en)


def joined(zh: str, en: str) -> str:
    """Join the two wordings by ` / `, the way a label stands in the log."""
    return " / ".join(dict.fromkeys(part for part in (zh, en) if part))[:120]

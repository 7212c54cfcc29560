"""Who stands behind the link of a campaign: to state by link and to confirm by account is still one person's word.

A link is sent to an address, of a unit or of one of its posts. Whoever is reached at one of these addresses, by their
account, as a person or as holder of the post at the time, is taken for the one who answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from youbei.records.models import CampaignUnit, ContactWay, Message, Person, PostHolding, User
from youbei.records.reports.written_to import address_of

LINK = re.compile(r"link:(\d{1,18})")
# Assumption: the last eleven digits, the length of a mobile number, tell numbers apart; a country code may be left out.
TOLD_APART_BY = 11


def is_behind(by: User, actor: str, at: datetime) -> bool:
    """Say whether an account, or one it stands in for, belongs to somebody who got the link that `actor` names."""
    found = LINK.fullmatch(actor)
    unit = CampaignUnit.objects.select_related("organisation").filter(pk=int(found[1])).first() if found else None
    if unit is None:
        return False
    sent_to = plain(sent_to_of(unit))
    if not sent_to:
        return False
    lenders = (grant.delegated_by for grant in by.grants_now() if grant.delegated_by_id is not None)
    accounts = [by, *(one for one in lenders if one is not None)]
    persons = [one.person_id for one in accounts if one.person_id is not None]
    return bool(sent_to & plain([*(one.email for one in accounts), *addresses_of(persons, at)]))


def sent_to_of(unit: CampaignUnit) -> list[str]:
    """Return where the link was sent, and where it would be sent today."""
    keys = [f"campaign:{unit.campaign_id}:{unit.pk}:{notice}"[:160] for notice in unit.notices]
    sent = list(Message.objects.filter(key__in=keys).values_list("address", flat=True))
    return [*sent, address_of(unit.organisation)]


def addresses_of(persons: Iterable[int], at: datetime) -> list[str]:
    """Return where these persons are reached: their own ways, and those of the posts they held then or hold now."""
    keys = list(persons)
    if not keys:
        return []
    own = PostHolding.objects.filter(person__in=keys, starts_at__lte=at).exclude(ends_at__lte=at)
    posts = own.values("post_id")
    rows = ContactWay.objects.filter(Q(person__in=keys) | Q(post__in=posts))
    said = list(rows.values_list("address", flat=True))
    for email, phone in Person.objects.filter(pk__in=keys).values_list("email", "phone"):
        said.extend((email, phone))
    return said


def plain(addresses: Iterable[str]) -> set[str]:
    """Return addresses so that two spellings of one are equal: an e-mail in small letters, the digits of a number."""
    found = set()
    for address in addresses:
        text = address.strip().casefold()
        digits = "".join(letter for letter in text if letter.isdecimal())[-TOLD_APART_BY:]
        found.add(text if "@" in text else digits)
    return found - {""}

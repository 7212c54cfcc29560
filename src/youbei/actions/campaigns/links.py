"""The link by which a unit answers. It is made from the unit's nonce and the server's key, and is stored nowhere."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from youbei.actions.link_words import is_same, number_in, word_for
from youbei.actions.permit import Mandate
from youbei.engine.errors import Refused
from youbei.records.models import Campaign, CampaignUnit

# Assumption: who is a month late has been asked in other ways by then.
OPEN_AFTER_DUE = timedelta(days=30)


class LinkRefused(Refused):
    """Refuse a link that is not, or no longer, good."""

    status = 404


def new_nonce() -> str:
    return secrets.token_hex(16)


def link_word(unit: CampaignUnit) -> str:
    """Return the part of the address that only the unit knows: `17-3f9a...`."""
    return word_for("campaign", unit.pk, unit.nonce)


def unit_behind(word: str, now: datetime) -> CampaignUnit:
    """Return the unit that a link belongs to; a wrong link is answered like one that never was."""
    rows = CampaignUnit.objects.select_related("campaign", "organisation")
    unit = rows.filter(pk=number_in(word)).first()
    if unit is None or not is_same(word, link_word(unit)):
        raise LinkRefused(
            zh="这个链接无效。请核对是否复制完整，或向发来链接的单位索取新的。",
            en="This link is not valid. Check that it was copied whole, or ask whoever sent it for a new one.",
        )
    is_over = unit.campaign.status == Campaign.Status.CLOSED or now >= unit.campaign.due_at + OPEN_AFTER_DUE
    if unit.revoked_at is not None or is_over:
        raise LinkRefused(
            zh="这个链接已经停用。如还需要报送，请联系发来链接的单位。",
            en="This link is no longer in use. If there is something to report, ask whoever sent it.",
        )
    return unit


def mandate_of(unit: CampaignUnit) -> Mandate:
    """Return what whoever holds the link may do: keep the records of that unit that the campaign asks about."""
    name = unit.organisation
    label = f"{name.name_zh}（链接） / {name.name_en or name.name_zh} (link)"
    return Mandate(
        id=f"link:{unit.pk}",
        label=label[:120],
        org_path=unit.org_path,
        registers=frozenset(unit.campaign.registers),
        source=f"campaign:{unit.campaign_id}",
    )

"""CAP messages for tests, as a weather service would send them."""

from __future__ import annotations

from datetime import datetime, timedelta

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
INFO = (
    "<info><language>zh-CN</language><category>Met</category><event>暴雨</event>{response}<urgency>{urgency}</urgency>"
    "<severity>{severity}</severity><certainty>Likely</certainty>{times}<senderName>市气象台</senderName>"
    "<headline>{headline}</headline><area><areaDesc>全市</areaDesc></area></info>"
)


def cap(
    at: datetime,
    *,
    identifier: str = "rain-1",
    sender: str = "weather@haizhou.example",
    status: str = "Actual",
    msg_type: str = "Alert",
    severity: str = "Severe",
    urgency: str = "Expected",
    headline: str = "暴雨预警",
    hours: float | None = 12,
    references: str = "",
    info: str = INFO,
    response: str = "",
) -> str:
    """Return a message sent at a time; `hours` is how long it holds, None where it does not say."""
    sent = at.isoformat(timespec="seconds")
    expires = (at + timedelta(hours=hours)).isoformat(timespec="seconds") if hours is not None else ""
    times = f"<expires>{expires}</expires>" if expires else ""
    said = info.format(severity=severity, urgency=urgency, headline=headline, times=times, response=response)
    refers = f"<references>{references}</references>" if references else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><alert xmlns="{NAMESPACE}"><identifier>{identifier}</identifier>'
        f"<sender>{sender}</sender><sent>{sent}</sent><status>{status}</status><msgType>{msg_type}</msgType>"
        f"<scope>Public</scope>{refers}{said}</alert>"
    )


def reference(at: datetime, identifier: str = "rain-1", sender: str = "weather@haizhou.example") -> str:
    """Return how a later message refers to an earlier one."""
    return f"{sender},{identifier},{at.isoformat(timespec='seconds')}"

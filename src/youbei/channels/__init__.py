"""Tell: one module per way of telling. A channel gets plain data and never sees a row."""

from __future__ import annotations

from collections.abc import Mapping

from youbei.channels.base import Channel, Message, Outcome
from youbei.channels.console import Console
from youbei.channels.email import Email
from youbei.channels.recording import Recording

CHANNELS: tuple[type[Channel], ...] = (Email, Console, Recording)
BY_NAME: Mapping[str, type[Channel]] = {channel.name: channel for channel in CHANNELS}

__all__ = ["BY_NAME", "CHANNELS", "Channel", "Message", "Outcome", "channel_for"]


def channel_for(address: str) -> str:
    """Name the first channel in `CHANNELS` that reaches the address; `recording` where none does."""
    return next((channel.name for channel in CHANNELS if channel.reaches(address)), Recording.name)

"""E-mail against a real SMTP server on this machine."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings

from tests.channels.battery import Battery, message
from youbei.channels import channel_for
from youbei.channels.base import Result
from youbei.channels.email import Email


class Mailbox:
    """Keep what arrives; answer some recipients as the address asks."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 No such user"
        if address.startswith("busy"):
            return "451 4.3.2 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = cast(bytes, envelope.content)
        parsed: Any = email.message_from_bytes(content, policy=email.policy.default)
        self.mails.append(parsed)
        return "250 Taken over"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TestEmail(Battery):
    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        self.box = Mailbox()
        controller = Controller(self.box, hostname="127.0.0.1", port=free_port())
        controller.start()
        with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=controller.port, EMAIL_TIMEOUT=5):
            yield
        controller.stop()

    def channel(self) -> Email:
        return Email()

    def unreachable(self) -> Email:
        channel = Email()
        channel.connection.port = free_port()
        return channel

    def received(self) -> list[tuple[str, str]]:
        return [(str(mail["Message-ID"]), cast(str, mail.get_content())) for mail in self.box.mails]

    def test_an_address_that_does_not_exist_fails_for_good(self) -> None:
        outcome = self.channel().send(message(address="gone@example.org"))
        assert outcome.result is Result.FAILED
        assert "550" in outcome.reason

    def test_a_busy_server_is_tried_again(self) -> None:
        outcome = self.channel().send(message(address="busy@example.org"))
        assert outcome.result is Result.RETRY
        assert "451" in outcome.reason

    def test_one_refusal_does_not_stop_the_next_message_of_the_batch(self) -> None:
        channel = self.channel()
        channel.send(message(address="gone@example.org"))
        assert channel.send(message()).result is Result.SENT
        channel.close()

    def test_the_subject_says_it_in_both_languages_on_one_line(self) -> None:
        self.channel().send(message())
        assert self.box.mails[0]["Subject"] == "启动预案 / Plan activated"

    def test_an_address_is_reached_by_mail_only_where_a_server_is_set(self) -> None:
        assert channel_for("duty@example.org") == "email"
        assert channel_for("+86 535 0000000") == "console"
        assert channel_for("") == "recording"
        with override_settings(EMAIL_HOST=""):
            assert channel_for("duty@example.org") == "console"

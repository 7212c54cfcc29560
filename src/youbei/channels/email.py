"""E-mail over SMTP, as set by YOUBEI_SMTP_HOST and its companions."""

from __future__ import annotations

import hashlib
import re
import smtplib
from typing import ClassVar

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from youbei.channels.base import Channel, Message, Outcome

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
# Source: RFC 5321, 4.2.1: 5yz is a permanent, 4yz a transient negative reply.
PERMANENT = range(500, 600)
# Source: RFC 5322, 2.1.1: a line must not exceed 998 characters; the subject is cut long before.
SUBJECT_LIMIT = 200


class Email(Channel):
    """Send through one connection per batch. The Message-ID comes from the key, so a resend is the same message."""

    name: ClassVar[str] = "email"

    def __init__(self) -> None:
        self.connection = EmailBackend()

    @classmethod
    def reaches(cls, address: str) -> bool:
        return bool(settings.EMAIL_HOST) and ADDRESS.fullmatch(address) is not None

    def send(self, message: Message) -> Outcome:
        try:
            self.connection.open()
            self.connection.send_messages([compose(message)])
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()), (450, b""))
            return self.judged(code, text)
        except smtplib.SMTPAuthenticationError as error:
            return self.away(f"The mail server does not accept our account: {error.smtp_code}")
        except smtplib.SMTPResponseException as error:
            return self.judged(error.smtp_code, error.smtp_error)
        except (smtplib.SMTPException, OSError) as error:
            return self.away(f"No connection to the mail server: {error}")
        except ValueError as error:
            return Outcome.failed(f"The address or subject cannot be used in e-mail: {error}")
        return Outcome.sent()

    def judged(self, code: int, text: bytes | str) -> Outcome:
        """Tell a refusal for good from one for now; the connection is made anew for the next message."""
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        outcome = self.dropped(f"{code} {said}".strip()[:300])
        return Outcome.failed(outcome.reason) if code in PERMANENT else outcome

    def dropped(self, reason: str) -> Outcome:
        self.close()
        return Outcome.retry(reason[:300])

    def away(self, reason: str) -> Outcome:
        self.close()
        return Outcome.away(reason[:300])

    def close(self) -> None:
        self.connection.close()


def message_id(key: str) -> str:
    """Return the Message-ID that belongs to a message key for ever."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"


def compose(message: Message) -> EmailMessage:
    return EmailMessage(
        subject=message.heading()[:SUBJECT_LIMIT],
        body=message.plain(),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.address],
        headers={"Message-ID": message_id(message.key), "X-Youbei-Key": message.key, "X-Youbei-Mode": message.mode},
    )

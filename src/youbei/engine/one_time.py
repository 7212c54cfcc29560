"""One-time codes by the clock (TOTP) and by counter (HOTP), as authenticator apps make them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

# Source: RFC 6238, section 5.2 (step of 30 s; one step of delay allowed) and RFC 4226, section 5.3 (six digits).
STEP_S = 30
DIGITS = 6
STEPS_OF_DRIFT = 1
SECRET_BYTES = 20  # Source: RFC 4226, section 4, R6: 160 bits recommended.


def code_of(secret: bytes, counter: int) -> str:
    """Return the code for a counter. RFC 4226 fixes SHA-1, and most authenticator apps know nothing else."""
    digest = hmac.new(secret, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(now: datetime) -> int:
    return int(now.timestamp()) // STEP_S


def matching_step(secret: bytes, code: str, now: datetime, *, after: int = 0) -> int | None:
    """Return the step whose code this is, or None; steps up to `after` are used up, so that no code counts twice."""
    present = step_at(now)
    for step in range(present - STEPS_OF_DRIFT, present + STEPS_OF_DRIFT + 1):
        if step > after and hmac.compare_digest(code_of(secret, step).encode(), code.encode()):
            return step
    return None


def in_base32(secret: bytes) -> str:
    return base64.b32encode(secret).decode().rstrip("=")


def app_address(secret: bytes, *, account: str, issuer: str) -> str:
    """Return the `otpauth:` address that authenticator apps read from a QR code."""
    return f"otpauth://totp/{escaped(issuer)}:{escaped(account)}?secret={in_base32(secret)}&issuer={escaped(issuer)}"


def escaped(text: str) -> str:
    """Write a text as a part of an address: whatever is no plain letter or digit as %XX of its UTF-8."""
    plain = text.isascii() and text.isalnum()
    return text if plain else "".join(f"%{byte:02X}" for byte in text.encode())

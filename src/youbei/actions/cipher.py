"""Secrets that must be read again, enciphered with the key of the installation before they reach the database."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.encoding import force_bytes


def encipher(plain: bytes) -> str:
    return fernet(settings.SECRET_KEY).encrypt(plain).decode()


def decipher(text: str) -> bytes | None:
    """Return the secret, or None where it was enciphered with a key that this installation no longer has."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return fernet(key).decrypt(text.encode())
        except InvalidToken:
            continue
    return None


def fernet(key: str | bytes) -> Fernet:
    # A hash of its own purpose: the same key also signs sessions and cursors.
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"youbei.second-factor\0" + force_bytes(key)).digest()))

"""Passkeys against whoever copies, replays or lures: an authenticator in software does what one in hand would not."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData

from tests.actions.town import Town
from youbei.actions import accounts
from youbei.actions.passkeys import PasskeyRefused, add_passkey, ask_for_new, ask_for_present, handle_of, use_passkey
from youbei.records.models import Passkey, User

HOST = "youbei.example"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


@dataclass
class Authenticator:
    """Hold one key; what it says of the site, the counter and its holder can be bent."""

    user: User
    origin: str = f"https://{HOST}"
    site: str = HOST
    flags: int = PRESENT | VERIFIED
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    name: bytes = b"a-credential-0001"

    def client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": f"webauthn.{kind}", "challenge": options["publicKey"]["challenge"], "origin": self.origin}
        return json.dumps(said).encode()

    def data(self, flags: int, more: bytes = b"") -> bytes:
        self.count += 1
        return hashlib.sha256(self.site.encode()).digest() + struct.pack(">BI", flags, self.count) + more

    def made(self, options: dict[str, Any]) -> dict[str, Any]:
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(bytes(16), self.name, public)
        data = self.data(self.flags | ATTESTED, bytes(credential))
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self.answer({"attestationObject": attestation}, self.client_data("create", options))

    def shown(self, options: dict[str, Any]) -> dict[str, Any]:
        data, client = self.data(self.flags), self.client_data("get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"authenticatorData": data, "signature": signature, "userHandle": handle_of(self.user)}
        return self.answer(response, client)

    def answer(self, response: dict[str, bytes], client: bytes) -> dict[str, Any]:
        said = {name: websafe_encode(value) for name, value in {**response, "clientDataJSON": client}.items()}
        name = websafe_encode(self.name)
        return {"id": name, "rawId": name, "type": "public-key", "response": said}


def plain(options: Any) -> dict[str, Any]:
    """Return what the browser is asked as it reads it: JSON."""
    found: dict[str, Any] = json.loads(json.dumps(options, default=lambda value: websafe_encode(bytes(value))))
    return found


@pytest.fixture
def owned(town: Town, now: datetime) -> Authenticator:
    authenticator = Authenticator(town.users["director"])
    options, state = ask_for_new(by=authenticator.user, host=HOST)
    answer = authenticator.made(plain(options))
    add_passkey(by=authenticator.user, now=now, host=HOST, state=state, answer=answer, label="key")
    return authenticator


def sign_in(owned: Authenticator, now: datetime, *, user: User | None = None) -> User:
    options, state = ask_for_present(user=user, host=HOST)
    return use_passkey(user=user, now=now, host=HOST, state=state, answer=owned.shown(plain(options)))


def test_its_holder_signs_in_with_it_again_and_again(owned: Authenticator, now: datetime) -> None:
    assert sign_in(owned, now) == owned.user
    assert sign_in(owned, now, user=owned.user) == owned.user


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://evil.example", HOST),
        (f"https://{HOST}.evil.example", HOST),
        (f"https://evil{HOST}", HOST),
        (f"http://{HOST}", HOST),
        (f"https://{HOST}", "evil.example"),
    ],
)
def test_what_was_shown_to_another_site_opens_nothing(
    owned: Authenticator, now: datetime, origin: str, site: str
) -> None:
    owned.origin, owned.site = origin, site
    with pytest.raises(PasskeyRefused):
        sign_in(owned, now)


def test_an_answer_to_another_challenge_opens_nothing(owned: Authenticator, now: datetime) -> None:
    options, state = ask_for_present(user=None, host=HOST)
    heard = owned.shown(plain(options))
    use_passkey(user=None, now=now, host=HOST, state=state, answer=heard)
    _, anew = ask_for_present(user=None, host=HOST)
    for again in (state, anew):  # the counter refuses the one, the challenge the other
        with pytest.raises(PasskeyRefused):
            use_passkey(user=None, now=now, host=HOST, state=again, answer=heard)


def test_a_copy_is_known_by_its_counter(owned: Authenticator, now: datetime) -> None:
    for _ in range(3):
        sign_in(owned, now)
    owned.count = 1
    with pytest.raises(PasskeyRefused, match="copy"):
        sign_in(owned, now)


def test_a_key_that_has_not_checked_its_holder_is_no_sign_in_by_itself(owned: Authenticator, now: datetime) -> None:
    owned.flags = PRESENT
    with pytest.raises(PasskeyRefused):
        sign_in(owned, now)
    assert sign_in(owned, now, user=owned.user) == owned.user


def test_the_key_of_another_or_of_an_account_out_of_use_opens_nothing(
    owned: Authenticator, town: Town, now: datetime
) -> None:
    with pytest.raises(PasskeyRefused):
        sign_in(owned, now, user=town.users["officer"])
    stolen = Authenticator(owned.user)
    with pytest.raises(PasskeyRefused):
        sign_in(stolen, now)
    owner, owned.user = owned.user, town.users["officer"]
    with pytest.raises(PasskeyRefused):
        sign_in(owned, now)
    owned.user = owner
    accounts.deactivate(by=town.users["admin"], now=now, user=owner, reason="left")
    with pytest.raises(PasskeyRefused):
        sign_in(owned, now)


def test_one_key_is_registered_once_and_for_this_site(owned: Authenticator, town: Town, now: datetime) -> None:
    officer = town.users["officer"]
    others = (
        Authenticator(officer),
        Authenticator(officer, name=b"other", origin="https://evil.example"),
        Authenticator(officer, name=b"other", site="evil.example"),
    )
    for other in others:
        options, state = ask_for_new(by=officer, host=HOST)
        answer = other.made(plain(options))
        with pytest.raises(PasskeyRefused):
            add_passkey(by=officer, now=now, host=HOST, state=state, answer=answer, label="mine")
    assert not Passkey.objects.filter(user=officer).exists()

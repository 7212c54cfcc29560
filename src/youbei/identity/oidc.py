"""OpenID Connect, authorisation code flow with PKCE.

Two steps: `begin` returns where to send the browser and what to keep in its session; `finish` takes what the browser
brings back, fetches the ID token and returns its claims. The token's signature is checked against the provider's
published keys, and with it issuer, audience, expiry and nonce. Nothing of it is kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import quote_plus, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt

from youbei.engine.errors import Refused
from youbei.identity.providers import LOOPBACK, Provider

TIMEOUT_S = 10
MOST_BYTES = 1_000_000
# Public-key signatures only: with a shared secret, whoever knows the secret could make tokens.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY_S = 60


class ProviderRefused(Refused):
    """Refuse a sign-in that the identity provider did not confirm, or not as it must."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where the browser goes, and what stays in the session until it comes back."""

    address: str
    kept: dict[str, str]


class NoRedirect(HTTPRedirectHandler):
    """A provider answers itself: following a redirect would carry the client's secret elsewhere."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


OPENER = build_opener(NoRedirect)


def begin(provider: Provider, *, back: str) -> Beginning:
    """Return the provider's page to go to; `back` is the address of ours to which it sends the browser."""
    verifier = secrets.token_urlsafe(48)
    kept = {"state": secrets.token_urlsafe(24), "nonce": secrets.token_urlsafe(24), "verifier": verifier, "back": back}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": " ".join(provider.scopes),
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page = endpoint(discover(provider), "authorization_endpoint")
    return Beginning(f"{page}{'&' if '?' in page else '?'}{urlencode(query)}", kept)


def finish(provider: Provider, *, kept: Mapping[str, str], brought: Mapping[str, str]) -> dict[str, Any]:
    """Return the claims of the ID token for what the browser brought back, or refuse."""
    if not hmac.compare_digest(kept["state"].encode(), brought.get("state", "").encode()):
        raise ProviderRefused(
            zh="登录请求不是从本页发起的，或已经用过。请返回登录页重新开始。",
            en="This sign-in was not begun from this browser, or was used already. Begin again on the sign-in page.",
        )
    known = discover(provider)
    # Source: RFC 9207: the issuer named in the answer keeps one provider from passing for another.
    if brought.get("iss", known["issuer"]) != known["issuer"] or not brought.get("code"):
        raise not_confirmed(provider)
    answer = exchange(provider, known, kept, brought["code"])
    return verified(provider, known, str(answer.get("id_token", "")), nonce=kept["nonce"])


def discover(provider: Provider) -> dict[str, Any]:
    """Read the provider's description of itself."""
    known = fetch(provider, Request(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"))  # noqa: S310
    if str(known.get("issuer", "")).rstrip("/") != provider.issuer.rstrip("/"):
        raise unreachable(provider)
    return known


def endpoint(known: Mapping[str, Any], name: str) -> str:
    """Return an address from the description; only HTTPS, or loopback for a trial."""
    address = str(known.get(name, ""))
    where = urlsplit(address)
    if where.scheme == "https" or (where.scheme == "http" and where.hostname in LOOPBACK):
        return address
    raise ProviderRefused(
        zh="统一认证的配置有误：地址不是 https。请联系系统管理员。",
        en="The identity provider names an address that is not https. Tell whoever runs this installation.",
    )


def exchange(provider: Provider, known: Mapping[str, Any], kept: Mapping[str, str], code: str) -> dict[str, Any]:
    """Trade the code for tokens, showing who we are and that we began the flow."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": kept["back"],
        "code_verifier": kept["verifier"],
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    # Source: OpenID Connect Discovery 1.0, section 3: client_secret_basic where nothing is said.
    methods = known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if "client_secret_basic" in methods:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    asked = Request(endpoint(known, "token_endpoint"), data=urlencode(form).encode(), headers=headers)  # noqa: S310
    return fetch(provider, asked)


def verified(provider: Provider, known: Mapping[str, Any], token: str, *, nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token that is signed by the provider, for us, for this sign-in, and still good."""
    try:
        header = jwt.get_unverified_header(token)
        keys = jwt.PyJWKSet.from_dict(fetch(provider, Request(endpoint(known, "jwks_uri"))))  # noqa: S310
        fitting = [key for key in keys.keys if header.get("kid") in (None, key.key_id)]
        if len(fitting) != 1 or header.get("alg") not in ALGORITHMS:
            raise not_confirmed(provider)
        claims: dict[str, Any] = jwt.decode(
            token,
            fitting[0],
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=known["issuer"],
            leeway=LEEWAY_S,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise not_confirmed(provider) from error
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise not_confirmed(provider)
    # Source: OpenID Connect Core 1.0, section 3.1.3.7 (4, 5): with several audiences the token names us as its party.
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else provider.client_id) != provider.client_id:
        raise not_confirmed(provider)
    return claims


def fetch(provider: Provider, asked: Request) -> dict[str, Any]:
    """Return the JSON object at an address, or refuse."""
    try:
        with OPENER.open(asked, timeout=TIMEOUT_S) as answer:
            found = json.loads(answer.read(MOST_BYTES))
    except (URLError, OSError, ValueError) as error:
        raise unreachable(provider) from error
    if not isinstance(found, dict):
        raise unreachable(provider)
    return found


def unreachable(provider: Provider) -> ProviderRefused:
    return ProviderRefused(
        zh=f"暂时无法通过“{provider.title.in_language('zh')}”登录：对方没有应答或应答有误。请稍后再试，或用密码登录。",
        en=f"{provider.title.in_language('en')} did not answer as it should. Try again later, or sign in by password.",
    )


def not_confirmed(provider: Provider) -> ProviderRefused:
    return ProviderRefused(
        zh=f"“{provider.title.in_language('zh')}”没有确认您的身份，未登录。请返回登录页重试；仍不行请联系管理员。",
        en=f"{provider.title.in_language('en')} did not confirm who you are, so you are not signed in. "
        "Begin again on the sign-in page; if that does not help, tell your administrator.",
    )

"""A small OpenID provider on loopback: discovery, authorisation code with PKCE, token endpoint, published keys.

It is as strict as a real one: the client's secret, the code (once, within a minute), the address to go back to and the
code verifier must fit. `tamper` lets a test make it a dishonest one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
CLIENT, SECRET = "youbei", "a secret: with a colon"


class Provider:
    """Serve one provider; whoever goes to its page is `claims["sub"]` and says yes."""

    def __init__(self, *, methods: tuple[str, ...] = ("client_secret_basic",)) -> None:
        self.key, self.other_key = KEYS
        self.claims: dict[str, Any] = {"sub": "p-1001", "preferred_username": "wang.wu"}
        self.methods = methods
        self.codes: dict[str, dict[str, str]] = {}
        self.tamper: Callable[[dict[str, Any]], None] = lambda claims: None
        self.sign: Callable[[dict[str, Any]], str] = self.honest
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def honest(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "k1"})

    def by_another_key(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.other_key, algorithm="RS256", headers={"kid": "k1"})

    def unsigned(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"})

    def by_the_secret(self, claims: dict[str, Any]) -> str:
        """Sign with the public key as a shared secret would: the classic confusion of algorithms."""
        return jwt.encode(claims, SECRET * 3, algorithm="HS256", headers={"kid": "k1"})

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": list(self.methods),
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "k1", "use": "sig", "alg": "RS256"}]}

    def authorise(self, query: dict[str, str]) -> str:
        """Return where the browser goes with its code."""
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}"

    def trade(self, form: dict[str, str], basic: str) -> dict[str, Any] | None:
        """Return tokens for a code, or None where anything does not fit."""
        given = tuple(map(unquote_plus, base64.b64decode(basic).decode().split(":", 1))) if basic else ()
        if (given or (form.get("client_id"), form.get("client_secret"))) != (CLIENT, SECRET):
            return None
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        self.tamper(claims)
        return {"access_token": "unused", "token_type": "Bearer", "id_token": self.sign(claims)}


def handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = urlsplit(self.path)
            if where.path == "/.well-known/openid-configuration":
                self.say(provider.description())
            elif where.path == "/keys":
                self.say(provider.keys())
            elif where.path == "/authorize":
                query = {name: values[0] for name, values in parse_qs(where.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorise(query))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            basic = self.headers.get("Authorization", "").removeprefix("Basic ")
            answer = provider.trade(form, basic)
            self.say(answer or {"error": "invalid_grant"}, 200 if answer else 400)

        def say(self, data: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    return Handler

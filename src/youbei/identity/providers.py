"""The identity providers of this installation, from one TOML file. See docs/howto/sign-in-and-oidc.md."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from youbei.engine.errors import Refused
from youbei.engine.text import Text

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
KNOWN = {"id", "title", "issuer", "client_id", "client_secret", "claim", "scopes", "has_second_factor"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class ProvidersUnreadable(Refused):
    """Refuse a file of identity providers that is not as it must be, saying where and what."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(
            zh=f"统一认证配置文件 {path} 有误：{what}。请改正；在此之前不能用统一认证登录。",
            en=f"The file of identity providers, {path}, is wrong: {what}. Correct it; until then nobody signs in "
            "by them.",
        )


@dataclass(frozen=True, slots=True)
class Provider:
    """One identity provider.

    `claim` names what administrators link accounts by; the provider must not let users choose it.
    `has_second_factor` says that the provider itself asks for one, so that we need not ask for ours.
    """

    id: str
    title: Text
    issuer: str
    client_id: str
    client_secret: str
    claim: str = "sub"
    scopes: tuple[str, ...] = ("openid",)
    has_second_factor: bool = False


def read_providers(path: Path) -> dict[str, Provider]:
    """Return the providers of a file by id; none where there is no file. Raise ProvidersUnreadable with a sentence."""
    if not path.exists():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProvidersUnreadable(path, str(error)) from error
    providers = [provider_of(row, path) for row in data.get("providers", [])]
    if len({provider.id for provider in providers}) != len(providers):
        raise ProvidersUnreadable(path, "two providers have the same id")
    return {provider.id: provider for provider in providers}


def provider_of(row: dict[str, Any], path: Path) -> Provider:
    name = row.get("id", "?")
    if unknown := set(row) - KNOWN:
        raise ProvidersUnreadable(path, f"provider {name}: unknown key {', '.join(sorted(unknown))}")
    for key in ("id", "issuer", "client_id", "client_secret"):
        if not isinstance(row.get(key), str) or not row[key]:
            raise ProvidersUnreadable(path, f"provider {name}: {key} is missing")
    if not ID.fullmatch(row["id"]):
        raise ProvidersUnreadable(path, f"provider {name}: an id has up to 40 of a-z, 0-9 and -")
    where = urlsplit(row["issuer"])
    if where.scheme != "https" and not (where.scheme == "http" and where.hostname in LOOPBACK):
        raise ProvidersUnreadable(path, f"provider {name}: the issuer must begin with https://")
    scopes = dict.fromkeys(["openid", *row.get("scopes", [])])
    return Provider(
        id=row["id"],
        title=Text.from_data(row.get("title", row["id"])),
        issuer=row["issuer"],
        client_id=row["client_id"],
        client_secret=row["client_secret"],
        claim=row.get("claim", "sub"),
        scopes=tuple(scopes),
        has_second_factor=bool(row.get("has_second_factor", False)),
    )

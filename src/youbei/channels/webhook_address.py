"""Where webhooks may go: addresses of the public internet by https, and networks that the operator allows.

A name is looked up at each connection, and the connection goes to the very address that was checked: a name that
points elsewhere a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from youbei.engine.errors import Refused
from youbei.engine.text import Text

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Sequence[str]]
LONGEST = 500
# Source: IANA IPv6 Global Unicast Address Assignments: only 2000::/3 is given out; 2002::/16 (6to4) carries any IPv4
# address inside.
GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
NAME = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*")
KEPT_IN_PATH = "/%:@!$&'()*+,;=~-._?"


class AddressRefused(Refused):
    """Refuse an address that nothing may be sent to."""

    status = 422


class NotThere(Exception):
    """Say in both languages why an address cannot be connected to at present."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart. `host` is as it goes over the wire (punycode), `target` the path with its query."""

    host: str
    port: int
    target: str
    is_secure: bool

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_secure else 80) else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Return the address without its path, which may hold a password of the receiver: for the log."""
        return f"{'https' if self.is_secure else 'http'}://{self.authority}"


def read_address(text: str, networks: Sequence[Network]) -> Address:
    """Take an address apart; refuse what is none, or what could never be permitted."""
    try:
        parts = urlsplit(text)
        port, host = parts.port, wire_name(parts.hostname or "")
    except ValueError:
        raise unreadable(text) from None
    if not host or len(text) > LONGEST or port == 0 or any(sign.isspace() or not sign.isprintable() for sign in text):
        raise unreadable(text)
    if parts.scheme not in ("https", "http"):
        raise unreadable(text)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused(
            zh="地址中不能含用户名、密码或 # 之后的部分。请去掉后再保存；是否由本系统发出，由签名证明。",
            en="An address names no user, no password and nothing behind a #. Take them out: "
            "the signature proves who sends.",
        )
    is_secure = parts.scheme == "https"
    if not is_secure and not networks:
        raise AddressRefused(
            zh="地址须以 https:// 开头。http:// 只能用于管理员在 YOUBEI_WEBHOOK_NETWORKS 中允许的网络。",
            en="The address must begin with https://. Only networks that the operator allows in "
            "YOUBEI_WEBHOOK_NETWORKS may be reached by http://.",
        )
    target = quote(parts.path or "/", safe=KEPT_IN_PATH) + (
        f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    )
    address = Address(host, port or (443 if is_secure else 80), target, is_secure)
    literal = as_ip(host)
    if literal is not None and not is_permitted(literal, networks, is_secure=is_secure):
        raise AddressRefused(zh=forbidden(host, literal).zh, en=forbidden(host, literal).en)
    return address


def wire_name(host: str) -> str:
    """Return a host name as it is looked up; raise ValueError for what is no name."""
    host = host.rstrip(".")
    host = host if host.isascii() else host.encode("idna").decode()
    if as_ip(host) is None and not NAME.fullmatch(host):
        raise ValueError(host)
    return host


def unreadable(text: str) -> AddressRefused:
    shown = text[:80].encode("utf-8", "replace").decode()
    return AddressRefused(
        zh=f"“{shown}”不是可用的网址。请填写完整地址，如 https://example.org/youbei，"
        f"不超过 {LONGEST} 个字符，不含空格。",
        en=f"“{shown}” is no web address. Give it whole, such as https://example.org/youbei: "
        f"at most {LONGEST} signs and no blanks.",
    )


def as_ip(text: str) -> Ip | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def is_permitted(ip: Ip, networks: Sequence[Network], *, is_secure: bool) -> bool:
    """Say whether an address may be connected to: allowed by the operator, or public and by https."""
    inner = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    if inner is not None:
        return is_permitted(inner, networks, is_secure=is_secure)
    if any(ip.version == one.version and ip in one for one in networks):
        return True
    return is_secure and is_public(ip)


def is_public(ip: Ip) -> bool:
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in GLOBAL_V6 or ip in SIX_TO_FOUR):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def checked_ip(address: Address, networks: Sequence[Network], resolve: Resolve) -> str:
    """Look the host up and return the address to connect to; raise NotThere. One that is forbidden forbids them all."""
    try:
        found = [ip for text in resolve(address.host, address.port) if (ip := as_ip(text)) is not None]
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise NotThere(
            f"找不到主机 {address.host}。请核对地址，或检查本机的域名解析。",
            f"The host {address.host} is not found. Check the address, or the name service of this machine.",
        )
    for ip in found:
        if not is_permitted(ip, networks, is_secure=address.is_secure):
            text = forbidden(address.host, ip)
            raise NotThere(text.zh, text.en)
    return str(found[0])


def forbidden(host: str, ip: Ip) -> Text:
    return Text(
        f"{host} 指向 {ip}，不是可用 https 访问的公网地址，不予连接。确需推送到内部网络或使用 http 的，"
        "请系统管理员在 YOUBEI_WEBHOOK_NETWORKS 中允许该网络。",
        f"{host} stands for {ip}, which is no public address reached by https, so nothing is sent there. "
        "Where an inner network or http is meant, the operator allows the network in YOUBEI_WEBHOOK_NETWORKS.",
    )


def look_up(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host, those it prefers first."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]

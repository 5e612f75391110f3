"""Who knocks, as far as a request tells: address, host, scheme, origin, cookies.

`X-Forwarded-For` is believed only from a proxy that the settings name; the server does that before
we see the request, so the address here is the visitor's as well as it can be known.
"""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from ..people.seats import read_cookies
from ..settings import Settings

_HOST: Final = re.compile(
    r"[A-Za-z0-9.\-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?"
)
LOOPBACK: Final = ("127.0.0.1", "::/64")  # as `Visitor.address` shows who is on this machine
FORWARDED: Final = frozenset(
    {"forwarded", "x-forwarded-for", "via"}
)  # ... unless it came by a proxy
IPV6_HOME: Final = 64  # one household or hall has at least this much of the address in common


class Visitor(Struct, frozen=True):
    address: str
    host: str  # as in the address bar, or "" where it can not be one
    secure: bool
    origin: str | None
    cookies: dict[str, str]
    path: str = ""  # which part of this host is ours, as in /bord; else nothing


def visitor(scope: Mapping[str, Any], settings: Settings) -> Visitor:
    headers: dict[bytes, bytes] = {}
    doubled = False
    for name, value in scope["headers"]:
        doubled = doubled or (name in headers and name in (b"host", b"origin"))
        if name == b"cookie" and name in headers:
            value = headers[name] + b"; " + value
        headers[name] = value
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin")
    return Visitor(
        address=_address(scope.get("client")),
        host=host.lower() if _HOST.fullmatch(host) and not doubled else "",
        secure=scope.get("scheme") in ("https", "wss") or settings.secure,
        origin=None if origin is None else origin.decode("latin-1") if not doubled else "",
        cookies=read_cookies(headers.get(b"cookie", b"").decode("latin-1")),
        path=settings.path,
    )


def welcome_origin(visitor: Visitor, settings: Settings) -> bool:
    """Whether a page of this origin may speak for the person. Exact, or not at all."""
    if visitor.origin is None:
        return False
    if settings.origins:
        return visitor.origin in settings.origins
    return bool(visitor.host) and visitor.origin in (
        f"http://{visitor.host}",
        f"https://{visitor.host}",
    )


def _address(client: Any) -> str:
    if not client:
        return "?"
    try:
        address = ipaddress.ip_address(client[0])
    except ValueError:
        return str(client[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, IPV6_HOME), strict=False))
    return str(address)

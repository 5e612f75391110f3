"""What every HTTP request passes, before and after its route: limits, headers, one line in the log.

Plain ASGI around the application. Invariants: a body over the limit is never held in memory; a
request that dawdles is let go; every answer carries the security headers; the log has no query, no
address, no id and no name: of a path only the form that our routes give it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

from ..sprint import limits
from ..watch import Watch
from .below import inside
from .problems import Answer, Problem, answer

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH_BYTES: Final = 2 * 1024  # our longest path has seventy characters
HEADERS_BYTES: Final = (
    16 * 1024
)  # some twenty seats, each a cookie of a hundred bytes, and the rest
HEADERS_COUNT: Final = 100
BODY_SECONDS: Final = 10.0
CASE_PATH: Final = "/api/bureau/koffer"  # where a whole board may be sent
CASE_SECONDS: Final = 180.0

ALWAYS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()",
    ),
)
NOTHING: Final = (
    b"content-security-policy",
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)
LASTING: Final = (b"strict-transport-security", b"max-age=31536000")

_requests: Final = logging.getLogger("opgavebord.web.requests")


class Gate:
    """An application behind the gate."""

    def __init__(self, inside: Application, watch: Watch, secure: bool) -> None:
        self._inside = inside
        self._watch = watch
        self._always = (*ALWAYS, LASTING) if secure else ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        status = 0

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", ()))
                names = {name for name, _ in headers}
                headers += [one for one in self._always if one[0] not in names]
                if NOTHING[0] not in names:
                    headers.append(NOTHING)
                message = {**message, "headers": headers}
            await send(message)

        path, root = inside(scope), scope.get("root_path", "")
        most = limits.CASE_BYTES if path == CASE_PATH else limits.HTTP_BODY_BYTES
        seconds = CASE_SECONDS if path == CASE_PATH else BODY_SECONDS
        refused = _refused(scope, most)
        try:
            if refused is not None:
                await give(tell, answer(refused, path, root=root))
            else:
                await self._inside(scope, _bounded(receive, most, seconds), tell)
        except Problem as problem:
            if status:  # half an answer is out
                raise
            await give(tell, answer(problem.code, path, problem.wait, root))
        finally:
            self._watch.count("requests", str(status))
            if _requests.isEnabledFor(logging.INFO):
                of = {
                    "method": scope["method"],
                    "path": getattr(scope.get("route"), "path", "…"),
                    "status": status,
                    "ms": round((time.perf_counter() - began) * 1000, 1),
                }
                _requests.info("request", extra={"of": of})


async def give(send: Send, told: Answer) -> None:
    """Send a whole answer."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told.headers]
    headers.append((b"content-length", str(len(told.body)).encode()))
    await send({"type": "http.response.start", "status": told.status, "headers": headers})
    await send({"type": "http.response.body", "body": told.body})


def _refused(scope: Scope, most: int) -> str | None:
    """Why this request goes no further, by its first lines alone."""
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > PATH_BYTES:
        return "too_long_address"
    headers = scope["headers"]
    if len(headers) > HEADERS_COUNT:
        return "large_headers"
    if sum(len(name) + len(value) for name, value in headers) > HEADERS_BYTES:
        return "large_headers"
    for name, value in headers:
        if name == b"content-length":
            if not value.isdigit():
                return "bad_request"
            if len(value) > 12 or int(value) > most:
                return "too_large"
    return None


def _bounded(receive: Receive, most: int, seconds: float) -> Receive:
    """The body, in parts, as long as it is not too large and not too slow."""
    seen = 0
    deadline = asyncio.get_running_loop().time() + seconds
    complete = False

    async def bounded() -> Message:
        nonlocal seen, complete
        if complete:
            return await receive()  # waits for the visitor to leave; that may take long
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise Problem("too_slow") from None
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > most:
                raise Problem("too_large")
            complete = not message.get("more_body", False)
        return message

    return bounded

"""Our own listening socket: what it is set to is inherited by every connection.

A peer that stopped reading is given up by the kernel after `GIVE_UP_MS` (no ping and no close of the
server would ever reach it), and holds little memory until then. It listens before the rest is even
loaded, so that after a restart screens wait half a second instead of being refused.
"""

import socket
from typing import Final

from .settings import Settings

BACKLOG: Final = 2048
GIVE_UP_MS: Final = 20_000
SEND_BUFFER: Final = 128 * 1024


class CanNotServe(Exception):
    """The port can not be had. The text is for a person."""


def listen(settings: Settings) -> socket.socket:
    """Our listening socket. Raises `CanNotServe`."""
    return _listen(
        settings.host,
        settings.port,
        "Is another Opgavebord running? OPGAVEBORD_PORT chooses another port.",
    )


def listen_for_metrics(settings: Settings, place: int = 0) -> socket.socket | None:
    """Where the numbers are shown, if that is an address of its own: the next process, the next port."""
    if not settings.metrics:
        return None
    host, _, port = settings.metrics.rpartition(":")
    return _listen(
        host.strip("[]"), int(port) + place, "OPGAVEBORD_METRICS chooses another address."
    )


def _listen(host: str, port: int, otherwise: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GIVE_UP_MS)
        made.bind((host, port))
        made.listen(BACKLOG)
        made.setblocking(False)
    except OSError as trouble:
        made.close()
        raise CanNotServe(
            f"Port {port} on {host} can not be used: {trouble.strerror}. {otherwise}"
        ) from trouble
    return made

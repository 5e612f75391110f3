"""The web server around the app, and going down.

Going down: first `/readyz` says no, then the rooms keep what waits and say goodbye, then the web server
closes. The other way about, screens would lose the answers to what they sent last. The numbers are shown
until the end.
"""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from . import certificate
from .app import Links, Opgavebord
from .listening import BACKLOG, listen_for_metrics
from .metrics import Metrics
from .settings import Settings
from .sprint import limits
from .web.straight import Straight

PING_EVERY: Final = 10.0
PING_TIMEOUT: Final = 15.0
GOODBYE_SECONDS: Final = 4  # after the rooms have said goodbye, which they do in 5 at most
HEADER_SECONDS: Final = 10.0
SPARE_CONNECTIONS: Final = 500  # for pages, besides the sockets
METRICS_CONNECTIONS: Final = 20
METRICS_KEEP_ALIVE: Final = 75  # a collector comes by every quarter of a minute, or every minute
SWITCH_SECONDS: Final = 0.0005  # the disk's thread need not wait 5 ms for its turn in a full room
COLLECT_AFTER: Final = (50_000, 20, 50)  # seldom: a round over a hundred sprints stops all screens
LOST: Final = 74  # the exit code when the disk can not be trusted, as in sysexits.h
_log: Final = logging.getLogger("opgavebord")


class Patient(HttpToolsProtocol):
    """HTTP that waits for the headers of a request, but not for ever; and for no body once it is
    answered, or one who sends a byte now and then could stay."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_headers()

    def on_message_begin(self) -> None:
        self._wait_for_headers()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_headers(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(HEADER_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class Server(uvicorn.Server):
    """uvicorn, with signals left to us and a call when it is up."""

    def __init__(self, config: uvicorn.Config, up: Callable[[], None]) -> None:
        super().__init__(config)
        self._up = up

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._up()


def serve(
    settings: Settings,
    listening: socket.socket,
    announce: Callable[[Links, Opgavebord], None],
    place: int | None = None,
) -> int:
    """Serve on this socket until a signal. Returns the exit code. `place`: of a worker among others,
    which also stops when nobody holds the other end of its stdin any more."""
    with (
        contextlib.closing(listening),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return runner.run(_serve(settings, listening, announce, place))


async def _serve(
    settings: Settings,
    listening: socket.socket,
    announce: Callable[[Links, Opgavebord], None],
    place: int | None,
) -> int:
    lost: list[BaseException] = []
    asked = asyncio.Event()

    def fatal(trouble: BaseException) -> None:
        lost.append(trouble)
        asked.set()

    shown = listen_for_metrics(settings, place or 0)
    board = Opgavebord(settings, listening.getsockname()[1], fatal)
    links = await board.start()
    server = Server(configure(settings, board), lambda: announce(links, board))
    server.config.load()
    renewing: asyncio.Task[None] | None = None
    if server.config.ssl is not None:
        renewing = asyncio.create_task(certificate.mind(settings, server.config.ssl))
    gc.collect()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()
    gc.freeze()  # what is here now stays; the collector need not walk over it again and again
    sys.setswitchinterval(SWITCH_SECONDS)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked.set)
    if place is not None:
        watch_supervisor(asked)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    counting = None if shown is None else Numbers(board.metrics, shown)
    going_down = asyncio.create_task(asked.wait())
    await asyncio.wait((serving, going_down), return_when=asyncio.FIRST_COMPLETED)
    for number in (signal.SIGTERM, signal.SIGINT):  # a second one ends it at once
        loop.add_signal_handler(number, lambda: setattr(server, "force_exit", True))
    board.going_down()
    _let_nobody_in(server)
    if not lost:
        await board.stop()
        _let_go(server)
    server.should_exit = True
    server.force_exit = server.force_exit or bool(lost)
    going_down.cancel()
    if renewing is not None:
        renewing.cancel()
    await serving
    await board.close(others=place is not None)
    if counting is not None:
        await counting.stop()
    if lost:
        _log.critical("the disk can not be trusted any more: %s", lost[0])
        return LOST
    return 0


def watch_supervisor(asked: asyncio.Event) -> None:
    """Nothing is ever said on a worker's stdin; when it ends, there is no supervisor any more."""
    loop, stdin = asyncio.get_running_loop(), sys.stdin.fileno()

    def ended() -> None:
        loop.remove_reader(stdin)
        asked.set()

    loop.add_reader(stdin, ended)


class Numbers:
    """A little server of its own for /metrics, in the same loop."""

    def __init__(self, metrics: Metrics, at: socket.socket) -> None:
        self._at = at
        self._server = Server(
            uvicorn.Config(
                metrics,
                http=Patient,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                limit_concurrency=METRICS_CONNECTIONS,
                timeout_keep_alive=METRICS_KEEP_ALIVE,
                timeout_graceful_shutdown=1,
            ),
            lambda: None,
        )
        self._serving = asyncio.create_task(self._server.serve(sockets=[at]))

    async def stop(self) -> None:
        self._server.should_exit = True
        await self._serving
        self._at.close()


def _let_nobody_in(server: uvicorn.Server) -> None:
    """Nobody new comes in while we say goodbye; they would only be told to come back."""
    for one in getattr(server, "servers", []):
        one.close()


def _let_go(server: uvicorn.Server) -> None:
    """Of who did not take the goodbye: the web server would wait for them until its patience ends."""
    for one in list(server.server_state.connections):
        transport = getattr(one, "transport", None)
        if transport is not None and transport.get_write_buffer_size():
            transport.abort()


def configure(settings: Settings, board: Opgavebord) -> uvicorn.Config:
    """uvicorn as a hall needs it."""
    tls: dict[str, Any] = {}
    if settings.tls_certificate is not None:
        context = certificate.server_context(settings)
        tls = {"ssl_context_factory": lambda config, usual: context}
    return uvicorn.Config(
        board,
        **tls,
        http=Patient,
        ws=Straight,
        ws_max_size=limits.MESSAGE_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_EVERY,
        ws_ping_timeout=PING_TIMEOUT,
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        backlog=BACKLOG,
        limit_concurrency=limits.SOCKETS_PER_SERVER + SPARE_CONNECTIONS,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
    )

"""Many at once: a whole hall that drops off and comes back (F19), and hundreds who only want to sit on
connections (T36)."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
from time import perf_counter
from typing import TYPE_CHECKING, Final

import pytest

from .crowd import Crowd, Tablet, memory

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.server import Server

    Report = Callable[[str, str, str], None]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

HERD: Final = 200
MIB: Final = 1024 * 1024


async def test_a_hall_of_two_hundred_drops_off_three_times_and_is_back(
    server: Server, endure: int | None, report: Report
) -> None:
    """An access point that restarts. They come back by the page's own law, some to a board that moved
    on, the third time to a page that was loaded again and knows nothing."""
    crowd = Crowd(server)
    herd = await crowd.come(HERD)
    for tablet in herd:
        tablet.write("De bus komt niet meer. " * 20)
    await crowd.at_rest()
    before = memory(server)
    coming: list[float] = []
    for round in range(12 if endure else 3):
        crowd.history.fault("the access point", on=True)
        dropped = perf_counter()
        if round % 3 == 2:
            herd = await load_again(crowd, herd)
        else:
            for tablet in herd:
                assert tablet.wire is not None
                assert tablet.wire.transport is not None
                tablet.wire.transport.abort()
            await asyncio.gather(*(t.until(lambda t=t: t.wire is None) for t in herd))  # type: ignore[misc]
        crowd.history.fault("the access point", on=False)
        await asyncio.gather(*(t.until(lambda t=t: t.in_sync, 30) for t in herd))  # type: ignore[misc]
        coming.append(perf_counter() - dropped)
        herd[round].write("en door")
        await crowd.at_rest()
    after = memory(server)
    assert max(coming) < 20
    assert after - before < 50 * MIB
    assert crowd.judge() == []
    await crowd.go_home()
    report("F19", f"{HERD} tablets dropped at once: all back and the same", f"{max(coming):.1f} s")
    report("F19", f"{HERD} pages loaded again at once", f"{coming[2]:.1f} s")
    report("F19", "memory of the server afterwards", f"+{(after - before) / MIB:.0f} MiB")


async def load_again(crowd: Crowd, herd: list[Tablet]) -> list[Tablet]:
    """Every page is loaded again: the same seats, in new tabs that know nothing."""
    for tablet in herd:
        await tablet.leave()
    anew = [Tablet(tablet.seat, crowd.history) for tablet in herd]
    crowd.tablets = [*anew, *(t for t in crowd.tablets if t not in herd)]
    await asyncio.gather(*(tablet.stay() for tablet in anew))
    return anew


# --- T36 ----------------------------------------------------------------------------------

HOSTILE: Final = 240


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Connects and says nothing."""


async def half_a_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A line of a header now and then, and never the last."""
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
    while True:
        writer.write(b"X-More: y\r\n")
        await writer.drain()
        await asyncio.sleep(1)


async def a_slow_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(1)


WAYS: Final = (silence, half_a_request, a_slow_body)


async def sit(port: int, way: Callable[..., Awaitable[None]], limit: float) -> float:
    """Hold a connection as long as the server lets us. How long that was."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = perf_counter()
    doing = asyncio.ensure_future(way(reader, writer))
    with contextlib.suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(limit):
            while await reader.read(10_000):
                pass
    doing.cancel()
    with contextlib.suppress(asyncio.CancelledError, ConnectionError):
        await doing
    held = perf_counter() - began
    writer.transport.abort()
    return held


async def test_hundreds_who_only_hold_connections_are_put_out_and_nobody_waits_for_them(
    server: Server, report: Report
) -> None:
    crowd = Crowd(server)
    tablets = await crowd.come(4)
    before = await answering(tablets)
    used = memory(server)
    sitting = [
        asyncio.create_task(sit(server.port, WAYS[place % len(WAYS)], 30))
        for place in range(HOSTILE)
    ]
    during = await answering(tablets)
    (newcomer,) = await crowd.come()
    await newcomer.answered(newcomer.write("ook binnen"))
    grown = memory(server) - used
    held = await asyncio.gather(*sitting)
    assert max(held) < 15
    assert grown < 50 * MIB
    assert during < 1
    await crowd.at_rest()
    assert crowd.judge() == []
    await crowd.go_home()
    report("T36", f"{HOSTILE} who hold a connection: put out after", f"{max(held):.1f} s")
    ratio = f"{during / before:.2f} × ({before * 1e3:.0f} and {during * 1e3:.0f} ms)"
    report("T36", "answers to the others meanwhile, half of them", ratio)


async def answering(tablets: list[Tablet], rounds: int = 8) -> float:
    """How long half of the answers take, in seconds."""
    taken: list[float] = []
    for _ in range(rounds):
        asked = [(tablet, tablet.move()) for tablet in tablets]
        for tablet, name in asked:
            await tablet.answered(name)
        taken += [t.answered_at[name] - t.sent[name] for t, name in asked]
        await asyncio.sleep(0.25)  # within what a seat may say
    return statistics.median(taken)

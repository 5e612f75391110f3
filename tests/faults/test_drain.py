"""Going down with a full hall, of which some never read: nobody loses an answer, and it is over in ten seconds."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING

import asyncpg
import httpx2
import pytest

from opgavebord import protocol
from opgavebord.sprint import limits
from opgavebord.sprint.commands import CreateNote
from opgavebord.sync.rooms import RESTART_MS
from tests.history.driver import History, join, judge, log_of, quieted
from tests.server import Server
from tests.services import free_port
from tests.storage.databases import named
from tests.web.house import NO_TLS

from .crowd import Crowd, Tablet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

pytestmark = pytest.mark.faults

PEOPLE = 200
NEVER_READ = 5
MOST_SECONDS = 10
LARGE = 24  # notes as long as may be, so that what is not read fills every buffer on its way


def asked_all_the_while(port: int, heard: list[tuple[float, str]]) -> None:
    """One connection that was open before, and asks whether people may come in."""
    proxy = HTTPConnection("127.0.0.1", port, timeout=20)
    with suppress(OSError, HTTPException):
        while True:
            proxy.request("GET", "/readyz")
            answer = json.load(proxy.getresponse())
            heard.append((perf_counter(), answer.get("why", "")))
    proxy.close()


def stop_reading(tablet: Tablet) -> None:
    """And ask for a lot, over and over."""
    assert tablet.wire is not None
    assert tablet.wire.transport is not None
    tablet.wire.transport.pause_reading()
    for _ in range(limits.SINCE_PER_MINUTE - 1):
        tablet.send_raw(b'{"t":"since","head":%d}' % (tablet.head or 0))


async def sent_home(server: Server, deaf: Sequence[Tablet], awake: Sequence[Tablet]) -> float:
    """SIGTERM, with something of everybody under way. Returns how long it took."""
    zone = min(z for z in awake[0].eyes.board.records["zone"] if "-T2-" in z)
    heads = [tablet.head for tablet in deaf]
    for tablet in awake[:LARGE]:
        text = "Lang. " * (limits.NOTE_CODE_POINTS // 6)
        tablet.say(CreateNote(note=secrets.token_urlsafe(16), zone=zone, text=text))
    await quieted([*deaf, *awake], 30)
    for tablet, head in zip(deaf, heads, strict=True):
        tablet.head = head
        stop_reading(tablet)

    heard: list[tuple[float, str]] = []
    asking = asyncio.create_task(asyncio.to_thread(asked_all_the_while, server.port, heard))
    while not heard:
        await asyncio.sleep(0.01)
    for tablet in awake:  # everybody has something under way at this moment
        tablet.write()
    began = perf_counter()
    assert await asyncio.to_thread(server.stop) == 0
    took = perf_counter() - began
    await asking
    assert took < MOST_SECONDS

    # /readyz said no as soon as it was asked again, and never yes after that
    whys = [why for at, why in heard if at > began]
    assert "draining" in whys
    assert whys == sorted(whys)

    # every screen that reads was told when to come back, and they are spread
    async with asyncio.timeout(20):  # until all that was sent has been read
        while not all(tablet.farewells for tablet in awake):
            await asyncio.sleep(0.05)
    assert [tablet.farewells for tablet in awake] == [[protocol.RESTART]] * len(awake)
    told = sorted(wait for tablet in awake for wait in tablet.waits if wait is not None)
    assert len(told) == len(awake)
    least, most = RESTART_MS
    assert least <= told[0]
    assert told[-1] <= most
    assert max(b - a for a, b in pairwise([least, *told, most])) < 20 * (most - least) / len(told)
    return took


def held_against(kept: set[str], awake: Sequence[Tablet]) -> None:
    """What was kept was answered, before the goodbye; what was not answered was not kept."""
    for tablet in awake:
        assert kept & set(tablet.sent) == set(tablet.answers)
    assert sum(len(tablet.answers) for tablet in awake) > LARGE


async def test_a_full_hall_is_sent_home_in_order(
    server: Server, report: Callable[[str, str, str], None]
) -> None:
    crowd = Crowd(server)
    tablets = await crowd.come(PEOPLE)
    deaf, awake = tablets[:NEVER_READ], tablets[NEVER_READ:]
    took = await sent_home(server, deaf, awake)
    held_against({entry.name for entry in crowd.log()}, awake)

    # and when the server is there again, all of it arrives, once
    server.start()
    for tablet in deaf:
        tablet.close()
    await crowd.at_rest(40)
    assert crowd.judge() == []
    await crowd.go_home()
    report("6.3", f"{PEOPLE} screens, {NEVER_READ} that never read: SIGTERM, until it is over", f"{took:.1f} s")  # fmt: skip


async def connected(port: int) -> int:
    """How many sockets the worker has that shows its numbers here, when it is up."""
    async with asyncio.timeout(30), httpx2.AsyncClient(verify=NO_TLS) as collector:
        while True:
            with suppress(httpx2.TransportError):
                text = (await collector.get(f"http://127.0.0.1:{port}/metrics")).text
                return int(re.findall(r"^opgavebord_ws_connections (\d+)", text, re.M)[0])
            await asyncio.sleep(0.05)


async def test_and_from_two_workers(
    tmp_path: Path, postgres: str, report: Callable[[str, str, str], None]
) -> None:
    """One signal to the supervisor; each worker does the same, and the supervisor waits for both."""
    admin = await asyncpg.connect(postgres)
    await admin.execute("CREATE DATABASE drain")
    numbers = free_port()  # of the first; the second has the next
    where = {"OPGAVEBORD_METRICS": f"127.0.0.1:{numbers}"}
    server = Server(tmp_path / "town", OPGAVEBORD_DATABASE=named(postgres, "drain"), **where)
    server.program = [*server.program, "--workers", "2"]
    try:
        await asyncio.to_thread(server.start)
        history = History()
        gates = [await join(server.port, server.links["join_code"]) for _ in range(PEOPLE // 5)]
        tablets = [Tablet(seat, history) for seat in gates]
        await asyncio.gather(*(tablet.stay() for tablet in tablets))
        before = tablets[0].head or 0
        sockets = [await connected(numbers + n) for n in (0, 1)]
        assert sum(sockets) == len(tablets)
        deaf, awake = tablets[:NEVER_READ], tablets[NEVER_READ:]
        took = await sent_home(server, deaf, awake)
        sprint = server.links["sprint"]
        async with log_of(server.data_dir, named(postgres, "drain")) as log:
            held_against({entry.name for entry in await log.since(sprint, 0)}, awake)
            await asyncio.to_thread(server.start)
            for tablet in deaf:
                tablet.close()
            await quieted(tablets, 40)
            assert await judge(history, tablets, log, sprint, before=before) == []
        for tablet in tablets:
            await tablet.stop()
        assert await asyncio.to_thread(server.stop) == 0
    finally:
        server.kill()
        await admin.execute("DROP DATABASE drain WITH (FORCE)")
        await admin.close()
    report("6.3", f"{PEOPLE // 5} screens at two workers, {NEVER_READ} that never read", f"{took:.1f} s")  # fmt: skip

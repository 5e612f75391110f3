"""A new release takes over in the middle of an evening (F21): another protocol, other tables, the same people.

The new one is `next_release.py`. On SQLite the old process stops and the new one starts; on PostgreSQL both serve
at the same time, and the tables are changed under the old one while people write.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx2
import pytest

from opgavebord import protocol
from opgavebord.sprint.commands import CreateNote
from opgavebord.storage import migrations
from tests.faults.next_release import STEP, VERSION, program
from tests.history import checker
from tests.history.driver import Client, History, join, log_of, quieted
from tests.history.driver import judge as judged
from tests.load import device
from tests.load.wire import WireError
from tests.server import ROOT, Server
from tests.storage.databases import named

from .crowd import Crowd, Tablet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

GAP_SECONDS = 10.0  # without any answer, to anybody
BACK_SECONDS = 20.0  # until everybody is back, who were told to spread
WAITING = 12  # in each outbox when the release changes


def next_release(server: Server, folder: Path) -> None:
    """What this server will be when it starts again."""
    server.program = program(folder, "serve", "--json")


def versie(url: str) -> dict[str, Any]:
    told: dict[str, Any] = httpx2.get(f"{url}/versie").json()
    return told


async def writing(clients: Sequence[Tablet]) -> None:
    while True:
        for client in clients:
            if client.in_sync and len(client.outbox) < 5:
                client.write()
            await asyncio.sleep(0.02)


def silences(clients: Sequence[device.Device], since: float) -> tuple[float, float]:
    """Seconds in which nobody had an answer to anything, and those of who waited longest."""
    moments = [[at for at in one.answered_at.values() if at > since] for one in clients]
    return (
        longest(since, [at for one in moments for at in one]),
        max(longest(since, one) for one in moments),
    )


def longest(since: float, moments: list[float]) -> float:
    return max(b - a for a, b in pairwise([since, *sorted(moments)]))


async def test_a_release_takes_over_with_outboxes_full(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    report: Callable[[str, str, str], None],
) -> None:
    usual = server.program
    crowd = Crowd(server)
    busy = await crowd.come(6)
    away = await crowd.come(4)
    newer = (await crowd.come(1, stay=False))[0]
    assert versie(server.url)["protocol"] == list(protocol.VERSIONS)

    # a page of the next release comes too early: it is told so, and what it holds stays with it
    zone = min(z for z in busy[0].eyes.board.records["zone"] if "-T2-" in z)
    early = newer.say(CreateNote(note="brief-vroeg", zone=zone, text="Te vroeg gekomen."))
    with monkeypatch.context() as as_the_next:
        as_the_next.setattr(device, "VERSION", VERSION)
        with pytest.raises(WireError):
            await newer.open()
    assert newer.farewells == [protocol.OLD_VERSION]
    assert early in newer.outbox
    newer.close()

    writes = asyncio.create_task(writing(busy))
    for tablet in away:  # no network, and they write on
        await tablet.offline()
        for n in range(WAITING):
            tablet.write(f"Zonder netwerk, {n}.")
    began = perf_counter()
    await busy[0].until(lambda: len(busy[0].answers) > 2)

    crowd.history.fault("upgrade", on=True)
    assert await asyncio.to_thread(server.stop) == 0
    next_release(server, tmp_path / "next")
    await asyncio.to_thread(server.start)
    crowd.history.fault("upgrade", on=False)
    up = perf_counter()
    for tablet in busy:
        await tablet.until(lambda t=tablet: max(t.answered_at.values()) > up)  # type: ignore[misc]
    gap, wait = silences(busy, began)
    assert gap <= GAP_SECONDS
    assert wait <= BACK_SECONDS

    assert versie(server.url)["protocol"] == [*protocol.VERSIONS, VERSION]
    assert versie(server.url)["schema"] == STEP
    for tablet in away:
        tablet.online()
    with monkeypatch.context() as as_the_next:
        as_the_next.setattr(device, "VERSION", VERSION)
        await newer.stay()
    writes.cancel()
    await crowd.at_rest(60)
    for tablet in away:
        mine = [name for name in tablet.sent if tablet.answers[name][1] is None]
        assert len(mine) == WAITING
        assert [tablet.answers[name][0] for name in mine] == sorted(
            tablet.answers[name][0] for name in mine
        )
    assert newer.answers[early][1] is None

    # what this release does not know is refused by its name, and nobody is sent away for it
    name = newer.say({"do": "note.sing", "note": "brief-0001", "loud": True})
    await newer.answered(name)
    assert newer.answers[name][1] == "bad_command"
    after = newer.write()
    await newer.answered(after)
    assert newer.comebacks == 1

    await crowd.at_rest()
    assert findings(crowd) == []
    await crowd.go_home()
    assert server.stop() == 0
    checked = subprocess.run(
        program(tmp_path / "next", "check"), env=server.environment(), cwd=ROOT, capture_output=True
    )
    assert checked.returncode == 0, checked.stdout

    # there is no way back but by the copy that was made before, and the old release says so
    server.program = usual
    with pytest.raises(RuntimeError, match="newer Opgavebord"):
        server.start()
    assert list(server.data_dir.rglob(f"*before-{STEP}*"))
    report("F21", "SQLite: a step of protocol and tables, no answer to anybody", f"{gap:.1f} s; longest for one {wait:.1f} s")  # fmt: skip


def findings(crowd: Crowd) -> list[checker.Finding]:
    """The history alone: the tables are of the next release."""
    seen = [tablet.eyes.state() for tablet in crowd.tablets if tablet.in_sync]
    return checker.check(
        checker.Evidence(crowd.history.happenings, crowd.log(), seen, before=crowd.before)
    )


@pytest.fixture
async def town(postgres: str) -> AsyncIterator[str]:
    """A database of its own."""
    admin = await asyncpg.connect(postgres)
    await admin.execute("CREATE DATABASE upgrade")
    yield named(postgres, "upgrade")
    await admin.execute("DROP DATABASE upgrade WITH (FORCE)")
    await admin.close()


async def test_two_releases_serve_one_town_while_it_changes(
    town: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    report: Callable[[str, str, str], None],
) -> None:
    key = {"OPGAVEBORD_DATABASE": town, "OPGAVEBORD_KEY_FILE": str(tmp_path / "key")}
    old, new = Server(tmp_path / "old", **key), Server(tmp_path / "new", **key)
    next_release(new, tmp_path / "next")
    history = History()
    try:
        await asyncio.to_thread(old.start)
        seats = [await join(old.port, old.links["join_code"]) for _ in range(6)]
        clients = [Client(seat, history, (old.port, new.port)) for seat in seats]
        for client in clients:
            await client.stay()
        before = clients[0].head or 0
        zones = clients[0].eyes.board.records["zone"]
        zone = min(id for id in zones if "-T2-" in id)

        async def write() -> None:
            n = 0
            while True:
                for client in clients:
                    if client.in_sync and len(client.outbox) < 5:
                        n += 1
                        note = {"do": "note.create", "note": f"brief-{n:04}", "zone": zone}
                        client.say({**note, "text": "De bus komt niet meer."})
                    await asyncio.sleep(0.02)

        writes = asyncio.create_task(write())
        began = perf_counter()
        await clients[0].until(lambda: len(clients[0].answers) > 2)
        await asyncio.to_thread(new.start)  # and with it the step, under the old one's hands
        stepped = perf_counter()
        assert versie(new.url)["schema"] == STEP

        # the old one does not mind: it keeps, it takes people in, and it says it is ready
        for client in clients:
            await client.until(lambda c=client: max(c.answered_at.values()) > stepped + 1)  # type: ignore[misc]
        assert [client.comebacks for client in clients] == [1] * len(clients)
        assert httpx2.get(f"{old.url}/readyz").json() == {"ok": True}
        late = Client(await join(old.port, old.links["join_code"]), history, (old.port, new.port))
        await late.stay()
        assert await asyncio.to_thread(old.stop) == 0
        left = perf_counter()
        for client in clients:
            await client.until(lambda c=client: max(c.answered_at.values()) > left)  # type: ignore[misc]
        gap, wait = silences(clients, began)
        assert gap <= GAP_SECONDS
        assert wait <= BACK_SECONDS
        writes.cancel()
        clients.append(late)
        await quieted(clients)
        monkeypatch.setattr(migrations, "NEWEST", STEP)  # so that we may read what it wrote
        async with log_of(new.data_dir, town) as log:
            assert await judged(history, clients, log, new.links["sprint"], before=before) == []
        for client in clients:
            await client.stop()
        assert await asyncio.to_thread(new.stop) == 0
        with pytest.raises(RuntimeError, match="newer Opgavebord"):
            old.start()
    finally:
        old.kill()
        new.kill()
    report("F21", "PostgreSQL: two releases at once, no answer to anybody", f"{gap:.1f} s; longest for one {wait:.1f} s")  # fmt: skip


async def test_a_page_of_any_other_version_is_told_before_anything_else(server: Server) -> None:
    """Too old or too new: one goodbye that says reload, and no word that it could misread."""
    crowd = Crowd(server)
    (tablet,) = await crowd.come(1, stay=False)
    for version in (min(protocol.VERSIONS) - 1, max(protocol.VERSIONS) + 1):
        heard: list[bytes] = []
        wire = await device.connect(
            server.port,
            f"/ws/{tablet.seat.sprint}/deelnemer",
            lambda payload, binary, now, heard=heard: heard.append(payload),  # type: ignore[misc]
            lambda code: None,
            cookie=tablet.seat.cookie,
        )
        said = {"t": "hello", "v": version, "device": "een-ander", "of_the_future": [1, 2]}
        wire.send(device.framed(json.dumps(said).encode()))
        async with asyncio.timeout(5):
            while not heard:
                await asyncio.sleep(0.01)
        assert json.loads(heard[0]) == {"t": "bye", "code": protocol.OLD_VERSION, "retry_ms": None}
        wire.close()

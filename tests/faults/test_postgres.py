"""PostgreSQL breaks under servers that write to it (F11), and the answer to a COMMIT is lost (F12).

What was answered is there; nothing is there twice; what waited is answered within ten seconds after PostgreSQL
is back; and people only read that it does not work just now.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

import asyncpg
import pytest

from opgavebord import founding
from opgavebord.cli.speaking import REFUSED
from opgavebord.sprint.commands import CreateNote
from opgavebord.sprint.sprint import Zone
from opgavebord.storage import doorway
from opgavebord.storage.check import check
from opgavebord.storage.opening import storage
from tests.faults.postgres_line import PostgresLine
from tests.history.driver import Client, History, join, judge, log_of, quieted
from tests.server import Server
from tests.services import Postgres, own_postgres
from tests.storage.databases import tell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

BACK_WITHIN = 10.0
CUTS = 60  # ten for each kill of `scripts/endure`
SPRINTS = 8


@pytest.fixture
def town() -> Iterator[Postgres]:
    with own_postgres() as server:
        yield server


def serving(tmp_path: Path, address: str) -> Server:
    return Server(tmp_path / "server", OPGAVEBORD_DATABASE=address)


def write(client: Client, text: str = "De bus komt niet meer.") -> str:
    board = client.eyes.board
    assert board.evening is not None
    zones = [z.id for z in board.records["zone"].values() if isinstance(z, Zone)]
    here = [id for id in zones if board.records["zone"][id].board == board.evening.board]  # type: ignore[union-attr]
    return client.say(CreateNote(note=f"n{random.getrandbits(96):x}", zone=min(here), text=text))


async def writing(clients: list[Client], every: float) -> None:
    """Each writes, as long as it does not wait for too much."""
    while True:
        for client in clients:
            if client.in_sync and len(client.outbox) < 20:
                write(client)
            await asyncio.sleep(every)


async def test_postgresql_is_killed_under_people_who_write(
    town: Postgres, tmp_path: Path, endure: int | None
) -> None:
    server = serving(tmp_path, town.url).start()
    history = History()
    try:
        seats = [await join(server.port, server.links["join_code"]) for _ in range(6)]
        clients = [Client(seat, history) for seat in seats]
        for client in clients:
            await client.stay()
        before = clients[0].head or 0
        busy = asyncio.create_task(writing(clients, 0.01))
        for kill in range(endure or 3):
            await asyncio.sleep(random.uniform(0.3, 0.8))  # the moment of the kill, not a wait
            history.fault("postgresql", on=True)
            town.kill()
            long = endure is not None and kill % 10 == 9
            await asyncio.sleep(20.0 if long else random.uniform(0.0, 0.5))
            await asyncio.to_thread(town.start)
            back = perf_counter()
            history.fault("postgresql", on=False)
            names = [write(client) for client in clients]
            await asyncio.gather(*(c.answered(n) for c, n in zip(clients, names, strict=True)))
            assert perf_counter() - back <= BACK_WITHIN
        busy.cancel()
        await quieted(clients)
        async with log_of(server.data_dir, town.url) as log:
            findings = await judge(history, clients, log, server.links["sprint"], before=before)
        assert findings == []
        for client in clients:
            assert client.comebacks == 1, "nobody had to come back: the server stood by them"
            await client.stop()
        assert server.stop() == 0
    finally:
        server.kill()
    assert check(server.data_dir, town.url).wrong == ()


async def test_the_answer_to_a_commit_is_lost_again_and_again(
    town: Postgres, tmp_path: Path, endure: int | None
) -> None:
    """PostgreSQL has committed, and the server does not hear it: every command is there exactly once."""
    dice = random.Random(12)
    enough = CUTS if endure is None else max(CUTS, 10 * endure)
    async with PostgresLine.before(town.port) as line:
        server = serving(tmp_path, line.url)
        history, clients = History(), list[Client]()
        try:
            await asyncio.to_thread(server.start)
            async with log_of(server.data_dir, town.url) as log:
                sprints = [await founding.found_demo(log) for _ in range(SPRINTS)]
            for sprint in sprints:
                code = await code_of(town.url, server.data_dir, sprint)
                clients.append(Client(await join(server.port, code), history))
                await clients[-1].stay()
            line.cuts = lambda commits: dice.random() < 0.6
            busy = asyncio.create_task(writing(clients, 0.02))
            async with asyncio.timeout(2 * enough):
                while line.cut < enough:
                    await asyncio.sleep(0.05)
            line.cuts = lambda commits: False
            busy.cancel()
            for client in clients:
                await client.until(lambda client=client: client.quiet)  # type: ignore[misc]
            async with log_of(server.data_dir, town.url) as log:
                for sprint, client in zip(sprints, clients, strict=True):
                    kept = await log.since(sprint, 0)
                    mine = [entry for entry in kept if entry.device == client.id]
                    assert sorted(entry.number for entry in mine) == list(range(1, len(mine) + 1))
                    told = {entry.name: (entry.seq, entry.refusal) for entry in mine}
                    assert told == client.answers
                    assert len(mine) == len(client.commands)
                    await client.stop()
            assert line.cut >= enough
            assert await asyncio.to_thread(server.stop) == 0
        finally:
            server.kill()
    assert check(server.data_dir, town.url).wrong == ()


async def test_no_connection_is_to_be_had_and_then_there_is(tmp_path: Path) -> None:
    """Somebody takes them all. People are told, lose nothing, and are answered when there is room."""
    with own_postgres(max_connections="24", superuser_reserved_connections="3") as town:
        user = town.url.replace("postgres@", "bord@").replace("/postgres", "/bord")
        await tell(town.url, "CREATE USER bord", "CREATE DATABASE bord OWNER bord")
        server = serving(tmp_path, user)
        history, others = History(), []
        try:
            await asyncio.to_thread(server.start)
            client = Client(await join(server.port, server.links["join_code"]), history)
            await client.stay()
            before = client.head or 0
            with suppress(asyncpg.TooManyConnectionsError):
                while True:
                    others.append(await asyncpg.connect(user))
            await tell(town.url, TAKE_AWAY.format(pids=[o.get_server_pid() for o in others]))
            with suppress(asyncpg.TooManyConnectionsError):
                while True:
                    others.append(await asyncpg.connect(user))
            name = write(client)
            async with asyncio.timeout(BACK_WITHIN):
                while "can not be kept now" not in server.said:
                    await asyncio.sleep(0.02)
            assert name not in client.answers
            for other in others:
                await other.close()
            back = perf_counter()
            await client.answered(name)
            assert perf_counter() - back <= BACK_WITHIN
            assert client.comebacks == 1
            async with log_of(server.data_dir, user) as log:
                assert (
                    await judge(history, [client], log, server.links["sprint"], before=before) == []
                )
            await client.stop()
            assert await asyncio.to_thread(server.stop) == 0
        finally:
            server.kill()


TAKE_AWAY = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE usename = 'bord' AND NOT pid = ANY(ARRAY{pids})"
)


def test_a_server_does_not_start_on_one_that_would_lose_a_commit(tmp_path: Path) -> None:
    with own_postgres(fsync="off") as town:
        ended = subprocess.run(
            [sys.executable, "-m", "opgavebord", "serve"],
            env=serving(tmp_path, town.url).environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ended.returncode == REFUSED
    assert ended.stderr == (
        "The database can not be used: this PostgreSQL has fsync off and would lose what it said it "
        "kept; switch it on.\n"
    )


async def code_of(address: str, folder: Path, sprint: str) -> str:
    database, _ = storage(folder, address)
    await database.open()
    try:
        outside = await database.run(lambda c: doorway.doorway(c, sprint))
    finally:
        await database.close()
    assert outside is not None
    return outside.code

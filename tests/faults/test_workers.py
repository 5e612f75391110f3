"""Several processes serve one sprint: every command everywhere once and in one order, whoever dies (F1)."""

import asyncio
import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from time import perf_counter

import pytest
import pytest_asyncio

from opgavebord import supervising
from opgavebord.supervising import Supervisor
from tests.faults.town import Town, hundredths, until, workers_of
from tests.server import ROOT, Server
from tests.services import Postgres, Redis, free_port, own_postgres, own_redis

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

KILLS = 10
FIRST_ANSWER = 3.0
ALL_BACK = 20.0
NO_GHOSTS = 30.0


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with own_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with own_redis() as server:
        yield server


@pytest_asyncio.fixture
async def two(tmp_path: Path, postgres: Postgres, redis: Redis) -> AsyncIterator[Town]:
    """Two processes that know nothing of each other but the log and the relay."""
    town = Town(tmp_path, postgres, redis, servers=2)
    try:
        await asyncio.to_thread(town.start)
        yield town
        await town.go_home()
    finally:
        await asyncio.to_thread(town.stop)


async def test_two_processes_on_one_sprint(two: Town) -> None:
    """Twenty-four people spread over both, and who directs at one: each sees what all do, and who is where.
    Then one process is killed: its people are gone from every list, and come back at the other."""
    people = await two.come(24)
    regie = await two.enter("regie_url", at=1)
    two.begin_writing()
    delays = [await two.delay(people[n % 2], people[1 - n % 2]) for n in range(20)]
    assert sorted(delays)[10] < 0.5, "the relay is faster than the next look in the log"
    await until(lambda: all(one.people == 24 for one in people), 10, "everybody counts everybody")
    await until(lambda: len(regie.devices) == 25, 10, "who directs sees every device")
    held = b'{"t":"here","typing":"note-of-mine"}'
    people[0].here(held)
    await until(lambda: people[1].holding and people[2].holding, 10, "what is held is seen")
    people[0].here(b'{"t":"here"}')
    await until(lambda: not people[1].holding, 10, "and that it was let go")
    assert await two.findings() == []

    two.servers[0].kill()
    there = [tablet for tablet in people if tablet.seat.port == two.servers[1].port]
    await until(lambda: all(one.people == 12 for one in there), NO_GHOSTS, "no ghosts")
    devices = len([device for device in regie.devices if device.online])
    assert devices == 13
    await asyncio.to_thread(two.servers[0].start)
    await until(lambda: all(one.people == 24 for one in people), NO_GHOSTS, "all are back")
    await until(lambda: len(regie.devices) == 25, 10, "and each is one device")
    assert await two.findings() == []


async def test_a_worker_is_killed_again_and_again_under_people_who_write(
    tmp_path: Path, postgres: Postgres, redis: Redis, endure: int | None
) -> None:
    town = Town(tmp_path, postgres, redis, workers=3)
    server = town.servers[0]
    try:
        await asyncio.to_thread(town.start)
        people = await town.come(20)
        town.begin_writing()
        starts, firsts, backs = [], [], []
        for _ in range(endure or KILLS):
            await until(lambda: len(up(server)) >= 2, 30, "one to kill, and one that serves on")
            await asyncio.sleep(random.uniform(0.1, 0.6))  # the moment of the kill, not a wait
            before = set(workers_of(server))
            town.history.fault("kill", on=True)
            os.kill(random.choice(up(server)), signal.SIGKILL)
            killed = perf_counter()

            def another(before: set[int] = before) -> bool:
                return bool(set(workers_of(server)) - before)

            def answered(since: float = killed) -> bool:
                last = [at for one in people for at in list(one.answered_at.values())[-1:]]
                return max(last) > since

            starts.append(await until(another, 5, "the next one starts"))
            firsts.append(await until(answered, FIRST_ANSWER, "the first answer"))
            await until(lambda: all(one.in_sync for one in people), ALL_BACK, "all are back")
            backs.append(perf_counter() - killed)
            town.history.fault("kill", on=False)
        assert await town.findings() == []
        assert sorted(starts)[len(starts) // 2] < 1.0  # one that was hardly up waits a little
        print(f"first answers {hundredths(firsts)}; all back {hundredths(backs)}")
        await town.go_home()
        assert await asyncio.to_thread(server.stop) == 0
    finally:
        await asyncio.to_thread(town.stop)


async def test_one_supervisor_and_its_workers(tmp_path: Path, postgres: Postgres) -> None:
    """The links are said once; SIGTERM goes to all; and when the supervisor is killed nobody stays."""
    town = Town(tmp_path, postgres, None, workers=2)
    server = town.servers[0]
    try:
        await asyncio.to_thread(town.start)
        await until(lambda: len(workers_of(server)) == 2, 20, "two workers")
        said = (tmp_path / "server-0" / "server.json").read_text()
        assert len(said.splitlines()) == 1
        assert json.loads(said)["url"] == server.url
        workers = workers_of(server)
        os.kill(workers[1], signal.SIGKILL)
        took = await until(lambda: len(set(workers_of(server)) - set(workers)), 5, "a new worker")
        assert took < 1.0
        workers = workers_of(server)
        server.kill()
        await until(lambda: not any(alive(pid) for pid in workers), 15, "nobody stays")
        await asyncio.to_thread(server.start)  # the port is free, and the same people come in
        assert (tmp_path / "server-0" / "server.json").read_text() == said
        assert await asyncio.to_thread(server.stop) == 0
    finally:
        await asyncio.to_thread(town.stop)


def up(server: Server) -> list[int]:
    """The workers that serve."""
    said = {int(pid) for pid in re.findall(r"is up, process (\d+)", server.said)}
    return sorted(said & set(workers_of(server)))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_sqlite_file_is_for_one_process(tmp_path: Path) -> None:
    server = Server(tmp_path / "server")
    done = subprocess.run(
        [sys.executable, "-m", "opgavebord", "serve", "--workers", "2"],
        env=server.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert "--workers 2 needs a PostgreSQL" in done.stderr
    assert "Traceback" not in done.stderr


class Standing:
    """A supervisor of programs that do what the test wants, and what it announced."""

    def __init__(self, folder: Path, script: str, workers: int) -> None:
        self.said: list[str] = []
        program = folder / "worker.py"
        program.write_text(script)
        self._listening = socket.create_server(("127.0.0.1", free_port()))
        command = [sys.executable, "-S", str(program), str(folder)]
        supervisor = Supervisor(command, self._listening, workers, self.said.append, say=False)
        self.stop = supervisor._stop
        self._running = asyncio.create_task(supervisor.run())

    async def ends(self) -> int:
        async with asyncio.timeout(20):
            code = await self._running
        self._listening.close()
        return code


async def test_where_no_worker_ever_comes_up_its_exit_code_is_ours(tmp_path: Path) -> None:
    standing = Standing(tmp_path, "raise SystemExit(74)", workers=2)
    assert await standing.ends() == 74
    assert standing.said == []


async def test_one_that_dies_at_once_waits_longer_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "AGAIN", (0.2, 0.8))
    script = """
import pathlib, sys, time
if sys.argv[sys.argv.index("--place") + 1] == "0":
    print("up", flush=True)
    sys.stdin.read()
with (pathlib.Path(sys.argv[1]) / "starts").open("a") as starts:
    starts.write(f"{time.monotonic()}\\n")
raise SystemExit(1)
"""
    standing = Standing(tmp_path, script, workers=2)
    starts = tmp_path / "starts"
    await until(lambda: starts.exists() and len(starts.read_text().split()) >= 5, 20, "five starts")
    standing.stop()
    await standing.ends()
    assert standing.said == ["up"]
    pauses = [b - a for a, b in itertools.pairwise(map(float, starts.read_text().split()))]
    for pause, least in zip(pauses, (0.2, 0.4, 0.8, 0.8), strict=False):
        assert pause >= least


async def test_one_that_does_not_stop_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "PATIENCE", 0.3)
    script = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""
    standing = Standing(tmp_path, script, workers=1)
    await until(lambda: standing.said, 10, "it is up")
    standing.stop()
    assert await standing.ends() == supervising.KILLED

"""The disk fails, is full, takes its time, or is held by somebody else (F5 to F8). The server is the
real one, the errors are those of the system: strace answers in the place of the kernel (`traced.py`), or
the disk is really full (`small_disk.py`).
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import statistics
import subprocess
import sys
from contextlib import contextmanager, suppress
from time import perf_counter
from typing import TYPE_CHECKING, Final

import pytest

from opgavebord.serving import LOST
from opgavebord.storage.sqlite import FILE
from tests.load.wire import ask

from .crowd import Crowd, Tablet
from .small_disk import OnSmallDisk
from .traced import failing, needs_strace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.server import Server

    Report = Callable[[str, str, str], None]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]


async def keep_writing(tablets: list[Tablet], every: float = 0.02, most: int = 5) -> None:
    """As people do: not more than a few unanswered each."""
    while True:
        for tablet in tablets:
            if tablet.in_sync and len(tablet.outbox) < most:
                tablet.write()
        await asyncio.sleep(every)


async def ready(server: Server) -> int:
    return (await ask(server.port, "GET", "/readyz")).status


async def until(so: Callable[[], bool], within: float) -> float:
    """Wait until this holds; how long that took."""
    began = perf_counter()
    async with asyncio.timeout(within):
        while not so():
            await asyncio.sleep(0.01)
    return perf_counter() - began


# --- F5 -----------------------------------------------------------------------------------

OF_THE_FILE: Final = re.compile(
    rf"^(\d+) +(\d+\.\d+) .*/{re.escape(FILE)}(-wal)?>.* = -1 EIO", re.M
)
EXITED: Final = re.compile(r"^(\d+) +(\d+\.\d+) \+\+\+ exited with (\d+)", re.M)


@pytest.mark.parametrize("call", ["fdatasync", "pwrite64"])
async def test_an_error_of_the_disk_ends_it_at_once_and_a_start_is_clean(
    server: Server, tmp_path: Path, call: str, endure: int | None, report: Report
) -> None:
    """At the n-th call. Nothing that failed is answered, and all that was answered is there."""
    needs_strace()
    crowd = Crowd(server)
    tablets = await crowd.come(3)
    ending: list[float] = []
    passed = 0
    for at in range(1, 61) if endure else (1, 2, 7):
        said = tmp_path / f"{call}.{at}"
        writing = asyncio.create_task(keep_writing(tablets))
        crowd.history.fault(f"{call} {at}", on=True)
        with failing(server, f"{call}:error=EIO:when={at}", said=said):
            await until(lambda said=said: "INJECTED" in said.read_text(), 20)  # type: ignore[misc]
            with suppress(TimeoutError):
                await until(lambda: not server.running, 3)
        writing.cancel()
        error = OF_THE_FILE.search(said.read_text())
        assert error is not None, said.read_text()[-500:]
        if server.running:  # while the log went into the file: it stays in the log, and goes again
            assert error[3] is None, said.read_text()[-500:]
            passed += 1
        else:
            gone = max(float(one[2]) for one in EXITED.finditer(said.read_text()))
            ending.append(gone - float(error[2]))
            assert server.stop() == LOST
            await asyncio.to_thread(server.restart)
        crowd.history.fault(f"{call} {at}", on=False)
        await crowd.at_rest()
    assert crowd.judge() == []
    await crowd.go_home()
    assert statistics.median(ending) < 1
    report(
        "F5",
        f"EIO from {call}, {len(ending)} times: until the process is gone",
        f"{max(ending):.2f} s at the most; lost 0",
    )


# --- F6 -----------------------------------------------------------------------------------


async def test_a_full_disk_is_told_and_passes_without_a_restart(
    tmp_path: Path, endure: int | None, report: Report
) -> None:
    server = OnSmallDisk(tmp_path / "hall").start()
    try:
        server.bring_out()
        crowd = Crowd(server)
        tablets = await crowd.come(3)
        for _ in range(10 if endure else 1):
            writing = asyncio.create_task(keep_writing(tablets))
            await tablets[0].answered(tablets[0].write())
            crowd.history.fault("the disk is full", on=True)
            server.fill(leave=16_384)
            told = await until(lambda: all(t.trouble and t.trouble[-1][1] for t in tablets), 10)
            writing.cancel()
            assert told < 5
            waiting = [tablet.write("dit wacht") for tablet in tablets]
            assert await ready(server) == 503
            await tablets[1].offline()
            tablets[1].online()
            await tablets[1].until(lambda: tablets[1].in_sync)  # the board can be read
            assert not any(name in t.answers for t, name in zip(tablets, waiting, strict=True))
            server.make_room()
            free = perf_counter()
            await asyncio.gather(*(t.answered(n) for t, n in zip(tablets, waiting, strict=True)))
            normal = perf_counter() - free
            crowd.history.fault("the disk is full", on=False)
            assert normal < 10
            await crowd.at_rest()
            await until(lambda: not any(tablet.trouble[-1][1] for tablet in tablets), 5)
            await until_ready(server)
        server.bring_out()
        assert crowd.judge() == []
        await crowd.go_home()
        report("F6", "a full disk: until every screen is told", f"{told:.1f} s")
        report("F6", "room again: until all that waited is kept", f"{normal:.1f} s")
    finally:
        server.kill()


async def until_ready(server: Server, within: float = 10) -> None:
    async with asyncio.timeout(within):
        while await ready(server) != 200:
            await asyncio.sleep(0.05)


async def test_a_server_is_stopped_and_started_while_its_disk_is_full(
    server: Server, tmp_path: Path, report: Report
) -> None:
    """It can not bring its log into the file then, and leaves both as they are. What waits, waits on
    the tablets."""
    needs_strace()
    crowd = Crowd(server)
    tablets = await crowd.come(3)
    await tablets[0].answered(tablets[0].write("nog wel"))
    crowd.history.fault("full", on=True)
    with failing(server, "pwrite64:error=ENOSPC", said=tmp_path / "said"):
        waiting = [tablet.write("dit wacht") for tablet in tablets]
        await until(lambda: all(t.trouble and t.trouble[-1][1] for t in tablets), 10)
        assert await asyncio.to_thread(server.stop) == 0
    await asyncio.to_thread(server.restart)
    crowd.history.fault("full", on=False)
    await asyncio.gather(*(t.answered(n) for t, n in zip(tablets, waiting, strict=True)))
    await crowd.at_rest()
    assert crowd.judge() == []
    await crowd.go_home()
    report("F6", "stopped and started on a full disk: lost or double", "0")


async def test_writes_that_find_no_room_now_and_then_are_tried_again(
    server: Server, tmp_path: Path, report: Report
) -> None:
    needs_strace()
    crowd = Crowd(server)
    tablets = await crowd.come(3)
    writing = asyncio.create_task(keep_writing(tablets))
    crowd.history.fault("ENOSPC", on=True)
    said = tmp_path / "said"
    with failing(server, "pwrite64:error=ENOSPC:when=5+150", said=said):
        await until(lambda: said.read_text().count("INJECTED") >= 6, 30)
    writing.cancel()
    crowd.history.fault("ENOSPC", on=False)
    assert server.running
    await crowd.at_rest()
    assert crowd.judge() == []
    await crowd.go_home()
    report("F6", f"ENOSPC at {said.read_text().count('INJECTED')} writes: lost or double", "0")


# --- F7 -----------------------------------------------------------------------------------

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
held.execute("ROLLBACK")
held.close()
"""


@contextmanager
def held(server: Server) -> Iterator[None]:
    """Another program has a write transaction in the database: a backup, a virus scanner."""
    words = [sys.executable, "-c", HOLD, str(server.data_dir / FILE)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            holder.stdin.write(b"\n")
            holder.stdin.close()


async def test_a_database_that_somebody_else_holds_costs_time_only(
    server: Server, endure: int | None, report: Report
) -> None:
    crowd = Crowd(server)
    anna, bert = await crowd.come(2)
    for seconds in (1, 10, 60) if endure else (1, 7):
        crowd.history.fault(f"held {seconds} s", on=True)
        anna.pongs.clear()
        with held(server):
            began = perf_counter()
            name = anna.write("tijdens de kopie")
            while perf_counter() < began + seconds:
                bert.ping()
                anna.ping()
                await asyncio.sleep(0.11)  # ten pongs a second is what anybody gets
            assert name not in anna.answers
            assert bool(anna.trouble and anna.trouble[-1][1]) == (seconds > 5)
        freed = perf_counter()
        await anna.answered(name)
        after = perf_counter() - freed
        crowd.history.fault(f"held {seconds} s", on=False)
        assert after < 10
        assert len(anna.pongs) > 4 * seconds
        assert statistics.median(anna.pongs) < 0.05
        assert max(anna.pongs) < 1
        report(
            "F7",
            f"held for {seconds} s: answers to a ping, half of them within / all within",
            f"{statistics.median(anna.pongs) * 1e3:.1f} / {max(anna.pongs) * 1e3:.0f} ms",
        )
        report("F7", f"held for {seconds} s: kept after it was let go", f"{after:.1f} s")
    await crowd.at_rest()
    assert crowd.judge() == []
    await crowd.go_home()


# --- F8 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("ms", "least"), [(200, 100), (2_000, 10)])
async def test_a_slow_disk_closes_no_socket_and_keeps_many_at_once(
    server: Server, tmp_path: Path, ms: int, least: int, report: Report
) -> None:
    needs_strace()
    crowd = Crowd(server)
    tablets = await crowd.come(25)
    name = tablets[0].write()
    await tablets[0].answered(name)
    seconds = 3 if ms < 1000 else 5
    crowd.history.fault("a slow disk", on=True)
    with failing(server, f"fdatasync:delay_enter={ms * 1000}", said=tmp_path / "said"):
        writing = asyncio.create_task(keep_writing(tablets, 0.1, 20))
        began = perf_counter()
        await asyncio.sleep(seconds)
        writing.cancel()
        answered = sum(at > began for t in tablets for at in t.answered_at.values())
    crowd.history.fault("a slow disk", on=False)
    await crowd.at_rest()
    assert answered / seconds >= least
    assert not any(tablet.farewells or tablet.gave_up for tablet in tablets)
    assert crowd.judge() == []
    await crowd.go_home()
    report("F8", f"a sync takes {ms} ms: commands kept a second", f"{answered / seconds:.0f}")


def test_the_journal_of_the_server_is_a_wal(server: Server) -> None:
    """What the tests above make fail is what the server uses."""
    with sqlite3.connect(f"file:{server.data_dir / FILE}?mode=ro", uri=True) as looking:
        assert looking.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert (server.data_dir / f"{FILE}-wal").exists()

"""Does it live, does it take people in, what is it, and what did it count: over real HTTP."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import aclosing
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from opgavebord import protocol
from opgavebord.protocol import VERSION
from opgavebord.storage.migrations import NEWEST
from opgavebord.storage.sqlite import FILE, SqliteDatabase
from opgavebord.storage.trouble import StorageLost, StorageTrouble
from opgavebord.web import health
from opgavebord.web.health import Readiness
from tests.server import ROOT, Server
from tests.services import free_port
from tests.web.house import House, a_house, hello, until


def samples(text: str) -> dict[str, float]:
    """Every number, by its name and labels as they are written."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def test_it_lives_without_asking_anybody(house: House) -> None:
    async with house.browser() as browser:
        await browser.get("/healthz")  # the first of a process loads something
        began = time.perf_counter()
        answer = await browser.get("/healthz")
        assert time.perf_counter() - began < 0.05
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


async def test_what_it_is(house: House) -> None:
    async with house.browser() as browser:
        told = (await browser.get("/versie")).json()
    assert told["protocol"] == list(protocol.VERSIONS)
    assert told["schema"] == NEWEST
    assert told["build"].startswith(told["version"])


async def test_being_ready_is_a_write_that_leaves_nothing(house: House) -> None:
    wal = house.folder / f"{FILE}-wal"
    async with house.browser() as browser:
        before = wal.stat()
        assert (await browser.get("/readyz")).json() == {"ok": True}
        after = wal.stat()
        assert (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns)
        for _ in range(20):  # asked all day, it does not write all day
            assert (await browser.get("/readyz")).status_code == 200
        assert wal.stat().st_mtime_ns == after.st_mtime_ns
    look = sqlite3.connect(f"file:{house.folder / FILE}?mode=ro", uri=True)
    assert look.execute("SELECT count(*) FROM desk_invitation").fetchone() == (0,)
    look.close()


class Struggling:
    """A database that does not do what it is asked."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked = 0

    async def run(self, work):  # type: ignore[no-untyped-def]
        self.asked += 1
        if isinstance(self.answer, BaseException):
            raise self.answer
        if isinstance(self.answer, asyncio.Event):
            await self.answer.wait()
            return NEWEST
        return self.answer


def ready(answer: object, folder: Path, draining: bool = False) -> Readiness:
    database = Struggling(answer)
    return Readiness(database, folder, lambda: draining, lambda lost: None)  # type: ignore[arg-type]


async def test_why_it_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await ready(NEWEST, tmp_path).why_not() is None
    assert await ready("9999", tmp_path).why_not() is None  # a newer one stepped on beside us
    assert await ready("0001", tmp_path).why_not() == "migration"
    assert await ready(None, tmp_path).why_not() == "migration"
    assert await ready(StorageTrouble("full"), tmp_path).why_not() == "storage"
    assert await ready(RuntimeError("a bug"), tmp_path).why_not() == "storage"
    assert await ready(NEWEST, tmp_path, draining=True).why_not() == "draining"
    monkeypatch.setattr(health, "free", lambda folder: 0.05)
    assert await ready(NEWEST, tmp_path).why_not() == "disk"


async def test_a_slow_write_is_asked_once_however_many_wait(tmp_path: Path) -> None:
    stuck = asyncio.Event()
    readiness = ready(stuck, tmp_path)
    began = time.monotonic()
    assert await asyncio.gather(*[readiness.why_not() for _ in range(10)]) == ["slow"] * 10
    assert time.monotonic() - began < 2 * health.PROBE_SECONDS
    assert readiness._database.asked == 1  # type: ignore[attr-defined]
    stuck.set()
    await asyncio.sleep(0)
    assert await readiness.why_not() is None


async def test_a_disk_that_can_not_be_trusted_is_told_on(tmp_path: Path) -> None:
    lost: list[BaseException] = []
    database = Struggling(StorageLost("SQLITE_IOERR"))
    readiness = Readiness(database, tmp_path, lambda: False, lost.append)  # type: ignore[arg-type]
    assert await readiness.why_not() == "storage"
    assert [str(one) for one in lost] == ["SQLITE_IOERR"]


async def test_a_database_that_somebody_else_holds_is_not_ready(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path)
    await database.open()
    readiness = Readiness(database, tmp_path, lambda: False, lambda lost: None)
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert await readiness.why_not() == "slow"
    other.execute("ROLLBACK")
    other.close()
    while await readiness.why_not() is not None:  # the same question is answered by and by
        await asyncio.sleep(0.02)
    await database.close()


async def test_it_says_no_and_why_from_the_moment_that_it_goes_down(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, house.browser() as browser:
        assert (await browser.get("/readyz")).status_code == 200
        house.board.going_down()
        answer = await browser.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"ok": False, "why": "draining"})
        assert (await browser.get("/healthz")).status_code == 200


async def test_an_evening_is_counted(tmp_path: Path) -> None:
    """Each number of the common road, moved by what really happens and by nothing else."""
    async with a_house(tmp_path) as house, aclosing(await house.tablet()) as browser:
        socket = await house.socket(browser)
        await hello(socket, "apparaat")
        snapshot = await until(socket, "snapshot")
        records = snapshot["records"]
        board = next(one["board"] for one in records if one["kind"] == "sprint")
        zone = next(r["id"] for r in records if r["kind"] == "zone" and r["board"] == board)
        note = {"do": "note.create", "note": "brief-0001", "zone": zone, "text": "De bus."}
        for number, command in enumerate((note, note, {"do": "toveren"}), start=1):
            asked = {"t": "do", "id": f"apparaat.{number}", "c": command}
            await socket.send(json.dumps(asked))
        answered: set[str] = set()
        while len(answered) < 3:
            answered |= {ack[0] for ack in (await until(socket, "frame"))["acks"]}
        await socket.close()
        again = await house.socket(browser)
        asked = {"t": "hello", "v": VERSION, "device": "apparaat", "head": snapshot["head"]}
        await again.send(json.dumps({**asked, "unsent": 2}))
        await until(again, "frame")
        with pytest.raises(Exception, match="403"):
            await house.socket(browser, origin="https://elders.example")
        await browser.post("/api/join", json={"code": "ZZZ-ZZZ"})
        counted = samples((await browser.get("/metrics")).text)
        await again.close()
        while house.board.watch.sockets:
            await asyncio.sleep(0.01)
        left = samples((await browser.get("/metrics")).text)
    was = {name: counted[f"opgavebord_{name}"] for name in (
        "op_verdict_total{verdict=kept}", "op_verdict_total{verdict=exists}",
        "op_verdict_total{verdict=bad_command}", "op_ack_seconds_count",
        "op_ack_seconds_bucket{le=+Inf}", "ws_connections", "rooms", "resume_total{kind=first}",
        "resume_total{kind=tail}", "origin_rejected_total{at=socket}",
        "join_failures_total{why=wrong_code}", "ws_close_total{code=1000}", "bus_up",
        "checker_selfcheck_ok", "room_open_seconds_count", "client_outbox_age_seconds",
    )}  # fmt: skip
    assert was == dict(zip(was, (1, 1, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0), strict=True))
    assert counted["opgavebord_commit_batch_size_sum"] == 3
    assert counted["opgavebord_commit_seconds_count"] == counted["opgavebord_appends_total"]
    assert 0 < counted["opgavebord_disk_free_ratio"] < 1
    assert counted["opgavebord_sqlite_wal_bytes"] > 0
    assert counted["opgavebord_event_loop_lag_seconds_count"] >= 0
    assert left["opgavebord_ws_connections"] == 0
    assert left["opgavebord_client_outbox_age_seconds"] > 0  # it left with two that were not sent


async def test_no_label_is_what_a_visitor_says(house: House) -> None:
    """A client that closes with numbers of its own makes no numbers of its own."""
    async with aclosing(await house.tablet()) as browser:
        for code in (3000, 4999, 4123):
            socket = await house.socket(browser)
            await hello(socket)
            await socket.close(code)
        while house.board.watch.sockets:
            await asyncio.sleep(0.01)
        text = (await browser.get("/metrics")).text
    assert re.search(r'ws_close_total\{code="other"\} 3', text)
    assert not re.search('"(4999|4123|3000)"', text)
    assert house.sprint not in text


def test_the_numbers_have_an_address_of_their_own(tmp_path: Path) -> None:
    port = free_port()
    server = Server(tmp_path / "hall", OPGAVEBORD_METRICS=f"127.0.0.1:{port}").start()
    try:
        answer = httpx2.get(f"http://127.0.0.1:{port}/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=")
        assert samples(answer.text)["opgavebord_bus_up"] == 1
        assert samples(answer.text)["process_resident_memory_bytes"] > 0
        assert httpx2.get(f"http://127.0.0.1:{port}/healthz").status_code == 404
        assert httpx2.post(f"http://127.0.0.1:{port}/metrics").status_code == 404
        assert httpx2.get(f"{server.url}/metrics").status_code == 404
        second = Server(tmp_path / "other", OPGAVEBORD_METRICS=f"127.0.0.1:{port}")
        with pytest.raises(RuntimeError, match=f"Port {port} .*OPGAVEBORD_METRICS"):
            second.start()
        assert server.stop() == 0
    finally:
        server.kill()


def test_a_start_does_not_load_what_shows_the_numbers() -> None:
    asked = "import sys, opgavebord.serving; print('prometheus_client' in sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT / "backend", capture_output=True, text=True
    )
    assert ended.stdout == "False\n", ended.stderr

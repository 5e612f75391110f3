"""Backups by themselves: when something changed, when an evening was closed, and never in its way."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from opgavebord.backups import automatic, shelf
from opgavebord.backups.automatic import AGAIN, EVERY, Backups
from opgavebord.sprint.change import Patch
from opgavebord.storage import backup
from opgavebord.storage.backup import UNFINISHED, verify
from tests.backups.test_making import NOVEMBER, Evening

DAY = shelf.DAY


class Clocked:
    """An evening, and its backups on a clock of ours."""

    def __init__(self, evening: Evening, folder: Path) -> None:
        self.evening, self.folder = evening, folder
        self.now, self.failures = NOVEMBER, 0
        self.backups = self.of_a_process()

    def of_a_process(self) -> Backups:
        return Backups(
            self.evening.database,
            self.evening.log,
            product="0",
            data_dir=self.evening.database.folder,
            key=self.folder / "no-key",
            folder=self.folder,
            keep_days=30,
            failed=self.count,
            clock=lambda: self.now,
            look=0.01,
        )

    def count(self) -> None:
        self.failures += 1

    async def after(self, seconds: float) -> bool:
        """Whether a backup was made when so much time has gone by."""
        self.now += seconds
        return await self.backups.see_to_it(self.folder) is not None


@pytest.fixture
async def clocked(tmp_path: Path) -> AsyncIterator[Clocked]:
    evening = await Evening(tmp_path / "data").open()
    yield Clocked(evening, tmp_path / "usb")
    await evening.database.close()


async def test_within_five_minutes_of_a_change_and_not_without_one(clocked: Clocked) -> None:
    clocked.folder.mkdir()
    assert await clocked.after(0), "the first"
    assert not await clocked.after(EVERY * 3)
    assert clocked.backups.age() == 0, "nothing changed, so it is as good as new"
    await clocked.evening.write("nn50")
    assert await clocked.after(1)
    await clocked.evening.write("nn51")
    assert not await clocked.after(EVERY - 2)
    assert clocked.backups.age() == EVERY - 2
    assert await clocked.after(2)
    newest = shelf.backups(clocked.folder)[-1][1]
    assert verify(newest).sprints["avond"].head == clocked.evening.writer.sprint.head


async def test_at_once_when_an_evening_is_closed(clocked: Clocked) -> None:
    clocked.folder.mkdir()
    assert await clocked.after(0)
    await clocked.evening.write("nn50")
    assert not await clocked.after(15)
    writer = clocked.evening.writer
    closing = writer.entry(Patch("sprint", "avond", {"phase": "closed"}))
    assert await clocked.evening.log.append("avond", writer.append(closing))
    assert await clocked.after(15)


async def test_one_that_fails_is_counted_and_tried_again_and_harms_nobody(
    clocked: Clocked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Tiny:
        free = 1024

    with monkeypatch.context() as patched:
        patched.setattr(automatic.shutil, "disk_usage", lambda _: Tiny)
        clocked.backups.start()
        for _ in range(500):
            await asyncio.sleep(0.01)
            if clocked.failures:
                break
        await clocked.evening.write("nn50")
        assert "a backup was not made" in caplog.text
        assert os.strerror(errno.ENOSPC) in caplog.text
        assert shelf.backups(clocked.folder) == []
    await clocked.backups.close()
    assert await clocked.after(AGAIN + 1)


async def test_of_two_processes_one_makes_them(clocked: Clocked) -> None:
    other = clocked.of_a_process()
    assert clocked.backups._hold(clocked.folder)
    assert not other._hold(clocked.folder)
    await clocked.backups.close()
    assert other._hold(clocked.folder), "and the other takes over"
    await other.close()


def at(*ages: float) -> list[tuple[float, Path]]:
    return [(NOVEMBER - age, Path(str(age))) for age in ages]


def left(there: list[tuple[float, Path]], keep_days: int = 30) -> list[float]:
    gone = set(shelf.may_go(there, NOVEMBER, keep_days))
    return [NOVEMBER - when for when, folder in there if folder not in gone]


def test_a_sensible_number_is_kept() -> None:
    every_five_minutes = at(*(300.0 * n for n in range(60 * 12 * 24)))  # of two months
    kept = left(every_five_minutes)
    assert kept[: shelf.LAST] == [300.0 * n for n in range(shelf.LAST)]
    assert len(kept) <= shelf.LAST + shelf.HOURS + shelf.DAYS + 2
    assert max(kept) <= 30 * DAY
    assert sum(age > 2 * DAY for age in kept) in range(27, 30)
    assert max(left(every_five_minutes, keep_days=7)) <= 7 * DAY, "the retention decides"


def test_even_the_last_one_goes_when_the_retention_says_so() -> None:
    assert left(at(31 * DAY)) == []


def test_what_was_never_finished_goes_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    for name in (f"{UNFINISHED}old", f"{UNFINISHED}young", "photos", "2020-01-01T00-00-00Z"):
        (tmp_path / name).mkdir()
    os.utime(tmp_path / f"{UNFINISHED}old", (NOVEMBER - 7_200, NOVEMBER - 7_200))
    os.utime(tmp_path / f"{UNFINISHED}young", (NOVEMBER, NOVEMBER))
    assert shelf.tidy(tmp_path, NOVEMBER, 30) == []
    assert {one.name for one in tmp_path.iterdir()} == {
        f"{UNFINISHED}young",
        "photos",
        "2020-01-01T00-00-00Z",  # a folder without a manifest is nobody's backup
    }


async def test_the_manifest_says_what_the_pages_say(clocked: Clocked) -> None:
    clocked.folder.mkdir()
    await clocked.after(0)
    folder = shelf.backups(clocked.folder)[0][1]
    manifest: dict[str, Any] = msgspec.json.decode((folder / backup.MANIFEST).read_bytes())
    assert manifest["made"] == folder.name
    assert manifest["sprints"].keys() == {"avond"}
    assert shelf.moment(folder) == NOVEMBER

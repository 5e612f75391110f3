"""From a hall to a town and back: a backup of either database goes into the other, byte for byte."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from opgavebord.backups.making import make
from opgavebord.backups.restoring import CanNotRestore, into_database, into_folder
from opgavebord.cli.speaking import REFUSED
from opgavebord.founding import found_demo
from opgavebord.storage import backup
from opgavebord.storage.backup import verify
from opgavebord.storage.check import check
from opgavebord.storage.database import Database
from opgavebord.storage.log import Log
from tests.backups.test_making import as_it_is
from tests.faults.test_command_line import typed
from tests.server import Server
from tests.storage.databases import Home, a_home, everything


def nobody(_: float) -> None:
    pass


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home("sqlite", tmp_path / "hall", str) as home:
        yield home


@pytest.fixture
async def town(tmp_path: Path, postgres: str) -> AsyncIterator[Home]:
    async with a_home("postgres", tmp_path / "town", lambda: postgres) as home:
        yield home


async def back_up(home: tuple[Database, Log], to: Path) -> Path:
    database, log = home
    return (await make(database, log, to, product="0", at=0.0, tell=nobody)).folder


async def all_of(database: Database) -> list[str]:
    return sorted((await everything(database)).splitlines())


async def test_there_and_back_again(hall: Home, town: Home, tmp_path: Path) -> None:
    async with hall.open() as here:
        await found_demo(here[1], 40)
        await found_demo(here[1], 3)
        first = await back_up(here, tmp_path / "first")
        was = await all_of(here[0])
    async with town.open() as there:
        key = tmp_path / "town.key"
        how: dict[str, Any] = {"scratch_in": tmp_path, "key": key, "tell": nobody, "mend": as_it_is}
        poured = await into_database(first, there[0], **how)
        assert poured.key == "none"
        assert await all_of(there[0]) == was
        second = await back_up(there, tmp_path / "second")
        with pytest.raises(CanNotRestore, match="not empty"):
            await into_database(first, there[0], **how)
    one, other = verify(first), verify(second)
    assert (one.source, other.source) == ("sqlite", "postgresql")
    assert one.sprints == other.sprints, "every log has the same hash"
    home = tmp_path / "home"
    await into_folder(
        second, home, replace=False, key=home / backup.KEY, tell=nobody, mend=as_it_is
    )
    assert check(home).wrong == ()
    async with Home("sqlite", home).open() as again:
        assert await all_of(again[0]) == was


async def test_a_backup_of_a_town_is_one_moment(town: Home, tmp_path: Path) -> None:
    """Somebody founds a sprint while the copy is under way: it is not in it, or all of it."""
    async with town.open() as (database, log):
        await found_demo(log, 3)
        before = await log.heads(await log.sprints())
        async with town.open() as (_, other):
            loop, wrote = asyncio.get_running_loop(), False

            def half_way(done: float) -> None:
                nonlocal wrote
                if not wrote and done > 0.05:
                    wrote = True
                    asyncio.run_coroutine_threadsafe(found_demo(other, 3), loop).result(20)

            made = await make(database, log, tmp_path, product="0", at=0.0, tell=half_way)
        assert wrote
        assert len(await log.sprints()) == 2
    manifest = verify(made.folder)
    assert {id: mark.head for id, mark in manifest.sprints.items()} == before


@pytest.mark.faults
async def test_typed_for_a_town(town: Home, postgres: str, tmp_path: Path) -> None:
    async with town.open() as (_, log):
        sprint = await found_demo(log, 3)
    from_here = Server(tmp_path / "a", OPGAVEBORD_DATABASE=town.address)
    done = await asyncio.to_thread(typed, from_here, "backup", "--json")
    assert done.returncode == 0, done.stderr
    folder = json.loads(done.stdout)["folder"]
    drilled = await asyncio.to_thread(typed, from_here, "drill")
    assert drilled.returncode == 0, drilled.stderr
    async with a_home("postgres", tmp_path, lambda: postgres) as other:
        there = Server(tmp_path / "b", OPGAVEBORD_DATABASE=other.address)
        done = await asyncio.to_thread(typed, there, "restore", folder)
        assert done.returncode == 0, done.stderr
        async with other.open() as (_, log):
            assert await log.sprints() == [sprint]
        again = await asyncio.to_thread(typed, there, "restore", folder)
        assert again.returncode == REFUSED
        assert "not empty" in again.stderr

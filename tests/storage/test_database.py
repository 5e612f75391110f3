"""The contract of a database: the same tests for each."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from opgavebord.storage.database import Connection, Database
from opgavebord.storage.turns import take_turn
from tests.storage.databases import SORTS, Home, a_home


@pytest.fixture(params=SORTS)
async def home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as home:
        yield home


@pytest.fixture
async def database(home: Home) -> AsyncIterator[Database]:
    async with home.open() as (database, _):
        yield database


def add(connection: Connection, name: str, made: int = 1) -> None:
    connection.exec_driver_sql(
        "INSERT INTO opgave (id, version, at, title, question, source, level, fixed, free, words,"
        f" kernen, stemmen, domeinen) VALUES ('{name}', {made}, 1, '', '', '', '', '', '', '', '', '', '')"
    )


def version(connection: Connection, name: str) -> int | None:
    found: int | None = connection.exec_driver_sql(
        f"SELECT version FROM opgave WHERE id = '{name}'"
    ).scalar()
    return found


async def test_what_was_done_is_there_for_the_next_who_opens(home: Home) -> None:
    async with home.open() as (database, _):
        await database.run(lambda c: add(c, "een"))
    async with home.open() as (database, _):
        assert await database.run(lambda c: version(c, "een")) == 1


async def test_work_that_raises_writes_nothing(database: Database) -> None:
    def half(connection: Connection) -> None:
        add(connection, "half")
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await database.run(half)
    assert await database.run(lambda c: version(c, "half")) is None


async def test_a_row_that_points_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        await database.run(
            lambda c: c.exec_driver_sql("INSERT INTO invitation VALUES ('x', 'wand', 1, 'h')")
        )
    with pytest.raises(IntegrityError):  # also where it is looked at when the transaction ends
        await database.run(
            lambda c: c.exec_driver_sql("INSERT INTO cluster VALUES ('x', 'g', 'z', 1, '', false)")
        )


async def test_who_stops_waiting_leaves_no_half_work_and_holds_up_nobody(
    database: Database,
) -> None:
    def two(connection: Connection) -> None:
        add(connection, "een")
        add(connection, "twee")

    asked = asyncio.create_task(database.run(two))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    async with asyncio.timeout(5):
        await database.run(lambda c: add(c, "drie"))
    there = await database.run(lambda c: {name: version(c, name) for name in ("een", "twee")})
    assert there in ({"een": 1, "twee": 1}, {"een": None, "twee": None})


async def test_who_takes_turns_counts_right(database: Database) -> None:
    await database.run(lambda c: add(c, "teller", 0))

    def count(connection: Connection) -> None:
        take_turn(connection, "teller")
        now = version(connection, "teller")
        assert now is not None
        connection.exec_driver_sql(f"UPDATE opgave SET version = {now + 1} WHERE id = 'teller'")

    await asyncio.gather(*(database.run(count) for _ in range(30)))
    assert await database.run(lambda c: version(c, "teller")) == 30


async def test_what_only_one_does_is_done_by_one_at_a_time(home: Home, database: Database) -> None:
    inside, most = 0, 0

    async def alone(database: Database) -> None:
        nonlocal inside, most
        async with database.alone("dit"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    if home.sort == "sqlite":
        await asyncio.gather(alone(database), alone(database))
    else:
        async with home.open() as (other, _):
            await asyncio.gather(alone(database), alone(other), alone(other))
    assert most == 1
    async with database.alone("dit"), database.alone("dat"):
        pass

"""The check finds an evening sound, and finds every sort of tampering."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from opgavebord.storage.check import Found, check
from opgavebord.storage.sqlite import FILE
from tests.storage.databases import SORTS, Home, a_home, tell
from tests.storage.evening import FOUNDING, Writer, an_evening


@pytest.fixture(params=SORTS)
async def home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    async with a_home(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as home:
        async with home.open() as (_, log):
            await log.create("avond")
            for append in an_evening(Writer()):
                await log.append("avond", append)
            await log.create("leeg")
        yield home


def look(home: Home) -> Found:
    return check(home.folder, home.address)


async def test_an_honest_evening_is_sound(home: Home) -> None:
    found = look(home)
    assert found.wrong == ()
    assert (found.sprints, found.entries, found.rows) == (2, 6, len(FOUNDING) + 3)


async def test_it_looks_while_a_server_writes(home: Home) -> None:
    async with home.open():
        assert look(home).wrong == ()


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        ("UPDATE note SET text = 'iets anders' WHERE id = 'nn01'", "otherwise about text"),
        ("UPDATE note SET hidden = true WHERE id = 'nn02'", "otherwise about hidden"),
        ("UPDATE note SET id = 'nn99' WHERE id = 'nn02'", "the log has not"),
        ("DELETE FROM note WHERE id = 'nn01'", "the table has not"),
        ("UPDATE sprint SET doors_open = false", "otherwise about doors_open"),
        ("UPDATE sprint SET evening = NULL WHERE id = 'avond'", "log has sprint avond"),
        ("UPDATE step SET may = 'schrijven' WHERE id = 'stap1'", "otherwise about may"),
        ("UPDATE sprint SET fixed = '[\"Alles mag.\"]'", "otherwise about fixed"),
        ("UPDATE ballot SET dots = '{\"groep1\":9}'", "otherwise about dots"),
        ("UPDATE wall SET items = '[{'", "table wall, wand: can not be read"),
        ("UPDATE harvest_group SET title = 'Anders'", "otherwise about title"),
        ("UPDATE hall_table SET number = 2", "otherwise about number"),
        ("DELETE FROM event WHERE seq = 6", "the log ends at 5"),
        ("DELETE FROM event WHERE seq = 2", "entry 3 stands at place 2"),
        ("UPDATE event SET change = '[]' WHERE seq = 2", "does not fit"),
        ("UPDATE event SET change = '[{]' WHERE seq = 2", "entry 2 can not be read"),
        ("UPDATE event SET shape = 9 WHERE seq = 6", "entry 6 can not be read (written in shape 9"),
        ("UPDATE sprint SET head = 9 WHERE id = 'avond'", "the row of the sprint says 9"),
        ("UPDATE alembic_version SET version_num = '9999'", "version 9999"),
    ],
)
async def test_tampering_is_seen(home: Home, tampering: str, says: str) -> None:
    if home.sort == "sqlite":
        connection = sqlite3.connect(home.folder / FILE)
        with connection:
            connection.execute(tampering)
        connection.close()
    else:
        await tell(home.address, tampering)
    assert any(says in wrong for wrong in look(home).wrong), look(home).wrong


def test_no_database_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check(tmp_path)

"""Ten thousand codes are tried at fifty open doors in an hour, and none of them opens (T1).

Time is told to the doors, so an hour of guessing takes seconds here.
"""

import random
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Update

from opgavebord.people.doors import Doors
from opgavebord.people.seats import Holding, Taken
from opgavebord.sprint import limits
from opgavebord.sprint.evening import CODE_CHARACTERS, JOIN_ALPHABET
from opgavebord.storage.opening import storage
from opgavebord.storage.tables import SprintRow, table

GUESSES = 10_000
HOUR_MS = 3_600_000
DOORS = 50
NOBODY = Holding()


def a_code(dice: random.Random) -> str:
    return "".join(dice.choice(JOIN_ALPHABET) for _ in range(CODE_CHARACTERS))


async def doors(folder: Path) -> Doors:
    """Fifty sprints with open doors."""
    database, log = storage(folder)
    await database.open()
    dice = random.Random(1)
    for number in range(DOORS):
        await log.create(f"sprint{number}")
    rows = table(SprintRow)
    for number in range(DOORS):
        news = rows.update().where(rows.c.id == f"sprint{number}")
        open_now = {"evening": "e", "code": a_code(dice), "doors_open": True, "token": f"t{number}"}
        await database.run(partial(_execute, news.values(**open_now)))
    return Doors(database)


def _execute(statement: Update, connection: Connection) -> None:
    connection.execute(statement)


async def guess(there: Doors, address: str, now: int, dice: random.Random) -> str:
    verdict = await there.by_code(a_code(dice), address, NOBODY, now)
    return "in" if isinstance(verdict, Taken) else verdict.why


async def test_from_one_address_no_more_than_six_in_a_minute_are_even_looked_at(
    tmp_path: Path,
) -> None:
    there, dice = await doors(tmp_path), random.Random(2)
    heard = [await guess(there, "10.0.0.1", n * HOUR_MS // GUESSES, dice) for n in range(GUESSES)]
    assert "in" not in heard
    an_hour = limits.FAILED_JOINS_PER_ADDRESS * 3_600 // limits.FAILED_JOINS_PER_ADDRESS_SECONDS
    assert heard.count("wrong_code") <= an_hour
    assert heard.count("too_many_tries") >= GUESSES - an_hour


async def test_from_everywhere_at_once_no_more_than_the_whole_brake_lets_by(tmp_path: Path) -> None:
    """And what they may try in an hour is one in fifty thousand of what there is to try."""
    there, dice = await doors(tmp_path), random.Random(3)
    two_minutes = HOUR_MS // 30
    heard = [
        await guess(there, f"10.{n % 200}.{n // 200}.1", n * two_minutes // 1_200, dice)
        for n in range(1_200)
    ]
    looked_at = heard.count("wrong_code")
    assert "in" not in heard
    assert looked_at <= limits.FAILED_JOINS_PER_MINUTE * 3
    in_an_hour = limits.FAILED_JOINS_PER_MINUTE * 60
    assert DOORS * in_an_hour / len(JOIN_ALPHABET) ** CODE_CHARACTERS < 1 / 900


async def test_a_code_that_never_was_and_one_that_is_no_code_are_answered_alike(
    tmp_path: Path,
) -> None:
    there = await doors(tmp_path)
    assert await there.by_code("ZZZZZZ", "10.0.0.1", NOBODY, 0) == await there.by_code(
        "nonsense!", "10.0.0.2", NOBODY, 0
    )

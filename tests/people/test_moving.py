"""A seat moves to another device with four digits that can be read aloud, and not be guessed."""

import asyncio
import itertools

import pytest

from opgavebord.people.brake import at_the_doors
from opgavebord.people.doors import Doors
from opgavebord.people.moving import Given, Moving, Stayed, Stoelcodes
from opgavebord.people.seats import Holding, Seats, Taken
from opgavebord.sprint import limits
from opgavebord.sprint.sprint import Seat
from opgavebord.storage.database import Database
from opgavebord.storage.log import Log
from tests.storage.databases import Home, everything

ANNA, BERT = Seat("anna", "deelnemer"), Seat("bert", "deelnemer")
TOKEN = "0123456789abcdef0123456789abcdef"
HALL = "192.168.1.1"


def codes(*drawn: int) -> Stoelcodes:
    """Codes in this order, and then 7000, 7001, …"""
    chance = itertools.chain(drawn, itertools.count(7000))
    return Stoelcodes(lambda below: next(chance) % below, b"k" * 32)


class Out:
    """The codes that are out there. Time in seconds."""

    def __init__(self, database: Database, *drawn: int) -> None:
        self._database = database
        self._codes = codes(*drawn)

    async def give(self, sprint: str, seat: Seat, now: float) -> Given:
        at = int(now * 1_000)
        return await self._database.run(lambda c: self._codes.give(c, sprint, seat, at))

    async def take(self, sprint: str, typed: str, now: float) -> Seat | None:
        at = int(now * 1_000)
        return await self._database.run(lambda c: self._codes.take(c, sprint, typed, at))


@pytest.fixture
async def two(database: Database, log: Log) -> Database:
    """With another sprint, `elders`, besides `avond`."""
    await log.create("elders")
    return database


async def test_a_code_has_four_digits_and_works_once(database: Database) -> None:
    out = Out(database, 42)
    given = await out.give("avond", ANNA, 0.0)
    assert given.code == "0042"
    assert len(given.code) == limits.STOELCODE_DIGITS
    assert await out.take("avond", "00 42", 1.0) == ANNA
    assert await out.take("avond", "0042", 2.0) is None


@pytest.mark.parametrize("more", [-1, 0, 1])
async def test_a_code_lives_for_ten_minutes(database: Database, more: int) -> None:
    out = Out(database)
    given = await out.give("avond", ANNA, 0.0)
    assert given.seconds == limits.STOELCODE_SECONDS
    found = await out.take("avond", given.code, float(limits.STOELCODE_SECONDS + more))
    assert found == (ANNA if more < 0 else None)


async def test_a_new_code_of_the_same_seat_ends_the_old_one(database: Database) -> None:
    out = Out(database)
    old, other, new = [await out.give("avond", seat, 0.0) for seat in (ANNA, BERT, ANNA)]
    assert await out.take("avond", old.code, 1.0) is None
    assert await out.take("avond", new.code, 1.0) == ANNA
    assert await out.take("avond", other.code, 1.0) == BERT


async def test_two_seats_never_have_the_same_code_and_two_sprints_may(two: Database) -> None:
    out = Out(two, 5, 5, 5, 6)
    assert (await out.give("avond", ANNA, 0.0)).code == "0005"
    assert (await out.give("elders", BERT, 0.0)).code == "0005"
    assert (await out.give("avond", BERT, 0.0)).code == "0006"
    assert await out.take("elders", "0005", 1.0) == BERT
    assert await out.take("avond", "0005", 1.0) == ANNA


@pytest.mark.parametrize("wrong", [-1, 0, 1])
async def test_five_wrong_tries_end_every_code_that_was_out(two: Database, wrong: int) -> None:
    out = Out(two)
    given = await out.give("avond", ANNA, 0.0)
    for _ in range(limits.STOELCODE_TRIES + wrong):
        assert await out.take("avond", "1234", 1.0) is None
    later = await out.give("avond", BERT, 2.0)
    elsewhere = await out.give("elders", BERT, 2.0)
    assert await out.take("avond", given.code, 3.0) == (ANNA if wrong < 0 else None)
    assert await out.take("avond", later.code, 3.0) == BERT  # made after those tries
    assert await out.take("elders", elsewhere.code, 3.0) == BERT


async def test_many_who_guess_at_once_have_five_tries_together(database: Database) -> None:
    out = Out(database, 9_999)
    given = await out.give("avond", ANNA, 0.0)
    wrong = [f"{n:04}" for n in range(3 * limits.STOELCODE_TRIES)]
    await asyncio.gather(*(out.take("avond", typed, 1.0) for typed in wrong))
    assert await out.take("avond", given.code, 1.0) is None


async def test_of_many_who_type_the_right_code_at_once_one_has_it(database: Database) -> None:
    out = Out(database)
    given = await out.give("avond", ANNA, 0.0)
    found = await asyncio.gather(*(out.take("avond", given.code, 1.0) for _ in range(4)))
    assert [seat for seat in found if seat is not None] == [ANNA]


async def test_a_code_that_one_process_gave_works_at_another(
    home: Home, database: Database
) -> None:
    if home.sort == "sqlite":
        pytest.skip("one process has the file")
    given = await Out(database).give("avond", ANNA, 0.0)
    async with home.open() as (other, _):
        assert await Out(other).take("avond", given.code, 1.0) == ANNA
    assert await Out(database).take("avond", given.code, 1.0) is None


async def test_of_a_code_only_a_hash_is_kept(database: Database) -> None:
    await Out(database, 4711).give("avond", ANNA, 0.0)
    kept = await everything(database)
    assert "stoelcode " in kept
    assert "4711" not in kept.partition("stoelcode ")[2].partition("\n")[0]


@pytest.mark.parametrize("typed", ["", "7" * 100_000, "é000", "٧٠٠٠", "-", "\0", "\ud800"])
async def test_what_is_no_code_is_a_wrong_one(database: Database, typed: str) -> None:
    assert await Out(database).take("avond", typed, 0.0) is None


# --- the whole move ------------------------------------------------------------------------


async def somebody(database: Database) -> Taken:
    taken = await Doors(database).by_token(TOKEN, Holding(), 1)
    assert isinstance(taken, Taken)
    return taken


async def move(moving: Moving, stoelcode: str, knock: str = "abc-def") -> object:
    by_code = knock != TOKEN
    return await moving.move(knock, by_code=by_code, stoelcode=stoelcode, address=HALL, now=1_000)


@pytest.mark.parametrize("knock", ["ABC DEF", TOKEN])
async def test_the_seat_goes_and_the_old_device_has_nothing_left(
    database: Database, knock: str
) -> None:
    moving, seats = Moving(database, codes(), at_the_doors()), Seats(database)
    before = await somebody(database)
    given = await moving.give("avond", before.seat, 0)
    after = await move(moving, given.code, knock)
    assert isinstance(after, Taken)
    assert after.seat == before.seat
    assert await seats.of("avond", "deelnemer", after.token) == before.seat
    assert await seats.of("avond", "deelnemer", before.token) is None


async def test_wrong_codes_of_both_sorts_count_for_the_brake_of_the_door(
    database: Database,
) -> None:
    brake = at_the_doors()
    moving = Moving(database, codes(), brake)
    before = await somebody(database)
    for n in range(limits.FAILED_JOINS_PER_ADDRESS):
        knock = "zzz-zzz" if n % 2 else "abc-def"
        why = "wrong_code" if n % 2 else "wrong_stoelcode"
        assert await move(moving, "1234", knock) == Stayed(why)  # type: ignore[arg-type]
    given = await moving.give("avond", before.seat, 1_000)
    stopped = await move(moving, given.code)
    assert isinstance(stopped, Stayed)
    assert stopped.why == "too_many_tries"
    assert 0 < stopped.wait <= limits.FAILED_JOINS_PER_ADDRESS_SECONDS


async def test_a_seat_whose_link_was_made_anew_does_not_move(database: Database) -> None:
    moving = Moving(database, codes(), at_the_doors())
    before = await somebody(database)
    given = await moving.give("avond", before.seat, 0)
    await database.run(lambda c: c.exec_driver_sql("DELETE FROM seat").rowcount)
    assert await move(moving, given.code) == Stayed("wrong_stoelcode")

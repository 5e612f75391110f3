"""A seat moves to another device with four digits that can be read aloud, and not be guessed."""

import itertools

import pytest

from opgavebord.people.brake import Brake
from opgavebord.people.doors import Doors
from opgavebord.people.moving import Moving, Stayed, Stoelcodes
from opgavebord.people.seats import Holding, Seats, Taken
from opgavebord.sprint import limits
from opgavebord.sprint.sprint import Seat
from opgavebord.storage.sqlite import SqliteDatabase

ANNA, BERT = Seat("anna", "deelnemer"), Seat("bert", "deelnemer")
TOKEN = "0123456789abcdef0123456789abcdef"
HALL = "192.168.1.1"


def codes(*drawn: int) -> Stoelcodes:
    """Codes in this order, and then 7000, 7001, …"""
    chance = itertools.chain(drawn, itertools.count(7000))
    return Stoelcodes(lambda below: next(chance) % below)


def test_a_code_has_four_digits_and_works_once() -> None:
    out = codes(42)
    given = out.give("avond", ANNA, 0.0)
    assert given.code == "0042"
    assert len(given.code) == limits.STOELCODE_DIGITS
    assert out.take("avond", "00 42", 1.0) == ANNA
    assert out.take("avond", "0042", 2.0) is None


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_code_lives_for_ten_minutes(more: int) -> None:
    out = codes()
    given = out.give("avond", ANNA, 0.0)
    assert given.seconds == limits.STOELCODE_SECONDS
    found = out.take("avond", given.code, float(limits.STOELCODE_SECONDS + more))
    assert found == (ANNA if more < 0 else None)


def test_a_new_code_of_the_same_seat_ends_the_old_one() -> None:
    out = codes()
    old, other, new = (out.give("avond", seat, 0.0) for seat in (ANNA, BERT, ANNA))
    assert out.take("avond", old.code, 1.0) is None
    assert out.take("avond", new.code, 1.0) == ANNA
    assert out.take("avond", other.code, 1.0) == BERT


def test_two_seats_never_have_the_same_code_and_two_sprints_may() -> None:
    out = codes(5, 5, 5, 6)
    assert out.give("avond", ANNA, 0.0).code == "0005"
    assert out.give("elders", BERT, 0.0).code == "0005"
    assert out.give("avond", BERT, 0.0).code == "0006"
    assert out.take("elders", "0005", 1.0) == BERT
    assert out.take("avond", "0005", 1.0) == ANNA


@pytest.mark.parametrize("wrong", [-1, 0, 1])
def test_five_wrong_tries_end_every_code_that_was_out(wrong: int) -> None:
    out = codes()
    given = out.give("avond", ANNA, 0.0)
    for _ in range(limits.STOELCODE_TRIES + wrong):
        assert out.take("avond", "1234", 1.0) is None
    later = out.give("avond", BERT, 2.0)
    elsewhere = out.give("elders", BERT, 2.0)
    assert out.take("avond", given.code, 3.0) == (ANNA if wrong < 0 else None)
    assert out.take("avond", later.code, 3.0) == BERT  # made after those tries
    assert out.take("elders", elsewhere.code, 3.0) == BERT


@pytest.mark.parametrize("typed", ["", "7" * 100_000, "é000", "٧٠٠٠", "-", "\0"])
def test_what_is_no_code_is_a_wrong_one(typed: str) -> None:
    assert codes().take("avond", typed, 0.0) is None


# --- the whole move ------------------------------------------------------------------------


async def somebody(database: SqliteDatabase) -> Taken:
    taken = await Doors(database).by_token(TOKEN, Holding(), 1)
    assert isinstance(taken, Taken)
    return taken


async def move(moving: Moving, stoelcode: str, knock: str = "abc-def", **how: object) -> object:
    by_code = knock != TOKEN
    return await moving.move(
        knock, by_code=by_code, stoelcode=stoelcode, address=HALL, now=float(how.get("now", 1.0))
    )


@pytest.mark.parametrize("knock", ["ABC DEF", TOKEN])
async def test_the_seat_goes_and_the_old_device_has_nothing_left(
    database: SqliteDatabase, knock: str
) -> None:
    moving, seats = Moving(database, codes(), Brake()), Seats(database)
    before = await somebody(database)
    given = moving.give("avond", before.seat, 0.0)
    after = await move(moving, given.code, knock)
    assert isinstance(after, Taken)
    assert after.seat == before.seat
    assert await seats.of("avond", "deelnemer", after.token) == before.seat
    assert await seats.of("avond", "deelnemer", before.token) is None


async def test_wrong_codes_of_both_sorts_count_for_the_brake_of_the_door(
    database: SqliteDatabase,
) -> None:
    brake = Brake()
    moving = Moving(database, codes(), brake)
    before = await somebody(database)
    for n in range(limits.FAILED_JOINS_PER_ADDRESS):
        knock = "zzz-zzz" if n % 2 else "abc-def"
        why = "wrong_code" if n % 2 else "wrong_stoelcode"
        assert await move(moving, "1234", knock) == Stayed(why)  # type: ignore[arg-type]
    given = moving.give("avond", before.seat, 1.0)
    stopped = await move(moving, given.code)
    assert isinstance(stopped, Stayed)
    assert stopped.why == "too_many_tries"
    assert 0 < stopped.wait <= limits.FAILED_JOINS_PER_ADDRESS_SECONDS


async def test_a_seat_whose_link_was_made_anew_does_not_move(database: SqliteDatabase) -> None:
    moving = Moving(database, codes(), Brake())
    before = await somebody(database)
    given = moving.give("avond", before.seat, 0.0)
    await database.run(lambda c: c.exec_driver_sql("DELETE FROM seat").rowcount)
    assert await move(moving, given.code) == Stayed("wrong_stoelcode")

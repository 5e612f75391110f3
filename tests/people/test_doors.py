"""Coming in: what counts as the code, who is let in, who is slowed down, and what a stranger hears."""

import pytest

from opgavebord.people.brake import Brake
from opgavebord.people.doors import Doors, NotIn, normal, shown
from opgavebord.people.seats import Holding, Taken
from opgavebord.sprint import limits
from opgavebord.sprint.change import Put
from opgavebord.storage.sqlite import SqliteDatabase

NOBODY = Holding()
TOKEN = "0123456789abcdef0123456789abcdef"
HALL = "192.168.1.1"


@pytest.mark.parametrize(
    "typed",
    [
        "ABCDEF",
        "abcdef",
        "ABC-DEF",
        " abc def ",
        "abc–def",
        "a b c d e f",
        "ABC\u00a0DEF",
        "abc_def.",
    ],
)
def test_how_a_code_may_be_typed(typed: str) -> None:
    assert normal(typed) == "ABCDEF"


@pytest.mark.parametrize(
    "typed",
    ["", "ABCDE", "ABCDEFG", "ABCDE0", "ABCDEI", "ÀBCDEF", "АBCDEF", "ABC\0DEF", "A" * 100_000],
)
def test_what_is_no_code(typed: str) -> None:
    assert normal(typed) is None


def test_how_a_code_is_shown() -> None:
    assert shown("ABCDEF") == "ABC-DEF"
    assert normal(shown("ABCDEF")) == "ABCDEF"


async def come(
    doors: Doors,
    typed: str = "abc-def",
    address: str = HALL,
    now: float = 0.0,
    holding: Holding = NOBODY,
) -> Taken | NotIn:
    return await doors.by_code(typed, address, holding, now, 1)


async def set_doors(database: SqliteDatabase, open: bool) -> None:
    await database.run(lambda c: c.exec_driver_sql(f"UPDATE sprint SET doors_open={int(open)}"))


async def test_the_right_code_gives_a_seat(database: SqliteDatabase) -> None:
    taken = await come(Doors(database))
    assert isinstance(taken, Taken)
    assert taken.sprint == "avond"
    assert taken.seat.role == "deelnemer"


async def test_two_browsers_get_two_seats_and_one_browser_keeps_its_own(
    database: SqliteDatabase,
) -> None:
    doors = Doors(database)
    first, second = await come(doors), await come(doors)
    assert isinstance(first, Taken)
    assert isinstance(second, Taken)
    assert first.seat != second.seat
    again = await come(doors, holding=Holding({("avond", "deelnemer"): first.token}))
    assert again == first


async def test_a_token_that_the_server_did_not_make_is_never_adopted(
    database: SqliteDatabase,
) -> None:
    made_up = "x" * 43
    taken = await come(Doors(database), holding=Holding({("avond", "deelnemer"): made_up}))
    assert isinstance(taken, Taken)
    assert taken.token != made_up


async def test_only_the_hash_of_a_token_is_kept(database: SqliteDatabase) -> None:
    taken = await come(Doors(database))
    assert isinstance(taken, Taken)
    kept = await database.run(lambda c: c.exec_driver_sql("SELECT * FROM seat").all())
    assert taken.token not in str(kept)


async def test_the_qr_gives_a_seat(database: SqliteDatabase) -> None:
    doors = Doors(database)
    assert isinstance(await doors.by_token(TOKEN, NOBODY, 1), Taken)
    assert await doors.by_token("f" * 32, NOBODY, 1) == NotIn("wrong_code")
    assert await doors.by_token("", NOBODY, 1) == NotIn("wrong_code")


async def test_a_code_that_never_was_and_one_that_can_not_be_get_the_same_answer(
    database: SqliteDatabase,
) -> None:
    doors = Doors(database)
    assert await come(doors, "ZZZZZZ") == await come(doors, "hallo") == NotIn("wrong_code")


async def test_an_empty_token_opens_no_unfounded_sprint(database: SqliteDatabase) -> None:
    from opgavebord.storage.sqlite_log import SqliteLog

    await SqliteLog(database).create("leeg")
    assert await come(Doors(database), "") == NotIn("wrong_code")


async def test_a_closed_door_lets_in_who_has_a_seat(database: SqliteDatabase) -> None:
    doors = Doors(database)
    taken = await come(doors)
    assert isinstance(taken, Taken)
    await set_doors(database, False)
    assert await come(doors) == NotIn("doors_closed")
    assert await doors.by_token(TOKEN, NOBODY, 1) == NotIn("doors_closed")
    assert await come(doors, "ZZZZZZ") == NotIn("wrong_code")
    assert await come(doors, holding=Holding({("avond", "deelnemer"): taken.token})) == taken
    await set_doors(database, True)
    assert isinstance(await come(doors), Taken)


async def test_full_at_the_limit(database: SqliteDatabase) -> None:
    doors = Doors(database)
    first = await come(doors)
    assert isinstance(first, Taken)
    rows = ",".join(
        f"('avond','s{n}','deelnemer','h{n}',1)" for n in range(limits.SEATS_PER_SPRINT - 2)
    )
    await database.run(lambda c: c.exec_driver_sql(f"INSERT INTO seat VALUES {rows}"))
    assert isinstance(await come(doors), Taken)  # the last one
    assert await come(doors) == NotIn("full")
    assert await doors.by_token(TOKEN, NOBODY, 1) == NotIn("full")
    assert await come(doors, holding=Holding({("avond", "deelnemer"): first.token})) == first


async def test_two_hundred_honest_tablets_from_one_address_all_come_in(
    database: SqliteDatabase,
) -> None:
    doors = Doors(database)
    for n in range(200):
        assert isinstance(await come(doors, now=n * 0.3), Taken)


async def test_too_many_tries(database: SqliteDatabase) -> None:
    doors = Doors(database)
    for n in range(limits.FAILED_JOINS_PER_ADDRESS - 1):
        assert await come(doors, "ZZZZZZ", now=n / 10) == NotIn("wrong_code")
    assert isinstance(await come(doors, now=6), Taken)  # limit − 1: still free
    assert await come(doors, "ZZZZZZ", now=6) == NotIn("wrong_code")  # the limit
    stopped = await come(doors, "ZZZZZZ", now=6)  # one more
    assert isinstance(stopped, NotIn)
    assert stopped.why == "too_many_tries"
    assert 0 < stopped.wait <= limits.FAILED_JOINS_PER_ADDRESS_SECONDS
    right = await come(doors, now=6)  # or guessing would go on
    assert isinstance(right, NotIn)
    assert right.why == "too_many_tries"
    assert isinstance(await doors.by_token(TOKEN, NOBODY, 1), Taken)  # the QR still works
    assert isinstance(await come(doors, address="192.168.1.2", now=6), Taken)  # elsewhere too
    later = stopped.wait + 6.01
    assert isinstance(await come(doors, now=later), Taken)


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_how_long_an_address_is_held_back(more: int) -> None:
    brake = Brake()
    for _ in range(limits.FAILED_JOINS_PER_ADDRESS):
        brake.failed("10.0.0.1", 0.0)
    later = float(limits.FAILED_JOINS_PER_ADDRESS_SECONDS + more)
    assert brake.wait("10.0.0.1", later) == pytest.approx(max(0, -more))


def test_the_brake_on_all_addresses_together() -> None:
    brake = Brake()
    for n in range(limits.FAILED_JOINS_PER_MINUTE - 1):
        brake.failed(f"10.0.{n}.1", 0.0)
    assert brake.wait("elsewhere", 1.0) == 0
    brake.failed("10.9.9.9", 1.0)
    assert brake.wait("elsewhere", 1.0) == pytest.approx(59.0)
    assert brake.wait("elsewhere", 60.01) == 0


def test_the_brake_forgets_and_does_not_grow() -> None:
    brake = Brake()
    for n in range(20_000):
        brake.failed(f"10.{n}", float(n))
    assert len(brake._by_address) <= 10_000
    assert brake.wait("10.19999", 30_000.0) == 0


async def test_a_rehearsal_is_never_the_newest_sprint(database: SqliteDatabase) -> None:
    from opgavebord.sprint.sprint import Evening
    from opgavebord.storage import doorway
    from opgavebord.storage.sqlite_log import SqliteLog
    from tests.storage.evening import Writer

    log, writer = SqliteLog(database), Writer()
    await log.create("proef")
    evening = Evening(id="proef", title="t", question="q", rehearsal=True)
    await log.append("proef", writer.append(writer.entry(Put(evening))))
    assert await database.run(doorway.newest) == "avond"

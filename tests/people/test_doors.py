"""Coming in: what counts as the code, who is let in, who is slowed down, and what a stranger hears."""

import pytest

from opgavebord.people.brake import Brake, at_the_doors
from opgavebord.people.doors import Doors, NotIn, normal, shown
from opgavebord.people.seats import Holding, Taken
from opgavebord.sprint import limits
from opgavebord.sprint.change import Put
from opgavebord.storage.database import Database
from opgavebord.storage.log import Log
from tests.storage.databases import Home

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
    return await doors.by_code(typed, address, holding, int(now * 1_000))


async def set_doors(database: Database, open: bool) -> None:
    await database.run(lambda c: c.exec_driver_sql(f"UPDATE sprint SET doors_open={open}"))


async def test_the_right_code_gives_a_seat(database: Database) -> None:
    taken = await come(Doors(database))
    assert isinstance(taken, Taken)
    assert taken.sprint == "avond"
    assert taken.seat.role == "deelnemer"


async def test_two_browsers_get_two_seats_and_one_browser_keeps_its_own(
    database: Database,
) -> None:
    doors = Doors(database)
    first, second = await come(doors), await come(doors)
    assert isinstance(first, Taken)
    assert isinstance(second, Taken)
    assert first.seat != second.seat
    again = await come(doors, holding=Holding({("avond", "deelnemer"): first.token}))
    assert again == first


async def test_a_token_that_the_server_did_not_make_is_never_adopted(
    database: Database,
) -> None:
    made_up = "x" * 43
    taken = await come(Doors(database), holding=Holding({("avond", "deelnemer"): made_up}))
    assert isinstance(taken, Taken)
    assert taken.token != made_up


async def test_only_the_hash_of_a_token_is_kept(database: Database) -> None:
    taken = await come(Doors(database))
    assert isinstance(taken, Taken)
    kept = await database.run(lambda c: c.exec_driver_sql("SELECT * FROM seat").all())
    assert taken.token not in str(kept)


async def test_the_qr_gives_a_seat(database: Database) -> None:
    doors = Doors(database)
    assert isinstance(await doors.by_token(TOKEN, NOBODY, 1), Taken)
    assert await doors.by_token("f" * 32, NOBODY, 1) == NotIn("wrong_code")
    assert await doors.by_token("", NOBODY, 1) == NotIn("wrong_code")


async def test_a_code_that_never_was_and_one_that_can_not_be_get_the_same_answer(
    database: Database,
) -> None:
    doors = Doors(database)
    assert await come(doors, "ZZZZZZ") == await come(doors, "hallo") == NotIn("wrong_code")


async def test_an_empty_token_opens_no_unfounded_sprint(database: Database, log: Log) -> None:
    await log.create("leeg")
    assert await come(Doors(database), "") == NotIn("wrong_code")


async def test_a_closed_door_lets_in_who_has_a_seat(database: Database) -> None:
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


async def test_full_at_the_limit(database: Database) -> None:
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
    database: Database,
) -> None:
    doors = Doors(database)
    for n in range(200):
        assert isinstance(await come(doors, now=n * 0.3), Taken)


async def test_too_many_tries(database: Database) -> None:
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


async def failed(database: Database, brake: Brake, *who: str, now: int = 0) -> None:
    await database.run(lambda c: [brake.failed(c, one, now) for one in who])


async def wait(database: Database, brake: Brake, who: str, now: int) -> float:
    return await database.run(lambda c: brake.wait(c, who, now))


@pytest.mark.parametrize("more", [-1, 0, 1])
async def test_how_long_an_address_is_held_back(database: Database, more: int) -> None:
    brake = at_the_doors()
    await failed(database, brake, *["10.0.0.1"] * limits.FAILED_JOINS_PER_ADDRESS)
    later = (limits.FAILED_JOINS_PER_ADDRESS_SECONDS + more) * 1_000
    assert await wait(database, brake, "10.0.0.1", later) == pytest.approx(max(0, -more))


async def test_the_brake_on_all_addresses_together(database: Database) -> None:
    brake = at_the_doors()
    await failed(database, brake, *(f"10.0.{n}" for n in range(limits.FAILED_JOINS_PER_MINUTE - 1)))
    assert await wait(database, brake, "elsewhere", 1_000) == 0
    await failed(database, brake, "10.9.9.9", now=1_000)
    assert await wait(database, brake, "elsewhere", 1_000) == pytest.approx(59.0)
    assert await wait(database, brake, "elsewhere", 60_010) == 0


async def test_every_process_counts_all_failures(home: Home, database: Database) -> None:
    """What one process saw holds the guesser back at another."""
    if home.sort == "sqlite":
        pytest.skip("one process has the file")
    await failed(database, at_the_doors(), *["10.0.0.1"] * limits.FAILED_JOINS_PER_ADDRESS)
    async with home.open() as (other, _):
        stopped = await come(Doors(other), address="10.0.0.1", now=1)
        assert isinstance(stopped, NotIn)
        assert stopped.why == "too_many_tries"
        assert isinstance(await come(Doors(other), address="10.0.0.2", now=1), Taken)


async def test_who_is_held_back_costs_the_database_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = Doors(database)
    await failed(database, at_the_doors(), *[HALL] * limits.FAILED_JOINS_PER_ADDRESS)
    stopped = await come(doors, now=1)
    monkeypatch.setattr(database, "run", None)
    assert isinstance(stopped, NotIn)
    assert await come(doors, now=2) == NotIn("too_many_tries", stopped.wait - 1)


async def test_the_brake_forgets_and_keeps_no_address(database: Database) -> None:
    brake = at_the_doors()
    await failed(database, brake, *(f"10.0.{n}" for n in range(100)))
    await failed(database, brake, "10.1.1.1", now=limits.FAILED_JOINS_PER_ADDRESS_SECONDS * 1_000)
    kept = await database.run(lambda c: c.exec_driver_sql("SELECT * FROM failure").all())
    assert len(kept) == 1
    assert "10.1.1.1" not in str(kept)


async def test_failures_of_a_clock_that_was_wrong_hold_nobody_back(database: Database) -> None:
    brake, tomorrow = at_the_doors(), 24 * 60 * 60 * 1_000
    await failed(database, brake, *[HALL] * limits.FAILED_JOINS_PER_ADDRESS, now=tomorrow)
    assert await wait(database, brake, HALL, 0) == 0


async def test_a_rehearsal_is_never_the_newest_sprint(database: Database, log: Log) -> None:
    from opgavebord.sprint.sprint import Evening
    from opgavebord.storage import doorway
    from tests.storage.evening import Writer

    writer = Writer()
    await log.create("proef")
    evening = Evening(id="proef", title="t", question="q", rehearsal=True)
    await log.append("proef", writer.append(writer.entry(Put(evening))))
    assert await database.run(doorway.newest) == "avond"

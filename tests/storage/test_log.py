"""The contract of a log. Every implementation joins by one more line in `LOGS`."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from opgavebord.sprint.history import SHAPE
from opgavebord.sprint.sprint import Sprint
from opgavebord.storage.log import Log
from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from opgavebord.storage.trouble import StorageTrouble
from opgavebord.sync.effects import Append
from tests.storage.evening import FOUNDING, Writer, an_evening


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Log]:
    database = SqliteDatabase(folder)
    await database.open()
    try:
        yield SqliteLog(database)
    finally:
        await database.close()


Opening = Callable[[Path], AbstractAsyncContextManager[Log]]
LOGS: dict[str, Opening] = {"sqlite": sqlite}


@pytest.fixture(params=LOGS)
async def log(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Log]:
    async with LOGS[request.param](tmp_path) as log:
        yield log


async def test_a_new_sprint_has_an_empty_log(log: Log) -> None:
    assert await log.head("avond") is None
    await log.create("avond")
    assert await log.head("avond") == 0
    assert await log.since("avond", 0) == []


async def test_making_a_sprint_twice_keeps_what_it_has(log: Log) -> None:
    writer = Writer()
    await log.create("avond")
    await log.append("avond", writer.append(writer.founding()))
    await log.create("avond")
    assert await log.head("avond") == 1


async def test_sprints_are_told_in_the_order_in_which_they_were_made(log: Log) -> None:
    for name in ("zulu", "alfa", "mike"):
        await log.create(name)
    assert await log.sprints() == ["zulu", "alfa", "mike"]


async def test_a_sprint_that_is_forgotten_leaves_the_others_as_they_were(log: Log) -> None:
    kept, gone, after = Writer(), Writer(), Writer()
    for name, writer in (("blijft", kept), ("proef", gone)):
        await log.create(name)
        for append in an_evening(writer):
            assert await log.append(name, append)
    await log.forget("proef")
    assert await log.head("proef") is None
    assert await log.since("proef", 0) == []
    assert not await log.append("proef", gone.append(gone.create("nn09")))
    assert await log.since("blijft", 0) == kept.entries
    await log.create("later")
    assert await log.append("later", after.append(after.founding()))
    assert await log.sprints() == ["blijft", "later"]
    await log.forget("nergens")


async def test_of_a_sprint_that_is_forgotten_no_row_is_left(database: SqliteDatabase) -> None:
    from opgavebord.storage.tables import METADATA

    log, writer = SqliteLog(database), Writer()
    await log.create("proef")
    for append in an_evening(writer):
        await log.append("proef", append)

    def everything(connection):  # type: ignore[no-untyped-def]
        return {
            table.name: connection.execute(table.select()).all() for table in METADATA.sorted_tables
        }

    def let_in(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("INSERT INTO seat VALUES ('proef', 's', 'wand', 'h', 1)")
        connection.exec_driver_sql("INSERT INTO invitation VALUES ('proef', 'wand', 1, 'h')")

    await database.run(let_in)
    before = await database.run(everything)
    assert len([name for name, rows in before.items() if rows]) >= 24
    await log.forget("proef")
    assert not any((await database.run(everything)).values())


async def test_what_went_in_comes_out(log: Log) -> None:
    writer = Writer()
    await log.create("avond")
    for append in an_evening(writer):
        assert await log.append("avond", append)
    assert await log.since("avond", 0) == writer.entries
    assert await log.since("avond", 2) == writer.entries[2:]
    assert await log.since("avond", 6) == []


@pytest.mark.parametrize("expected", [0, 2, 99])
async def test_an_append_elsewhere_than_at_the_end_writes_nothing(log: Log, expected: int) -> None:
    writer = Writer()
    await log.create("avond")
    assert await log.append("avond", writer.append(writer.founding()))
    late = writer.append(writer.create("nn01"))
    assert not await log.append("avond", msgspec.structs.replace(late, expected=expected))
    assert await log.since("avond", 0) == writer.entries[:1]
    assert await log.append("avond", late)


async def test_an_append_to_no_sprint_is_no(log: Log) -> None:
    writer = Writer()
    assert not await log.append("nergens", writer.append(writer.founding()))


async def test_of_two_writers_one_wins(log: Log) -> None:
    first, second = Writer("een"), Writer("twee")
    await log.create("avond")
    verdicts = await asyncio.gather(
        log.append("avond", first.append(first.founding())),
        log.append("avond", second.append(second.founding())),
    )
    assert sorted(verdicts) == [False, True]
    winner = first if verdicts[0] else second
    assert await log.since("avond", 0) == winner.entries


async def test_a_name_is_used_once_and_the_rest_of_the_append_is_not_kept(log: Log) -> None:
    writer = Writer()
    await log.create("avond")
    await log.append("avond", writer.append(writer.founding()))
    fresh = writer.create("nn01")
    twice = msgspec.structs.replace(writer.create("nn02"), number=fresh.number)
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        await log.append("avond", writer.append(fresh, twice))
    assert await log.head("avond") == 1
    assert await log.since("avond", 0) == writer.entries[:1]


async def test_one_sprints_mistake_is_not_anothers(log: Log) -> None:
    """What waits is written together; the one that can not be written must not take others down."""
    good, bad = Writer(), Writer()
    await log.create("goed")
    await log.create("fout")
    founding = bad.append(bad.founding())
    broken = msgspec.structs.replace(founding, entries=founding.entries * 2)
    filler = Writer("druk")
    await log.create("druk")
    verdicts = await asyncio.gather(
        log.append("druk", filler.append(filler.founding())),  # so that the others wait
        log.append("fout", broken),
        log.append("goed", good.append(good.founding())),
        return_exceptions=True,
    )
    assert verdicts[0] is True
    assert isinstance(verdicts[1], Exception)
    assert verdicts[2] is True
    assert await log.head("fout") == 0
    assert await log.head("goed") == 1


async def test_a_caller_who_stops_waiting_stops_nothing(log: Log) -> None:
    writer = Writer()
    await log.create("avond")
    asking = asyncio.create_task(log.append("avond", writer.append(writer.founding())))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    second = writer.append(writer.create("nn01"))
    assert await log.append("avond", second)
    assert await log.since("avond", 0) == writer.entries


async def test_the_log_outlives_the_process(tmp_path: Path) -> None:
    for name, opening in LOGS.items():
        folder = tmp_path / name
        writer = Writer()
        async with opening(folder) as log:
            await log.create("avond")
            for append in an_evening(writer):
                await log.append("avond", append)
        async with opening(folder) as log:
            assert await log.since("avond", 0) == writer.entries


async def test_the_rows_are_the_records(database: SqliteDatabase) -> None:
    """Field by field, both ways, for each kind of record."""
    from sqlalchemy import select

    from opgavebord.sprint.sprint import KINDS
    from opgavebord.storage.tables import ROWS, names, record, table

    log = SqliteLog(database)
    writer = Writer()
    await log.create("avond")
    for append in an_evening(writer):
        await log.append("avond", append)

    def all_rows(connection):  # type: ignore[no-untyped-def]
        return [
            record(kind, row)
            for kind in KINDS
            for row in connection.execute(select(table(ROWS[kind])))
        ]

    assert await database.run(all_rows) == list(writer.sprint)
    assert len(list(writer.sprint)) == len(FOUNDING) + 3
    for kind in KINDS:
        columns = [column.name for column in table(ROWS[kind]).columns]
        rest = ["id", "made", "head"] if kind == "sprint" else ["sprint"]
        assert columns == [*rest, *names(kind)]


async def test_a_dropped_record_loses_its_row(database: SqliteDatabase) -> None:
    log = SqliteLog(database)
    writer = Writer()
    await log.create("avond")
    for append in an_evening(writer):
        await log.append("avond", append)
    refused = writer.entry(no="not_allowed")
    gone = Append(5 + 1, (refused,), (), (("note", "nn01"),))
    assert await log.append("avond", gone)
    left = await database.run(
        lambda connection: connection.exec_driver_sql("SELECT id FROM note").scalars().all()
    )
    assert left == ["nn02"]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("change = '[{]'", "JSON is malformed"),
        ("change = ''", "truncated"),
        ("change = X'00ff'", "JSON is malformed"),
        ("change = CAST(X'ff' AS TEXT)", "JSON is malformed"),
        ("change = 7", "Expected `array`"),
        ('change = \'[{"op":"fly"}]\'', "Invalid value 'fly'"),
        ("shape = 2", "written in shape 2"),
        ("shape = 'x'", "written in shape 0"),
        ("refusal = 'geen zin'", "geen zin"),
    ],
)
async def test_a_damaged_row_comes_out_set_apart_and_the_rest_as_it_was(
    database: SqliteDatabase, damage: str, says: str
) -> None:
    log = SqliteLog(database)
    writer = Writer()
    await log.create("avond")
    for append in an_evening(writer):
        await log.append("avond", append)
    await database.run(
        lambda c: c.exec_driver_sql(f"UPDATE event SET {damage} WHERE seq = 4").rowcount
    )
    found = await log.since("avond", 0)
    spoiled = found.pop(3)
    whole = writer.entries[:3] + writer.entries[4:]
    assert found == whole
    assert says in str(spoiled.damage)
    assert (spoiled.seq, spoiled.name, spoiled.change, spoiled.refusal) == (4, "tablet.4", (), None)


async def test_a_refusal_stays_one_when_the_rest_is_damaged(database: SqliteDatabase) -> None:
    log = SqliteLog(database)
    writer = Writer()
    await log.create("avond")
    for append in an_evening(writer):
        await log.append("avond", append)
    await database.run(
        lambda c: c.exec_driver_sql("UPDATE event SET change = '{' WHERE seq = 6").rowcount
    )
    found = (await log.since("avond", 5))[0]
    assert (found.refusal, found.damage is None) == ("not_allowed", False)


@pytest.mark.parametrize("damage", ["device", "seat", "role", "command"])
async def test_damage_beside_the_change_keeps_the_change(
    database: SqliteDatabase, damage: str
) -> None:
    log = SqliteLog(database)
    writer = Writer()
    await log.create("avond")
    for append in an_evening(writer):
        await log.append("avond", append)
    await database.run(
        lambda c: (
            c.exec_driver_sql(
                f"UPDATE event SET {damage} = CAST(X'ff41' AS TEXT) WHERE seq = 4"
            ).rowcount
        )
    )
    found = (await log.since("avond", 3))[0]
    assert found.change == writer.entries[3].change
    assert found.damage is None
    assert getattr(found, damage) == (None if damage == "command" else "\ufffdA")


async def test_a_row_says_in_which_shape_it_was_written(database: SqliteDatabase) -> None:
    log = SqliteLog(database)
    writer = Writer()
    await log.create("avond")
    await log.append("avond", writer.append(writer.founding()))
    shapes = await database.run(
        lambda c: c.exec_driver_sql("SELECT DISTINCT shape FROM event").scalars().all()
    )
    assert shapes == [SHAPE]


async def test_a_full_disk_keeps_nothing_and_says_so(database: SqliteDatabase) -> None:
    log = SqliteLog(database)
    writer = Writer()
    await log.create("avond")
    await log.append("avond", writer.append(writer.founding()))
    pages = await database.run(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
    await database.run(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages}").scalar_one())
    much = writer.append(*(writer.create(f"nn{n:03}", "x" * 2_000) for n in range(40)))
    with pytest.raises(StorageTrouble):
        await log.append("avond", much)
    assert await log.head("avond") == 1
    await database.run(lambda c: c.exec_driver_sql("PRAGMA max_page_count=1000000").scalar_one())
    assert await log.append("avond", much)
    assert Sprint() != writer.sprint


async def test_a_long_log_is_read_fast_enough(log: Log) -> None:
    """Goal: 15 µs for an entry. Bounded wide, for this machine may be busy."""
    writer = Writer()
    await log.create("avond")
    await log.append("avond", writer.append(writer.founding()))
    entries = [writer.create(f"n{n:05}") for n in range(3_000)]
    await log.append("avond", writer.append(*entries))
    times = []
    for _ in range(3):
        began = time.perf_counter()
        assert len(await log.since("avond", 1)) == 3_000
        times.append((time.perf_counter() - began) / 3_000 * 1e6)
    print(f"{min(times):.1f} µs an entry")
    assert min(times) < 75


async def test_it_is_fast_enough(log: Log) -> None:
    """Goal: 15,000 entries a second in batches of 64. Bounded wide, for this machine may be busy."""
    writer = Writer()
    await log.create("avond")
    await log.append("avond", writer.append(writer.founding()))
    appends = [
        writer.append(*(writer.create(f"n{batch:03}{n:03}") for n in range(64)))
        for batch in range(50)
    ]
    began = time.perf_counter()
    for append in appends:
        assert await log.append("avond", append)
    rate = 50 * 64 / (time.perf_counter() - began)
    print(f"{rate:,.0f} entries a second")
    assert rate > 1_500

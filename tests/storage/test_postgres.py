"""PostgreSQL: a server that is not trusted, connections that break, and steps under one lock."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from opgavebord.storage import migrations, postgres
from opgavebord.storage.database import Connection
from opgavebord.storage.postgres import PostgresDatabase, judge
from opgavebord.storage.postgres_log import PostgresLog
from opgavebord.storage.tables import METADATA
from opgavebord.storage.trouble import StorageLost, StorageTrouble
from tests.faults.postgres_line import PostgresLine
from tests.services import own_postgres
from tests.storage.databases import a_database, tell
from tests.storage.evening import Writer, an_evening


@pytest.fixture
async def address(postgres: str) -> AsyncIterator[str]:
    async with a_database(postgres, copy=True) as address:
        yield address


@pytest.fixture
async def database(address: str) -> AsyncIterator[PostgresDatabase]:
    database = PostgresDatabase(address)
    await database.open()
    yield database
    await database.close()


def one(connection: Connection) -> int:
    found: int = connection.exec_driver_sql("SELECT 1").scalar_one()
    return found


OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


# --- a server that promises nothing -----------------------------------------------------------


@pytest.mark.parametrize("promise", ["fsync", "full_page_writes"])
async def test_a_server_that_would_lose_a_commit_is_refused(promise: str) -> None:
    with (
        own_postgres(**{promise: "off"}) as server,
        pytest.raises(StorageLost, match=f"has {promise} off .* switch it on"),
    ):
        await PostgresDatabase(server.url).open()


async def test_so_is_a_database_that_does_not_wait_for_its_commits(postgres: str) -> None:
    async with a_database(postgres) as address:
        name = address.rpartition("/")[2]
        await tell(postgres, f"ALTER DATABASE {name} SET synchronous_commit = off")
        with pytest.raises(StorageLost, match="synchronous_commit off"):
            await PostgresDatabase(address).open()


async def test_so_is_one_that_can_not_write_every_letter(postgres: str) -> None:
    await tell(
        postgres,
        "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
    )
    with pytest.raises(StorageLost, match="in LATIN1; make one in UTF8"):
        await PostgresDatabase(postgres.rpartition("/")[0] + "/latin").open()


async def test_a_promise_that_is_withdrawn_while_we_run_ends_it(
    database: PostgresDatabase, address: str
) -> None:
    name = address.rpartition("/")[2]
    await database.run(one)
    await tell(address, f"ALTER DATABASE {name} SET synchronous_commit = off", OTHERS)
    with pytest.raises(StorageLost, match="synchronous_commit off"):
        await database.run(one)
    await tell(address, f"ALTER DATABASE {name} RESET synchronous_commit")
    with pytest.raises(StorageLost):  # nothing is promised any more
        await database.run(one)


async def test_a_copy_that_only_reads_is_not_used(postgres: str) -> None:
    async with a_database(postgres, copy=True) as address:
        name = address.rpartition("/")[2]
        database = PostgresDatabase(address)
        await database.open()
        await tell(address, f"ALTER DATABASE {name} SET default_transaction_read_only = on", OTHERS)
        with pytest.raises(StorageTrouble, match="25006"):
            await database.run(lambda c: c.exec_driver_sql("DELETE FROM note"))
        await database.close()


# --- connections ------------------------------------------------------------------------------


async def test_connections_that_closed_meanwhile_are_not_noticed(
    database: PostgresDatabase, address: str
) -> None:
    await asyncio.gather(*(database.run(one) for _ in range(6)))
    await tell(address, OTHERS)
    assert await asyncio.gather(*(database.run(one) for _ in range(6))) == [1] * 6


async def test_what_broke_before_its_commit_is_done_again(database: PostgresDatabase) -> None:
    tries = 0

    def breaks_once(connection: Connection) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return tries

    assert await database.run(breaks_once) == 2


async def test_an_answer_that_is_lost_is_trouble_and_the_next_try_finds_it(address: str) -> None:
    port = int(address.rpartition(":")[2].partition("/")[0])
    async with PostgresLine.before(port) as line:
        through = address.replace(f":{port}/", f":{line.port}/") + "?sslmode=disable"
        database = PostgresDatabase(through)
        await database.open()
        log, writer = PostgresLog(database), Writer()
        await log.create("avond")
        founding = writer.append(writer.founding())
        line.cuts = lambda commits: True
        with pytest.raises(StorageTrouble):
            await log.append("avond", founding)
        line.cuts = lambda commits: False
        assert not await log.append("avond", founding)
        assert await log.since("avond", 0) == writer.entries
        await database.close()


async def test_no_connection_free_is_trouble(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "WAIT_SECONDS", 0.1)
    database = PostgresDatabase(address, connections=1)
    await database.open()
    log = PostgresLog(database)
    await log.create("avond")
    async with held(address, "SELECT 1 FROM sprint FOR UPDATE"):
        slow = asyncio.create_task(log.append("avond", Writer().append(Writer().founding())))
        with pytest.raises(StorageTrouble):
            async with asyncio.timeout(5):
                while True:
                    await database.run(one)
        slow.cancel()
    await database.run(one)
    await database.close()


def held(address: str, statement: str) -> "Holding":
    return Holding(address, statement)


class Holding:
    """Somebody else is in the middle of a transaction."""

    def __init__(self, address: str, statement: str) -> None:
        self._address, self._statement = address, statement

    async def __aenter__(self) -> None:
        self._line = await asyncpg.connect(self._address)
        await self._line.execute(f"BEGIN; {self._statement}")

    async def __aexit__(self, *_: object) -> None:
        await self._line.close()


async def test_somebody_who_hangs_with_a_lock_costs_others_two_seconds(
    database: PostgresDatabase, address: str
) -> None:
    log, writer = PostgresLog(database), Writer()
    await log.create("avond")
    founding = writer.append(writer.founding())
    async with held(address, "SELECT 1 FROM sprint FOR UPDATE"):
        async with asyncio.timeout(4):
            with pytest.raises(StorageTrouble, match="55P03"):
                await log.append("avond", founding)
    assert await log.append("avond", founding)


async def test_a_server_that_hangs_is_given_up_and_found_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "WORK_SECONDS", 0.5)
    with own_postgres() as server:
        database = PostgresDatabase(server.url)
        await database.open()
        log, writer = PostgresLog(database), Writer()
        await log.create("avond")
        founding = writer.append(writer.founding())
        server.freeze()
        async with asyncio.timeout(5):
            with pytest.raises(StorageTrouble):
                await log.append("avond", founding)
            with pytest.raises(StorageTrouble):
                await database.run(one)
        server.thaw()
        async with asyncio.timeout(5):
            assert await log.append("avond", founding)
        assert await log.since("avond", 0) == writer.entries
        await database.close()


async def test_two_in_each_others_way_are_both_done(database: PostgresDatabase) -> None:
    log = PostgresLog(database)
    for name in ("een", "twee"):
        await log.create(name)

    def lock(connection: Connection, *names: str) -> int:
        for name in names:
            connection.exec_driver_sql(f"UPDATE sprint SET title = 'x' WHERE id = '{name}'")
            connection.exec_driver_sql("SELECT pg_sleep(0.1)")
        return 1

    assert await asyncio.gather(
        database.run(lambda c: lock(c, "een", "twee")),
        database.run(lambda c: lock(c, "twee", "een")),
    ) == [1, 1]


async def test_the_password_is_in_a_file_and_read_anew(tmp_path: Path) -> None:
    rules = tmp_path / "hba"
    rules.write_text("host all town 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n")
    for place in (rules, *rules.parents):
        place.chmod(place.stat().st_mode | 0o055)
    secret = tmp_path / "password"
    with own_postgres(hba_file=str(rules)) as server:
        await tell(server.url, "CREATE USER town PASSWORD 'een'", "CREATE DATABASE bord OWNER town")
        address = f"postgresql://town@127.0.0.1:{server.port}/bord"
        with pytest.raises(StorageTrouble, match="password"):
            await PostgresDatabase(address, secret).open()
        secret.write_text("een\n")
        database = PostgresDatabase(address, secret)
        await database.open()
        await tell(server.url, "ALTER USER town PASSWORD 'twee'")
        secret.write_text("twee\n")
        assert await database.run(one) == 1
        await database.close()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("08006", StorageTrouble),
        ("53100", StorageTrouble),
        ("53300", StorageTrouble),
        ("55P03", StorageTrouble),
        ("57P01", StorageTrouble),
        ("57014", StorageTrouble),
        ("40001", StorageTrouble),
        ("40P01", StorageTrouble),
        ("58030", StorageTrouble),
        ("XX001", StorageLost),
        ("XX002", StorageLost),
        ("23505", asyncpg.PostgresError),
        ("42601", asyncpg.PostgresError),
    ],
)
def test_what_kind_of_trouble_it_is(code: str, expected: type[Exception]) -> None:
    trouble = asyncpg.PostgresError.new({"C": code, "M": "x", "S": "ERROR"})
    judged = judge(trouble)
    assert isinstance(judged, expected)
    assert isinstance(judged, StorageTrouble | StorageLost) == (
        expected is not asyncpg.PostgresError
    )


# --- steps --------------------------------------------------------------------------------------


async def test_who_start_together_make_the_tables_once(postgres: str) -> None:
    async with a_database(postgres) as address:
        several = [PostgresDatabase(address) for _ in range(4)]
        await asyncio.gather(*(database.open() for database in several))

        def differences(connection: Connection) -> list[object]:
            return list(compare_metadata(MigrationContext.configure(connection), METADATA))

        for database in several:
            assert await database.run(differences) == []
            await database.close()


async def test_a_database_of_a_newer_opgavebord_is_left_alone(address: str) -> None:
    await tell(address, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageLost, match="newer"):
        await PostgresDatabase(address).open()


async def test_a_step_waits_briefly_for_a_table_in_use_and_changes_nothing(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def step(connection: Connection) -> None:
        connection.exec_driver_sql("DROP TABLE failure")
        connection.exec_driver_sql("ALTER TABLE note ADD COLUMN nieuw text")

    monkeypatch.setattr(migrations, "NEWEST", "9998")
    monkeypatch.setattr(migrations, "_run", step)
    monkeypatch.setattr(postgres, "DDL_WAIT", "200ms")
    async with held(address, "SELECT 1 FROM note"):
        with pytest.raises(StorageTrouble, match="55P03"):
            await PostgresDatabase(address).open()
    await tell(address, "SELECT 1 FROM failure")
    await PostgresDatabase(address).open()  # nobody is in the way any more


async def test_a_table_that_grows_under_a_process_does_not_stop_it(
    database: PostgresDatabase, address: str
) -> None:
    """As when the next version brings the tables up to date while this one still serves."""
    log, writer = PostgresLog(database), Writer()
    await log.create("avond")
    first, *others = an_evening(writer)
    await log.append("avond", first)
    asked = "SELECT * FROM note"
    await asyncio.gather(
        *(database.run(lambda c: c.exec_driver_sql(asked).all()) for _ in range(3))
    )
    await tell(address, "ALTER TABLE note ADD COLUMN nieuw text NOT NULL DEFAULT ''")
    for append in others:
        assert await log.append("avond", append)
    assert len(await database.run(lambda c: c.exec_driver_sql(asked).all())) == 2
    assert await log.since("avond", 0) == writer.entries

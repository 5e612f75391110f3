"""The steps lead to the tables that the code declares, and a copy is made before one of them runs."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from opgavebord.storage import migrations
from opgavebord.storage.engine import FILE, Database
from opgavebord.storage.log import SqliteLog
from opgavebord.storage.tables import METADATA
from opgavebord.storage.trouble import StorageLost
from tests.storage.evening import Writer, an_evening


async def test_the_steps_lead_to_the_tables(database: Database) -> None:
    def differences(connection):  # type: ignore[no-untyped-def]
        return compare_metadata(MigrationContext.configure(connection), METADATA)

    assert await database.run(differences) == []


def test_newest_is_the_last_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.NEWEST]


async def test_the_first_step_goes_back(database: Database) -> None:
    from alembic import command

    def down(connection):  # type: ignore[no-untyped-def]
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        return connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='table'").all()

    assert await database.run(down) == [("alembic_version",)]


async def test_a_database_of_a_newer_opgavebord_is_left_alone(tmp_path: Path) -> None:
    database = Database(tmp_path)
    await database.open()
    await database.close()
    driver = sqlite3.connect(tmp_path / FILE)
    with driver:
        driver.execute("UPDATE alembic_version SET version_num = '9999'")
    driver.close()
    with pytest.raises(StorageLost, match="newer"):
        await Database(tmp_path).open()


async def test_before_a_step_a_whole_copy_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer()
    database = Database(tmp_path)
    await database.open()
    log = SqliteLog(database)
    await log.create("avond")
    for append in an_evening(writer):
        await log.append("avond", append)
    await database.close()

    monkeypatch.setattr(migrations, "NEWEST", "0002")
    monkeypatch.setattr(migrations, "_run", lambda _: None)
    database = Database(tmp_path)
    await database.open()
    await database.close()
    copy = sqlite3.connect(tmp_path / "opgavebord.before-0002.sqlite3")
    assert copy.execute("SELECT count(*) FROM event").fetchone() == (len(writer.entries),)
    copy.close()


async def test_a_step_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(tmp_path)
    await database.open()
    await database.close()

    def half(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("DROP TABLE note")
        raise RuntimeError("half way")

    monkeypatch.setattr(migrations, "NEWEST", "0002")
    monkeypatch.setattr(migrations, "_run", half)
    with pytest.raises(RuntimeError, match="half way"):
        await Database(tmp_path).open()
    driver = sqlite3.connect(tmp_path / FILE)
    assert driver.execute("SELECT count(*) FROM note").fetchone() == (0,)
    driver.close()

"""The steps lead to the tables that the code declares, and a copy is made before one of them runs."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from opgavebord.sprint.change import apply
from opgavebord.sprint.history import read_change
from opgavebord.sprint.sprint import Note, Sprint
from opgavebord.storage import migrations
from opgavebord.storage.backup import verify
from opgavebord.storage.check import check
from opgavebord.storage.sqlite import FILE, SqliteDatabase, engine
from opgavebord.storage.sqlite_log import SqliteLog
from opgavebord.storage.tables import METADATA
from opgavebord.storage.trouble import StorageLost
from tests.storage.evening import Writer, an_evening


async def test_the_steps_lead_to_the_tables(database: SqliteDatabase) -> None:
    def differences(connection):  # type: ignore[no-untyped-def]
        return compare_metadata(MigrationContext.configure(connection), METADATA)

    assert await database.run(differences) == []


def test_newest_is_the_last_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.NEWEST]


async def test_the_first_step_goes_back(database: SqliteDatabase) -> None:
    from alembic import command

    def down(connection):  # type: ignore[no-untyped-def]
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        return connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='table'").all()

    assert await database.run(down) == [("alembic_version",)]


async def test_a_database_of_a_newer_opgavebord_is_left_alone(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path)
    await database.open()
    await database.close()
    driver = sqlite3.connect(tmp_path / FILE)
    with driver:
        driver.execute("UPDATE alembic_version SET version_num = '9999'")
    driver.close()
    with pytest.raises(StorageLost, match="newer"):
        await SqliteDatabase(tmp_path).open()


async def test_before_a_step_a_backup_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer()
    database = SqliteDatabase(tmp_path)
    await database.open()
    log = SqliteLog(database)
    await log.create("avond")
    for append in an_evening(writer):
        await log.append("avond", append)
    await database.close()

    monkeypatch.setattr(migrations, "NEWEST", "9998")
    monkeypatch.setattr(migrations, "_run", lambda _: None)
    database = SqliteDatabase(tmp_path)
    await database.open()
    await database.close()
    (made,) = (tmp_path / "backups").glob("*-before-9998")
    mark = verify(made).sprints["avond"]
    assert mark.head == len(writer.entries)


async def test_a_step_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = SqliteDatabase(tmp_path)
    await database.open()
    await database.close()

    def half(connection):  # type: ignore[no-untyped-def]
        connection.exec_driver_sql("DROP TABLE note")
        raise RuntimeError("half way")

    monkeypatch.setattr(migrations, "NEWEST", "9998")
    monkeypatch.setattr(migrations, "_run", half)
    with pytest.raises(RuntimeError, match="half way"):
        await SqliteDatabase(tmp_path).open()
    driver = sqlite3.connect(tmp_path / FILE)
    assert driver.execute("SELECT count(*) FROM note").fetchone() == (0,)
    driver.close()


FIRST = (  # a founding as it was stored before villages, tables and votes were there
    """[{"op":"put","record":{"kind":"sprint","id":"avond","title":"Vitale kernen",
    "question":"Hoe?","number":1,"place":"","date":"","notice":"","board":"bord","step":"stap1",
    "timer_started":null,"timer_ends":null,"doors_open":true,"code":"ABCDEF","token":"0123"}},
    {"op":"put","record":{"kind":"board","id":"bord","werkvorm":"T2","title":"Een dag",
    "purpose":"","rank":0}},
    {"op":"put","record":{"kind":"zone","id":"zone","board":"bord","title":"Ochtend",
    "question":"","colour":"wit","rank":0}},
    {"op":"put","record":{"kind":"step","id":"stap1","board":"bord","title":"Kijk",
    "instruction":"Kijk.","minutes":0,"visible":"zaal","may":["schrijven","wijzigen"],
    "scene":"bord","rank":0,"visited":true,"revealed":false}},
    {"op":"put","record":{"kind":"stem","id":"IO01","code":"IO","title":"inwoner","rank":0}}]""",
    """[{"op":"put","record":{"kind":"note","id":"nn01","zone":"zone","cluster":null,"rank":1,
    "text":"De bus","author":"stoel","stem":null,"step":"stap1","at":1,"hidden":false,
    "late":false,"gone":false,"literal":null}},
    {"op":"put","record":{"kind":"cluster","id":"groep","zone":"zone","rank":2,"title":"",
    "gone":false}}]""",
)
ROWS_THEN = (
    """INSERT INTO sprint VALUES ('avond', 1, 2, 'avond', 'Vitale kernen', 'Hoe?', 1, '', '', '',
    'bord', 'stap1', NULL, NULL, 1, 'ABCDEF', '0123')""",
    "INSERT INTO board VALUES ('avond', 'bord', 'T2', 'Een dag', '', 0)",
    "INSERT INTO zone VALUES ('avond', 'zone', 'bord', 'Ochtend', '', 'wit', 0)",
    """INSERT INTO step VALUES ('avond', 'stap1', 'bord', 'Kijk', 'Kijk.', 0, 'zaal',
    'schrijven,wijzigen', 'bord', 0, 1, 0)""",
    "INSERT INTO stem VALUES ('avond', 'IO01', 'IO', 'inwoner', 0)",
    """INSERT INTO note VALUES ('avond', 'nn01', 'zone', NULL, 1, 'De bus', 'stoel', NULL, 'stap1',
    1, 0, 0, 0, NULL)""",
    "INSERT INTO cluster VALUES ('avond', 'groep', 'zone', 2, '', 0)",
)


async def test_an_evening_of_the_first_tables_is_sound_after_the_steps(tmp_path: Path) -> None:
    """And goes on: what is written next stands beside what was there."""
    from alembic import command

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    old = engine(tmp_path / FILE)
    with old.connect() as connection:
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, "0001")
            for row in ROWS_THEN:
                connection.exec_driver_sql(row)
            for seq, change in enumerate(FIRST, start=1):
                connection.exec_driver_sql(
                    "INSERT INTO event VALUES ('avond', ?, 'tablet', ?, 'stoel', 'deelnemer', 1,"
                    " 1, NULL, ?, NULL)",
                    (seq, seq, change),
                )
    old.dispose()

    database = SqliteDatabase(tmp_path)
    await database.open()
    log = SqliteLog(database)
    writer = Writer()
    for entry in await log.since("avond", 0):
        apply(writer.sprint, entry.change)
        writer.sprint.head = writer.number = entry.seq
    assert writer.sprint == _replayed(FIRST)
    assert await log.append("avond", writer.append(writer.create("nn02")))
    await database.close()
    assert check(tmp_path).wrong == ()
    (made,) = (tmp_path / "backups").glob(f"*-before-{migrations.NEWEST}")
    assert verify(made).schema == "0001"


def _replayed(changes: tuple[str, ...]) -> Sprint:
    sprint = Sprint()
    for change in changes:
        apply(sprint, read_change(change, 1))
        sprint.head += 1
    note = sprint.note("nn01")
    assert isinstance(note, Note)
    assert (note.fields, note.domains, note.table) == ({}, (), None)
    return sprint

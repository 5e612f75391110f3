"""The page about running is true: its settings, commands, tables, files, addresses and figures."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import typer
from sqlmodel import SQLModel

from opgavebord import founding
from opgavebord.cli import app
from opgavebord.cli.speaking import REFUSED, WRONG
from opgavebord.people.key import KEY_FILE
from opgavebord.serving import LOST
from opgavebord.settings import MEANING, PREFIX, Settings
from opgavebord.sprint import limits
from opgavebord.storage import tables
from opgavebord.storage.sqlite import FILE, LOCK, SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "running.md").read_text()


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert found is not None, title
    return found[1]


def test_every_setting_is_on_the_page_and_no_other() -> None:
    shown = set(re.findall(rf"^\| `({PREFIX}\w+)`", PAGE, re.M))
    assert shown == {PREFIX + name.upper() for name in Settings.__struct_fields__}
    assert set(MEANING) == set(Settings.__struct_fields__)


def test_every_setting_has_the_default_that_the_page_says() -> None:
    shown = dict(re.findall(rf"^\| `{PREFIX}(\w+)` \| (?:`(.*?)`)? ?\|", PAGE, re.M))
    defaults = Settings()
    for name, value in shown.items():
        said = getattr(defaults, name.lower())
        assert value == (str(said) if said else ""), name


def test_every_command_and_option_is_on_the_page_and_no_other() -> None:
    shown = {
        name: set(re.findall(r"--[a-z-]+", rest))
        for name, rest in re.findall(
            r"^\| `python -m opgavebord (koffer \w+|\w+)(.*?)` \|", PAGE, re.M
        )
    }
    group = cast("Any", typer.main.get_command(app))
    there = {
        name: {o for one in command.params if not one.hidden for o in one.opts if o[:2] == "--"}
        - {"--help"}
        for name, command in _commands(group)
    }
    assert shown == there


def _commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def test_the_exit_codes() -> None:
    assert f"0 when they are the same, {WRONG} when not" in PAGE
    assert f"exit code {REFUSED}." in PAGE
    assert f"exit code {LOST} " in PAGE


def test_the_aliases_of_make() -> None:
    shown = set(re.findall(r"`make (\w+)`", PAGE))
    assert shown == set(re.findall(r"^(\w+):$", (ROOT / "Makefile").read_text(), re.M))


def test_every_table_is_named_and_no_other() -> None:
    named = re.search(r"[Tt]he tables say what they\s+are: (.*?)\. ", PAGE, re.S)
    assert named is not None
    there = {table(row).name for row in SQLModel.__subclasses__() if "table" in row.model_config}
    assert set(re.findall(r"`(\w+)`", named[1])) == there


def table(row: type[SQLModel]) -> Any:
    return tables.table(row)


def test_the_files_of_the_data_folder_are_named() -> None:
    folder = section("What is in the data folder")
    for name in (FILE, KEY_FILE, LOCK, "backups"):
        assert f"`{name}`" in folder or f" {name} " in folder, name


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    database = SqliteDatabase(tmp_path)
    await database.open()
    await founding.found_demo(SqliteLog(database))
    await database.close()
    return tmp_path


async def test_the_query_on_the_page_gives_the_notes(folder: Path) -> None:
    queries = re.findall(r"```sql\n(.*?)```", PAGE, re.S)
    assert queries
    driver = sqlite3.connect(folder / FILE)
    for query in queries:
        assert len(driver.execute(query).fetchall()) > 20
    driver.close()


async def test_a_copy_made_while_it_runs_is_whole(folder: Path) -> None:
    """`sqlite3 -readonly … ".backup …"`, as the page says, beside an open database."""
    database = SqliteDatabase(folder)
    await database.open()
    await founding.found_demo(SqliteLog(database), 3)
    reading = sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True)
    copy = sqlite3.connect(folder / "copy.sqlite3")
    reading.backup(copy)
    reading.close()
    assert copy.execute("SELECT count(*) FROM sprint").fetchone() == (2,)
    copy.close()
    await database.close()


@pytest.mark.parametrize(
    "figure",
    [
        f"{limits.NOTES_PER_SPRINT:,} notes",
        f"{limits.CLUSTERS_PER_SPRINT} groups",
        f"{limits.EVENTS_PER_SPRINT:,} events",
        f"{limits.SEATS_PER_SPRINT} seats",
        f"{limits.COMMANDS_PER_SECOND} commands a second",
        f"burst of {limits.COMMANDS_BURST},",
        f"{limits.COMMANDS_PER_HOUR:,} an hour",
        f"{limits.NOTE_CODE_POINTS:,} characters a note",
        f"{limits.MESSAGE_BYTES // 1024} KiB a message",
        f"{limits.SOCKETS_PER_SEAT} sockets a seat",
        f"{limits.SOCKETS_PER_ADDRESS} an address",
        f"{limits.SOCKETS_PER_SERVER:,} a server",
        f"{limits.FAILED_JOINS_PER_ADDRESS} in {limits.FAILED_JOINS_PER_ADDRESS_SECONDS // 60} min",
        f"{limits.FAILED_JOINS_PER_MINUTE} a minute",
        f"{limits.FAILED_SIGN_INS} of one name in {limits.FAILED_SIGN_INS_SECONDS // 60} minutes",
        f"{limits.FAILED_SIGN_INS_PER_MINUTE} a minute over all names",
    ],
)
def test_the_figures_are_those_of_the_table(figure: str) -> None:
    assert figure in " ".join(section("Limits").split())

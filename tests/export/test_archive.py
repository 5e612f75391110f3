"""The complete JSON, and the sprint that comes of it."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from opgavebord import archiving
from opgavebord.export import archive
from opgavebord.export.formats import take
from opgavebord.sprint.change import apply
from opgavebord.sprint.commands import FoundSprint
from opgavebord.sprint.sprint import Note, Sprint
from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from tests.export.evening import SECRET_NAME, SECRET_TEXT, VOLGCODE, evening, full_house
from tests.sprint.drawing import villages
from tests.sprint.village import DESK, Village


def again(sprint: Sprint) -> Sprint:
    """The sprint that is founded with an archive of this one."""
    village = Village(founded=False)
    verdict = village.ask(FoundSprint(archive.read(archive.write(sprint))), DESK)
    assert isinstance(verdict, tuple), verdict
    return village.sprint


@given(villages())
@settings(max_examples=150)
def test_what_is_read_from_an_archive_has_that_archive(drawn: tuple[Village, object]) -> None:
    sprint = drawn[0].sprint
    assert archive.write(again(sprint)) == archive.write(sprint)


def test_a_whole_evening_comes_back_equal() -> None:
    for sprint in (evening(), full_house()):
        assert archive.write(again(sprint)) == archive.write(sprint)


def test_it_holds_all_that_the_desk_may_see_and_nothing_of_seats() -> None:
    told = json.loads(archive.write(evening()))
    text = archive.write(evening()).decode()
    assert SECRET_NAME in text, "literal words stay beside their redaction"
    assert VOLGCODE in text
    assert SECRET_TEXT not in text
    assert "seat-" not in text
    kinds = {record["kind"] for record in told["records"]}
    assert {"place", "arrival"} & kinds == set()
    assert [r["id"] for r in told["records"] if r["kind"] == "ballot"] == ["ballot-2"]
    hidden = next(r for r in told["records"] if r["id"] == "note-90")
    assert set(hidden) == {"kind", "id", "zone", "rank", "text", "hidden", "table"} | {
        "at", "cluster", "author", "stem", "step", "late", "gone", "literal", "at_table", "turn",
        "scribed", "type", "fields", "about", "of", "origin", "card", "kern", "domains", "group",
    }  # fmt: skip
    assert (hidden["text"], hidden["author"], hidden["stem"]) == ("", None, None)


def test_hidden_words_authors_and_dots_make_no_difference() -> None:
    one, other = evening(), evening()
    for note in list(other.notes.values()):
        other.put(msgspec.structs.replace(note, author="seat-somebody", turn=3))
    secret = other.notes["note-90"]
    other.put(msgspec.structs.replace(secret, text="anders", type="bezwaar", fields={"a": "b"}))
    ballot = other.records["ballot"]["ballot-1"]
    other.put(msgspec.structs.replace(ballot, dots={"group-3": 3}, seat="seat-somebody"))
    assert archive.write(one) == archive.write(other)
    assert take(one, "csv").data == take(other, "csv").data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[1, 2]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": "opgavebord sprint", "shape": 1, "records": []}',
        b'{"format": "something else", "shape": 1, "records": []}',
        b'{"format": "opgavebord sprint", "shape": 99, "records": []}',
        b'{"format": "opgavebord sprint", "shape": 1, "records": [{"kind": "monster"}]}',
    ],
)
def test_what_is_no_archive_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(archive.NotAnArchive, match="export"):
        archive.read(data)


async def into(folder: Path, data: bytes, *, copy: bool = False) -> archiving.Arrived:
    database = SqliteDatabase(folder)
    await database.open()
    try:
        return await archiving.found_again(SqliteLog(database), data, copy=copy)
    finally:
        await database.close()


async def kept_in(folder: Path, id: str) -> Sprint:
    database = SqliteDatabase(folder)
    await database.open()
    try:
        sprint = Sprint()
        for entry in await SqliteLog(database).since(id, 0):
            apply(sprint, entry.change)
        return sprint
    finally:
        await database.close()


async def test_an_import_is_a_sprint_that_is_kept_with_a_door_of_its_own(tmp_path: Path) -> None:
    data = archive.write(evening())
    arrived = await into(tmp_path, data)
    assert arrived == archiving.Arrived("sprint-1", "Vitale kernen", there=False)
    kept = await kept_in(tmp_path, "sprint-1")
    assert archive.write(kept) == data
    assert kept.evening is not None
    assert len(kept.evening.code) == 6
    assert kept.evening.token


async def test_importing_twice_finds_it_there_and_a_copy_is_equal(tmp_path: Path) -> None:
    data = archive.write(evening())
    await into(tmp_path, data)
    assert (await into(tmp_path, data)).there
    copied = await into(tmp_path, data, copy=True)
    assert not copied.there
    copy = json.loads(archive.write(await kept_in(tmp_path, copied.sprint)))
    first = json.loads(data)
    for told in (copy, first):
        next(record for record in told["records"] if record["kind"] == "sprint").pop("id")
    assert copy == first


async def test_an_archive_that_does_not_hang_together_leaves_nothing(tmp_path: Path) -> None:
    sprint = evening()
    sprint.put(Note(id="lost", zone="zone-77", rank=1, text="Waar hoor ik?"))
    with pytest.raises(archiving.CanNot, match="hang together"):
        await into(tmp_path, archive.write(sprint))
    assert (await kept_in(tmp_path, "sprint-1")).evening is None

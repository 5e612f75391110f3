"""Whatever text is accepted comes out as it went in: from the socket through the disk into the files (T16, T17).

What would be changed on the way is refused at the door instead: halves of pairs, NUL and other controls.
"""

import asyncio
import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from opgavebord.export import archive
from opgavebord.export.cells import safe
from opgavebord.export.formats import take
from opgavebord.protocol import Frame
from opgavebord.sprint.change import apply
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.refusals import Refused
from opgavebord.sprint.sprint import Note, Sprint
from opgavebord.sprint.writing import check_note, is_empty
from opgavebord.storage.opening import storage
from opgavebord.sync.effects import Append
from tests.export.reading import csv_rows, xlsx_cells
from tests.sync.hall import Hall

ANY = st.text(st.characters(codec=None), min_size=1, max_size=60)
EMOJI = "👩🏽‍🌾 🏳️‍🌈 e\u0301 שלום \u202eturned\u202c \u200f \t\n end"


def _sent(text: str) -> bytes:
    """As a browser would send it; half a pair too, which JSON can write down."""
    command = {"do": "note.create", "note": "note1", "zone": "zone1", "text": text}
    message = {"t": "do", "id": "device-anna.1", "c": command}
    return json.dumps(message).encode()


def _accepted(text: str) -> bool:
    try:
        check_note(text)
    except Refused:
        return False
    return not is_empty(text)


async def _on_disk(folder: Path, entries: list[Entry]) -> Sprint:
    """Written by one process, read by the next."""
    database, log = storage(folder)
    await database.open()
    await log.create("avond")
    assert await log.append("avond", Append(0, tuple(entries), ()))
    await database.close()
    database, log = storage(folder)
    await database.open()
    read = await log.since("avond", 0)
    await database.close()
    assert read == entries
    sprint = Sprint()
    for entry in read:
        apply(sprint, entry.change)
    return sprint


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ANY)
@example("NUL \0 in the middle")
@example("half a pair \ud83d")
@example("not a character \ufffe")
@example("bell \a and escape \x1b[31m")
@example(EMOJI)
@example("=1+1")
@example("'quoted'")
@example("_x0041_")
@example(" spaces around ")
def test_it_is_refused_or_it_survives(text: str) -> None:
    hall = Hall()
    anna, bert = hall.screen("anna"), hall.screen("bert")
    anna.say(_sent(text).decode())
    hall.keep()
    [ack] = anna.acks or [None]
    notes = [one for one in hall.room.sprint.notes.values() if one.id == "note1"]
    if not _accepted(text):
        assert notes == []
        assert bert.events == []
        assert ack is None or ack.refusal is not None
        return
    assert ack is not None
    assert ack.refusal is None
    [told] = bert.of(Frame)[-1].events
    assert [put.record.text for put in told.change] == [text]  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory() as folder:
        sprint = asyncio.run(_on_disk(Path(folder), hall.log))
    assert sprint.notes["note1"].text == text
    home = {one.id: one for one in archive.read(archive.write(sprint)) if isinstance(one, Note)}
    assert home["note1"].text == text
    assert safe(text) in {
        cell for row in csv_rows(take(sprint, "csv").data) for cell in row.values()
    }
    cells = {
        cell for rows in xlsx_cells(take(sprint, "xlsx").data).values() for r in rows for cell in r
    }
    assert text in cells  # a cell of text never computes, so nothing is put before it

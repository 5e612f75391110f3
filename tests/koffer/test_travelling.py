"""A board travels between machines with different databases, and comes home to the same words."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec import structs

from opgavebord.export import archive
from opgavebord.koffer import case
from opgavebord.koffer.travelling import CanNotTravel, Koffer
from opgavebord.relay.local import LocalRelay
from opgavebord.sprint.commands import EditNote, FoundSprint, SetPhase, TakeAway, TellEvening
from opgavebord.sprint.sprint import Evening, Seat
from opgavebord.storage import check, desk, doorway, journey
from opgavebord.storage.database import Database
from opgavebord.storage.desk import Clock
from opgavebord.storage.log import Log
from opgavebord.sync.rooms import Rooms
from tests.storage.databases import Sort, a_home
from tests.sync.hall import founding, note

BUREAU, FIEN = Seat("account-1", "bureau"), Seat("fien", "begeleider")
ANNA, BRAM = Seat("anna", "deelnemer"), Seat("bram", "deelnemer")
WAYS: tuple[tuple[Sort, Sort], ...] = (
    ("sqlite", "sqlite"),
    ("postgres", "sqlite"),
    ("sqlite", "postgres"),
)


@dataclass
class Machine:
    database: Database
    log: Log
    rooms: Rooms
    koffer: Koffer

    async def ask(self, seat: Seat, command: object) -> str | None:
        return (await self.rooms.submit("evening", seat, command)).refusal  # type: ignore[arg-type]

    async def lines(self) -> list[journey.Line]:
        return await self.database.run(lambda c: journey.lines(c, "evening"))

    async def said(self) -> bytes:
        return archive.write(await self.rooms.look("evening"))

    async def sound(self) -> None:
        """The log and the tables agree."""
        found = await self.database.run(check.look)
        assert found.wrong == ()


@asynccontextmanager
async def a_machine(sort: Sort, folder: Path, server: Callable[[], str]) -> AsyncIterator[Machine]:
    tick = itertools.count(1_700_000_000_000)
    async with a_home(sort, folder, server) as home, home.open() as (database, log):
        rooms = Rooms(
            log,
            LocalRelay(),
            clock=asyncio.get_running_loop().time,
            wall=lambda: next(tick),
            entropy=lambda: secrets.token_bytes(32),
            build="",
            fatal=lambda lost: None,
        )
        koffer = Koffer(
            database,
            log,
            rooms,
            wall=lambda: next(tick),
            entropy=lambda: secrets.token_bytes(32),
            forms=lambda: {"T2": "id: T2\n", "E9": "id: E9\n"},
        )
        yield Machine(database, log, rooms, koffer)
        await rooms.drain()


@pytest.fixture(params=WAYS, ids="→".join)
async def machines(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Machine, Machine]]:
    """The central installation with a prepared evening, and an empty laptop."""
    there, here = request.param

    def server() -> str:
        address: str = request.getfixturevalue("postgres")
        return address

    async with AsyncExitStack() as stack:
        central = await stack.enter_async_context(a_machine(there, tmp_path / "central", server))
        laptop = await stack.enter_async_context(a_machine(here, tmp_path / "laptop", server))
        assert await central.ask(BUREAU, founding()) is None
        assert await central.ask(ANNA, note("note1", "De bus")) is None
        await central.database.run(lambda c: doorway.add_seat(c, "evening", ANNA, "a" * 64, 1))
        await central.database.run(lambda c: desk.keep_clock(c, "evening", None, Clock(people=46)))
        yield central, laptop


async def test_there_and_back(machines: tuple[Machine, Machine]) -> None:
    central, laptop = machines
    packed = await central.koffer.pack("evening", BUREAU)
    assert packed.name == "koffer-t-1.zip"
    rested = await central.lines()

    assert await central.ask(ANNA, note("note9")) == "op_reis"
    assert await central.ask(BUREAU, TellEvening(title="Anders")) == "op_reis"
    assert await central.ask(FIEN, TakeAway("nog-een")) == "op_reis"
    assert await central.lines() == rested, "the log rests too"
    assert (await central.koffer.pack("evening", BUREAU)).data == packed.data, "lost on the way out"

    opened = await laptop.koffer.bring(packed.data, BUREAU)
    assert opened.opened
    assert [form.id for form in opened.forms] == ["T2"], "what the evening uses, and no other"
    assert (await laptop.lines())[: len(rested)] == rested
    _, clock = await laptop.database.run(lambda c: desk.clock(c, "evening"))
    assert clock.people == 46
    known = await laptop.database.run(lambda c: journey.seats(c, "evening", ["deelnemer"]))
    assert [(seat.id, seat.token_hash) for seat in known] == [("anna", "a" * 64)]
    before = await laptop.lines()
    assert not (await laptop.koffer.bring(packed.data, BUREAU)).opened
    assert await laptop.lines() == before, "opening twice is harmless"

    assert await laptop.ask(BRAM, note("note2", "De winkel 🏪")) is None
    assert await laptop.ask(BRAM, EditNote("note2", len(await laptop.lines()), (9, " ook"))) is None
    assert await laptop.ask(ANNA, note("note2")) == "exists"
    assert await laptop.ask(FIEN, SetPhase("closed")) is None
    home = await laptop.koffer.pack("evening", FIEN)

    came = await central.koffer.bring(home.data, BUREAU, home=True)
    assert (came.report.notes, came.report.double, came.report.refused) == (1, 0, 0)
    there = await laptop.lines()
    assert (await central.lines())[: len(there)] == there, "word for word, under the same numbers"
    assert await central.said() == await laptop.said()
    known = await central.database.run(lambda c: journey.seats(c, "evening", ["deelnemer"]))
    assert [seat.id for seat in known] == ["anna", "bram"]
    assert (await central.rooms.peek("evening")).away is None  # type: ignore[union-attr]
    assert await central.ask(FIEN, SetPhase("open")) is None

    again = await central.koffer.bring(home.data, BUREAU, home=True)
    assert (again.report.notes, again.report.double) == (0, 1)
    for machine in machines:
        await machine.sound()


async def test_taken_back_and_then_it_came_home_after_all(
    machines: tuple[Machine, Machine],
) -> None:
    central, laptop = machines
    packed = await central.koffer.pack("evening", BUREAU)
    await laptop.koffer.bring(packed.data, BUREAU)
    assert await central.koffer.take_back("evening", BUREAU)
    assert not await central.koffer.take_back("evening", BUREAU)
    head = len(await central.lines())
    assert await central.ask(ANNA, EditNote("note1", head, ("Hier: ",))) is None
    head = len(await laptop.lines())
    assert await laptop.ask(ANNA, EditNote("note1", head, (6, " komt niet"))) is None
    home = await laptop.koffer.pack("evening", FIEN)
    came = await central.koffer.bring(home.data, BUREAU)
    assert came.report.again
    board = await central.rooms.look("evening")
    assert board.note("note1").text == "Hier: De bus komt niet"  # type: ignore[union-attr]
    assert (await central.koffer.bring(home.data, BUREAU)).report.commands == 0
    for machine in machines:
        await machine.sound()


async def test_what_was_damaged_travels_as_it_is(machines: tuple[Machine, Machine]) -> None:
    central, laptop = machines
    await laptop.koffer.bring((await central.koffer.pack("evening", BUREAU)).data, BUREAU)
    assert await laptop.ask(BRAM, note("note2", "De winkel")) is None
    read = case.read((await laptop.koffer.pack("evening", FIEN)).data)
    spoiled = tuple(
        structs.replace(line, change='[{"op":"put"', command="{half")
        if line.command and "note2" in line.command
        else line
        for line in read.lines
    )
    kept = {name: getattr(read.manifest, name) for name in ("sprint", "title", "place", "date")}
    data = case.write(**kept, journey="x", clock=Clock(), lines=spoiled)
    came = await central.koffer.bring(data, BUREAU)
    assert came.report.carried == 1
    assert (await central.lines())[: len(spoiled)] == list(spoiled)
    found = await central.database.run(check.look)
    assert len(found.wrong) == 1
    assert "can not be read" in found.wrong[0]


async def test_what_can_not_be_brought_leaves_nothing(machines: tuple[Machine, Machine]) -> None:
    central, laptop = machines
    packed = await central.koffer.pack("evening", BUREAU)
    for wrong in (packed.data[:-9], b"", packed.data.replace(b"log", b"lag")):
        with pytest.raises(CanNotTravel):
            await laptop.koffer.bring(wrong, BUREAU)
    with pytest.raises(CanNotTravel, match="hier niet bekend"):
        await laptop.koffer.bring(packed.data, BUREAU, home=True)
    assert await laptop.log.sprints() == []


async def test_a_rehearsal_stays_at_home(machines: tuple[Machine, Machine]) -> None:
    central, _ = machines
    twin = FoundSprint((Evening(id="proef", title="t", question="q", rehearsal=True),))
    await central.rooms.submit("proef", BUREAU, twin)
    with pytest.raises(CanNotTravel, match="generale"):
        await central.koffer.pack("proef", BUREAU)


async def test_who_looks_on_while_it_comes_home_sees_it(machines: tuple[Machine, Machine]) -> None:
    """The room that is open at home reads on, and goes on from there."""
    central, laptop = machines
    packed = await central.koffer.pack("evening", BUREAU)
    assert central.rooms.open_rooms, "somebody has it open"
    await laptop.koffer.bring(packed.data, BUREAU)
    assert await laptop.ask(BRAM, note("note2", "De winkel")) is None
    home = await laptop.koffer.pack("evening", FIEN)
    await central.koffer.bring(home.data, BUREAU)
    async with asyncio.timeout(10):
        while await central.rooms.find("evening", "note", "note2") is None:
            await asyncio.sleep(0)
    assert await central.ask(ANNA, note("note3")) is None

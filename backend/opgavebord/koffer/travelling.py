"""A board leaves and comes home, through the same doors as everything else.

Leaving is a command (`TakeAway`), so whoever looks at the board is told like of any other, and the log up
to it is what goes into the file. Coming home writes behind the log with the same comparison as every
append: when somebody was faster, what came is merged again with what is here then. So it makes no
difference whether a server has the sprint open, or how many do; they read on after a nudge.

All or nothing: what arrives is read, merged and kept in one transaction, or nothing is kept.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct, structs

from ..people import tokens
from ..relay import Reached
from ..sprint.commands import BringBack, TakeAway
from ..sprint.sprint import Evening, Seat, Sprint
from ..storage import desk, journey
from ..storage.database import Connection, Database
from ..storage.journey import KnownSeat, Line
from ..storage.log import Log
from ..sync.rooms import Rooms
from . import case
from .case import Case, OwnForm
from .merge import Merged, NotThisBoard, Report, merge

TRIES: Final = 20  # somebody else can be faster so often, in the moment in which we merge
BY: Final = "koffer"  # nobody's process: ours too reads on
_NO_TOKEN: Final = "0" * 64  # no more than the beginning of a hash; completed for each seat


class CanNotTravel(Exception):
    """Why a board can not leave or come home. The text is for a person, in Dutch."""


class Packed(Struct, frozen=True):
    """A file to take along."""

    name: str
    data: bytes
    title: str


class CameHome(Struct, frozen=True, kw_only=True):
    """What came of bringing a file here. `opened`: the board was not here before."""

    opened: bool
    report: Report
    forms: tuple[OwnForm, ...] = ()


class Koffer:
    def __init__(
        self,
        database: Database,
        log: Log,
        rooms: Rooms,
        *,
        wall: Callable[[], int],
        entropy: Callable[[], bytes],
        forms: Callable[[], Mapping[str, str]],
    ) -> None:
        """`forms`: the files of the municipality's own werkvormen, by id."""
        self._database = database
        self._log = log
        self._rooms = rooms
        self._wall = wall
        self._entropy = entropy
        self._forms = forms

    async def pack(self, sprint: str, by: Seat) -> Packed:
        """The board goes on a journey; here it rests from now on. Again for one that is on a journey
        already: the same file once more. Raises `CanNotTravel`."""
        evening = await self._evening(sprint)
        if evening.rehearsal:
            raise CanNotTravel("Een generale gaat niet mee op reis. Neem de echte sprint mee.")
        last: int | None = None
        if evening.away is None:
            gone = TakeAway("r" + tokens.new_id()[1:25])
            verdict = await self._rooms.submit(sprint, by, gone)
            if verdict.refusal not in (None, "op_reis"):
                raise CanNotTravel("Dit bord kan nu niet op reis. Probeer het zo nog eens.")
            last = verdict.seq or None
        lines = await self._lines(sprint)
        value = await self._rooms.look(sprint)
        evening = value.evening or evening

        def beside(connection: Connection) -> tuple[str | None, desk.Clock, tuple[KnownSeat, ...]]:
            opgave, clock = desk.clock(connection, sprint)
            return opgave, clock, tuple(journey.seats(connection, sprint, case.TRAVELLING))

        opgave, clock, seats = await self._database.run(beside)
        about = None
        if opgave is not None:
            id = opgave
            about = await self._database.run(lambda connection: desk.opgave(connection, id))
        data = await asyncio.to_thread(
            case.write,
            sprint=sprint,
            title=evening.title,
            place=evening.place,
            date=evening.date,
            journey=evening.away or "",
            lines=tuple(lines[:last]),
            clock=clock,
            opgave_id=opgave,
            opgave=about.opgave if about else None,
            forms=self._own_forms(value),
            seats=seats,
        )
        return Packed(file_name(evening), data, evening.title)

    async def take_back(self, sprint: str, by: Seat) -> bool:
        """*Haal terug*: the laptop is lost, or the evening is held here after all. False: it was here."""
        evening = await self._evening(sprint)
        if evening.away is None:
            return False
        verdict = await self._rooms.submit(sprint, by, BringBack(evening.away))
        return verdict.refusal is None

    async def bring(self, data: bytes, by: Seat, *, home: bool = False) -> CameHome:
        """What is in this file comes to this machine: a board that was not here, or what is new of one
        that was. `home`: only of one that is known here. Raises `CanNotTravel`, and then nothing
        was kept."""
        try:
            come = await asyncio.to_thread(case.read, data)
            return await self._bring(come, by, home=home)
        except (case.NotACase, NotThisBoard) as trouble:
            raise CanNotTravel(str(trouble)) from None

    async def _bring(self, come: Case, by: Seat, *, home: bool) -> CameHome:
        sprint = come.manifest.sprint
        for _ in range(TRIES):
            mine = await self._lines(sprint)
            if home and not mine:
                raise CanNotTravel("Dit bord is hier niet bekend. Maak er een met: koffer open.")
            merged = await asyncio.to_thread(
                merge,
                mine,
                come.lines,
                at=self._wall(),
                by=by,
                name="koffer-" + tokens.new_id()[1:17],
                chance=self._entropy,
            )
            if not merged.report.sprint:
                raise CanNotTravel("In deze koffer zit geen avond. Hier is niets veranderd.")
            if not mine:
                await self._log.create(sprint)
            if await self._keep(come, merged, fresh=not mine):
                head = merged.expected + len(merged.lines)
                self._rooms.relay.tell(sprint, Reached(BY, head))
                await self._rooms.read_on(sprint, head)
                report = structs.replace(merged.report, sprint=sprint)
                return CameHome(opened=not mine, report=report, forms=come.manifest.forms)
        raise CanNotTravel("Er wordt te druk aan dit bord gewerkt. Probeer het zo nog eens.")

    async def _keep(self, come: Case, merged: Merged, *, fresh: bool) -> bool:
        manifest = come.manifest
        sprint, at = manifest.sprint, self._wall()
        seats = _seats(come)

        def work(connection: Connection) -> bool:
            kept = journey.put_in(
                connection,
                sprint,
                merged.expected,
                merged.lines,
                merged.written,
                merged.dropped,
            )
            if kept:
                journey.know_seats(connection, sprint, seats)
            if kept and fresh:
                opgave = manifest.opgave_id if manifest.opgave is not None else None
                if opgave is not None and desk.opgave(connection, opgave) is None:
                    assert manifest.opgave is not None
                    desk.add_opgave(connection, opgave, manifest.opgave, at)
                desk.keep_clock(connection, sprint, opgave, manifest.clock)
            return kept

        return await self._database.run(work)

    async def _lines(self, sprint: str) -> list[Line]:
        return await self._database.run(lambda connection: journey.lines(connection, sprint))

    async def _evening(self, sprint: str) -> Evening:
        evening = await self._rooms.peek(sprint)
        if evening is None:
            raise CanNotTravel("Dit bord is er niet.")
        return evening

    def _own_forms(self, sprint: Sprint) -> tuple[OwnForm, ...]:
        used = {board.werkvorm for board in sprint.records["board"].values()}
        return tuple(OwnForm(id, text) for id, text in sorted(self._forms().items()) if id in used)


def _seats(come: Case) -> list[KnownSeat]:
    """Who sat there: with the token of that browser where it travelled along, and else by name only, with
    a hash that is of no token."""
    known = {seat.id: seat for seat in come.manifest.seats}
    for line in come.lines:
        if line.role != "bureau" and line.seat not in known:
            nobody = tokens.digest(_NO_TOKEN + tokens.new_token())
            known[line.seat] = KnownSeat(line.seat, line.role, nobody, line.at)
    return list(known.values())


def file_name(evening: Evening) -> str:
    """Of letters and digits alone, so that it lies well on every stick."""
    plain = "".join(
        letter if letter.isascii() and letter.isalnum() else "-" for letter in evening.title.lower()
    )
    words = "-".join(word for word in plain.split("-") if word)[:40].strip("-")
    return f"koffer-{words or 'bord'}-{evening.number}.zip"

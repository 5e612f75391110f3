"""A sprint made at the desk: from an opgave, werkvormen in an order, and the clock.

`first_commands` is what founds it, through the same door as every command; what stands on the board
of welcome is written by the desk, from the opgave, so that nobody types it twice. After that a sprint
is like every other: the plan is changed by commands, also while it runs, and the clock alone is the
desk's own.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from ..founding import CanNotFound, found
from ..people import tokens
from ..sprint import limits
from ..sprint.ask import ENTROPY_BYTES
from ..sprint.commands import AnyCommand, CreateNote, FoundSprint
from ..sprint.evening import code_of, token_of
from ..sprint.placement import GAP
from ..sprint.planning import DAY
from ..sprint.sprint import Board, Domein, Evening, Kern, Record, Seat, Stem, Table, Zone
from ..storage import desk
from ..storage.database import Database
from ..storage.desk import Account, Clock, KeptOpgave, Opgave
from ..storage.log import Log
from ..werkvormen.demo import Named
from ..werkvormen.reading import Ids, Werkvorm, lay_out
from .opgaven import NotKept, text, title

DAYS: Final = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
NUMBERS: Final = 99
TABLETS: Final = 4


class NewSprint(Struct, frozen=True, forbid_unknown_fields=True):
    """What the desk fills in."""

    number: int
    werkvormen: tuple[str, ...]  # in this order
    clock: Clock
    tables: int
    place: str = ""
    goal: str = ""


class Sprints:
    def __init__(self, database: Database, log: Log, werkvormen: Mapping[str, Werkvorm]) -> None:
        self._database = database
        self._log = log
        self._werkvormen = werkvormen

    async def begin(
        self, of: KeptOpgave, new: NewSprint, by: Account, at: int, chance: bytes
    ) -> str:
        """Found it. Returns its id; raises `NotKept`. `chance`: unpredictable, for code and QR."""
        self.check(new)
        assert len(chance) >= ENTROPY_BYTES
        id = tokens.new_id()
        forms = [self._werkvormen[name] for name in new.werkvormen]
        evening = evening_of(of.opgave, new, id, forms, code_of(chance), token_of(chance))
        asked = list(first_commands(of.opgave, new, forms, evening))
        seat = seat_of(by)
        device = f"desk-{tokens.new_id()[:12]}"
        named = [Named(device, place, command, seat) for place, command in enumerate(asked, 1)]
        try:
            await found(self._log, id, named, at)
        except CanNotFound as refused:
            raise NotKept("bad_sprint", refused.refusal.code) from refused
        await self._database.run(lambda c: desk.keep_clock(c, id, of.id, new.clock))
        return id

    def check(self, new: NewSprint) -> None:
        if not 1 <= new.number <= NUMBERS:
            raise NotKept("bad_sprint", "number")
        if not 1 <= len(new.werkvormen) <= limits.BOARDS_PER_SPRINT:
            raise NotKept("bad_sprint", "werkvormen")
        if len(set(new.werkvormen)) != len(new.werkvormen):
            raise NotKept("bad_sprint", "werkvormen")
        if any(name not in self._werkvormen for name in new.werkvormen):
            raise NotKept("bad_sprint", "werkvormen")
        if not 0 <= new.tables <= limits.TABLES_PER_SPRINT:
            raise NotKept("bad_sprint", "tables")
        if new.place:
            title("place", new.place, "bad_sprint")
        if new.goal:
            text("goal", new.goal, "bad_sprint")
        check_clock(new.clock)


def check_clock(clock: Clock) -> None:
    """Raises `NotKept` for what can not be a day, a time or a number of people."""
    if clock.day:
        try:
            datetime.date.fromisoformat(clock.day)
        except ValueError:
            raise NotKept("bad_sprint", "day") from None
    for name, minutes in (("starts", clock.starts), ("ends", clock.ends or 0)):
        if not 0 <= minutes < DAY:
            raise NotKept("bad_sprint", name)
    if not 0 <= clock.people <= limits.ARRIVALS_PER_SPRINT:
        raise NotKept("bad_sprint", "people")
    if not 1 <= clock.tablets <= TABLETS:
        raise NotKept("bad_sprint", "tablets")


def seat_of(account: Account) -> Seat:
    """The desk's commands carry the id of who asked, so that the log tells."""
    return Seat(account.id, "bureau")


def said_date(clock: Clock) -> str:
    """As people say it: "donderdag 16 april, 19.30–22.00 uur"."""
    times = said_time(clock.starts)
    if clock.ends is not None:
        times += f"–{said_time(clock.ends)}"
    if not clock.day:
        return f"{times} uur"
    day = datetime.date.fromisoformat(clock.day)
    return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}, {times} uur"


def said_time(minutes: int) -> str:
    return f"{minutes // 60 % 24}.{minutes % 60:02}"


def evening_of(
    opgave: Opgave, new: NewSprint, id: str, forms: Sequence[Werkvorm], code: str, token: str
) -> Evening:
    return Evening(
        id=id,
        title=opgave.title,
        question=opgave.question,
        number=new.number,
        place=new.place,
        date=said_date(new.clock),
        board=Ids(id)("bord", forms[0].id),
        code=code,
        token=token,
        source=opgave.source,
        level=opgave.level,
        fixed=opgave.fixed,
        free=opgave.free,
        goal=new.goal,
    )


def first_commands(
    opgave: Opgave, new: NewSprint, forms: Sequence[Werkvorm], evening: Evening
) -> Iterator[AnyCommand]:
    ids = Ids(evening.id)
    laid: list[Record] = []
    for place, form in enumerate(forms, 1):
        laid += lay_out(form, evening.id, GAP * place)
    lists: list[Record] = [
        *(
            Kern(
                id=ids("kern", kern.code),
                code=kern.code,
                title=kern.title,
                column=kern.column,
                row=kern.row,
                rank=rank,
            )
            for rank, kern in enumerate(opgave.kernen, 1)
        ),
        *(
            Stem(id=ids("stem", stem.code), code=stem.code, title=stem.title, rank=rank)
            for rank, stem in enumerate(opgave.stemmen, 1)
        ),
        *(
            Domein(id=ids("domein", one.code), code=one.code, title=one.title, rank=rank)
            for rank, one in enumerate(opgave.domeinen, 1)
        ),
        *(Table(id=ids("tafel", n), number=n) for n in range(1, new.tables + 1)),
    ]
    yield FoundSprint((evening, *laid, *lists))
    for record in laid:
        if isinstance(record, Board) and record.form == "welkom":
            zones = [one for one in laid if isinstance(one, Zone) and one.board == record.id]
            yield from _welcome(opgave, zones, ids)


def _welcome(opgave: Opgave, zones: Sequence[Zone], ids: Ids) -> Iterator[AnyCommand]:
    """What the board of welcome says, each line a note in its zone."""
    lines = {"vast": opgave.fixed, "open": opgave.free, "afspraak": opgave.words}
    source = (f"Bron: {opgave.source}",) if opgave.source else ()
    for place, zone in enumerate(zone for zone in zones if zone.write == "begeleider"):
        for at, line in enumerate(lines.get(zone.type, (opgave.question, *source)), 1):
            yield CreateNote(
                note=ids("briefje", place + 1, at), zone=zone.id, text=line, type=zone.type
            )

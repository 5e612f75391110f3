"""The demo: the whole evening of sprint 1 of *Vitale kernen*, as a list of commands.

The commands go through the same door as those of people, `decide`, so the demo is also a long
test of it: 46 people at seven tables tap where they come from, write in private, lay together, harvest,
make two sentences with an objection to each, and give 138 dots on tablets that go round. The
words are data, in `demo/vitale_kernen.yaml`. At the end the begeleider is back at *Vertel* of T2, so
that who comes in can write at once.

A table is one tablet, and one seat. Each seat asks through a device of its own, because a device
belongs to one seat: the name of a command is `<device_of(seat)>.<its number for that device>`,
as `named` counts them.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import Final, Literal, NamedTuple, TypeVar

from msgspec import Struct

from ..sprint.commands import (
    AnyCommand,
    ChooseBedoeling,
    CloseRound,
    CreateNote,
    FoundSprint,
    GatherNote,
    GiveDots,
    GiveVoice,
    GoToStep,
    GroupNotes,
    HandOn,
    MakeBelofte,
    MakeGroup,
    MarkNote,
    NameCluster,
    OpenRound,
    QuoteOfTable,
    Reveal,
    SitDown,
    TagNote,
    TakeStand,
    TapArrival,
)
from ..sprint.notes import OF_VILLAGES
from ..sprint.placement import GAP
from ..sprint.sentences import BEDOELING, FRAME
from ..sprint.sprint import (
    Board,
    Domein,
    Evening,
    Kern,
    Origin,
    Record,
    Seat,
    Stem,
    Step,
    Table,
    Zone,
)
from .reading import HERE, BadWerkvorm, Ids, lay_out, read_as, werkvorm

DATA: Final = HERE / "demo" / "vitale_kernen.yaml"
BUREAU: Final = Seat("demo-bureau", "bureau")
BEGELEIDER: Final = Seat("demo-begeleider", "begeleider")
OOGST: Final = Seat("demo-oogst", "oogst")
TABLES: Final = 7
DOTS: Final = 3
ALL_VILLAGES: Final = "alle dorpen"

Asked = tuple[AnyCommand, Seat]
T = TypeVar("T")


class DemoKern(Struct, frozen=True, forbid_unknown_fields=True):
    naam: str
    kolom: int
    rij: int


class DemoNote(Struct, frozen=True, forbid_unknown_fields=True):
    nr: str
    vak: str
    stem: str
    tekst: str
    plek: int = 0  # the table; 0: the bureau wrote it beforehand
    bord: str = "T2"
    kern: str = ""
    over: tuple[str, ...] | Literal["alle"] = ()
    domeinen: tuple[str, ...] = ()
    soort: str = ""
    herkomst: Origin = ""


class DemoPile(Struct, frozen=True, forbid_unknown_fields=True):
    nr: str
    naam: str
    vak: str
    briefjes: tuple[str, ...]  # the first one lies in `vak`


class DemoGroup(Struct, frozen=True, forbid_unknown_fields=True):
    nr: str
    zin: str
    stippen: int
    briefjes: tuple[str, ...]


class DemoObjection(Struct, frozen=True, forbid_unknown_fields=True):
    nr: str
    plek: int
    stem: str
    tekst: str
    nodig: str


class DemoSentence(Struct, frozen=True, forbid_unknown_fields=True):
    nr: str
    wie: str
    wat: str
    bezwaar: DemoObjection
    plek: int = 0  # the table that made it; 0: the hall
    steun: tuple[int, ...] = ()


class DemoBelofte(Struct, frozen=True, forbid_unknown_fields=True):
    nr: str
    plek: int
    wie: str
    wat: str
    wanneer: str


class Demo(Struct, frozen=True, forbid_unknown_fields=True):
    titel: str
    vraag: str
    bron: str
    niveau: str
    vast: tuple[str, ...]
    open: tuple[str, ...]
    afspraken: tuple[str, ...]
    nummer: int
    plaats: str
    datum: str
    doel: str
    antwoord: str
    banner: str
    werkvormen: tuple[str, ...]
    tafels: int
    kernen: dict[str, DemoKern]
    stemmen: dict[str, str]
    domeinen: dict[str, str]
    mensen: dict[int, tuple[str, ...]]  # at each table: "voice-village", or a voice
    briefjes: tuple[DemoNote, ...]
    stapels: tuple[DemoPile, ...]
    citaten: dict[int, str]
    oogst: tuple[DemoGroup, ...]
    ronde: str
    bedoeling: tuple[DemoSentence, ...]
    beloften: tuple[DemoBelofte, ...]
    extra: tuple[str, ...]


class Named(NamedTuple):
    """A command with its name: device and number."""

    device: str
    number: int
    command: AnyCommand
    seat: Seat


class Person(NamedTuple):
    """Somebody who was there."""

    table: int
    stem: str
    kern: str  # empty: here from their work


def vitale_kernen(sprint: str, code: str, token: str, notes: int | None = None) -> list[Asked]:
    """What founds and fills the demo, in order. `sprint` becomes the id of the evening.

    `notes` makes one board of so many notes to look at and measure, and no more: the demo's own
    of T2 first, then variations with long words and emoji.
    """
    demo = read_as(DATA, Demo)
    story = _Story(demo, sprint, code, token, only="T2" if notes is not None else None)
    return list(story.board(notes) if notes is not None else story.evening())


class _Story:
    """The evening, told in commands."""

    def __init__(self, demo: Demo, sprint: str, code: str, token: str, only: str | None) -> None:
        self.demo = demo
        self.ids = Ids(sprint)
        self.laid: list[Record] = []
        for place, name in enumerate(demo.werkvormen, 1):
            if only in (None, name):
                self.laid += lay_out(werkvorm(name), sprint, GAP * place)
        self.opening = Evening(
            id=sprint,
            title=demo.titel,
            question=demo.vraag,
            number=demo.nummer,
            place=demo.plaats,
            date=demo.datum,
            notice=demo.banner,
            board=self._boards[0].id,
            code=code,
            token=token,
            source=demo.bron,
            level=demo.niveau,
            fixed=demo.vast,
            free=demo.open,
            goal=demo.doel,
            answer_from=demo.antwoord,
        )

    # -- what is there ----------------------------------------------------------------

    @cached_property
    def _boards(self) -> list[Board]:
        return [record for record in self.laid if isinstance(record, Board)]

    @cached_property
    def _zones(self) -> dict[tuple[str, str], Zone]:
        """By the id of its board and its title."""
        zones = (record for record in self.laid if isinstance(record, Zone))
        return {(zone.board, zone.title): zone for zone in zones}

    @cached_property
    def _steps(self) -> dict[tuple[str, str], Step]:
        steps = (record for record in self.laid if isinstance(record, Step))
        return {(step.board, step.title): step for step in steps}

    def _zone(self, form: str, title: str) -> Zone:
        zone = self._zones.get((self.ids("bord", form), title))
        if zone is None:
            raise BadWerkvorm(f"{DATA.name}: {form} has no zone {title!r}")
        return zone

    def _step(self, form: str, title: str) -> Step:
        step = self._steps.get((self.ids("bord", form), title))
        if step is None:
            raise BadWerkvorm(f"{DATA.name}: {form} has no step {title!r}")
        return step

    @cached_property
    def _people(self) -> list[Person]:
        """Who were there, in the order in which the tablets of all tables go round."""
        rows = [
            [Person(table, *(*who.split("-"), "")[:2]) for who in there]
            for table, there in self.demo.mensen.items()
        ]
        return [person for turn in zip_longest(*rows) for person in turn if person is not None]

    # -- the evening ------------------------------------------------------------------

    def evening(self) -> Iterator[Asked]:
        yield self._founding()
        yield from self._prepared()
        yield from self._welcome()
        yield from self._life()
        yield from self._harvest("T2")
        yield from self._purpose()
        yield from self._harvest("T3")
        yield from self._approach()
        yield from self._harvest("T4")
        yield from self._weighing()
        yield self._go("T2", "Vertel")

    def board(self, notes: int) -> Iterator[Asked]:
        """One board with so many notes."""
        yield self._founding()
        yield from self._writing_alone(list(self._invented(notes)))
        yield from self._piles(notes)

    def _founding(self) -> Asked:
        demo, ids = self.demo, self.ids
        lists: list[Record] = [
            Stem(id=ids("stem", code), code=code, title=title, rank=rank)
            for rank, (code, title) in enumerate(demo.stemmen.items(), 1)
        ]
        lists += [
            Kern(
                id=ids("kern", code), code=code, title=kern.naam, column=kern.kolom, row=kern.rij,
                rank=rank,
            )
            for rank, (code, kern) in enumerate(demo.kernen.items(), 1)
        ]  # fmt: skip
        lists += [
            Domein(id=ids("domein", code), code=code, title=title, rank=rank)
            for rank, (code, title) in enumerate(demo.domeinen.items(), 1)
        ]
        if len(self._boards) > 1:
            lists += [
                Table(id=self._table(number), number=number, people=len(demo.mensen[number]))
                for number in range(1, demo.tafels + 1)
            ]
        return FoundSprint((self.opening, *self.laid, *lists)), BUREAU

    def _prepared(self) -> Iterator[Asked]:
        """What the bureau writes beforehand: the board of welcome, and cards for T4."""
        demo = self.demo
        lines = {
            "Waarom zijn we hier?": (demo.vraag, f"Bron: {demo.bron}"),
            "Dit ligt al vast": demo.vast,
            "Dit is nog open": demo.open,
            "Wat gebeurt er met mijn woorden?": demo.afspraken,
        }
        for at, (title, said) in enumerate(lines.items(), 1):
            zone = self._zone("T1", title)
            for line, text in enumerate(said, 1):
                id = self.ids("briefje", at, line)
                yield CreateNote(note=id, zone=zone.id, text=text, type=zone.type), BUREAU
        for note in demo.briefjes:
            if note.plek == 0:
                yield self._write(note, None)

    def _welcome(self) -> Iterator[Asked]:
        """T1: everybody finds a table, and taps where they come from and how they are here."""
        yield self._go("T1", "Kom binnen")
        for number in range(1, self.demo.tafels + 1):
            yield SitDown(self._table(number)), seat_of(number)
        yield self._go("T1", "Speelruimte")
        yield self._go("T1", "Wie is er?")
        for person in self._people:
            yield (
                TapArrival(self._kern(person.kern), self._stem(person.stem)),
                seat_of(person.table),
            )

    def _life(self) -> Iterator[Asked]:
        """T2: written alone, told, laid together; every table chooses what the hall must hear."""
        yield from self._writing_alone(self._of("T2"))
        yield self._go("T2", "Leg bij elkaar")
        yield from self._piles(None)
        yield self._go("T2", "Kies één moment")
        for number, nr in self.demo.citaten.items():
            yield QuoteOfTable(self._table(number), self.ids(nr)), seat_of(number)

    def _writing_alone(self, notes: Sequence[DemoNote]) -> Iterator[Asked]:
        yield self._go("T2", "Denk na")
        yield self._go("T2", "Schrijf")
        for note in notes:
            yield self._write(note, self._step("T2", "Schrijf"))
        yield Reveal(), BEGELEIDER
        yield self._go("T2", "Vertel")

    def _purpose(self) -> Iterator[Asked]:
        """T3: from what it is for to what is in the way, and two versions of one sentence."""
        alone, outward = (
            [note for note in self._of("T3") if (note.soort == "moment") == first]
            for first in (True, False)
        )
        yield self._go("T3", "Maak af")
        for note in alone:
            yield self._write(note, self._step("T3", "Maak af"))
        yield Reveal(), BEGELEIDER
        yield self._go("T3", "Met z'n tweeën")
        yield self._go("T3", "Met de tafel")
        of: tuple[str, ...] = ()
        of_tables = [one for one in self.demo.bedoeling if one.plek]
        of_the_hall = [one for one in self.demo.bedoeling if not one.plek]
        for sentence in of_tables:
            yield self._sentence(sentence, "Met de tafel", of)
            of = (self.ids(sentence.nr),)
        yield Reveal("zaal"), BEGELEIDER
        yield self._go("T3", "Naar buiten")
        for sentence in of_tables:
            yield from self._answers(sentence)
        for note in outward:
            yield self._write(note, self._step("T3", "Naar buiten"))
        yield self._go("T3", "Lees voor")
        for sentence in of_the_hall:
            yield self._sentence(sentence, "Lees voor", of)
            of = (self.ids(sentence.nr),)
            yield from self._answers(sentence)
        yield ChooseBedoeling(of[0]), BEGELEIDER

    def _approach(self) -> Iterator[Asked]:
        """T4: what is done already, and what of it worked."""
        yield self._go("T4", "Kijk")
        yield self._go("T4", "Vul aan")
        yield self._go("T4", "Wees eerlijk")
        for note in self._of("T4"):
            yield self._write(note, self._step("T4", "Wees eerlijk"))

    def _weighing(self) -> Iterator[Asked]:
        """T8: tablets go round, each person has three dots. Then the promises."""
        yield self._go("T8", "Lees")
        yield self._go("T8", "Kies")
        round = self.ids("ronde", 1)
        yield OpenRound(round, self.demo.ronde, budget=DOTS, most=DOTS), BEGELEIDER
        tables = [seat_of(number) for number in range(1, self.demo.tafels + 1)]
        for seat in tables:
            yield TakeStand("doorgeven"), seat
        dots = [group.nr for group in self.demo.oogst for _ in range(group.stippen)]
        people = self._people
        for at, person in enumerate(people):
            seat = seat_of(person.table)
            yield GiveVoice(self._stem(person.stem), self._kern(person.kern)), seat
            chosen = dots[at :: len(people)]
            for nr in dict.fromkeys(chosen):
                yield GiveDots(round, self.ids(nr, "oogst"), chosen.count(nr)), seat
            yield HandOn(), seat
        yield CloseRound(round), BEGELEIDER
        for seat in tables:
            yield TakeStand("schrijven"), seat
        yield self._go("T8", "Zie")
        yield self._go("T8", "Wie denkt anders?")
        yield self._go("T8", "Wat is nodig?")
        for belofte in self.demo.beloften:
            said = MakeBelofte(self.ids(belofte.nr), belofte.wie, belofte.wat, belofte.wanneer)
            yield said, seat_of(belofte.plek)

    # -- parts of it ------------------------------------------------------------------

    def _go(self, form: str, title: str) -> Asked:
        return GoToStep(self._step(form, title).id), BEGELEIDER

    def _of(self, form: str) -> list[DemoNote]:
        """The notes that people write on that board."""
        return [note for note in self.demo.briefjes if note.bord == form and note.plek]

    def _write(self, note: DemoNote, step: Step | None) -> Asked:
        over = note.over
        about = (
            ALL_VILLAGES
            if over == "alle"
            else ", ".join(self._known(self.demo.kernen, code, note.nr).naam for code in over)
        )
        create = CreateNote(
            note=self.ids(note.nr),
            zone=self._zone(note.bord, note.vak).id,
            text=note.tekst,
            stem=self._stem(note.stem),
            step=step.id if step else None,
            type=note.soort,
            fields={OF_VILLAGES: about} if about else {},
            kern=self._kern(note.kern),
            origin=note.herkomst,
        )
        return create, seat_of(note.plek) if note.plek else BUREAU

    def _sentence(self, said: DemoSentence, step: str, of: tuple[str, ...]) -> Asked:
        create = CreateNote(
            note=self.ids(said.nr),
            zone=self._zone("T3", "Waar doen we het voor?").id,
            text=f"{FRAME} {said.wie} {said.wat}.",
            step=self._step("T3", step).id,
            type=BEDOELING,
            fields={"wie": said.wie, "wat": said.wat},
            of=of,
        )
        return create, seat_of(said.plek) if said.plek else BEGELEIDER

    def _answers(self, said: DemoSentence) -> Iterator[Asked]:
        """Who supports a sentence, and the objection to it."""
        for number in said.steun:
            yield MarkNote(self.ids(said.nr), "steun"), seat_of(number)
        against = said.bezwaar
        create = CreateNote(
            note=self.ids(against.nr),
            zone=self._zone("T3", "Waar doen we het voor?").id,
            text=against.tekst,
            stem=self._stem(against.stem),
            type="bezwaar",
            fields={"nodig": against.nodig},
            about=self.ids(said.nr),
        )
        yield create, seat_of(against.plek)

    def _harvest(self, form: str) -> Iterator[Asked]:
        """The oogstteam takes over the piles, adds what this board has to the groups, and tags it."""
        fresh = [note for note in self.demo.briefjes if note.bord == form]
        earlier = {note.nr for note in self.demo.briefjes if note.bord < form}
        piles = {pile.nr for pile in self.demo.stapels}
        for group in self.demo.oogst:
            id = self.ids(group.nr, "oogst")
            mine = tuple(self.ids(note.nr) for note in fresh if note.nr in group.briefjes)
            if mine and earlier.isdisjoint(group.briefjes):
                pile = self.ids(group.nr, "groep") if group.nr in piles else None
                yield MakeGroup(id, group.zin, mine, pile), OOGST
            elif mine:
                yield GroupNotes(mine, id), OOGST
        for note in fresh:
            domains = tuple(self.ids("domein", code) for code in note.domeinen)
            yield TagNote(self.ids(note.nr), domains), OOGST

    def _piles(self, notes: int | None) -> Iterator[Asked]:
        """Piles come to be by laying one note with another. A pile of a single note first
        borrows one that belongs to another, and that one is laid where it belongs afterwards."""
        own = [note.nr for note in self._of("T2")]
        there = set(own if notes is None else own[:notes])
        piles = [(pile, [nr for nr in pile.briefjes if nr in there]) for pile in self.demo.stapels]
        piles = [(pile, members) for pile, members in piles if members]
        alone = [(pile, members[0]) for pile, members in piles if len(members) == 1]
        many = [(pile, members) for pile, members in piles if len(members) > 1]
        borrowed = iter([nr for _, members in many for nr in members[1:]])
        for pile, member in alone:
            lent = next(borrowed, None)
            if lent is None:
                continue
            cluster = self.ids(pile.nr, "groep")
            gather = GatherNote(note=self.ids(lent), target=self.ids(member), cluster=cluster)
            yield gather, BEGELEIDER
            yield NameCluster(cluster, pile.naam), BEGELEIDER
        for pile, members in many:
            cluster = self.ids(pile.nr, "groep")
            for member in members[1:]:
                target = self.ids(members[0])
                yield GatherNote(self.ids(member), target, cluster), BEGELEIDER
            yield NameCluster(cluster, pile.naam), BEGELEIDER

    def _invented(self, count: int) -> Iterator[DemoNote]:
        """The demo's own notes of T2, then variations until there are enough."""
        own = self._of("T2")
        yield from own[:count]
        voices, zones = list(self.demo.stemmen), list(self._zones.values())
        for at in range(len(own), count):
            if at % 3:
                words = own[at * 5 % len(own)].tekst
            else:
                words = self.demo.extra[at // 3 % len(self.demo.extra)]
            yield DemoNote(
                nr=f"N{at + 1:02}",
                vak=zones[(3 * at + at // 5) % len(zones)].title,
                stem=voices[at % len(voices)],
                plek=at % TABLES + 1,
                tekst=words,
            )

    # -- ids --------------------------------------------------------------------------

    def _table(self, number: int) -> str:
        return self.ids("tafel", number)

    def _stem(self, code: str) -> str:
        self._known(self.demo.stemmen, code, "stem")
        return self.ids("stem", code)

    def _kern(self, code: str) -> str | None:
        if not code:
            return None
        self._known(self.demo.kernen, code, "kern")
        return self.ids("kern", code)

    @staticmethod
    def _known(there: dict[str, T], code: str, where: str) -> T:
        if code not in there:
            raise BadWerkvorm(f"{DATA.name}: {where} names {code!r}, which is not there")
        return there[code]


def seat_of(table: int) -> Seat:
    """The tablet of a table."""
    return Seat(f"demo-tafel-{table}", "deelnemer")


def seats() -> list[Seat]:
    """Every seat the demo asks from."""
    return [BUREAU, BEGELEIDER, OOGST, *(seat_of(table) for table in range(1, TABLES + 1))]


def device_of(seat: Seat) -> str:
    return seat.id


def named(asked: list[Asked]) -> list[Named]:
    """Give every command its name."""
    numbers: dict[str, int] = {}
    found: list[Named] = []
    for command, seat in asked:
        device = device_of(seat)
        numbers[device] = numbers.get(device, 0) + 1
        found.append(Named(device, numbers[device], command, seat))
    return found

"""The demo: founds the sprint *Vitale kernen* and fills it, as a list of commands.

The commands go through the same door as those of people, `decide`, so the demo is also a long
test of it. The words are data, in `demo/vitale_kernen.yaml`. At the end the third step
(*Vertel*) is on and the notes of the second have been revealed.

Each seat asks through a device of its own, because a device belongs to one seat: the name of a
command is `<device_of(seat)>.<its number for that device>`, as `named` counts them.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import Struct

from ..sprint.commands import (
    AnyCommand,
    CreateNote,
    FoundSprint,
    GatherNote,
    GoToStep,
    NameCluster,
    Reveal,
)
from ..sprint.sprint import Evening, Seat, Stem, Step, Zone
from .reading import HERE, BadWerkvorm, Ids, lay_out, read_as, werkvorm

DATA: Final = HERE / "demo" / "vitale_kernen.yaml"
BUREAU: Final = Seat("demo-bureau", "bureau")
BEGELEIDER: Final = Seat("demo-begeleider", "begeleider")
TABLES: Final = 7  # as many demo seats write


class DemoNote(Struct, frozen=True, forbid_unknown_fields=True):
    nr: str
    vak: str
    stem: str
    plek: int
    tekst: str


class DemoGroup(Struct, frozen=True, forbid_unknown_fields=True):
    nr: str
    naam: str
    vak: str
    briefjes: tuple[str, ...]  # the first one lies in `vak`


class Demo(Struct, frozen=True, forbid_unknown_fields=True):
    titel: str
    vraag: str
    nummer: int
    plaats: str
    datum: str
    banner: str
    werkvorm: str
    stemmen: dict[str, str]
    briefjes: tuple[DemoNote, ...]
    groepen: tuple[DemoGroup, ...]
    extra: tuple[str, ...]


class Named(NamedTuple):
    """A command with its name: device and number."""

    device: str
    number: int
    command: AnyCommand
    seat: Seat


def vitale_kernen(
    sprint: str, code: str, token: str, notes: int | None = None
) -> list[tuple[AnyCommand, Seat]]:
    """What founds and fills the demo, in order. `sprint` becomes the id of the evening.

    `notes` makes a board of so many notes to look at and measure: the demo's own first, then
    variations with long words and emoji.
    """
    demo = read_as(DATA, Demo)
    ids = Ids(sprint)
    laid_out = lay_out(werkvorm(demo.werkvorm), sprint)
    board = laid_out[0]
    zones = {record.title: record.id for record in laid_out if isinstance(record, Zone)}
    steps = [record for record in laid_out if isinstance(record, Step)]
    evening = Evening(
        id=sprint,
        title=demo.titel,
        question=demo.vraag,
        number=demo.nummer,
        place=demo.plaats,
        date=demo.datum,
        notice=demo.banner,
        board=board.id,
        code=code,
        token=token,
    )
    stems = [
        Stem(id=ids("stem", code), code=code, title=title, rank=rank)
        for rank, (code, title) in enumerate(demo.stemmen.items(), 1)
    ]
    asked: list[tuple[AnyCommand, Seat]] = [
        (FoundSprint((evening, *laid_out, *stems)), BUREAU),
        (GoToStep(steps[0].id), BEGELEIDER),
        (GoToStep(steps[1].id), BEGELEIDER),
    ]
    written = list(_notes(demo, list(zones), len(demo.briefjes) if notes is None else notes))
    for note in written:
        if note.vak not in zones or note.stem not in demo.stemmen:
            raise BadWerkvorm(f"{DATA.name}: {note.nr} has a zone or a voice that is not there")
        create = CreateNote(
            note=ids(note.nr),
            zone=zones[note.vak],
            text=note.tekst,
            stem=ids("stem", note.stem),
            step=steps[1].id,
        )
        asked.append((create, seat_of(note.plek)))
    asked += [(Reveal(), BEGELEIDER), (GoToStep(steps[2].id), BEGELEIDER)]
    asked += [
        (command, BEGELEIDER)
        for command in _groups(demo, ids, {note.nr: note.vak for note in written})
    ]
    return asked


def seat_of(table: int) -> Seat:
    return Seat(f"demo-tafel-{table}", "deelnemer")


def seats() -> list[Seat]:
    """Every seat the demo asks from."""
    return [BUREAU, BEGELEIDER, *(seat_of(table) for table in range(1, TABLES + 1))]


def device_of(seat: Seat) -> str:
    return seat.id


def named(asked: list[tuple[AnyCommand, Seat]]) -> list[Named]:
    """Give every command its name."""
    numbers: dict[str, int] = {}
    found: list[Named] = []
    for command, seat in asked:
        device = device_of(seat)
        numbers[device] = numbers.get(device, 0) + 1
        found.append(Named(device, numbers[device], command, seat))
    return found


def _notes(demo: Demo, zones: list[str], count: int) -> Iterator[DemoNote]:
    """The demo's own notes, then variations until there are enough."""
    yield from demo.briefjes[:count]
    voices = list(demo.stemmen)
    for at in range(len(demo.briefjes), count):
        if at % 3:
            words = demo.briefjes[at * 5 % len(demo.briefjes)].tekst
        else:
            words = demo.extra[at // 3 % len(demo.extra)]
        yield DemoNote(
            nr=f"N{at + 1:02}",
            vak=zones[(3 * at + at // 5) % len(zones)],
            stem=voices[at % len(voices)],
            plek=at % TABLES + 1,
            tekst=words,
        )


def _groups(demo: Demo, ids: Ids, there: dict[str, str]) -> Iterator[AnyCommand]:
    """Clusters come to be by laying one note with another. A group of a single note first
    borrows one that belongs to another group, and that one is laid where it belongs afterwards."""
    groups = [(group, [nr for nr in group.briefjes if nr in there]) for group in demo.groepen]
    groups = [(group, members) for group, members in groups if members]
    alone = [(group, members[0]) for group, members in groups if len(members) == 1]
    many = [(group, members) for group, members in groups if len(members) > 1]
    borrowed = iter([nr for _, members in many for nr in members[1:]])
    for group, member in alone:
        lent = next(borrowed, None)
        if lent is None:
            continue
        cluster = ids(group.nr, "groep")
        yield GatherNote(note=ids(lent), target=ids(member), cluster=cluster)
        yield NameCluster(cluster, group.naam)
    for group, members in many:
        cluster = ids(group.nr, "groep")
        for member in members[1:]:
            yield GatherNote(note=ids(member), target=ids(members[0]), cluster=cluster)
        yield NameCluster(cluster, group.naam)

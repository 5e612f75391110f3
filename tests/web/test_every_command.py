"""Every role asks every command in every kind of step, in raw frames over a real socket.

What must come back is worked out here once more, from the table of permissions and from what the step, the
zone and the evening say, in the order in which a person would explain it: does this role ever, is the
evening open, is it about my table, can I read it, does the step allow it, may I write there. A rule
that forgets one of those, or asks them in another order, answers something else somewhere.

Each case has records of its own, so that it could be carried out: a refusal is never an accident.
"""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any, Final, get_args

import msgspec
import pytest
import websockets
from msgspec import Struct

from opgavebord.people import tokens
from opgavebord.people.seats import cookie_name
from opgavebord.sprint import commands as ask
from opgavebord.sprint.commands import AnyCommand
from opgavebord.sprint.permissions import PERMISSIONS
from opgavebord.sprint.refusals import RefusalCode
from opgavebord.sprint.sprint import (
    Belofte,
    Board,
    Cluster,
    Domein,
    Evening,
    Field,
    Group,
    Kern,
    Note,
    Phase,
    Place,
    Record,
    Redaction,
    Right,
    Role,
    Round,
    Seat,
    Stem,
    Step,
    Table,
    Visibility,
    Writer,
    Zone,
)
from opgavebord.storage import doorway
from opgavebord.sync.rate import Pace
from tests.web.house import House, hello, until

WHO: Final[dict[str, Role]] = {
    "deelnemer": "deelnemer",
    "notulist": "deelnemer",  # of the same table, and takes notes for it
    "tafelbegeleider": "tafelbegeleider",
    "luisteraar": "luisteraar",
    "wand": "wand",
    "bureau": "bureau",
    "oogst": "oogst",
    "begeleider": "begeleider",  # the last: it shows what was hidden, and closes the round
}
HALL: Final = ("deelnemer", "tafelbegeleider")
EVERYTHING: Final[tuple[Right, ...]] = get_args(Right)
ALSO_WHILE_FROZEN: Final = (ask.AskHelp, ask.TellCheck, ask.SitDown)
ALSO_AFTERWARDS: Final = (
    *(ask.TagNote, ask.RedactNote, ask.DropRedaction, ask.NameGroup),
    *(ask.MakeBelofte, ask.ChangeBelofte, ask.DropBelofte),
    *(ask.ShowOnWall, ask.FreezeWall, ask.CoverOnWall),
    *(ask.SetPhase, ask.Publish, ask.TellEvening, ask.TakeAway, ask.BringBack),
)
ALSO_HIDDEN: Final = (ask.BinNote, ask.RestoreNote)  # for a begeleider, who does not read it


class Scene(Struct, frozen=True):
    """A kind of step, and how the evening stands."""

    may: tuple[Right, ...] = EVERYTHING
    visible: Visibility = "zaal"
    write: Writer = "iedereen"
    frozen: bool = False
    phase: Phase = "open"

    @property
    def name(self) -> str:
        evening = "frozen" if self.frozen else self.phase
        may = "everything" if self.may == EVERYTHING else "+".join(self.may) or "nothing"
        return f"{may}-{self.visible}-{self.write}-{evening}"


VISIBLE: Final[tuple[Visibility, ...]] = get_args(Visibility)
SCENES: Final = [
    *(Scene((right,), VISIBLE[place % 3]) for place, right in enumerate(EVERYTHING)),
    *(Scene((), visible) for visible in VISIBLE),
    *(Scene(visible=visible, write=write) for visible in VISIBLE for write in get_args(Writer)),
    Scene(("schrijven",), "alleen_ik", "schrijver"),
    Scene(frozen=True),
    Scene(phase="closing"),
    Scene(phase="closed"),
]


class Case(Struct, frozen=True):
    """One thing to ask, and what is special about it."""

    command: AnyCommand
    own: bool = False  # about a note that this seat wrote
    hidden: bool = False  # about a note of somebody else that only they can read
    at_table: bool = False  # about one that only its table can read, which is also mine
    elsewhere: bool = False  # about something of another table
    zone: Zone | None = None  # where it is written
    always: bool = False  # an objection: may be said in every step
    otherwise: RefusalCode | None = None  # what comes of it where it is allowed


def expected(who: str, case: Case, scene: Scene) -> RefusalCode | None:
    """The verdict, as a person would explain it."""
    role, asked = WHO[who], type(case.command)
    permission = PERMISSIONS[asked]
    if role not in permission.roles:
        return "not_allowed"
    if scene.phase == "closed" and (role in HALL or asked not in ALSO_AFTERWARDS):
        return "closed"
    if scene.frozen and role in HALL and asked not in ALSO_WHILE_FROZEN:
        return "frozen"
    if case.elsewhere and role == "tafelbegeleider":
        return "not_your_table"
    unread = case.hidden or (case.at_table and role not in HALL)
    if unread and not (role == "begeleider" and asked in ALSO_HIDDEN):
        return "not_yours"
    if case.zone is not None and case.zone.tap and not case.always:
        return "not_in_this_step"
    if role == "deelnemer" and not case.always:
        rights = permission.rights
        if rights is not None and case.own:
            rights |= permission.own
        if rights is not None and rights.isdisjoint(scene.may):
            return "not_in_this_step"
    if case.zone is not None and role in HALL and not case.always:
        for write in (scene.write, case.zone.write):
            if not may_write(who, write):
                return "not_in_this_step"
    return case.otherwise


def may_write(who: str, write: Writer) -> bool:
    match write:
        case "iedereen":
            return True
        case "schrijver":
            return who in ("notulist", "tafelbegeleider")
        case "begeleider":
            return who == "tafelbegeleider"
        case "niemand":
            return False


# --- what is asked ---------------------------------------------------------------------


class Kit:
    """Makes what one who asks needs to have lying there. Who never may gets names only."""

    def __init__(self, who: str) -> None:
        self.who = who
        self._rank = list(WHO).index(who) * 1_000
        self.seat = f"seat-{who}"
        self.records: list[Record] = []
        self._count = 0

    def id(self) -> str:
        self._count += 1
        return f"{self.who}-{self._count}"

    def may(self, asked: type[AnyCommand]) -> bool:
        return WHO[self.who] in PERMISSIONS[asked].roles

    def note(self, author: str = "seat-other", **fields: Any) -> str:
        id = self.id()
        how = {"table": "table1", "zone": "zone-all", "rank": self._rank + self._count, **fields}
        self.records.append(Note(id=id, text="Een ding.", author=author, step="step-on", **how))
        return id

    def mine(self, **fields: Any) -> str:
        return self.note(self.seat, **fields)

    def pile(self, **fields: Any) -> str:
        id = self.id()
        self.records.append(
            Cluster(id=id, zone="zone-all", rank=self._rank + self._count, title="Samen")
        )
        for _ in range(2):
            self.note(cluster=id, **fields)
        return id

    def group(self) -> str:
        id = self.id()
        self.records.append(Group(id=id, title="Een groep", rank=10 + self._rank + self._count))
        return id

    def belofte(self) -> str:
        id = self.id()
        said = Belofte(id=id, who="Ik", what="Dit", when="Morgen", author=self.seat, table="table1")
        self.records.append(said)
        return id

    def redaction(self) -> str:
        id = self.id()
        note = self.note()
        self.records.append(
            Redaction(id=id, note=note, text="[naam]", role="oogst", reason="Privé")
        )
        return id


def of_notes(kit: Kit) -> Iterator[Case]:
    """Everything one does with a note: an own one, one of somebody else, of another table, hidden."""

    def text(make: Callable[[str], AnyCommand], **fields: Any) -> Iterator[Case]:
        yield Case(make(kit.mine(**fields)), own=True)
        yield Case(make(kit.note(**fields)))
        yield Case(make(kit.note(**{**fields, "table": "table2"})), elsewhere=True)
        yield Case(make(kit.note(hidden=True, **fields)), hidden=True)
        yield Case(make(kit.note(hidden=True, at_table=True, **fields)), at_table=True)

    yield from text(lambda id: ask.EditNote(id, 1, ("Eerst: ",)))
    yield from text(lambda id: ask.GiveStem(id, "stem1"))
    yield from text(lambda id: ask.GiveField(id, "gevoel", "fijn"))
    yield from text(lambda id: ask.GiveKern(id, "kern1"))
    yield from text(ask.BinNote)
    yield from text(ask.RestoreNote, gone=True)
    for case in text(lambda id: ask.MoveNote(id, "zone-two")):
        yield msgspec.structs.replace(case, own=False)
    for case in text(lambda id: ask.GatherNote(id, kit.note(), kit.id())):
        yield msgspec.structs.replace(case, own=False)
    for zone in ZONES:
        yield Case(ask.CreateNote(kit.id(), zone.id, "Een nieuw ding."), zone=zone)
        against = ask.CreateNote(
            *(kit.id(), zone.id, "Niet mee eens."), type="bezwaar", about="item1"
        )
        yield Case(against, zone=zone, always=True)
    yield Case(ask.MarkNote(kit.note(origin="organisatie"), "herken_ik"))
    yield Case(ask.MarkNote(kit.note(origin="organisatie", hidden=True), "herken_ik"), hidden=True)
    yield Case(ask.TagNote(kit.note(), ("dome1",)))
    yield Case(ask.RedactNote(kit.id(), kit.note(), "[naam]", "Privé"))
    yield Case(ask.RedactNote(kit.id(), kit.note(hidden=True), "[naam]", "Privé"), hidden=True)
    yield Case(ask.QuoteOfTable("table1", kit.note()))
    yield Case(ask.NameCluster(kit.pile(), "Een zin"))
    yield Case(ask.MoveCluster(kit.pile(), "zone-two"))
    yield Case(ask.DissolveCluster(kit.pile()))
    yield Case(ask.NameCluster(kit.pile(table="table2"), "Een zin"), elsewhere=True)


def of_the_harvest(kit: Kit) -> Iterator[Case]:
    real = kit.may(ask.MakeGroup)
    group = kit.group if real else kit.id
    yield Case(ask.MakeGroup(kit.id(), "Nieuw", (kit.note(),)))
    yield Case(ask.GroupNotes((kit.note(),), "item1"))
    yield Case(ask.GroupNotes((kit.note(hidden=True),), "item1"), hidden=True)
    yield Case(ask.NameGroup("item1", "Een zin"))
    yield Case(ask.MoveGroup("item1"))
    yield Case(ask.MergeGroups(group(), "item1"))
    into = group()
    yield Case(ask.SplitGroup(into, kit.id(), (kit.note(group=into if real else None),)))
    yield Case(ask.DropGroup(group()))
    yield Case(ask.DropRedaction(kit.redaction()))
    yield Case(ask.ChooseBedoeling(None))
    yield Case(ask.MakeBelofte(kit.id(), "Ik", "Dit", "Morgen"))
    yield Case(ask.ChangeBelofte(kit.belofte(), "Ik", "Dat", "Morgen"))
    yield Case(ask.DropBelofte(kit.belofte()))
    yield Case(ask.ShowOnWall("zwart"))
    yield Case(ask.FreezeWall(False))
    yield Case(ask.CoverOnWall("item2", False))
    yield Case(ask.QueueForWall("item1", True))


def of_a_seat(kit: Kit) -> Iterator[Case]:
    yield Case(ask.SitDown("table1"))
    yield Case(ask.TakeStand("notuleren" if kit.who == "notulist" else "schrijven"))
    yield Case(ask.HandOn())
    yield Case(ask.GiveVoice("stem1", "kern1"))
    yield Case(ask.AskHelp(True))
    yield Case(ask.SayDone(True))
    yield Case(ask.TellCheck({"klok": "goed"}))
    yield Case(ask.TapArrival("kern1", "stem1"))
    yield Case(ask.AnswerHelp("seat-other"))
    yield Case(ask.AnswerHelp("seat-elsewhere"), elsewhere=True)


def of_directing(kit: Kit, scene: Scene) -> Iterator[Case]:
    """The last: some of it changes what others may."""
    yield Case(ask.SetTable("table1", 1, 4))
    yield Case(ask.SetTable("table2", 2, 4), elsewhere=True)
    yield Case(ask.GiveDots("round1", "item1", 1))
    yield Case(ask.CountPaper("round1", "table1", 2, {"item1": 2}))
    yield Case(ask.CountPaper("round1", "table2", 2, {"item1": 2}), elsewhere=True)
    yield Case(ask.CloseRound("round1"))
    yield Case(ask.OpenRound(kit.id(), "Nog een", items=("item1", "item2")))
    yield Case(ask.SetMinutes("step-next", 5))
    yield Case(ask.SkipStep("step-next", True))
    yield Case(ask.MoveStep("step-next"))
    yield Case(ask.RepeatStep("step-next", kit.id()))
    yield Case(ask.MoveBoard("board1"))
    yield Case(ask.TellEvening(goal="Een doel"))
    yield Case(ask.SetTimer(60))
    yield Case(ask.AddToTimer(60))
    yield Case(ask.SetDoors(True))
    yield Case(ask.RenewCode())
    yield Case(ask.TakeAway("reis1"))
    yield Case(ask.BringBack("reis1"))
    yield Case(ask.RemoveSeat("seat-elsewhere"))
    yield Case(ask.ReadmitSeat("seat-elsewhere"))
    yield Case(ask.RewindSeat("seat-elsewhere", 1))
    yield Case(ask.Publish(False))
    yield Case(ask.Reveal())
    yield Case(ask.GoToStep("step-on"))
    yield Case(ask.FreezeEvening(scene.frozen))
    yield Case(ask.SetPhase(scene.phase))
    again = Evening(id="weer", title="t", question="q")
    yield Case(ask.FoundSprint((again,)), otherwise="founded")


ZONES: Final = (
    *(
        Zone(id=f"zone-{write}", board="board1", title=write, write=write)
        for write in get_args(Writer)
    ),
    Zone(id="zone-tap", board="board1", title="tik", tap=True),
)


def founding(scene: Scene, kits: list[Kit]) -> ask.FoundSprint:
    """A sprint in which all of it could be done."""
    groups = (Group(id="item1", title="een", rank=1), Group(id="item2", title="twee", rank=2))
    return ask.FoundSprint(
        (
            Evening(
                id="avond",
                title="Opgave",
                question="Hoe?",
                board="board1",
                step="step-on",
                frozen=scene.frozen,
                phase=scene.phase,
            ),
            Board(id="board1", werkvorm="T2", title="Bord", fields=(Field("gevoel", "Hoe?"),)),
            Zone(id="zone-all", board="board1", title="alles"),
            Zone(id="zone-two", board="board1", title="twee"),
            *ZONES,
            Step(
                id="step-on",
                board="board1",
                title="Nu",
                instruction="Doe.",
                may=scene.may,
                visible=scene.visible,
                write=scene.write,
                visited=True,
            ),
            Step(id="step-next", board="board1", title="Straks", instruction="Doe.", rank=1),
            Stem(id="stem1", code="IO", title="inwoner"),
            Kern(id="kern1", code="KR", title="Kronenberg"),
            Domein(id="dome1", code="WO", title="Wonen"),
            Table(id="table1", number=1),
            Table(id="table2", number=2),
            *(
                Place(id=f"seat-{who}", role=WHO[who], table="table1", stand=stand)
                for who, stand in (
                    ("deelnemer", "schrijven"),
                    ("notulist", "notuleren"),
                    ("tafelbegeleider", "schrijven"),
                )
            ),
            Place(id="seat-other", table="table1", help=1),
            Place(id="seat-elsewhere", table="table2", help=1),
            *groups,
            Round(id="round1", title="Stippen", items=("item1", "item2")),
            *(record for kit in kits for record in kit.records),
        )
    )


# --- asking it -------------------------------------------------------------------------


class Asking(Struct):
    """One who asks, over a socket of its own."""

    socket: websockets.ClientConnection
    who: str
    count: int = 0

    async def verdicts(self, cases: list[Case]) -> list[RefusalCode | None]:
        names = []
        undo = 0
        for case in cases:
            self.count += 1
            name = f"device-{self.who}.{self.count}"
            if isinstance(case.command, ask.MakeBelofte):
                undo = self.count
            names.append(name)
            await self._say(name, case.command)
        self.count += 1
        names.append(f"device-{self.who}.{self.count}")
        await self._say(names[-1], ask.Undo(f"device-{self.who}.{undo}"))
        heard: dict[str, RefusalCode | None] = {}
        while len(heard) < len(names):
            frame = await until(self.socket, "frame")
            heard.update((ack[0], ack[2] if len(ack) > 2 else None) for ack in frame["acks"])
        return [heard[name] for name in names]

    async def _say(self, name: str, command: AnyCommand) -> None:
        said = {"t": "do", "id": name, "c": msgspec.to_builtins(command)}
        await self.socket.send(json.dumps(said))


async def enter(house: House, sprint: str, who: str) -> Asking:
    """A seat of that role, with its cookie and its socket."""
    role, token = WHO[who], tokens.new_token()
    seat = Seat(f"seat-{who}", role)
    await house.board.database.run(
        lambda c: doorway.add_seat(c, sprint, seat, tokens.digest(token), 1)
    )
    socket = await house.socket(
        None,
        url=f"{house.url.replace('http', 'ws', 1)}/ws/{sprint}/{role}",
        headers={"Cookie": f"{cookie_name(role, sprint, False)}={token}"},
    )
    await hello(socket, f"device-{who}")
    return Asking(socket, who)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_every_role_and_every_command(house: House, scene: Scene) -> None:
    house.board.rooms.pace = Pace(100_000, 100_000, 10**9)
    sprint = f"avond-{SCENES.index(scene)}"
    kits = {who: Kit(who) for who in WHO}
    cases = {
        who: [
            *of_notes(kit),
            *of_the_harvest(kit),
            *of_a_seat(kit),
            *of_directing(kit, scene),
        ]
        for who, kit in kits.items()
    }
    found = founding(scene, list(kits.values()))
    desk = Seat("desk", "bureau")
    assert (await house.board.rooms.submit(sprint, desk, found)).refusal is None
    askers = [await enter(house, sprint, who) for who in WHO]
    wrong: list[str] = []
    for asker in askers:
        mine = cases[asker.who]
        made = next(case for case in mine if isinstance(case.command, ask.MakeBelofte))
        undoing = Case(ask.Undo("x.1"), otherwise=expected(asker.who, made, scene) and "unknown")
        wanted = [expected(asker.who, case, scene) for case in (*mine, undoing)]
        async with asyncio.timeout(30):
            got = await asker.verdicts(mine)
        wrong += [
            f"{asker.who}: {case} is {verdict}, not {want}"
            for case, verdict, want in zip((*mine, undoing), got, wanted, strict=True)
            if verdict != want
        ]
    for asker in askers:
        await asker.socket.close()
    assert not wrong, "\n".join(wrong[:20])
    await _written_as_the_step_says(house, sprint, scene, cases)


async def _written_as_the_step_says(
    house: House, sprint: str, scene: Scene, cases: dict[str, list[Case]]
) -> None:
    """What could be written is there, hidden as the step says, and nothing else came to be."""
    kept = await house.board.rooms.look(sprint)
    for who, mine in cases.items():
        for case in mine:
            if not isinstance(case.command, ask.CreateNote):
                continue
            note = kept.note(case.command.note)
            assert (note is not None) == (expected(who, case, scene) is None), (who, case)
    await house.board.rooms.forget(sprint)


def test_every_command_is_among_them() -> None:
    kit = Kit("begeleider")
    cases = [*of_notes(kit), *of_the_harvest(kit), *of_a_seat(kit), *of_directing(kit, Scene())]
    asked = {type(case.command) for case in cases} | {ask.Undo}
    assert asked == set(get_args(AnyCommand)) == set(PERMISSIONS)


def test_every_kind_of_step_is_among_them() -> None:
    assert {right for scene in SCENES for right in scene.may} == set(EVERYTHING)
    assert {(one.visible, one.write) for one in SCENES} >= {
        (visible, write) for visible in VISIBLE for write in get_args(Writer)
    }
    assert {one.phase for one in SCENES} == set(get_args(Phase))

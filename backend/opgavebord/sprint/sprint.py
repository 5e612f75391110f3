"""The value of a sprint: its records, and how to find things among them.

A sprint is a bag of *records*, each of a kind, each with an id. Only `change.apply` writes to
it. Besides the records it holds one index, `children`: which notes and clusters lie in a
container (a zone or a cluster), in order, because every placement asks for it. The index follows
from the records and is kept by `put` and `drop`, nowhere else.

Order within a container is an integer `rank`; see `placement.py`.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

from msgspec import Meta, Struct

from . import limits

Id: TypeAlias = Annotated[
    str,
    Meta(
        min_length=limits.ID_CHARACTERS_LEAST,
        max_length=limits.ID_CHARACTERS,
        pattern=r"^[A-Za-z0-9_-]+\Z",
    ),
]
Whole: TypeAlias = Annotated[int, Meta(ge=-(2**53), le=2**53)]
"""A number that both languages and the log can hold; nothing that comes in has a larger one."""
Role: TypeAlias = Literal[
    "deelnemer",
    "tafelbegeleider",  # of one table
    "begeleider",  # directs the evening
    "oogst",  # lays the tables' notes together
    "wand",
    "luisteraar",  # may read along
    "bureau",  # founds, publishes and redacts, before and after the evening
]
Visibility: TypeAlias = Literal["alleen_ik", "tafel", "zaal"]
Right: TypeAlias = Literal[
    "schrijven", "wijzigen", "verplaatsen", "groeperen", "koppelen", "stemmen", "bezwaar"
]
Writer: TypeAlias = Literal["iedereen", "schrijver", "begeleider", "niemand"]
Input: TypeAlias = Literal["doorgeven", "notuleren", "eigen_telefoon", "papier", "tikken"]
Late: TypeAlias = Literal["direct", "wacht"]
"""What comes after the reveal: shown at once with a mark, or kept until the next reveal."""
Stand: TypeAlias = Literal["schrijven", "notuleren", "doorgeven"]
"""How a device is used: by one person, by who takes notes for the table, or handed round."""
Form: TypeAlias = Literal["kolommen", "welkom", "cirkels", "tijdlijn", "stemmen"]
Scene: TypeAlias = Literal[
    "welkom",
    "speelruimte",
    "vraag",
    "stilte",
    "klok",
    "teller",
    "citaten",
    "oogst",
    "bord",
    "stemmen",
    "belofte",
    "pauze",
    "zwart",
]
Phase: TypeAlias = Literal["open", "closing", "closed"]
MarkOf: TypeAlias = Literal["herken_ik", "herken_niet", "steun"]
Origin: TypeAlias = Literal["", "organisatie", "papier"]
Kind: TypeAlias = Literal[
    "sprint",
    "board",
    "zone",
    "step",
    "stem",
    "note",
    "cluster",
    "kern",
    "domein",
    "table",
    "place",
    "arrival",
    "tally",
    "group",
    "round",
    "ballot",
    "mark",
    "redaction",
    "belofte",
    "wall",
    "checkpoint",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class Seat(Struct, frozen=True):
    """Who asks: a place at one sprint. Comes from the session, never from a payload."""

    id: str
    role: Role


class _Record(Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """A record: one thing of a kind, with an id. A field that is not known is never dropped in
    silence, so what holds one can not be read."""


class Evening(_Record, frozen=True, kw_only=True, tag="sprint"):
    """The sprint itself, one record. Times are the server's, in milliseconds since 1970."""

    id: Id
    title: str  # of the opgave: "Vitale kernen"
    question: str  # "Hoe zorgen we dat …?"
    number: Whole = 1
    place: str = ""
    date: str = ""  # as people say it: "donderdag 16 april, 19.30 uur"
    notice: str = ""  # a fixed line on every screen, such as "Voorbeeld. …"
    board: Id | None = None  # the board that is on
    step: Id | None = None  # the step that is on
    timer_started: Whole | None = None
    timer_ends: Whole | None = None
    doors_open: bool = True
    code: str = ""  # six characters of the join alphabet; only wand and begeleider see it
    token: str = ""  # what the QR carries, 128 bits; only wand and begeleider see it
    source: str = ""  # where the opgave comes from: "akkoord, bladzijde 7"
    level: str = ""  # how far taking part goes: meeweten, meedenken, meewerken, meebeslissen
    fixed: tuple[str, ...] = ()  # speelruimte: what nobody can change tonight
    free: tuple[str, ...] = ()  # speelruimte: what is still open
    goal: str = ""
    frozen: bool = False  # "even luisteren": nobody in the hall writes
    phase: Phase = "open"
    bedoeling: Id | None = None  # the sentence (a note) the hall holds on to
    answer_from: str = ""  # "14 mei": from when people can see what was done with it
    published: bool = False  # *Dit hebben we gehoord* can be read by everybody
    rehearsal: bool = False
    away: Id | None = (
        None  # the journey this board is on, in the case of a laptop; None: it is here
    )


class Field(Struct, frozen=True, forbid_unknown_fields=True):
    """A question beside the text of a note."""

    name: str  # "gevoel"
    label: str  # "Hoe voelde dat?"
    options: tuple[str, ...] = ()  # none: a short text of one's own
    of: str = ""  # only for notes of this type


class Board(_Record, frozen=True, kw_only=True, tag="board"):
    """One werkvorm laid out in this sprint."""

    id: Id
    werkvorm: str  # "T2"
    title: str
    purpose: str = ""
    rank: Whole = 0
    form: Form = "kolommen"
    types: tuple[str, ...] = ()  # of notes: "moment", "verhaal", "wens"
    fields: tuple[Field, ...] = ()
    hints: tuple[Literal["oplossing", "privacy"], ...] = ("privacy",)


class Zone(_Record, frozen=True, kw_only=True, tag="zone"):
    """A named part of a board with its own question."""

    id: Id
    board: Id
    title: str
    question: str = ""
    colour: str = "wit"  # a name of the palette: geel, zand, roze, paars, blauw, groen, wit
    rank: Whole = 0
    world: str = ""  # leefwereld, systeem, bedoeling: for the desk, no participant sees the word
    write: Writer = "iedereen"
    type: str = ""  # of the notes that are written here
    source: Literal["", "groepen", "bedoeling"] = ""  # what is shown here besides notes
    tap: bool = False  # nobody writes here; people tap where they come from


class Step(_Record, frozen=True, kw_only=True, tag="step"):
    """What everybody can do now, and who sees it."""

    id: Id
    board: Id
    title: str
    instruction: str
    minutes: Whole = 0
    visible: Visibility = "zaal"
    may: tuple[Right, ...] = ("schrijven", "wijzigen", "verplaatsen", "groeperen")
    scene: Scene = "bord"
    rank: Whole = 0
    visited: bool = False  # has been on; what was written in it may still arrive
    revealed: bool = False  # its notes were shown; later ones are shown at once, marked late
    write: Writer = "iedereen"
    input: tuple[Input, ...] = ("eigen_telefoon",)
    late: Late = "direct"
    skipped: bool = False
    turn_seconds: Whole = 0  # one turn on a tablet that goes round; 0: by its input


class Stem(_Record, frozen=True, kw_only=True, tag="stem"):
    """A voice: whose perspective speaks in a note."""

    id: Id
    code: str
    title: str
    rank: Whole = 0


class Note(_Record, frozen=True, kw_only=True, tag="note"):
    """One thing somebody said. Never dropped: `gone` means it lies in the bin."""

    id: Id
    zone: Id
    cluster: Id | None = None
    rank: Whole
    text: str
    author: str | None = None  # seat; None where it is hidden from the viewer or nobody's
    stem: Id | None = None
    step: Id | None = None  # the step in which it was written
    at: Whole = 0
    hidden: bool = False  # only the author sees text, author and voice
    late: bool = False  # arrived after the reveal of its step
    gone: bool = False
    literal: str | None = (
        None  # the author's own words, once somebody else or a later step changed the text
    )
    at_table: bool = False  # hidden, but the seats at its table see it
    table: Id | None = None  # where it was said
    turn: Whole | None = None  # of a tablet that goes round: whose turn it was
    scribed: bool = False  # typed by who takes notes for the table
    type: str = ""  # one of the board's: "moment"; everywhere "bedoeling", "bezwaar", "voorwaarde"
    fields: dict[str, str] = {}
    about: Id | None = None  # of a bezwaar or voorwaarde: the group or the sentence it is about
    of: tuple[Id, ...] = ()  # of a bedoeling: the sentences it was made from
    origin: Origin = ""
    card: str = ""  # the number on the paper card
    kern: Id | None = None  # whose village; only the author and the desk see it
    domains: tuple[Id, ...] = ()  # tagged afterwards; only the desk sees them
    group: Id | None = None  # the group of the harvest it is in


class Cluster(_Record, frozen=True, kw_only=True, tag="cluster"):
    """Notes that belong together under a sentence."""

    id: Id
    zone: Id
    rank: Whole
    title: str = ""
    gone: bool = False


class Kern(_Record, frozen=True, kw_only=True, tag="kern"):
    """A village, and its tile on a schematic map: column 1 is west, row 1 is north."""

    id: Id
    code: str
    title: str
    column: Whole = 0
    row: Whole = 0
    rank: Whole = 0


class Domein(_Record, frozen=True, kw_only=True, tag="domein"):
    """A field of policy. Never asked of a resident."""

    id: Id
    code: str
    title: str
    rank: Whole = 0


class Table(_Record, frozen=True, kw_only=True, tag="table"):
    id: Id
    number: Whole
    people: Whole = 0  # who sit there, as somebody counted; 0: nobody counted
    quote: Id | None = None  # the note the whole hall must hear
    volgcode: str = ""  # "merel-fiets-appel"; only the table itself and the desk see it


class Place(_Record, frozen=True, kw_only=True, tag="place"):
    """What a seat is doing. Its own seat and the desk see it; others see that it is there."""

    id: Id  # of the seat
    role: Role = "deelnemer"
    table: Id | None = None
    stand: Stand = "schrijven"
    turn: Whole = 0  # of a tablet that goes round: how often it was handed on
    stem: Id | None = None  # the voice of who has it now
    kern: Id | None = None
    help: Whole | None = None  # asked for help at
    done: Id | None = None  # the step they say to be ready with
    removed: bool = False
    check: dict[str, str] = {}  # of the room check: what was tried, and what came of it
    checked: Whole | None = None


class Arrival(_Record, frozen=True, kw_only=True, tag="arrival"):
    """Somebody tapped on their village and on how they are here. Only counts leave the server."""

    id: Id
    seat: Id | None = None
    table: Id | None = None
    kern: Id | None = None
    stem: Id | None = None


class Count(Struct, frozen=True, forbid_unknown_fields=True):
    id: Id
    n: Whole


class Tally(_Record, frozen=True, kw_only=True, tag="tally"):
    """Counts that may be shown to the whole hall; see `disclosure.py`."""

    id: Id
    people: Whole = 0  # who tapped
    kernen: tuple[Count, ...] = ()
    stemmen: tuple[Count, ...] = ()
    done: Whole = 0  # seats that are ready with the step that is on


class Group(_Record, frozen=True, kw_only=True, tag="group"):
    """Notes of all tables that say the same, under a sentence: the harvest. Its notes stay where
    they lie on their boards and name it in `group`."""

    id: Id
    title: str = ""
    rank: Whole = 0
    gone: bool = False


class OfKind(Struct, frozen=True, forbid_unknown_fields=True):
    """Dots of one kind of participant; `kind` is of `disclosure.KINDS_OF_PARTICIPANTS`, or "overig"."""

    kind: str
    dots: Whole


class Result(Struct, frozen=True, forbid_unknown_fields=True):
    item: Id
    dots: Whole  # paper ones too
    paper: Whole = 0
    kinds: tuple[OfKind, ...] = ()  # as far as may be shown


class Round(_Record, frozen=True, kw_only=True, tag="round"):
    """A round of dots."""

    id: Id
    title: str
    step: Id | None = None
    per: Literal["persoon", "tafel"] = "persoon"
    budget: Whole = 3
    most: Whole = 3  # on one item
    own: bool = True  # an item with an own note in it may be chosen
    items: tuple[Id, ...] = ()  # groups
    open: bool = True
    voters: Whole = 0
    result: tuple[Result, ...] = ()  # empty until it is closed
    at: Whole = 0


class Ballot(_Record, frozen=True, kw_only=True, tag="ballot"):
    """The dots of one voter. Nobody but the voter ever sees them; a table's ballot, its seats."""

    id: Id
    round: Id
    seat: Id | None = None
    turn: Whole = 0
    table: Id | None = None
    stem: Id | None = None
    shared: bool = False  # of a whole table
    paper: bool = False  # stickers, counted by hand; staff see it
    voters: Whole = 1
    dots: dict[str, Whole] = {}  # by item; no zeros


class Mark(_Record, frozen=True, kw_only=True, tag="mark"):
    """*Herken ik*, *herken ik niet*, or support of a sentence. Whose, only the seat itself sees."""

    id: Id
    note: Id
    what: MarkOf
    seat: Id | None = None
    turn: Whole = 0
    stem: Id | None = None
    gone: bool = False


class Redaction(_Record, frozen=True, kw_only=True, tag="redaction"):
    """Another text beside the literal words, by whom and why. Required: never quote the words."""

    id: Id
    note: Id
    text: str
    role: Role
    reason: str = ""
    required: bool = False
    at: Whole = 0
    gone: bool = False


class Belofte(_Record, frozen=True, kw_only=True, tag="belofte"):
    id: Id
    who: str
    what: str
    when: str
    author: Id | None = None
    table: Id | None = None
    at: Whole = 0
    gone: bool = False


class Shown(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing on the wall, as it may be read in public."""

    id: Id
    text: str
    caption: str = ""  # a village or a voice


class Wall(_Record, frozen=True, kw_only=True, tag="wall"):
    """What stands on the wall: every wall shows the same."""

    id: Id
    scene: Scene = "welkom"
    items: tuple[Shown, ...] = ()
    page: Whole = 0
    frozen: bool = False
    queue: tuple[Id, ...] = ()  # notes and groups that wait for it
    covered: tuple[Id, ...] = ()  # never on the wall


class Checkpoint(_Record, frozen=True, kw_only=True, tag="checkpoint"):
    """A moment with a name."""

    id: Id
    name: str
    seq: Whole
    at: Whole
    step: Id | None = None


Record: TypeAlias = (
    Evening
    | Board
    | Zone
    | Step
    | Stem
    | Note
    | Cluster
    | Kern
    | Domein
    | Table
    | Place
    | Arrival
    | Tally
    | Group
    | Round
    | Ballot
    | Mark
    | Redaction
    | Belofte
    | Wall
    | Checkpoint
)
RECORDS: Final[dict[Kind, type[Record]]] = dict(zip(KINDS, get_args(Record), strict=True))
KIND_OF: Final[dict[type[Record], Kind]] = {shape: kind for kind, shape in RECORDS.items()}


Sibling: TypeAlias = tuple[int, str]
"""Rank and id of what lies in a container: this is the order."""


class Sprint:
    """One evening in memory. `head` is the number of the last event that was applied."""

    __slots__ = ("children", "head", "records")

    def __init__(self) -> None:
        self.head = 0
        self.records: dict[Kind, dict[str, Any]] = {kind: {} for kind in KINDS}
        self.children: dict[str, list[Sibling]] = {}

    # -- finding ----------------------------------------------------------------------

    def find(self, kind: Kind, id: str) -> Record | None:
        found: Record | None = self.records[kind].get(id)
        return found

    def note(self, id: str) -> Note | None:
        note: Note | None = self.records["note"].get(id)
        return note

    def cluster(self, id: str) -> Cluster | None:
        cluster: Cluster | None = self.records["cluster"].get(id)
        return cluster

    def zone(self, id: str) -> Zone | None:
        zone: Zone | None = self.records["zone"].get(id)
        return zone

    def step(self, id: str) -> Step | None:
        step: Step | None = self.records["step"].get(id)
        return step

    def place(self, seat: str) -> Place | None:
        place: Place | None = self.records["place"].get(seat)
        return place

    @property
    def evening(self) -> Evening | None:
        for evening in self.records["sprint"].values():
            found: Evening = evening
            return found
        return None

    @property
    def step_on(self) -> Step | None:
        evening = self.evening
        return self.step(evening.step) if evening and evening.step else None

    @property
    def notes(self) -> "dict[str, Note]":
        return self.records["note"]

    @property
    def clusters(self) -> "dict[str, Cluster]":
        return self.records["cluster"]

    def __iter__(self) -> Iterator[Record]:
        for kind in KINDS:
            yield from self.records[kind].values()

    def items(self, container: str) -> "list[Note | Cluster]":
        """What lies in a zone or a cluster and is not in the bin, in order."""
        notes, clusters = self.records["note"], self.records["cluster"]
        return [notes.get(id) or clusters[id] for _, id in self.children.get(container, ())]

    # -- writing, only for change.apply -----------------------------------------------

    def put(self, record: Record) -> None:
        shelf = self.records[KIND_OF[type(record)]]
        before = shelf.get(record.id)
        if before is not None:
            self._leave(before)
        shelf[record.id] = record
        self._enter(record)

    def drop(self, kind: Kind, id: str) -> None:
        self._leave(self.records[kind].pop(id))

    def _enter(self, record: Record) -> None:
        if isinstance(record, Note | Cluster) and not record.gone:
            insort(self.children.setdefault(container(record), []), (record.rank, record.id))

    def _leave(self, record: Record) -> None:
        if isinstance(record, Note | Cluster) and not record.gone:
            lying = self.children[container(record)]
            del lying[bisect_left(lying, (record.rank, record.id))]
            if not lying:
                del self.children[container(record)]

    # -- comparing --------------------------------------------------------------------

    def copy(self) -> "Sprint":
        twin = Sprint()
        twin.head = self.head
        twin.records = {kind: dict(shelf) for kind, shelf in self.records.items()}
        twin.children = {place: list(lying) for place, lying in self.children.items()}
        return twin

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sprint)
            and self.head == other.head
            and self.records == other.records
            and self.children == other.children
        )

    __hash__ = None  # type: ignore[assignment]  # a value that changes has no hash


def container(item: Note | Cluster) -> str:
    """The id of the zone or cluster an item lies in."""
    if isinstance(item, Note) and item.cluster is not None:
        return item.cluster
    return item.zone

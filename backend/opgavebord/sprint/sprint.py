"""The value of a sprint: its records, and how to find things among them.

A sprint is a bag of *records*, each of a kind, each with an id. Only `change.apply` writes to
it. Besides the records it holds one index, `children`: which notes and clusters lie in a
container (a zone or a cluster), in order, because every placement asks for it. The index follows
from the records and is kept by `put` and `drop`, nowhere else.

Order within a container is an integer `rank`; see `placement.py`.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, TypeAlias

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
Role: TypeAlias = Literal["deelnemer", "begeleider", "wand", "bureau"]
Visibility: TypeAlias = Literal["alleen_ik", "tafel", "zaal"]
Right: TypeAlias = Literal[
    "schrijven", "wijzigen", "verplaatsen", "groeperen", "koppelen", "stemmen", "bezwaar"
]
Scene: TypeAlias = Literal[
    "welkom", "vraag", "klok", "teller", "citaten", "oogst", "stemmen", "stilte", "bord"
]
Kind: TypeAlias = Literal["sprint", "board", "zone", "step", "stem", "note", "cluster"]
KINDS: Final[tuple[Kind, ...]] = ("sprint", "board", "zone", "step", "stem", "note", "cluster")


class Seat(Struct, frozen=True):
    """Who asks: a place at one sprint. Comes from the session, never from a payload."""

    id: str
    role: Role
    table: int | None = None


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


class Board(_Record, frozen=True, kw_only=True, tag="board"):
    """One werkvorm laid out in this sprint."""

    id: Id
    werkvorm: str  # "T2"
    title: str
    purpose: str = ""
    rank: Whole = 0


class Zone(_Record, frozen=True, kw_only=True, tag="zone"):
    """A named part of a board with its own question."""

    id: Id
    board: Id
    title: str
    question: str = ""
    colour: str = "wit"  # a name of the palette: geel, zand, roze, paars, blauw, groen, wit
    rank: Whole = 0


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


class Cluster(_Record, frozen=True, kw_only=True, tag="cluster"):
    """Notes that belong together under a sentence."""

    id: Id
    zone: Id
    rank: Whole
    title: str = ""
    gone: bool = False


Record: TypeAlias = Evening | Board | Zone | Step | Stem | Note | Cluster
RECORDS: Final[dict[Kind, type[Record]]] = {
    "sprint": Evening,
    "board": Board,
    "zone": Zone,
    "step": Step,
    "stem": Stem,
    "note": Note,
    "cluster": Cluster,
}
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

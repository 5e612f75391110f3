"""A small sprint and the appends that make it, without the rules: storage keeps what it is given."""

from opgavebord.sprint.change import Change, Operation, Patch, Put, TextEdit, apply, touched
from opgavebord.sprint.commands import AnyCommand, CreateNote, EditNote, FoundSprint
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.refusals import RefusalCode
from opgavebord.sprint.sprint import (
    Board,
    Cluster,
    Evening,
    Note,
    Record,
    Sprint,
    Stem,
    Step,
    Zone,
)
from opgavebord.sync.effects import Append

FOUNDING: tuple[Record, ...] = (
    Evening(
        id="avond",
        title="Vitale kernen",
        question="Hoe zorgen we dat …?",
        place="Kronenberg",
        date="donderdag 16 april",
        notice="Voorbeeld.",
        board="bord",
        step="stap1",
        timer_started=1_800_000_000_000,
        code="ABCDEF",
        token="0123456789abcdef0123456789abcdef",
    ),
    Board(id="bord", werkvorm="T2", title="Een dag", purpose="Het gewone leven", rank=65536),
    Zone(id="zone", board="bord", title="'s Ochtends", question="Wat doe je?", colour="geel"),
    Step(
        id="stap1",
        board="bord",
        title="Denk na",
        instruction="Denk aan gisteren.",
        minutes=2,
        visible="alleen_ik",
        may=("schrijven", "wijzigen"),
        scene="stilte",
        visited=True,
    ),
    Step(id="stap2", board="bord", title="Kijk", instruction="Kijk.", may=(), rank=2),
    Stem(id="IO01", code="IO", title="inwoner 65+", rank=1),
)


def note(id: str, text: str = "één ding 🌷", **fields: object) -> Note:
    return Note(id=id, zone="zone", rank=65536, text=text, author="stoel", at=1, **fields)  # type: ignore[arg-type]


class Writer:
    """Makes entries one after the other, and keeps the sprint they lead to."""

    def __init__(self, device: str = "tablet") -> None:
        self.sprint = Sprint()
        self.device = device
        self.number = 0
        self.entries: list[Entry] = []

    def entry(
        self, *change: Operation, command: AnyCommand | None = None, no: RefusalCode | None = None
    ) -> Entry:
        self.number += 1
        self.sprint.head += 1
        made: Change = tuple(change)
        apply(self.sprint, made)
        entry = Entry(
            seq=self.sprint.head,
            at=1_800_000_000_000 + self.number,
            device=self.device,
            number=self.number,
            seat="stoel",
            role="deelnemer",
            command=command,
            change=made,
            refusal=no,
        )
        self.entries.append(entry)
        return entry

    def founding(self) -> Entry:
        return self.entry(*map(Put, FOUNDING), command=FoundSprint(FOUNDING))

    def create(self, id: str, text: str = "één ding 🌷") -> Entry:
        command = CreateNote(note=id, zone="zone", text=text)
        return self.entry(Put(note(id, text)), command=command)

    def append(self, *entries: Entry) -> Append:
        written: dict[tuple[str, str], Record] = {}
        dropped = []
        for entry in entries:
            for kind, id in touched(entry.change):
                now = self.sprint.find(kind, id)
                if now is None:
                    dropped.append((kind, id))
                else:
                    written[kind, id] = now
        return Append(entries[0].seq - 1, entries, tuple(written.values()), tuple(dropped))


def an_evening(writer: Writer) -> list[Append]:
    """A founding, notes, a cluster, an edit, a patch and a refusal."""
    made = [writer.append(writer.founding())]
    made.append(
        writer.append(writer.create("nn01"), writer.create("nn02", "'; DROP TABLE note; --"))
    )
    edit = EditNote(note="nn01", base=2, edit=(3, "!"))
    made.append(
        writer.append(
            writer.entry(TextEdit("nn01", (3, "!", 7)), command=edit),
            writer.entry(
                Put(Cluster(id="groep", zone="zone", rank=1, title="Samen eten")),
                Patch(
                    "note", "nn02", {"cluster": "groep", "gone": False, "literal": "eigen\nwoorden"}
                ),
            ),
            writer.entry(no="not_allowed"),
        )
    )
    return made

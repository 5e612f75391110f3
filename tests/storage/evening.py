"""A small sprint and the appends that make it, without the rules: storage keeps what it is given."""

from opgavebord.sprint.change import Change, Operation, Patch, Put, TextEdit, apply, touched
from opgavebord.sprint.commands import AnyCommand, CreateNote, EditNote, FoundSprint
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.refusals import RefusalCode
from opgavebord.sprint.sprint import (
    Arrival,
    Ballot,
    Belofte,
    Board,
    Checkpoint,
    Cluster,
    Count,
    Domein,
    Evening,
    Field,
    Group,
    Kern,
    Mark,
    Note,
    OfKind,
    Place,
    Record,
    Redaction,
    Result,
    Round,
    Shown,
    Sprint,
    Stem,
    Step,
    Table,
    Tally,
    Wall,
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
        fixed=("Het gebouw blijft, zo zegt de raad.", 'De "kern" ook.'),
        phase="closing",
        bedoeling="bedoeling",
    ),
    Board(
        id="bord",
        werkvorm="T2",
        title="Een dag",
        purpose="Het gewone leven",
        rank=65536,
        types=("moment", "wens, groot of klein"),
        fields=(Field("gevoel", "Hoe voelde dat?", ("fijn", "lastig, maar goed")),),
        hints=("oplossing", "privacy"),
    ),
    Zone(
        id="zone",
        board="bord",
        title="'s Ochtends",
        question="Wat doe je?",
        colour="geel",
        write="schrijver",
        tap=True,
    ),
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
        input=("doorgeven", "papier"),
        late="wacht",
        turn_seconds=40,
    ),
    Step(id="stap2", board="bord", title="Kijk", instruction="Kijk.", may=(), rank=2),
    Stem(id="IO01", code="IO", title="inwoner 65+", rank=1),
    Kern(id="KR01", code="KR", title="Kronenberg", column=2, row=3, rank=1),
    Domein(id="WO01", code="WO", title="Wonen, leven", rank=1),
    Table(id="tafel1", number=1, people=8, quote="nn01", volgcode="merel-fiets-appel"),
    Place(
        id="stoel",
        table="tafel1",
        stand="doorgeven",
        turn=2,
        help=1_800_000_000_000,
        check={"klok": "2 s voor, dus goed", "opslag": "goed"},
    ),
    Arrival(id="komst1", seat="stoel", table="tafel1", kern="KR01", stem="IO01"),
    Tally(id="telling", people=9, kernen=(Count("KR01", 9),), stemmen=(Count("IO01", 5),)),
    Group(id="groep1", title="De bus", rank=65536),
    Round(
        id="ronde1",
        title="Wat eerst?",
        items=("groep1", "groep2"),
        open=False,
        voters=6,
        result=(Result("groep1", 7, 2, (OfKind("inwoner", 5),)),),
    ),
    Ballot(id="brief1", round="ronde1", seat="stoel", turn=2, dots={"groep1": 2, "groep2": 1}),
    Mark(id="teken1", note="nn01", what="herken_ik", seat="stoel"),
    Redaction(id="redactie1", note="nn01", text="[naam]", role="oogst", required=True, at=5),
    Belofte(id="belofte1", who="Wethouder", what="Komt terug, echt", when="14 mei"),
    Wall(
        id="wand",
        scene="citaten",
        items=(Shown("nn01", 'Zij zei: "kom", en ik kwam.', "Kronenberg"),),
        queue=("nn01", "groep1"),
        covered=("nn02",),
    ),
    Checkpoint(id="punt1", name="na Denk na", seq=1, at=7),
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
                Patch("note", "nn01", {"fields": {"gevoel": "fijn, wel"}, "domains": ("WO01",)}),
                Patch("wall", "wand", {"items": (), "covered": ("nn01", "nn02")}),
            ),
            writer.entry(no="not_allowed"),
        )
    )
    return made

"""An evening that has been: groups with votes and objections, two sentences, promises, paper, a
redaction, something that is still private. What people took home of it is read in the tests here.

`told` and `kept` gather what may and what may not leave the hall, so that a test needs no list of its own.
"""

from typing import Final

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

SECRET_TEXT: Final = "Dit vertel ik alleen aan mijn tafel."
SECRET_NAME: Final = "Meneer Janssen van nummer 12 drinkt te veel."
REDACTED: Final = "Iemand in de straat heeft het moeilijk."
BINNED: Final = "Deze gooide ik weg."
AUTHOR: Final = "seat-anna-1234567890"
VOLGCODE: Final = "merel-fiets-appel"
DOOR: Final = ("QRTOKEN0123456789abcdef", "KLMNPQ")

kept: Final = (SECRET_TEXT, SECRET_NAME, BINNED, AUTHOR, *DOOR)

GROUPS: Final = {
    "group-1": ("Ergens gewoon kunnen binnenlopen", 31),
    "group-2": ("Gezien en gemist worden", 29),
    "group-3": ("Hier kunnen blijven wonen", 22),
}
BEDOELING_1: Final = "Wij doen dit zodat niemand alleen is."
BEDOELING_2: Final = "Wij doen dit zodat iedereen in het dorp mensen kan ontmoeten."
OBJECTION_1: Final = "Alleen zijn mag. Eenzaam zijn is wat anders."
OBJECTION_2: Final = "Ook als je geen lid bent?"
CONDITION: Final = "Niet elk dorp hoeft alles te hebben."
NEED: Final = "Een goede fietsweg"

NOTES: Final = (
    # id, zone, text, stem, kern, group, cluster
    ("note-01", "zone-1", "'s Ochtends zie ik drie uur niemand.", "stem-IO", "kern-MEL", "group-2", None),
    ("note-03", "zone-2", "Voor een praatje ga ik naar de winkel in een ander dorp.", "stem-IO",
     "kern-EVE", "group-1", None),
    ("note-04", "zone-2", "De zaal staat doordeweeks vaak leeg. Een sleutel is een gedoe.",
     "stem-VR", "kern-KRO", "group-1", "pile-1"),
    ("note-06", "zone-2", "Na de training wil je nog even blijven hangen 🍻.", "stem-IJ", None,
     "group-1", "pile-1"),
    ("note-08", "zone-2", "Wij werken in ploegen. Als het dorp feest heeft, slapen wij.",
     "stem-NK", "kern-HOR", None, None),
    ("note-12", "zone-3", "Ik wil kleiner wonen, in mijn eigen dorp. Het lukt niet.", "stem-IO",
     "kern-GRU", "group-3", None),
    ("note-13", "zone-3", "Ik ben 27 en slaap nog in mijn jongenskamer 👩🏽‍🌾 ❤️.", "stem-IJ",
     "kern-LOT", "group-3", None),
)  # fmt: skip

told: Final = (
    "Vitale kernen",
    "Hoe zorgen we dat mensen in elk dorp elkaar makkelijk kunnen ontmoeten?",
    "Kronenberg",
    "donderdag 16 april",
    *(title for title, _ in GROUPS.values()),
    *(text for _, _, text, *_ in NOTES),
    BEDOELING_1,
    BEDOELING_2,
    OBJECTION_1,
    OBJECTION_2,
    CONDITION,
    REDACTED,
    "Gemeente Horst aan de Maas",
    "Een poster in elk dorp",
    "28 juli",
)


def records() -> list[Record]:
    def note(id: str, zone: str, text: str, at: int, **more: object) -> Note:
        return Note(id=id, zone=zone, text=text, author=AUTHOR, rank=at, at=at, **more)  # type: ignore[arg-type]

    made: list[Record] = [
        Evening(
            id="sprint-1", title="Vitale kernen",
            question="Hoe zorgen we dat mensen in elk dorp elkaar makkelijk kunnen ontmoeten?",
            place="Kronenberg, gemeenschapshuis", date="donderdag 16 april, 19.30 uur",
            notice="Voorbeeld. Alle briefjes en organisaties zijn verzonnen.",
            board="board-1", step="step-1", token=DOOR[0], code=DOOR[1],
            source="akkoord, bladzijde 7", level="meewerken",
            fixed=("Er komt geen nieuw gebouw", "Het budget voor dit jaar"),
            free=("Wat we in en tussen dorpen anders doen", "Wie het doet"),
            bedoeling="sentence-2", answer_from="14 mei", published=True,
        ),
        Board(
            id="board-1", werkvorm="T2", title="Een dag uit het leven", rank=1,
            fields=(Field(name="gevoel", label="Hoe voelde dat?"),),
        ),
        Board(id="board-2", werkvorm="T3", title="Waar doen we het voor?", rank=2, form="cirkels"),
        Zone(id="zone-1", board="board-1", title="'s Ochtends", question="Wat doe je? Wie zie je?", rank=1, colour="geel"),
        Zone(id="zone-2", board="board-1", title="'s Middags", question="Waar ga je heen?", rank=2, colour="zand"),
        Zone(id="zone-3", board="board-1", title="Waar loopt het vast?", rank=3, colour="roze"),
        Zone(id="zone-4", board="board-2", title="Waar doen we het voor?", rank=1, colour="paars"),
        Zone(id="zone-5", board="board-2", title="Wat heb je nodig?", rank=2, colour="blauw"),
        Step(id="step-1", board="board-1", title="Schrijf", instruction="Eén ding per kaartje.", visited=True),
        *(Stem(id=f"stem-{code}", code=code, title=title, rank=rank) for rank, (code, title) in enumerate((
            ("IO", "inwoner 65+"), ("VR", "vrijwilliger"), ("IJ", "inwoner 18–29"), ("NK", "nieuw in het dorp"),
            ("JO", "jonger dan 18"), ("AM", "gemeente"),
        ))),
        *(Kern(id=f"kern-{code}", code=code, title=title, rank=rank) for rank, (code, title) in enumerate((
            ("MEL", "Melderslo"), ("EVE", "Evertsoord"), ("KRO", "Kronenberg"), ("HOR", "Horst"),
            ("GRU", "Grubbenvorst"), ("LOT", "Lottum"),
        ))),
        Domein(id="domein-ONT", code="ONT", title="ontmoeten"),
        Table(id="table-1", number=1, people=6, quote="note-04", volgcode=VOLGCODE),
        Table(id="table-2", number=2, people=7),
        Place(id=AUTHOR, table="table-1"),
        *(Arrival(id=f"arrival-{n}", seat=f"seat-{n}", kern="kern-KRO", stem="stem-VR") for n in range(6)),
        Tally(id="tally", people=46, kernen=(Count("kern-KRO", 6), Count("kern-MEL", 4)), stemmen=(Count("stem-VR", 6),)),
        Cluster(id="pile-1", zone="zone-2", rank=0, title="De zaal en de sleutel"),
        *(Group(id=id, title=title, rank=rank) for rank, (id, (title, _)) in enumerate(GROUPS.items())),
        Group(id="group-9", title="Weg", gone=True),
        note("note-90", "zone-1", SECRET_TEXT, 90, hidden=True, stem="stem-IO", table="table-1"),
        note("note-91", "zone-1", SECRET_NAME, 91, group="group-2"),
        Redaction(id="redaction-1", note="note-91", text=REDACTED, role="bureau", reason="herkenbaar", required=True),
        note("note-92", "zone-1", BINNED, 92, gone=True),
        note("sentence-1", "zone-4", BEDOELING_1, 40, type="bedoeling", fields={"wie": "niemand", "wat": "alleen is"}),
        note("sentence-2", "zone-4", BEDOELING_2, 41, type="bedoeling", of=("sentence-1",)),
        note("note-50", "zone-5", OBJECTION_1, 50, type="bezwaar", about="sentence-1"),
        note("note-51", "zone-5", OBJECTION_2, 51, type="bezwaar", about="sentence-2", stem="stem-JO"),
        note("note-52", "zone-5", CONDITION, 52, type="voorwaarde", about="group-1", fields={"nodig": NEED}),
        Round(
            id="round-1", title="Wat weegt zwaar?", items=tuple(GROUPS), open=False, voters=46, at=60,
            result=tuple(
                Result(id, dots, paper=3 if id == "group-3" else 0,
                       kinds=(OfKind("inwoner", dots - 7), OfKind("overig", 7)))
                for id, (_, dots) in GROUPS.items()
            ),
        ),
        Ballot(id="ballot-1", round="round-1", seat=AUTHOR, dots={"group-1": 2, "group-2": 1}),
        Ballot(id="ballot-2", round="round-1", paper=True, table="table-2", voters=3, dots={"group-3": 3}),
        *(Mark(id=f"mark-{n}", note="sentence-2", what="steun", seat=f"seat-{n}") for n in range(4)),
        Mark(id="mark-9", note="note-03", what="herken_ik", seat=AUTHOR),
        Belofte(
            id="belofte-1", who="Gemeente Horst aan de Maas", what="Een poster in elk dorp",
            when="28 juli", author=AUTHOR, at=70,
        ),
        Wall(id="wand", scene="oogst", items=(Shown("group-1", "Ergens gewoon kunnen binnenlopen"),)),
        Checkpoint(id="checkpoint-1", name="na Schrijf", seq=30, at=30, step="step-1"),
    ]  # fmt: skip
    for at, (id, zone, text, stem, kern, group, pile) in enumerate(NOTES, start=1):
        more = {"fields": {"gevoel": "gewoon"}} if id == "note-01" else {}
        more |= {"origin": "papier", "card": "12"} if id == "note-12" else {}
        more |= {"domains": ("domein-ONT",)} if id == "note-03" else {}
        made.append(
            note(id, zone, text, at, stem=stem, kern=kern, group=group, cluster=pile,
                 step="step-1", late=id == "note-08", **more)
        )  # fmt: skip
    return made


def evening() -> Sprint:
    sprint = Sprint()
    for record in records():
        sprint.put(record)
    sprint.head = 100
    return sprint


def full_house(notes: int = 500) -> Sprint:
    """As many notes as a long evening has, with emoji and words that do not end."""
    sprint = evening()
    words = (
        "Koffie ☕ bij de buren 👵🏽",
        "Meervoudigepersoonlijkheidsverzekeringsmaatschappijcoördinatorenoverleg",
        "Na zes uur kom ik zonder auto het dorp niet meer uit. " * 4,
        "👩🏽‍🌾🇳🇱❤️⚠️" * 6,
        "Łódź, Şükrü en Dvořák wonen hier ook.",
        "https://www.voorbeeld.example/een/heel/lang/adres/zonder/einde?met=van&alles=erin",
        "De zaal staat leeg.\nEen sleutel krijgen is een heel gedoe.",
    )
    zones = [f"zone-{n}" for n in range(1, 6)]
    for n in range(notes):
        sprint.put(
            Note(
                id=f"many-{n:04}", zone=zones[n % 5], rank=1000 + n, at=1000 + n,
                text=f"{n}. {words[n % len(words)]}", stem="stem-IO",
                group=f"group-{1 + n % 3}" if n % 4 else None,
            )
        )  # fmt: skip
    return sprint

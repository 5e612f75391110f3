"""An evening with all four forms of a board, filled as far as asked, for tests and for pictures.

    OPGAVEBORD_DATA_DIR=FOLDER python -m tests.browser.boards T3.4 60

founds it in that folder, with the fourth step of T3 on. In the second step of T8 a round of dots is
open, in the later ones it is closed.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from opgavebord.founding import found
from opgavebord.people.tokens import new_id
from opgavebord.sprint.ask import ENTROPY_BYTES
from opgavebord.sprint.commands import (
    AnyCommand,
    CloseRound,
    CountPaper,
    CreateNote,
    FoundSprint,
    GatherNote,
    GiveDots,
    GiveVoice,
    GoToStep,
    MakeGroup,
    NameCluster,
    OpenRound,
    SitDown,
    TapArrival,
)
from opgavebord.sprint.evening import code_of, token_of
from opgavebord.sprint.placement import GAP
from opgavebord.sprint.sprint import Evening, Kern, Record, Seat, Stem, Step, Table, Zone
from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from opgavebord.werkvormen.demo import named
from opgavebord.werkvormen.reading import Ids, lay_out, werkvorm
from tests.server import Server

FORMS: Final = ("T1", "T3", "T4", "T8")
DESK: Final = Seat("boards-bureau", "bureau")
LEADS: Final = Seat("boards-begeleider", "begeleider")
KERNEN: Final = {
    "America": (2, 4),
    "Broekhuizen": (5, 4),
    "Broekhuizenvorst": (5, 3),
    "Evertsoord": (2, 7),
    "Griendtsveen": (1, 5),
    "Grubbenvorst": (5, 6),
    "Hegelsom": (3, 5),
    "Horst": (3, 4),
    "Kronenberg": (2, 6),
    "Lottum": (5, 5),
    "Meerlo": (5, 1),
    "Melderslo": (4, 4),
    "Meterik": (3, 3),
    "Sevenum": (3, 6),
    "Swolgen": (5, 2),
    "Tienray": (4, 2),
}
STEMMEN: Final = {
    "IO": "Inwoner 65+",
    "IM": "Inwoner 30–64",
    "JO": "Jonger dan 18",
    "MZ": "Mantelzorger",
    "VR": "Vrijwilliger",
    "ON": "Ondernemer",
    "ZP": "Zorg en welzijn",
    "AM": "Gemeente",
}
SENTENCES: Final = (
    ("niemand in ons dorp", "alleen hoeft te eten"),
    ("iedereen in het dorp", "mensen kan ontmoeten"),
    ("wie hier opgroeit", "hier ook kan blijven wonen"),
    ("je buurvrouw", "gemist wordt als ze een dag niet komt"),
    ("jong en oud", "een plek heeft om zomaar binnen te lopen"),
)
WORDS: Final = (
    "Dat je gemist wordt als je een dag niet komt.",
    "Bij het schoolhek praat ik met iedereen.",
    "De sleutel van de zaal krijgen is een heel gedoe.",
    "De fanfare kookt één keer per maand. Dan zit de zaal vol 🎺",
    "Hottentottententententoonstellingsterreinvergunningsaanvraagformulier",
    "We tellen hoeveel mensen er komen. Niet of iemand zich minder alleen voelt.",
    "Koffie.",
    "Drie dorpen delen samen één beheerder. Dat scheelt een hoop gedoe, want die weet de weg.",
    "👵🏽👨‍👩‍👧‍👦 samen op zondag",
    "Na zes uur kom ik zonder auto het dorp niet meer uit.",
)
STARTED: Final = (
    ("De eettafel bij de fanfare", "Fanfare Sint Jan", "2016", "loopt"),
    ("Bus 61 naar het ziekenhuis", "Vervoerders", "1998", "gestopt"),
    ("Inloop op dinsdagochtend", "Welzijn Dichtbij", "2019", "loopt"),
    ("Kleine huizen bij het plein", "Woonstichting Maasheem", "2027", "komt"),
    ("Een potje voor buurtfeesten", "Gemeente", "2012", "loopt"),
    ("De winkel aan huis", "Ondernemers Dorp & Land", "1974", "gestopt"),
    ("Eén agenda voor drie zalen", "Dorpsradenoverleg", "2026", "komt"),
    ("De soos", "", "", "gestopt"),
)
GROUPS: Final = (
    "Ergens gewoon kunnen binnenlopen",
    "Gezien en gemist worden",
    "Hier kunnen blijven wonen",
    "Van het ene dorp naar het andere",
    "Iets willen doen zonder eraan vast te zitten",
    "Het dorp is ook van nieuwe mensen",
)


def evening(id: str, moment: str, notes: int, chance: bytes) -> Iterator[tuple[AnyCommand, Seat]]:
    """What founds it, in order."""
    ids = Ids(id)
    form, _, nth = moment.partition(".")
    laid: list[Record] = []
    for place, name in enumerate(FORMS, 1):
        laid += lay_out(werkvorm(name), id, GAP * place)
    steps: dict[str, list[Step]] = {}
    zones: dict[str, list[Zone]] = {}
    for name in FORMS:
        board = ids("bord", name)
        steps[name] = [one for one in laid if isinstance(one, Step) and one.board == board]
        zones[name] = [one for one in laid if isinstance(one, Zone) and one.board == board]
    yield (
        FoundSprint(
            (
                Evening(
                    id=id,
                    title="Vitale kernen",
                    question="Hoe zorgen we dat mensen in elk dorp elkaar makkelijk ontmoeten?",
                    place="gemeenschapshuis",
                    date="donderdag 16 april, 19.30 uur",
                    notice="Voorbeeld. Alle briefjes en organisaties zijn verzonnen.",
                    board=ids("bord", form),
                    code=code_of(chance),
                    token=token_of(chance),
                    source="speerpunt uit het akkoord, bladzijde 7",
                    level="meewerken",
                    fixed=("Er komt geen nieuw gebouw", "Het budget voor dit jaar"),
                    free=("Wat we in en tussen dorpen anders doen", "Wie het doet"),
                    answer_from="14 mei",
                ),
                *laid,
                *(
                    Kern(id=ids("kern", name), code=name[:3].upper(), title=name, column=x, row=y)
                    for name, (x, y) in KERNEN.items()
                ),
                *(
                    Stem(id=ids("stem", code), code=code, title=title, rank=rank)
                    for rank, (code, title) in enumerate(STEMMEN.items(), 1)
                ),
                *(Table(id=ids("tafel", n), number=n, people=6) for n in range(1, 5)),
            )
        ),
        DESK,
    )
    voices = list(STEMMEN)
    seats = [Seat(f"boards-tafel-{n}", "deelnemer") for n in range(1, 5)]
    for n, seat in enumerate(seats, 1):
        yield SitDown(ids("tafel", n)), seat
    for n, name in enumerate(list(KERNEN) * 2):
        stem = ids("stem", voices[n % 3])
        if n % 3:
            yield TapArrival(ids("kern", list(KERNEN)[n % 5]), stem), seats[n % 4]
        else:
            yield TapArrival(ids("kern", name), stem), seats[n % 4]

    def written(nr: int, zone: Zone, text: str, **more: object) -> tuple[AnyCommand, Seat]:
        note = CreateNote(
            note=ids("briefje", nr),
            zone=zone.id,
            text=text,
            stem=ids("stem", voices[nr % len(voices)]),
            **more,  # type: ignore[arg-type]
        )
        return note, LEADS

    # T4: what stood there already, and what is written besides
    count = 0
    yield GoToStep(steps["T4"][2].id), LEADS
    for at in range(min(len(STARTED), max(3, notes // 3))):
        text, wie, sinds, status = STARTED[at]
        fields = {"wie": wie, "sinds": sinds, "status": status}
        where = {"gestopt": 0, "loopt": 1, "komt": 2}[status]
        note = CreateNote(
            note=ids("kaartje", at),
            zone=zones["T4"][where].id,
            text=text,
            fields={name: value for name, value in fields.items() if value},
            origin="organisatie",
        )
        yield note, DESK
    for at in range(max(0, notes - len(STARTED))):
        zone = zones["T4"][at % 6]
        year = {} if at % 4 == 0 or at % 6 > 2 else {"sinds": str(1970 + at * 7 % 58)}
        yield written(count, zone, WORDS[at % len(WORDS)], fields=year)
        count += 1
    # T3: sentences, and around them
    yield GoToStep(steps["T3"][3].id), LEADS
    first = count
    for at in range(notes):
        zone = zones["T3"][at % 4]
        if at % 4 == 0:
            wie, wat = SENTENCES[at // 4 % len(SENTENCES)]
            text = f"Wij doen dit zodat {wie} {wat}."
            yield written(count, zone, text, type="bedoeling", fields={"wie": wie, "wat": wat})
        else:
            yield written(count, zone, WORDS[(at * 3) % len(WORDS)])
        count += 1
    if notes > 12:
        for pile in range(2):
            target = first + 1 + pile
            cluster = ids("stapel", pile)
            for more in (1, 2, 3):
                yield (
                    GatherNote(ids("briefje", target + 4 * more), ids("briefje", target), cluster),
                    LEADS,
                )
            yield NameCluster(cluster, "De sleutel en wie hem heeft"), LEADS
    # T8: the harvest
    for at, title in enumerate(GROUPS):
        members = tuple(ids("briefje", n) for n in range(first, count) if n % len(GROUPS) == at)
        yield MakeGroup(ids("groep", at), title, members[:40]), LEADS
    if form != "T8" or nth in ("", "1"):
        yield GoToStep(steps[form][int(nth or 1) - 1].id), LEADS
        return
    yield GoToStep(steps["T8"][1].id), LEADS
    yield OpenRound(ids("ronde"), "Wat weegt het zwaarst?", budget=3, most=2), LEADS
    if nth == "2":
        return
    for n in range(24):
        seat = Seat(f"boards-stemt-{n}", "deelnemer")
        yield GiveVoice(ids("stem", ("IO", "IM", "ON", "VR", "ZP", "AM")[n * n % 6])), seat
        yield GiveDots(ids("ronde"), ids("groep", n * n % 4), 2), seat
        yield GiveDots(ids("ronde"), ids("groep", (n * n + 1) % 5), 1), seat
    paper = {ids("groep", 0): 4, ids("groep", 3): 2}
    yield CountPaper(ids("ronde"), ids("tafel", 2), 3, paper), LEADS
    yield CloseRound(ids("ronde")), LEADS
    yield GoToStep(steps["T8"][int(nth) - 1].id), LEADS
    against = CreateNote(
        note=ids("bezwaar"),
        zone=zones["T8"][1].id,
        text="Niet elk dorp hoeft alles te hebben. Liever een goede fietsweg dan een halve zaal.",
        stem=ids("stem", "IM"),
        type="bezwaar",
        about=ids("groep", 0),
        fields={"nodig": "Dat een dorp ook nee mag zeggen."},
    )
    yield against, Seat("boards-stemt-3", "deelnemer")


async def make(folder: Path, moment: str, notes: int) -> None:
    database = SqliteDatabase(folder)
    await database.open()
    try:
        id = new_id()
        chance = secrets.token_bytes(ENTROPY_BYTES)
        asked = named(list(evening(id, moment, notes, chance)))
        began = time.time_ns() // 1_000_000 - len(asked) * 1_000
        await found(SqliteLog(database), id, asked, began, 1_000)
    finally:
        await database.close()


def serve(folder: Path, moment: str, notes: int) -> Server:
    """A server of its own with such an evening in it."""
    server = Server(folder)
    server.data_dir.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "tests.browser.boards", moment, str(notes)],
        env=server.environment() | {"PYTHONPATH": os.pathsep.join(["backend", "."])},
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return server.start()


if __name__ == "__main__":
    asyncio.run(make(Path(os.environ["OPGAVEBORD_DATA_DIR"]), sys.argv[1], int(sys.argv[2])))

"""What a simulated participant does next. Pure: a person, what they see, and chance come in.

Robots do what a table does: sit down, write two or three notes in a step that lets them, lay things
together, mark what they recognise, spend their dots, and say that they are done. They only ask what the
step that is on allows, as a tablet would; the server still decides.
"""

import random
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from ..sprint.commands import (
    AnyCommand,
    CreateNote,
    GatherNote,
    GiveDots,
    MarkNote,
    SayDone,
    SitDown,
    TapArrival,
)
from ..sprint.sprint import Note, Round, Sprint, Step, Zone

NOTES_PER_STEP: Final = 2
BEGINNINGS: Final = (
    "Op dinsdag",
    "Na het eten",
    "Bij het schoolhek",
    "In de winter",
    "Als de bus niet komt",
    "Met de buren",
    "In de zaal",
    "Op het plein",
    "Vroeger",
    "Sinds dit jaar",
)
MIDDLES: Final = (
    "praat ik met wie er toevallig is",
    "zie ik bijna niemand",
    "loop ik een rondje met de hond",
    "helpen we elkaar een handje",
    "is er weinig te doen",
    "drinken we koffie aan de lange tafel",
    "moet ik ver rijden voor iets kleins",
    "weet niemand wie de sleutel heeft",
    "komen er steeds nieuwe mensen bij",
    "blijf ik liever thuis",
)
WHO: Final = ("iedereen in het dorp", "wie nieuw is", "wie alleen woont", "de jeugd", "wie zorgt")
WHAT: Final = (
    "gewoon kan binnenlopen",
    "elkaar vaker ziet",
    "hier kan blijven wonen",
    "weet waar hulp is",
)


class Person(Struct):
    """One robot: its seat, its table, and what it did already."""

    seat: str
    table: str | None
    arrived: bool = False
    gathered: str | None = None  # the last step in which it laid something together


def next_wish(person: Person, seen: Sprint, chance: random.Random) -> AnyCommand | None:
    """What this person asks now, or None: it looks and listens."""
    evening, step = seen.evening, seen.step_on
    place = seen.records["place"].get(person.seat)
    if evening is None or step is None or evening.frozen or evening.phase == "closed":
        return None
    if person.table is not None and (place is None or place.table is None):
        return SitDown(person.table)
    zones = [zone for zone in seen.records["zone"].values() if zone.board == step.board]
    if not person.arrived and any(zone.tap for zone in zones):
        person.arrived = True
        return TapArrival(_any(chance, seen.records["kern"]), _any(chance, seen.records["stem"]))
    if "stemmen" in step.may:
        return _vote(person, seen, chance)
    if "schrijven" in step.may and step.write == "iedereen":
        written = [
            note
            for note in seen.notes.values()
            if note.author == person.seat and note.step == step.id
        ]
        if len(written) < NOTES_PER_STEP:
            return _write(person, seen, step, zones, chance)
        if place is not None and place.done != step.id:
            return SayDone(True)
    if "groeperen" in step.may and person.gathered != step.id:
        person.gathered = step.id
        return _gather(seen, {zone.id for zone in zones}, person, chance)
    return _recognise(person, seen, chance)


def _write(
    person: Person, seen: Sprint, step: Step, zones: list[Zone], chance: random.Random
) -> AnyCommand | None:
    open_zones = [zone for zone in zones if zone.write == "iedereen" and not zone.tap]
    if not open_zones:
        return None
    zone = chance.choice(open_zones)
    fields: dict[str, str] = {}
    said = f"{chance.choice(BEGINNINGS)} {chance.choice(MIDDLES)}."
    if zone.type == "bedoeling":
        fields = {"wie": chance.choice(WHO), "wat": chance.choice(WHAT)}
        said = f"Wij doen dit zodat {fields['wie']} {fields['wat']}."
    return CreateNote(
        note=_new_id(chance),
        zone=zone.id,
        text=said,
        stem=_any(chance, seen.records["stem"]),
        step=step.id,
        type=zone.type,
        fields=fields,
    )


def _gather(
    seen: Sprint, zones: set[str], person: Person, chance: random.Random
) -> AnyCommand | None:
    """Two notes of the own table that lie in one zone."""
    mine = [note for note in _open_notes(seen) if note.zone in zones and note.table == person.table]
    chance.shuffle(mine)
    for note in mine:
        for other in mine:
            if other.id != note.id and other.zone == note.zone and note.cluster is None:
                return GatherNote(note.id, other.id, _new_id(chance))
    return None


def _recognise(person: Person, seen: Sprint, chance: random.Random) -> AnyCommand | None:
    marked = {mark.note for mark in seen.records["mark"].values() if mark.seat == person.seat}
    ready = [
        note.id
        for note in _open_notes(seen)
        if note.origin == "organisatie" and note.id not in marked
    ]
    if not ready:
        return None
    return MarkNote(chance.choice(ready), chance.choice(("herken_ik", "herken_niet")))


def _vote(person: Person, seen: Sprint, chance: random.Random) -> AnyCommand | None:
    rounds: dict[str, Round] = seen.records["round"]
    on = next((one for one in rounds.values() if one.open and one.per == "persoon"), None)
    if on is None or not on.items:
        return None
    given: dict[str, int] = {}
    for ballot in seen.records["ballot"].values():
        if ballot.round == on.id and ballot.seat == person.seat:
            given = ballot.dots
    if sum(given.values()) >= on.budget:
        return None
    item = chance.choice(on.items)
    had = given.get(item, 0)
    return GiveDots(on.id, item, had + 1) if had < on.most else None


def _open_notes(seen: Sprint) -> Iterator[Note]:
    return (note for note in seen.notes.values() if not note.hidden and not note.gone)


def _any(chance: random.Random, records: dict[str, object]) -> str | None:
    return chance.choice(list(records)) if records else None


def _new_id(chance: random.Random) -> str:
    return f"r{chance.getrandbits(96):024x}"

"""The sentence of the purpose and what is said against it.

A *bedoeling* is a note in a fixed frame, "Wij doen dit zodat [wie] [wat]", of which the two parts are
kept beside the text. Sentences are not rewritten by others: a new version is a new note that
names in `of` what it was made from. Support is a mark (`marks.py`).

A *bezwaar* (objection) and a *voorwaarde* (what is needed to go along) are notes as well, `about` a
group of the harvest or a sentence. They may be said in every step, and nobody else in the hall
throws one away (`permissions.py`).

`check` and `check_edit` are asked by the rules of notes; `choose` is a rule.
"""

from typing import Final

from .ask import Ask
from .change import Change
from .commands import ChooseBedoeling, CreateNote
from .draft import Draft
from .past import Past
from .refusals import Refused
from .sight import sees
from .sprint import Group, Note, Seat, Sprint, Zone
from .writing import is_empty

FRAME: Final = "Wij doen dit zodat"
BEDOELING: Final = "bedoeling"
AGAINST: Final = ("bezwaar", "voorwaarde")
PARTS: Final = ("wie", "wat")


def check(sprint: Sprint, ask: Ask, command: CreateNote) -> None:
    """Refuse a new note whose type asks for what it does not have."""
    if command.type == BEDOELING:
        if not framed(command.text) or any(
            is_empty(command.fields.get(part, "")) for part in PARTS
        ):
            raise Refused("bad_command")
    if command.of and command.type != BEDOELING:
        raise Refused("bad_command")
    for id in command.of:
        _sentence(sprint, ask.seat, id)
    if command.about is not None:
        if command.type not in AGAINST:
            raise Refused("bad_command")
        group: Group | None = sprint.records["group"].get(command.about)
        if group is None:
            _sentence(sprint, ask.seat, command.about)
        elif group.gone:
            raise Refused("unknown")


def check_edit(note: Note, written: str) -> None:
    """A sentence keeps its frame. Who may change it at all is in `permissions.py`."""
    if note.type == BEDOELING and not framed(written):
        raise Refused("bad_edit")


def type_in(zone: Zone) -> str:
    """The type of a note that is written there without saying what it is. Where sentences are
    made, what is not one is a note like others: nobody's words are refused for their form."""
    return "" if zone.type == BEDOELING else zone.type


def may_always_write(command: CreateNote) -> bool:
    """Whether this may be written in every step: an objection to something."""
    return command.type in AGAINST and command.about is not None


def choose(sprint: Sprint, ask: Ask, command: ChooseBedoeling, past: Past) -> Change:
    """The sentence that the hall holds on to, or (None) none yet."""
    evening = sprint.evening
    if evening is None:
        raise Refused("unknown")
    if command.note is not None:
        note = sprint.note(command.note)
        if note is None:
            raise Refused("unknown")
        if note.hidden:
            raise Refused("not_yours")
        if note.type != BEDOELING:
            raise Refused("unknown")
        if note.gone:
            raise Refused("in_the_bin")
    draft = Draft(sprint)
    draft.set(evening, bedoeling=command.note)
    return draft.change()


def framed(text: str) -> bool:
    """Whether a text is a sentence in the frame, with something in it."""
    return text.startswith(FRAME + " ") and not is_empty(text[len(FRAME) :])


def _sentence(sprint: Sprint, seat: Seat, id: str) -> Note:
    """A sentence that this seat can read. What it can not read is answered as not there."""
    note = sprint.note(id)
    if note is None or not sees(sprint, note, seat.id) or note.type != BEDOELING:
        raise Refused("unknown")
    return note

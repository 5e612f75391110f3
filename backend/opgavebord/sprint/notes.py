"""Notes: write, edit, give a voice, an answer, a village, move, lay together, throw away, take back.

Each command has one rule, a function of the sprint, the ask, the command and the past that returns a
change or raises `Refused`; the table of rules is in `decide.py`.
"""

from typing import Final

import msgspec

from . import limits, permissions, sentences, text, writing
from .ask import Ask
from .change import Change, Put
from .clusters import fresh_id
from .commands import (
    BinNote,
    CreateNote,
    EditNote,
    GatherNote,
    GiveField,
    GiveKern,
    GiveStem,
    MoveNote,
    RestoreNote,
    TagNote,
)
from .draft import Draft
from .past import Past
from .placement import GAP
from .refusals import Refused
from .seating import place_of
from .sprint import Board, Cluster, Kind, Note, Sprint, Step

EVERYWHERE: Final = (sentences.BEDOELING, *sentences.AGAINST)
"""Types of notes that every board has."""
_OWN_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    sentences.BEDOELING: sentences.PARTS,
    **dict.fromkeys(sentences.AGAINST, ("nodig",)),
}
OF_VILLAGES: Final = "gaat_over_kernen"
"""Which villages a note is about: a field that every note can have."""


def create(sprint: Sprint, ask: Ask, command: CreateNote, past: Past) -> Change:
    """A new note, at the end of its zone. Hidden where its step says so (see `_kept`).

    It is of the table and the stand of the device: of the turn when the tablet goes round, with
    the voice and the village of whose turn it is.
    """
    if len(sprint.notes) >= limits.NOTES_PER_SPRINT:
        raise Refused("full")
    fresh_id(sprint, command.note)
    zone = sprint.zone(command.zone)
    if zone is None:
        raise Refused("unknown")
    for kind, id in _named(command):
        if id is not None and sprint.find(kind, id) is None:
            raise Refused("unknown")
    writing.check_note(command.text)
    if writing.is_empty(command.text):
        raise Refused("empty")
    writing.check_title(command.card)
    if command.origin == "organisatie" and ask.seat.role in ("deelnemer", "tafelbegeleider"):
        raise Refused("bad_command")
    command = msgspec.structs.replace(command, type=command.type or sentences.type_in(zone))
    board = sprint.records["board"].get(zone.board)
    if command.type and command.type not in (*_types(board), zone.type, *EVERYWHERE):
        raise Refused("bad_command")
    for name, value in command.fields.items():
        _check_field(board, command.type, name, value)
    sentences.check(sprint, ask, command)
    step = _step_of(sprint, command)
    if not sentences.may_always_write(command):
        permissions.require_writing(sprint, ask.seat, step, zone)
    if step is not None and step.board != zone.board:
        step = None  # of another board than the one that is on
    evening = sprint.evening
    place = place_of(sprint, ask.seat)
    round_it_goes = place.stand == "doorgeven"
    table = place.table if command.table is None else command.table
    hidden, at_table = _kept(sprint, step, table)
    note = Note(
        id=command.note,
        zone=zone.id,
        rank=_end(sprint, zone.id),
        text=command.text,
        author=ask.seat.id,
        stem=place.stem if round_it_goes and command.stem is None else command.stem,
        step=step.id if step else None,
        at=ask.now,
        hidden=hidden,
        late=step is not None and (step.revealed or evening is None or step.id != evening.step),
        at_table=at_table,
        table=table,
        turn=place.turn if round_it_goes else None,
        scribed=place.stand == "notuleren",
        type=command.type,
        fields=command.fields,
        about=command.about,
        of=command.of,
        origin=command.origin,
        card=command.card,
        kern=place.kern if round_it_goes and command.kern is None else command.kern,
    )
    return (Put(note),)


def _named(command: CreateNote) -> tuple[tuple[Kind, str | None], ...]:
    return (("stem", command.stem), ("kern", command.kern), ("table", command.table))


def _kept(sprint: Sprint, step: Step | None, table: str | None) -> tuple[bool, bool]:
    """Whether a note of that step is hidden, and whether its table sees it.

    In a private step only who wrote it, in a step for the table the table; who sits at no table
    speaks to the hall there. After the reveal of its step it is shown at once, as far as the
    others were: to the table, or to the hall. Where the step says that who comes late waits,
    it waits for the next reveal.
    """
    if step is None or step.visible == "zaal":
        return False, False
    seated = table is not None
    if step.revealed and step.late == "direct":
        return (seated, seated) if _only_to_tables(sprint, step) else (False, False)
    return (True, False) if step.visible == "alleen_ik" else (seated, seated)


def _only_to_tables(sprint: Sprint, step: Step) -> bool:
    """Whether a private step that was revealed, was revealed to the tables only."""
    on = sprint.step_on
    if on is not None and on.board == step.board and on.visible == "tafel" and not on.revealed:
        return True
    return any(
        note.hidden and note.at_table for note in sprint.notes.values() if note.step == step.id
    )


def edit(sprint: Sprint, ask: Ask, command: EditNote, past: Past) -> Change:
    """A text edit, brought over the edits made since its base.

    Also for a note in the bin, so that no typed character is lost. The author's own words are
    kept beside the text from the first time that somebody else, or a later step, changes it.
    """
    note = permissions.require_note(sprint, ask.seat, EditNote, command.note)
    if len(command.edit) > limits.EDIT_PARTS or not text.check(command.edit):
        raise Refused("bad_edit")
    if not 0 <= command.base <= sprint.head:
        raise Refused("bad_edit")
    since = past.edits_since(note.id, command.base)
    if len(since) > limits.EDITS_BEHIND:
        raise Refused("bad_edit")
    length = len(note.text) - sum(text.delta(step.edit) for step in since)
    if text.span(command.edit) > length:
        raise Refused("bad_edit")
    mine = text.normal(command.edit)
    for step in since:
        mine = text.transform(mine, step.edit, "right")
    written = text.apply(note.text, mine)
    if written == note.text:
        return ()
    writing.check_note(written)
    sentences.check_edit(note, written)
    draft = Draft(sprint)
    draft.text(note, mine)
    keep_literal(draft, ask, note)
    return draft.change()


def keep_literal(draft: Draft, ask: Ask, note: Note) -> None:
    """Before the text changes: keep the author's own words, if this is the first change by
    somebody else or in another step than theirs."""
    step = draft.sprint.step_on
    theirs = note.author != ask.seat.id or note.step != (step.id if step else None)
    if theirs and note.literal is None:
        draft.set(note, literal=note.text)


def give_stem(sprint: Sprint, ask: Ask, command: GiveStem, past: Past) -> Change:
    note = _not_in_bin(permissions.require_note(sprint, ask.seat, GiveStem, command.note))
    if command.stem is not None and sprint.find("stem", command.stem) is None:
        raise Refused("unknown")
    draft = Draft(sprint)
    draft.set(note, stem=command.stem)
    return draft.change()


def give_field(sprint: Sprint, ask: Ask, command: GiveField, past: Past) -> Change:
    """An answer to a question beside the text, or (None) none."""
    note = _not_in_bin(permissions.require_note(sprint, ask.seat, GiveField, command.note))
    zone = sprint.zone(note.zone)
    board = sprint.records["board"].get(zone.board) if zone is not None else None
    _check_field(board, note.type, command.name, command.value or "")
    fields = {name: value for name, value in note.fields.items() if name != command.name}
    if command.value is not None:
        fields[command.name] = command.value
    if len(fields) > limits.FIELDS_PER_NOTE:
        raise Refused("full")
    draft = Draft(sprint)
    draft.set(note, fields=fields)
    return draft.change()


def give_kern(sprint: Sprint, ask: Ask, command: GiveKern, past: Past) -> Change:
    note = _not_in_bin(permissions.require_note(sprint, ask.seat, GiveKern, command.note))
    if command.kern is not None and sprint.find("kern", command.kern) is None:
        raise Refused("unknown")
    draft = Draft(sprint)
    draft.set(note, kern=command.kern)
    return draft.change()


def tag(sprint: Sprint, ask: Ask, command: TagNote, past: Past) -> Change:
    """The domains of a note, by the desk, afterwards: never asked of who wrote it."""
    note = permissions.require_note(sprint, ask.seat, TagNote, command.note)
    if not all(sprint.find("domein", id) for id in command.domains):
        raise Refused("unknown")
    if len(set(command.domains)) != len(command.domains):
        raise Refused("bad_command")
    draft = Draft(sprint)
    draft.set(note, domains=command.domains)
    return draft.change()


def _types(board: Board | None) -> tuple[str, ...]:
    return board.types if board is not None else ()


def _check_field(board: Board | None, of: str, name: str, value: str) -> None:
    """Refuse a field that a note of this type has not, or a value it can not have."""
    if name == OF_VILLAGES or name in _OWN_FIELDS.get(of, ()):
        options: tuple[str, ...] = ()
    else:
        known = [f for f in (board.fields if board else ()) if f.name == name and f.of in ("", of)]
        if not known:
            raise Refused("bad_command")
        options = known[0].options
    if len(value) > limits.FIELD_CODE_POINTS:
        raise Refused("too_long")
    writing.check_note(value)
    if value and options and value not in options:
        raise Refused("bad_command")


def move(sprint: Sprint, ask: Ask, command: MoveNote, past: Past) -> Change:
    """To a zone or a cluster. A cluster that was moved meanwhile is followed to its zone."""
    note = _not_in_bin(permissions.require_note(sprint, ask.seat, MoveNote, command.note))
    zone, place = command.zone, command.zone
    if command.cluster is not None:
        cluster = sprint.cluster(command.cluster)
        if cluster is None or cluster.gone:
            raise Refused("unknown")
        zone, place = cluster.zone, cluster.id
    same_board(sprint, note.zone, zone)
    if command.cluster != note.cluster:  # in or out of a group is grouping
        permissions.require(sprint, ask.seat, GatherNote, note.zone)
    draft = Draft(sprint)
    rank = draft.room_in(place, command.before, without=note.id)[0]
    draft.lay(note, zone=zone, cluster=command.cluster, rank=rank)
    draft.settle()
    return draft.change()


def gather(sprint: Sprint, ask: Ask, command: GatherNote, past: Past) -> Change:
    """*Leg bij …*: into the other's cluster, or both into a new one in the other's place."""
    note = _not_in_bin(permissions.require_note(sprint, ask.seat, GatherNote, command.note))
    target = _not_in_bin(permissions.require_note(sprint, ask.seat, GatherNote, command.target))
    if note.id == target.id:
        raise Refused("bad_command")
    same_board(sprint, note.zone, target.zone)
    draft = Draft(sprint)
    if target.cluster is not None:
        if note.cluster != target.cluster:
            rank = draft.room_in(target.cluster, None, without=note.id)[0]
            draft.lay(note, zone=target.zone, cluster=target.cluster, rank=rank)
    else:
        if len(sprint.clusters) >= limits.CLUSTERS_PER_SPRINT:
            raise Refused("full")
        fresh_id(sprint, command.cluster)
        id = command.cluster
        draft.put(Cluster(id=id, zone=target.zone, rank=target.rank))
        draft.lay(target, zone=target.zone, cluster=id, rank=GAP)
        draft.lay(note, zone=target.zone, cluster=id, rank=2 * GAP)
    draft.settle()
    return draft.change()


def throw_away(sprint: Sprint, ask: Ask, command: BinNote, past: Past) -> Change:
    """Into the bin, where it stays. Twice is once."""
    note = permissions.require_note(sprint, ask.seat, BinNote, command.note)
    draft = Draft(sprint)
    draft.set(note, gone=True)
    draft.settle()
    return draft.change()


def restore(sprint: Sprint, ask: Ask, command: RestoreNote, past: Past) -> Change:
    """Out of the bin, to where it lay; loose in the zone where its cluster is gone.

    What lay in the bin during the reveal is still hidden; its author shows it by taking it back.
    """
    note = permissions.require_note(sprint, ask.seat, RestoreNote, command.note)
    draft = Draft(sprint)
    if note.gone:
        note = draft.set(note, gone=False)
        step = sprint.step(note.step) if note.step else None
        if note.hidden and note.author == ask.seat.id and step is not None and step.revealed:
            hidden, at_table = _kept(sprint, step, note.table)
            draft.set(note, hidden=hidden, at_table=at_table, late=True)
    draft.settle()
    return draft.change()


def same_board(sprint: Sprint, here: str, there: str) -> None:
    """Refuse a zone that is not there, or belongs to another board."""
    from_zone, to_zone = sprint.zone(here), sprint.zone(there)
    if from_zone is None or to_zone is None or from_zone.board != to_zone.board:
        raise Refused("unknown")


def _step_of(sprint: Sprint, command: CreateNote) -> Step | None:
    """The step a note belongs to: the one it was written in, if that one is on or has been on
    and let people write; otherwise the step that is on."""
    on = sprint.step_on
    if command.step is not None and (on is None or command.step != on.id):
        named = sprint.step(command.step)
        if named is not None and named.visited and "schrijven" in named.may:
            return named
    return on


def _not_in_bin(note: Note) -> Note:
    if note.gone:
        raise Refused("in_the_bin")
    return note


def _end(sprint: Sprint, place: str) -> int:
    """The rank behind everything that lies in a place."""
    lying = sprint.children.get(place)
    return lying[-1][0] + GAP if lying else GAP

"""Notes: write, edit, give a voice, move, lay together, throw away, take back.

Each command has one rule, a function of the sprint, the ask, the command and the past that returns a
change or raises `Refused`; the table of rules is in `decide.py`.
"""

from . import limits, permissions, text, writing
from .ask import Ask
from .change import Change, Put
from .clusters import fresh_id
from .commands import (
    BinNote,
    CreateNote,
    EditNote,
    GatherNote,
    GiveStem,
    MoveNote,
    RestoreNote,
)
from .draft import Draft
from .past import Past
from .placement import GAP
from .refusals import Refused
from .sprint import Cluster, Note, Sprint, Step


def create(sprint: Sprint, ask: Ask, command: CreateNote, past: Past) -> Change:
    """A new note, at the end of its zone. Hidden where its step says so and was not revealed."""
    if len(sprint.notes) >= limits.NOTES_PER_SPRINT:
        raise Refused("full")
    fresh_id(sprint, command.note)
    zone = sprint.zone(command.zone)
    if zone is None or (command.stem is not None and sprint.find("stem", command.stem) is None):
        raise Refused("unknown")
    writing.check_note(command.text)
    if writing.is_empty(command.text):
        raise Refused("empty")
    step = _step_of(sprint, command)
    if ask.seat.role == "deelnemer":
        if not permissions.step_allows(ask.seat, CreateNote, step):
            raise Refused("not_in_this_step")
        if step is None or step.board != zone.board:
            raise Refused("not_in_this_step")
    elif step is not None and step.board != zone.board:
        step = None  # a begeleider who writes on a board that is not on
    evening = sprint.evening
    hidden = step is not None and step.visible == "alleen_ik" and not step.revealed
    note = Note(
        id=command.note,
        zone=zone.id,
        rank=_end(sprint, zone.id),
        text=command.text,
        author=ask.seat.id,
        stem=command.stem,
        step=step.id if step else None,
        at=ask.now,
        hidden=hidden,
        late=step is not None and (step.revealed or evening is None or step.id != evening.step),
    )
    return (Put(note),)


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
            draft.set(note, hidden=False, late=True)
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

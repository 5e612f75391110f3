"""The harvest: notes of all tables that say the same, under a sentence; and the quote of a table.

A group lies apart from the piles that a table makes on its board (`clusters.py`): its notes stay where
they lie and name it in `group`. Only what the whole hall may read is grouped. Nothing is lost by it:
when two groups become one, their notes and every objection about them go along, and of a group
that goes its notes stay, and so do the objections. These hold after every event (`Draft.settle`):

* a note is in a group that is there, or in none;
* no two groups that are there have the same rank.
"""

from . import limits, writing
from .ask import Ask
from .change import Change
from .clusters import fresh_id
from .commands import (
    DropGroup,
    GroupNotes,
    MakeGroup,
    MergeGroups,
    MoveGroup,
    NameGroup,
    QuoteOfTable,
    SplitGroup,
)
from .draft import Draft
from .past import Past
from .placement import ranks_before
from .refusals import Refused
from .sprint import Group, Note, Place, Sibling, Sprint, Table


def make(sprint: Sprint, ask: Ask, command: MakeGroup, past: Past) -> Change:
    """A new group at the end. Of a pile it takes the name and the notes, the pile stays."""
    title, notes = command.title, [_groupable(sprint, id) for id in command.notes]
    if command.cluster is not None:
        pile = sprint.cluster(command.cluster)
        if pile is None or pile.gone:
            raise Refused("unknown")
        title = title or pile.title
        inside = (sprint.note(item.id) for item in sprint.items(pile.id))
        notes += [note for note in inside if note is not None and not note.hidden]
    draft = Draft(sprint)
    _new(draft, command.group, title)
    for note in notes:
        draft.set(note, group=command.group)
    draft.settle()
    return draft.change()


def put(sprint: Sprint, ask: Ask, command: GroupNotes, past: Past) -> Change:
    if command.group is not None:
        there(sprint, command.group)
    notes = [_groupable(sprint, id) for id in command.notes]
    draft = Draft(sprint)
    for note in notes:
        draft.set(note, group=command.group)
    draft.settle()
    return draft.change()


def name(sprint: Sprint, ask: Ask, command: NameGroup, past: Past) -> Change:
    group = there(sprint, command.group)
    writing.check_title(command.title)
    if writing.is_empty(command.title):
        raise Refused("empty")
    draft = Draft(sprint)
    draft.set(group, title=command.title)
    draft.settle()
    return draft.change()


def move(sprint: Sprint, ask: Ask, command: MoveGroup, past: Past) -> Change:
    group = there(sprint, command.group)
    draft = Draft(sprint)
    ranks, tidied = ranks_before(in_order(sprint, without=group.id), command.before)
    for id, rank in tidied.items():
        draft.set(sprint.records["group"][id], rank=rank)
    if command.before != group.id:  # with `gone`: an undo tells it from one that moved over
        draft.lay(group, rank=ranks[0], gone=False)
    return draft.change()


def merge(sprint: Sprint, ask: Ask, command: MergeGroups, past: Past) -> Change:
    """Everything of the one goes to the other: notes, also those in the bin, and objections."""
    if command.group == command.into:
        raise Refused("bad_command")
    group, into = there(sprint, command.group), there(sprint, command.into)
    draft = Draft(sprint)
    for note in sprint.notes.values():
        if note.group == group.id:
            note = draft.set(note, group=into.id)
        if note.about == group.id:
            draft.set(note, about=into.id)
    draft.set(group, gone=True)
    draft.settle()
    return draft.change()


def split(sprint: Sprint, ask: Ask, command: SplitGroup, past: Past) -> Change:
    """Those of the notes that are still in the group become a new one. Objections stay with
    the old one, which is what they were about."""
    group = there(sprint, command.group)
    notes = [_groupable(sprint, id) for id in command.notes]
    inside = [note for note in notes if note.group == group.id]
    if not inside:
        raise Refused("changed_since")
    draft = Draft(sprint)
    _new(draft, command.into, command.title)
    for note in inside:
        draft.set(note, group=command.into)
    draft.settle()
    return draft.change()


def drop(sprint: Sprint, ask: Ask, command: DropGroup, past: Past) -> Change:
    """Its notes stay, loose. Twice is once."""
    group: Group | None = sprint.records["group"].get(command.group)
    if group is None:
        raise Refused("unknown")
    draft = Draft(sprint)
    draft.set(group, gone=True)
    for note in sprint.notes.values():
        if note.group == group.id:
            draft.set(note, group=None)
    draft.settle()
    return draft.change()


def quote(sprint: Sprint, ask: Ask, command: QuoteOfTable, past: Past) -> Change:
    """*Citaat van deze tafel*: a note of that table which the whole hall must hear."""
    table: Table | None = sprint.records["table"].get(command.table)
    if table is None:
        raise Refused("unknown")
    if ask.seat.role in ("deelnemer", "tafelbegeleider"):
        place: Place | None = sprint.records["place"].get(ask.seat.id)
        if place is None or place.table is None:
            raise Refused("no_table")
        if place.table != table.id:
            raise Refused("not_your_table")
    if command.note is not None:
        note = _groupable(sprint, command.note)
        if note.table is not None and note.table != table.id:
            raise Refused("not_your_table")
    draft = Draft(sprint)
    draft.set(table, quote=command.note)
    return draft.change()


def there(sprint: Sprint, id: str) -> Group:
    """The group of that id, if it is there."""
    group: Group | None = sprint.records["group"].get(id)
    if group is None or group.gone:
        raise Refused("unknown")
    return group


def in_order(sprint: Sprint, without: str | None = None) -> list[Sibling]:
    """(rank, id) of the groups that are there, in order."""
    groups = sprint.records["group"].values()
    return sorted((one.rank, one.id) for one in groups if not one.gone and one.id != without)


def _new(draft: Draft, id: str, title: str) -> None:
    fresh_id(draft.sprint, id)
    lying = in_order(draft.sprint)
    if len(lying) >= limits.GROUPS_PER_SPRINT:
        raise Refused("full")
    writing.check_title(title)
    draft.put(Group(id=id, title=title, rank=ranks_before(lying, None)[0][0]))


def _groupable(sprint: Sprint, id: str) -> Note:
    """A note that the whole hall may read."""
    note = sprint.note(id)
    if note is None:
        raise Refused("unknown")
    if note.hidden:
        raise Refused("not_yours")
    if note.gone:
        raise Refused("in_the_bin")
    return note

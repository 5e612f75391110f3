"""A change in the making: a rule writes in it, and reads what it wrote as if it had happened.

A rule says what it wants of single records. What follows for the others is here, in `settle`,
so that no rule can forget it. These hold after every event:

* a note that is not in the bin lies in a cluster that is there and in the zone of that cluster,
  or in no cluster;
* a cluster that is there has a title or a note in it;
* no two siblings have the same rank;
* a note is in a group of the harvest that is there, or in none, and no two groups have the same rank;
* what stands on the wall may stand there, in the words that may be read (`change` sees to it).

Each record is written at most once in a change, by a `put` or a `patch`, beside which a note's text may be
edited. Undo relies on that.
"""

from bisect import bisect_left, insort
from typing import Any, TypeVar

import msgspec

from . import scenes
from .change import Change, Operation, Patch, Put, TextEdit
from .placement import ranks_before
from .refusals import Refused
from .sprint import (
    KIND_OF,
    Cluster,
    Group,
    Kind,
    Note,
    Record,
    Redaction,
    Sibling,
    Sprint,
    container,
)
from .text import Edit, apply, compose

R = TypeVar("R", bound=Record)


class Draft:
    __slots__ = ("_fields", "_records", "_texts", "_whole", "sprint")

    def __init__(self, sprint: Sprint) -> None:
        self.sprint = sprint
        self._records: dict[tuple[Kind, str], Record] = {}
        self._fields: dict[tuple[Kind, str], dict[str, Any]] = {}
        self._texts: dict[str, Edit] = {}
        self._whole: set[tuple[Kind, str]] = set()  # written by a `put`

    def twin(self) -> "Draft":
        """The same draft once more, to try something in."""
        twin = Draft(self.sprint)
        twin._records = dict(self._records)
        twin._fields = {key: dict(fields) for key, fields in self._fields.items()}
        twin._texts = dict(self._texts)
        twin._whole = set(self._whole)
        return twin

    # -- reading: as it will be -------------------------------------------------------

    def find(self, kind: Kind, id: str) -> Record | None:
        return self._records.get((kind, id)) or self.sprint.find(kind, id)

    def drafted(self, kind: Kind) -> dict[str, Record]:
        """The records of a kind that were written in this draft."""
        return {id: record for (of, id), record in self._records.items() if of == kind}

    def note(self, id: str) -> Note | None:
        found = self._records.get(("note", id)) or self.sprint.note(id)
        return found if isinstance(found, Note) else None

    def cluster(self, id: str) -> Cluster | None:
        found = self._records.get(("cluster", id)) or self.sprint.cluster(id)
        return found if isinstance(found, Cluster) else None

    def siblings(self, place: str, without: str | None = None) -> list[Sibling]:
        """(rank, id) of what will lie in a zone or a cluster, in order."""
        lying = list(self.sprint.children.get(place, ()))
        for record in self._records.values():
            if isinstance(record, Note | Cluster):
                self._take_out(lying, record.id, place)
                if not record.gone and record.id != without and container(record) == place:
                    insort(lying, (record.rank, record.id))
        if without is not None and ("note", without) not in self._records:
            self._take_out(lying, without, place)
        return lying

    def _take_out(self, lying: list[Sibling], id: str, place: str) -> None:
        """Leave out what lay there before this draft."""
        was = self.sprint.note(id) or self.sprint.cluster(id)
        if was is not None and not was.gone and container(was) == place:
            at = bisect_left(lying, (was.rank, id))
            if at < len(lying) and lying[at] == (was.rank, id):
                del lying[at]

    # -- writing ----------------------------------------------------------------------

    def put(self, record: Record) -> None:
        """Write a record whole: a new one, or one that everybody is to get anew."""
        key = kind_of(record), record.id
        self._records[key] = record
        self._whole.add(key)

    def set(self, record: R, **fields: Any) -> R:
        """Give a record (as it is in this draft) other values in some fields."""
        fields = {name: new for name, new in fields.items() if getattr(record, name) != new}
        return self._write(record, fields) if fields else record

    def lay(self, item: R, **place: Any) -> R:
        """Lay a note or a cluster somewhere. The whole place is written, also what stays the
        same of it, so that an undo can see whether it lies where it was laid."""
        if all(getattr(item, name) == new for name, new in place.items()):
            return item
        return self._write(item, place)

    def text(self, note: Note, edit: Edit) -> None:
        """Edit the text of a note, as it is in this draft."""
        if edit:
            key = kind_of(note), note.id
            before = self._texts.get(note.id, ())
            self._texts[note.id] = compose(before, edit) if before else edit
            self._records[key] = msgspec.structs.replace(note, text=apply(note.text, edit))

    def room_in(self, place: str, before: str | None, count: int = 1, *, without: str) -> list[int]:
        """Ranks for newcomers before a sibling; siblings move over where there is no room."""
        ranks, tidied = ranks_before(self.siblings(place, without), before, count)
        for id, rank in tidied.items():
            item = self.note(id) or self.cluster(id)
            assert item is not None
            self.set(item, rank=rank)
        return ranks

    def _write(self, record: R, fields: dict[str, Any]) -> R:
        key = kind_of(record), record.id
        now = self._records.get(key, record)  # its text may have been edited meanwhile
        after: Any = msgspec.structs.replace(now, **fields)
        self._records[key] = after
        self._fields.setdefault(key, {}).update(fields)
        written: R = after
        return written

    # -- what follows -----------------------------------------------------------------

    def settle(self) -> None:
        """Make the three sentences at the top of this file true again."""
        clusters: dict[str, None] = {}
        for record in list(self._records.values()):
            if isinstance(record, Cluster):
                clusters[record.id] = None
            elif isinstance(record, Note):
                before = self.sprint.note(record.id)
                for note in (before, record):
                    if note is not None and note.cluster is not None:
                        clusters[note.cluster] = None
                self._settle_note(record)
        for id in clusters:
            self._settle_cluster(id)
        for record in list(self._records.values()):
            if isinstance(record, Note | Cluster):
                self._settle_rank(record)
        self._settle_groups()

    def _settle_note(self, note: Note) -> None:
        if note.gone or note.cluster is None:
            return
        cluster = self.cluster(note.cluster)
        if cluster is None or cluster.gone:
            ranks = self.room_in(note.zone, None, without=note.id)
            self.lay(note, zone=note.zone, cluster=None, rank=ranks[0])
        elif cluster.zone != note.zone:
            self.lay(note, zone=cluster.zone, cluster=cluster.id, rank=note.rank)

    def _settle_cluster(self, id: str) -> None:
        cluster = self.cluster(id)
        if cluster is None:
            return
        lying = self.siblings(id)
        if cluster.gone and lying:
            raise Refused("changed_since")  # only an undo comes here: others laid notes in it
        if not cluster.gone and not cluster.title and not lying:
            self.set(cluster, gone=True)
        for _, inside in lying:  # a cluster takes its notes along
            note = self.note(inside)
            if note is not None:
                self.set(note, zone=cluster.zone)

    def _settle_rank(self, item: Note | Cluster) -> None:
        now = self.note(item.id) or self.cluster(item.id)
        if now is None or now.gone:
            return
        lying = self.siblings(container(now), now.id)
        at = bisect_left(lying, (now.rank, ""))
        if at < len(lying) and lying[at][0] == now.rank:
            ranks = self.room_in(container(now), lying[at][1], without=now.id)
            now = self.note(item.id) or self.cluster(item.id)
            assert now is not None
            self.set(now, rank=ranks[0])

    def _settle_groups(self) -> None:
        for record in list(self._records.values()):
            if isinstance(record, Note) and record.group is not None:
                group = self.find("group", record.group)
                if not isinstance(group, Group) or group.gone:
                    self.set(record, group=None)  # only an undo comes here, and below
            elif isinstance(record, Group):
                self._settle_group(record)

    def _settle_group(self, group: Group) -> None:
        if group.gone:
            for id, note in self.sprint.notes.items():
                now = self.note(id) if note.group == group.id else None
                if now is not None and now.group == group.id:
                    raise Refused("changed_since")  # others put notes in it
            return
        others = sorted(
            (other.rank, id)
            for id in {**self.sprint.records["group"], **self.drafted("group")}
            if isinstance(other := self.find("group", id), Group)
            and not other.gone
            and id != group.id
        )
        at = bisect_left(others, (group.rank, ""))
        if at < len(others) and others[at][0] == group.rank:
            ranks, tidied = ranks_before(others, others[at][1])
            for id, rank in tidied.items():
                other = self.find("group", id)
                assert isinstance(other, Group)
                self.set(other, rank=rank)
            self.set(group, rank=ranks[0])

    def _settle_wall(self) -> None:
        """What was written may no longer stand on the wall, or in other words."""
        if self.drafted("wall"):
            return  # somebody says what stands there
        for wall in self.sprint.records["wall"].values():
            written = {id for kind, id in self._records if kind in ("note", "group")}
            redactions = self.drafted("redaction").values()
            written |= {record.note for record in redactions if isinstance(record, Redaction)}
            if written or self.drafted("table"):
                before = scenes.there(self.sprint)
                self.set(wall, items=scenes.stands(wall, before, self._there(), written))

    def _there(self) -> scenes.There:
        """What there is after this change."""
        records = self.sprint.records
        groups, tables, redactions = (
            {**records[kind], **self.drafted(kind)} for kind in ("group", "table", "redaction")
        )
        return scenes.There(self.sprint, self.note, groups, tables, redactions)

    def change(self) -> Change:
        """What was drafted, without what comes to the same."""
        self._settle_wall()
        operations: list[Operation] = []
        for (kind, id), record in self._records.items():
            before = self.sprint.find(kind, id)
            if before is None or (kind, id) in self._whole:
                operations.append(Put(record))
            elif before != record and (fields := self._fields.get((kind, id))):
                operations.append(Patch(kind, id, fields))
        operations.extend(TextEdit(id, edit) for id, edit in self._texts.items() if edit)
        return tuple(operations)


def kind_of(record: Record) -> Kind:
    return KIND_OF[type(record)]

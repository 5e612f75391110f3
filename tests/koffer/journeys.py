"""A village whose board travels: its log as lines, and what a merge makes of two of them."""

from collections.abc import Sequence

from msgspec import structs

from opgavebord.koffer.merge import Merged, merge
from opgavebord.sprint.change import apply
from opgavebord.sprint.commands import BringBack, TakeAway
from opgavebord.sprint.entry import Entry
from opgavebord.sprint.sprint import Checkpoint, Sprint
from opgavebord.storage.journey import Line, line_of
from tests.sprint.village import DESK, FIEN, Village

NOW = 1_700_009_000_000


def lines(village: Village) -> list[Line]:
    return [line_of(_readable(entry)) for entry, _ in village.log]


def _readable(entry: Entry) -> Entry:
    """What can be no text comes over no socket."""
    if "\\ud800" in repr(entry.command):
        return structs.replace(entry, command=None)
    return entry


def replayed(log: Sequence[Line]) -> Sprint:
    sprint = Sprint()
    for place, line in enumerate(log, start=1):
        assert line.seq == place
        apply(sprint, line.entry().change)
        sprint.head = line.seq
    return sprint


def bring(mine: list[Line], theirs: Sequence[Line], name: str = "koffer-home") -> Merged:
    """Merge, and hold it against the log that comes of it."""
    merged = merge(mine, theirs, at=NOW, by=DESK, name=name, chance=lambda: b"x" * 32)
    assert merged.expected == len(mine)
    together = [*mine, *merged.lines]
    assert len({line.name for line in together}) == len(together)
    sprint, before = replayed(together), replayed(mine)
    for record in merged.written:
        before.put(record)
    for kind, id in merged.dropped:
        before.drop(kind, id)
    before.head = sprint.head
    assert before == sprint, "what is written beside the log is what the log says"
    return merged


def after(mine: list[Line], theirs: Sequence[Line], name: str = "koffer-home") -> list[Line]:
    return [*mine, *bring(mine, theirs, name).lines]


def leaves(village: Village, journey: str) -> None:
    assert village.ask(TakeAway(journey), DESK)


def comes(village: Village, journey: str) -> None:
    assert village.ask(BringBack(journey), FIEN)


def essence(sprint: Sprint) -> list[object]:
    """A board, but for where in the log things stand and whether it is on a journey."""
    kept = []
    for record in sprint:
        if isinstance(record, Checkpoint):
            record = structs.replace(record, id="", seq=0)
        if record is sprint.evening:
            record = structs.replace(record, away=None)
        kept.append(record)
    return sorted(kept, key=repr)

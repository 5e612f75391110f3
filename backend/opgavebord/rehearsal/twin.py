"""What a rehearsal begins with: the set-up of an evening, and nothing that anybody said.

Pure. Boards, zones, steps, voices, villages and tables are the same, under the same ids; the cards that
were laid ready beforehand come along too. The evening begins at its first step, with doors of its own.
"""

from typing import Final

import msgspec

from ..sprint.commands import FoundSprint
from ..sprint.evening import code_of, token_of
from ..sprint.sprint import (
    Board,
    Domein,
    Evening,
    Kern,
    Note,
    Record,
    Sprint,
    Stem,
    Step,
    Table,
    Zone,
)

_AS_THEY_ARE: Final = (Board, Zone, Stem, Kern, Domein)


def twin(sprint: Sprint, id: str, entropy: bytes) -> FoundSprint | None:
    """The founding of a rehearsal of this sprint; None where there is nothing to rehearse."""
    evening = sprint.evening
    if evening is None:
        return None
    first = first_step(sprint)
    records: list[Record] = [_evening(evening, id, entropy, first)]
    for record in sprint:
        match record:
            case Step():
                fresh = msgspec.structs.replace(
                    record, visited=first is not None and record.id == first.id, revealed=False
                )
                records.append(fresh)
            case Table():
                records.append(Table(id=record.id, number=record.number, people=record.people))
            case Note() if record.origin == "organisatie" and not (record.hidden or record.gone):
                records.append(_laid_ready(record))
            case _ if isinstance(record, _AS_THEY_ARE):
                records.append(record)
            case _:
                pass
    return FoundSprint(tuple(records))


def first_step(sprint: Sprint) -> Step | None:
    """The step an evening begins with."""
    boards: dict[str, Board] = sprint.records["board"]
    steps = [step for step in sprint.records["step"].values() if not step.skipped]
    return min(steps, key=lambda step: (boards[step.board].rank, step.rank), default=None)


def _evening(evening: Evening, id: str, entropy: bytes, first: Step | None) -> Evening:
    return Evening(
        id=id,
        title=evening.title,
        question=evening.question,
        number=evening.number,
        place=evening.place,
        date=evening.date,
        notice=evening.notice,
        source=evening.source,
        level=evening.level,
        fixed=evening.fixed,
        free=evening.free,
        goal=evening.goal,
        answer_from=evening.answer_from,
        board=first.board if first else None,
        step=first.id if first else None,
        code=code_of(entropy),
        token=token_of(entropy),
        rehearsal=True,
    )


def _laid_ready(note: Note) -> Note:
    """A prepared card, without what an evening added to it."""
    return msgspec.structs.replace(note, cluster=None, group=None, domains=(), author=None)

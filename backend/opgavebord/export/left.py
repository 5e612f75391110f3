"""What stays of an evening when its notes are wiped: only what was public, and no words of notes.

Made from the report, so that what may not be told is not in it either; and only where the municipality
had published the evening. A title, numbers and what was promised. Groups, quotes and sentences are made of what people
wrote, so they go.
"""

import msgspec
from msgspec import Struct

from .report import Counted, Promise, Report


class Left(Struct, frozen=True):
    id: str
    title: str
    question: str
    number: int
    place: str
    date: str
    answer_from: str
    notes: int
    groups: int
    tables: int
    people: int
    villages: tuple[Counted, ...]
    promises: tuple[Promise, ...]


def left(told: Report) -> Left:
    return Left(
        id=told.id,
        title=told.title,
        question=told.question,
        number=told.number,
        place=told.place,
        date=told.date,
        answer_from=told.answer_from,
        notes=told.notes,
        groups=len(told.heaps),
        tables=told.tables,
        people=told.people,
        villages=told.villages,
        promises=told.promises,
    )


def write(of: Left) -> str:
    return msgspec.json.encode(of).decode()


def read(kept: str) -> Left:
    return msgspec.json.decode(kept, type=Left)

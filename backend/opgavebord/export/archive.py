"""The complete JSON of a sprint, and a sprint from it.

All records as the desk may see them: what is still private stays masked, and the code and token of the
door are left out. So is what is about seats: who wrote, marked or promised, the places of the seats, the
ballots (a round holds its own result; dots on paper stay) and the single arrivals (their counts stay).
Literal words stay in it beside their redactions; that is what makes it complete, and why it is for the
desk and not for the street.

Reading it founds a sprint with the same records, through the same door as every sprint. Its ids are the
same, so a sprint that is there already is recognised. The law, held by `tests/export/test_archive.py`:
the archive of what was read from an archive is that archive, byte for byte. Records come in the order of
their kind and id, so equal sprints are equal files.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct

from ..sprint.history import SHAPE
from ..sprint.sight import CROWDS, see_all
from ..sprint.sprint import (
    KIND_OF,
    KINDS,
    Arrival,
    Ballot,
    Evening,
    Kind,
    Place,
    Record,
    Sprint,
)

FORMAT: Final = "opgavebord sprint"
DESK: Final = CROWDS["desk"]
BLANK: Final[dict[Kind, dict[str, Any]]] = {
    "sprint": {"code": "", "token": "", "away": None},
    "note": {"author": None, "turn": None},
    "belofte": {"author": None},
    "mark": {"seat": None, "turn": 0, "stem": None},
}
"""What is about a seat, a journey, or opens the door; every other field is the sprint's own."""


class Archive(Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    shape: int
    records: tuple[Record, ...]


class NotAnArchive(Exception):
    """Not a file that we made. The text is for a person."""


def records(sprint: Sprint) -> tuple[Record, ...]:
    """What goes into the archive, in a fixed order."""
    kept = (_blank(record) for record in see_all(sprint, DESK) if not _of_a_seat(record))
    place = {kind: number for number, kind in enumerate(KINDS)}
    return tuple(sorted(kept, key=lambda record: (place[KIND_OF[type(record)]], record.id)))


def write(sprint: Sprint) -> bytes:
    archive = Archive(FORMAT, SHAPE, records(sprint))
    return msgspec.json.format(msgspec.json.encode(archive), indent=1) + b"\n"


def read(data: bytes) -> tuple[Record, ...]:
    """The records of an archive, one evening among them. Raises `NotAnArchive`."""
    try:
        archive = msgspec.json.decode(data, type=Archive)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as trouble:
        raise NotAnArchive(f"This is not a complete export of a sprint: {trouble}") from trouble
    if archive.format != FORMAT:
        raise NotAnArchive("This is not a complete export of a sprint.")
    if archive.shape != SHAPE:
        raise NotAnArchive(
            f"This export was made by another version (shape {archive.shape}, not {SHAPE})."
        )
    if sum(isinstance(record, Evening) for record in archive.records) != 1:
        raise NotAnArchive("This export holds no evening, or more than one.")
    return archive.records


def evening_of(found: tuple[Record, ...]) -> Evening:
    return next(record for record in found if isinstance(record, Evening))


def _of_a_seat(record: Record) -> bool:
    return isinstance(record, Place | Arrival) or (isinstance(record, Ballot) and not record.paper)


def _blank(record: Record) -> Record:
    fields = BLANK.get(KIND_OF[type(record)])
    if fields is None:
        return record
    blank: Record = msgspec.structs.replace(record, **fields)
    return blank

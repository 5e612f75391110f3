"""How a sprint comes to be: its first commands, decided at once and kept in one append.

All or nothing: a server that is killed half way leaves an empty sprint that nobody sees, never half
an evening. The commands go through `decide` like everybody's.
"""

import secrets
import time
from collections.abc import Sequence
from typing import Final

from .people.tokens import new_id
from .sprint.ask import ENTROPY_BYTES, Ask
from .sprint.change import apply, touched
from .sprint.commands import AnyCommand
from .sprint.decide import decide
from .sprint.entry import Entry
from .sprint.evening import code_of, token_of
from .sprint.past import Past
from .sprint.refusals import Refusal
from .sprint.sprint import Kind, Record, Sprint
from .storage.log import Log
from .sync.effects import Append
from .werkvormen.demo import Named, named, vitale_kernen

MOMENT_MS: Final = 1_000  # between two commands of a demo, so that it has a past


class CanNotFound(ValueError):
    """One of the first commands is refused; `refusal` says why."""

    def __init__(self, command: AnyCommand, refusal: Refusal) -> None:
        super().__init__(f"the first commands hold what is refused: {command} is {refusal.code}")
        self.refusal = refusal


class AlreadyThere(Exception):
    """Somebody else founded this sprint at the same moment."""


async def found_demo(log: Log, notes: int | None = None) -> str:
    """A new sprint *Vitale kernen*, filled. Returns its id."""
    id = new_id()
    chance = secrets.token_bytes(ENTROPY_BYTES)
    asked = named(vitale_kernen(id, code_of(chance), token_of(chance), notes))
    began = time.time_ns() // 1_000_000 - len(asked) * MOMENT_MS
    await found(log, id, asked, began, MOMENT_MS)
    return id


async def found(log: Log, id: str, asked: Sequence[Named], began: int, moment: int = 0) -> Sprint:
    """Decide these first commands of a new sprint, and keep them. Nothing is kept, and `CanNotFound`
    raised, where one of them is refused; `AlreadyThere` where it is not new. `moment`: milliseconds between two of them."""
    sprint, past = Sprint(), Past()
    entries: list[Entry] = []
    for place, (device, number, command, seat) in enumerate(asked):
        at = began + place * moment
        verdict = decide(sprint, Ask(command, seat, at, secrets.token_bytes(ENTROPY_BYTES)), past)
        if isinstance(verdict, Refusal):
            raise CanNotFound(command, verdict)
        inverse = apply(sprint, verdict)
        sprint.head += 1
        entry = Entry(sprint.head, at, device, number, seat.id, seat.role, command, verdict)
        past.record(entry, inverse)
        entries.append(entry)
    written: dict[tuple[Kind, str], Record] = {}
    for entry in entries:
        for kind, record in touched(entry.change):
            now = sprint.find(kind, record)
            assert now is not None, "a founding takes nothing away"
            written[kind, record] = now
    await log.create(id)
    if not await log.append(id, Append(0, tuple(entries), tuple(written.values()))):
        raise AlreadyThere(id)
    return sprint

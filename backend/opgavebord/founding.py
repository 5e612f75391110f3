"""How a sprint comes to be: its first commands, decided at once and kept in one append.

All or nothing: a server that is killed half way leaves an empty sprint that nobody sees, never half
an evening. The commands go through `decide` like everybody's.
"""

import secrets
import time
from typing import Final

from .people.tokens import new_id
from .sprint.ask import ENTROPY_BYTES, Ask
from .sprint.change import apply, touched
from .sprint.decide import decide
from .sprint.entry import Entry
from .sprint.evening import code_of, token_of
from .sprint.past import Past
from .sprint.refusals import Refusal
from .sprint.sprint import Kind, Record, Sprint
from .storage.log import Log
from .sync.effects import Append
from .werkvormen.demo import named, vitale_kernen

MOMENT_MS: Final = 1_000  # between two commands of a demo, so that it has a past


async def found_demo(log: Log, notes: int | None = None) -> str:
    """A new sprint *Vitale kernen*, filled. Returns its id."""
    id = new_id()
    chance = secrets.token_bytes(ENTROPY_BYTES)
    sprint, past = Sprint(), Past()
    asked = named(vitale_kernen(id, code_of(chance), token_of(chance), notes))
    began = time.time_ns() // 1_000_000 - len(asked) * MOMENT_MS
    entries: list[Entry] = []
    for place, (device, number, command, seat) in enumerate(asked):
        at = began + place * MOMENT_MS
        verdict = decide(sprint, Ask(command, seat, at, secrets.token_bytes(ENTROPY_BYTES)), past)
        if isinstance(verdict, Refusal):
            raise ValueError(f"the demo asks for what is refused: {command} is {verdict.code}")
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
    kept = await log.append(id, Append(0, tuple(entries), tuple(written.values())))
    assert kept, "nobody else writes to a sprint that was made just now"
    return id

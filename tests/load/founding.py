"""Lays down sprints to measure, before a server runs: the demo, so many notes, so many events.

Through the same room, the same rules and the same log as everything else; only the sockets are
left out. Prints one JSON line per sprint: how to get in.

    python -m tests.load.founding --data <folder> --sprints 100 --notes 300 --events 0
"""

import argparse
import asyncio
import random
import secrets
import sys
import time
from pathlib import Path

import msgspec

from opgavebord.people.invitations import Invitations
from opgavebord.people.key import read_key
from opgavebord.people.tokens import new_id
from opgavebord.sprint.commands import AnyCommand, MoveNote
from opgavebord.sprint.evening import CODE_CHARACTERS, JOIN_ALPHABET
from opgavebord.sprint.sprint import Seat
from opgavebord.storage.log import Log
from opgavebord.storage.opening import storage
from opgavebord.sync.effects import Append, Effect
from opgavebord.sync.room import Room
from opgavebord.werkvormen.demo import named, vitale_kernen

from .sides import Founded

MOVER = Seat("bench-mover", "deelnemer")
CHUNK = 5_000


async def found(log: Log, links: Invitations, notes: int, events: int) -> Founded:
    sprint = new_id()
    code = "".join(secrets.choice(JOIN_ALPHABET) for _ in range(CODE_CHARACTERS))
    await log.create(sprint)
    room = Room.open(sprint, [], build="bench", entropy=lambda: secrets.token_bytes(32))
    asked = named(vitale_kernen(sprint, code, secrets.token_urlsafe(16), notes or None))
    await _ask(log, room, [(f"{one.device}.{one.number}", one.seat, one.command) for one in asked])
    dice = random.Random(7)
    here, zones = list(room.sprint.notes), list(room.sprint.records["zone"])
    more = max(events - room.head, 0)
    for start in range(0, more, CHUNK):
        moves: list[tuple[str, Seat, AnyCommand]] = [
            (
                f"{MOVER.id}.{number + 1}",
                MOVER,
                MoveNote(note=dice.choice(here), zone=dice.choice(zones)),
            )
            for number in range(start, min(start + CHUNK, more))
        ]
        await _ask(log, room, moves)
    known = await links.links(sprint)
    return Founded(sprint, known.code, known.wand, known.regie)


async def _ask(log: Log, room: Room, asked: list[tuple[str, Seat, AnyCommand]]) -> None:
    effects: list[Effect] = []
    for name, seat, command in asked:
        effects += room.do(None, seat, name, command, time.monotonic(), _wall())
    while effects:
        append = next((effect for effect in effects if isinstance(effect, Append)), None)
        if append is None:
            return
        if not await log.append(room.id, append):
            raise RuntimeError("somebody else writes to this log")
        effects = room.appended(time.monotonic(), _wall())


def _wall() -> int:
    return time.time_ns() // 1_000_000


async def lay_down(
    folder: Path, town: str, key: Path | None, sprints: int, notes: int, events: int
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    database, log = storage(folder, town)
    await database.open()
    try:
        links = Invitations(database, read_key(folder, key))
        for _ in range(sprints):
            made = await found(log, links, notes, events)
            sys.stdout.write(msgspec.json.encode(made).decode() + "\n")
    finally:
        await database.close()


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m tests.load.founding")
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--town", default="", help="the address of a PostgreSQL")
    options.add_argument("--key", type=Path, help="the key of the links, where it is elsewhere")
    options.add_argument("--sprints", type=int, default=1)
    options.add_argument("--notes", type=int, default=300, help="0: the whole evening")
    options.add_argument("--events", type=int, default=0)
    chosen = options.parse_args()
    asyncio.run(
        lay_down(chosen.data, chosen.town, chosen.key, chosen.sprints, chosen.notes, chosen.events)
    )


if __name__ == "__main__":
    main()

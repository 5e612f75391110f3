"""What devices say, and when: the same bytes at the same moments to our server and to the floor.

`World` is what a script needs to know of a sprint: its notes and zones, read from a snapshot.
`Script` draws commands from a seeded mixture. `play` sends them on an open-loop schedule: it
never waits for answers, so a slow server is not spared.
"""

import asyncio
import gzip
import heapq
import json
import random
import secrets
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import msgspec

from .device import AnyDevice, Device


class World(msgspec.Struct):
    """The ids a script may name. Grows with the notes the script makes."""

    notes: list[str]
    home: dict[str, str]  # note -> zone
    zones: list[str]
    records: int = 0

    @classmethod
    def of(cls, snapshot: bytes) -> "World":
        raw = gzip.decompress(snapshot) if snapshot[:2] == b"\x1f\x8b" else snapshot
        told: dict[str, Any] = json.loads(raw)
        records = told["records"]
        evening = next(record for record in records if record["kind"] == "sprint")
        zones = [r["id"] for r in records if r["kind"] == "zone" and r["board"] == evening["board"]]
        notes = [
            record
            for record in records
            if record["kind"] == "note" and not record.get("gone") and record["zone"] in zones
        ]
        return cls(
            [note["id"] for note in notes],
            {note["id"]: note["zone"] for note in notes},
            zones,
            len(records),
        )


WORDS = (
    "de bus gaat maar één keer per uur",
    "we drinken koffie bij het dorpshuis",
    "mijn buurvrouw brengt de krant",
    "de winkel is dicht op maandag",
    "kinderen spelen achter de kerk",
    "wie geen auto heeft komt nergens",
)


class Script:
    """A seeded source of commands on one world."""

    def __init__(self, world: World, seed: int = 1) -> None:
        self.world = world
        self.dice = random.Random(seed)

    def create(self) -> bytes:
        note = secrets.token_urlsafe(16)
        zone = self.dice.choice(self.world.zones)
        self.world.notes.append(note)
        self.world.home[note] = zone
        text = self.dice.choice(WORDS)
        return b'{"do":"note.create","note":"%b","zone":"%b","text":"%b"}' % (
            note.encode(),
            zone.encode(),
            text.encode(),
        )

    def move(self) -> bytes:
        note = self.dice.choice(self.world.notes)
        zone = self.dice.choice(self.world.zones)
        self.world.home[note] = zone
        return b'{"do":"note.move","note":"%b","zone":"%b"}' % (note.encode(), zone.encode())

    def edit(self, base: int) -> bytes:
        note = self.dice.choice(self.world.notes)
        return b'{"do":"note.edit","note":"%b","base":%d,"edit":["o, "]}' % (note.encode(), base)

    def something(self, base: int) -> bytes:
        """The hall's mixture: half of it moves, a third types, the rest writes a new note."""
        draw = self.dice.random()
        if draw < 0.5:
            return self.move()
        return self.edit(base) if draw < 0.8 else self.create()

    def drag(self) -> bytes:
        note = self.dice.choice(self.world.notes)
        return b'{"t":"here","drag":{"note":"%b","zone":"%b","x":%d,"y":%d}}' % (
            note.encode(),
            self.world.home[note].encode(),
            self.dice.randrange(1001),
            self.dice.randrange(1001),
        )

    def typing(self) -> bytes:
        return b'{"t":"here","typing":"%b"}' % self.dice.choice(self.world.notes).encode()


Action = Callable[[], None]


def head_of(device: AnyDevice) -> int:
    return (device.head or 0) if isinstance(device, Device) else 0


class Beat(msgspec.Struct):
    """Something that happens again and again: `act` each `every` seconds, from `first`."""

    first: float
    every: float
    act: Action


def hall(
    devices: Sequence[AnyDevice],
    script: Script,
    *,
    op_every: float = 2.0,
    presence_every: float = 0.1,
    dragging: float = 0.2,
) -> list[Beat]:
    """The rate of a busy hall: everybody says something durable each `op_every` seconds and is
    present ten times a second; one in five holds a note, the rest types."""
    beats: list[Beat] = []
    dice = script.dice
    for index, device in enumerate(devices):

        def act(device: AnyDevice = device) -> None:
            device.do(script.something(head_of(device)))

        beats.append(Beat(dice.random() * op_every, op_every, act))
        if presence_every:
            drags = index < len(devices) * dragging

            def be(device: AnyDevice = device, drags: bool = drags) -> None:
                device.here(script.drag() if drags else script.typing())

            beats.append(Beat(dice.random() * presence_every, presence_every, be))
    return beats


async def play(beats: Sequence[Beat], seconds: float) -> list[float]:
    """Let every beat go for so long. Returns how late each action was, in seconds: the
    generator's own lag, to be small beside what is measured."""
    began = perf_counter()
    queue = [(began + beat.first, number, beat) for number, beat in enumerate(beats)]
    heapq.heapify(queue)
    late: list[float] = []
    until = began + seconds
    while queue and queue[0][0] < until:
        now = perf_counter()
        while queue[0][0] <= now:
            due, number, beat = queue[0]
            heapq.heapreplace(queue, (due + beat.every, number, beat))
            if due >= until:
                break
            beat.act()
            late.append(now - due)
        # At least a millisecond: at high rates what is due goes out together, and nothing spins.
        await asyncio.sleep(min(max(queue[0][0] - perf_counter(), 0.001), 0.05))
    return late

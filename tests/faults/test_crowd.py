"""A full hall: 500 devices at one sprint, and all that each of them writes comes to all of them.

What it costs is measured by the bench (workload J); here it has to be right. Every device checks that
its frames follow each other; twenty of them keep the whole board as well.
"""

import asyncio
import secrets
from collections.abc import Sequence
from time import perf_counter

import msgspec
import pytest

from opgavebord.sprint.commands import CreateNote
from tests.history.driver import Client, History, join, log_of, quieted
from tests.history.happening import Sample
from tests.load.device import Device
from tests.load.sides import close_all, open_all
from tests.server import Server

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

HALL = 500
WATCHING = 20
PATIENCE = 90.0
MIB = 1024 * 1024


async def test_five_hundred_devices_in_one_hall_see_what_each_of_them_writes(
    server: Server,
) -> None:
    history, code = History(), server.links["join_code"]
    doors = asyncio.Semaphore(8)

    async def arrive() -> Device:
        async with doors:
            return Device(await join(server.port, code))

    crowd = list(await asyncio.gather(*(arrive() for _ in range(HALL - WATCHING))))
    watching = [Client(await join(server.port, code), history) for _ in range(WATCHING)]
    for client in watching:
        await client.stay(PATIENCE)
    before = watching[0].head or 0
    await open_all(crowd)
    board = watching[0].eyes.board
    assert board.evening is not None
    on = board.evening.board
    zone = next(one.id for one in board.records["zone"].values() if one.board == on)  # type: ignore[union-attr]
    hall = [*crowd, *watching]

    async with history.sampling({"server": server.pid}):
        for place, device in enumerate(hall):
            note = CreateNote(secrets.token_urlsafe(16), zone, f"Van apparaat {place}.")
            device.do(msgspec.json.encode(note))
            await asyncio.sleep(0.001)
        await _until_all_have(hall, before + HALL)
        await quieted(watching, PATIENCE)

    assert [fault for device in hall for fault in device.faults] == []
    assert [device.refused for device in hall if device.refused] == []
    for client in watching:
        texts = {note.text for note in client.eyes.board.records["note"].values()}  # type: ignore[union-attr]
        assert texts >= {f"Van apparaat {place}." for place in range(HALL)}
        await client.stop()
    close_all(crowd)
    sizes = [
        one.value for one in history.happenings if isinstance(one, Sample) and one.what == "rss"
    ]
    assert max(sizes) < 350 * MIB
    assert server.stop() == 0
    async with log_of(server.data_dir) as log:
        entries = await log.since(watching[0].seat.sprint, before)
    kept = {entry.name: (entry.seq, entry.refusal) for entry in entries}
    assert kept == {name: told for device in hall for name, told in device.answers.items()}


async def _until_all_have(hall: Sequence[Device], head: int) -> None:
    deadline = perf_counter() + PATIENCE
    while any(device.outbox or (device.head or 0) < head for device in hall):
        if perf_counter() > deadline:
            behind = sum((device.head or 0) < head for device in hall)
            raise TimeoutError(f"{behind} of {len(hall)} devices are not at {head}")
        await asyncio.sleep(0.01)

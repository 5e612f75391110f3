"""Workload K, a town: PostgreSQL and Redis, one server process and two, on one sprint and on many.

Beside the hall (SQLite, one process) in the same run. Two questions: what a command costs, in the server,
in PostgreSQL and in Redis; and how many a second there are when every device asks again as soon as it is
answered. PostgreSQL writes to a real disk and keeps what it promises.

Everything shares the cores of this machine, the generator too: a second process shows here what
it costs to agree, and not what a second machine would bring.
"""

import asyncio
import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import msgspec

from tests import services

from .device import Device
from .figures import figure
from .measure import quantile
from .processes import Started, cpu_of
from .run import Run
from .sides import Hall, close_all, open_all
from .talk import Script, World, head_of
from .traffic import faults

SPRINTS = 20
DEVICES = 40
AHEAD = 3  # commands of one device that wait for an answer
STEADY = 200.0  # commands a second where the cost of one is measured


class Town(msgspec.Struct):
    """What sprints run on: server processes, and what is behind them."""

    name: str
    servers: list[Hall]
    postgres: services.Postgres | None = None
    redis: services.Redis | None = None

    def cpu(self) -> dict[str, float]:
        """Seconds used so far, of each part."""
        spent = {"server": sum(server.running.cpu() for server in self.servers)}
        if self.postgres is not None:
            pid = self.postgres.pid  # children that came and went are few
            spent["PostgreSQL"] = sum(map(cpu_of, (pid, *services.children(pid))))
        if self.redis is not None:
            spent["Redis"] = cpu_of(self.redis.pid)
        return spent

    async def seats(self, count: int, sprint: int) -> list[Device]:
        """Devices, spread over the processes."""
        seats = await self.servers[0].seats(count, sprint)
        ports = [server.port for server in self.servers]
        return [
            Device(msgspec.structs.replace(seat, port=ports[place % len(ports)]))
            for place, seat in enumerate(seats)
        ]


async def k_city(run: Run) -> None:
    """The hall, and the town with one process and with two."""
    sprints = 2 * (SPRINTS + 2)
    run.say(f"K: the hall, and a town with one process and with two; {DEVICES} devices")
    hall = Hall(run.place / "k-hall")
    hall.found(sprints, 100)
    await _measure(run, Town("hall", [hall]))
    disk = Path("/var/tmp")
    with (
        services.own_postgres(disk, shared_buffers="128MB") as postgres,
        services.own_redis() as redis,
    ):
        for count in (1, 2):
            settings = {
                "OPGAVEBORD_REDIS": redis.url,
                "OPGAVEBORD_KEY_FILE": str(run.place / "k-key"),
            }
            servers = [
                Hall(run.place / f"k-town-{count}-{n}", postgres.url, **settings)
                for n in range(count)
            ]
            servers[0].found(sprints, 100)
            name = "town, 1 process" if count == 1 else f"town, {count} processes"
            await _measure(run, Town(name, servers, postgres, redis))
    run.remarks.append(
        "K: server processes, PostgreSQL, Redis and the generator share the cores of this machine; "
        "the rates per seat are lifted, as in C."
    )


async def _measure(run: Run, town: Town) -> None:
    try:
        for server in town.servers:
            await server.start(lifted=True)
            pin_free(server.running)
        first = await town.seats(DEVICES, 0)
        await open_all(first)
        await _cost(run, town, first)
        await _throughput(run, town, "one sprint", [first])
        close_all(first)
        rooms = []
        for sprint in range(1, SPRINTS + 1):
            rooms.append(await town.seats(DEVICES // 10, sprint))
            await open_all(rooms[-1])
        await _throughput(run, town, f"{SPRINTS} sprints", rooms)
        wrong = faults([device for room in [first, *rooms] for device in room])
        run.add(
            figure(
                *("K", f"{town.name}: gaps, overlaps, changed answers", ""),
                [len(wrong)],
                goal=0,
                remark="; ".join(wrong[:3]),
            )
        )
    finally:
        for server in town.servers:
            server.stop()


def pin_free(process: Started) -> None:
    """All cores: there are as many processes as cores, or more."""
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{process.pid}/task"):
            os.sched_setaffinity(int(task), range(os.cpu_count() or 1))


async def _cost(run: Run, town: Town, devices: Sequence[Device]) -> None:
    """So many commands a second, for a while: what one of them costs, and how long answers take."""
    script = Script(World.of(devices[0].snapshot))
    before, began = town.cpu(), perf_counter()
    traffic = _traffic(town)
    asked = 0
    while (passed := perf_counter() - began) < run.scale.many_seconds:
        while asked < passed * STEADY:
            devices[asked % len(devices)].do(script.move())
            asked += 1
        await asyncio.sleep(0.002)
    await _answered(devices)
    spent = town.cpu()
    for part, seconds in spent.items():
        each = (seconds - before[part]) / asked * 1e6
        run.add(figure("K", f"{town.name}: CPU of the {part} per command", "µs", [each]))
    waits = sorted(_waits(devices))
    run.add(figure("K", f"{town.name}: answered, p50", "ms", [quantile(waits, 0.5) * 1e3]))
    run.add(
        figure("K", f"{town.name}: answered, p99", "ms", [quantile(waits, 0.99) * 1e3], goal=60)
    )
    if town.redis is not None:
        sent = (_traffic(town) - traffic) / asked
        run.add(figure("K", f"{town.name}: through Redis per command", "bytes", [sent]))


def _traffic(town: Town) -> int:
    """Bytes in and out of Redis so far."""
    if town.redis is None:
        return 0
    told = dict(
        line.split(":", 1)
        for line in town.redis.ask("INFO", "stats").decode().splitlines()
        if ":" in line
    )
    return int(told["total_net_input_bytes"]) + int(told["total_net_output_bytes"])


async def _throughput(run: Run, town: Town, where: str, rooms: Sequence[Sequence[Device]]) -> None:
    """Every device asks again as soon as it is answered."""
    devices = [device for room in rooms for device in room]
    scripts = {
        device.id: Script(World.of(room[0].snapshot), number)
        for number, room in enumerate(rooms)
        for device in room
    }
    for device in devices:
        device.forget()
        device.sent.clear()
    before = sum(len(device.answers) for device in devices)
    began = perf_counter()
    until = began + run.scale.many_seconds
    while perf_counter() < until:
        for device in devices:
            while len(device.outbox) < AHEAD:
                script = scripts[device.id]
                move = script.dice.random() < 0.75
                device.do(script.move() if move else script.edit(head_of(device)))
        await asyncio.sleep(0)
    passed = perf_counter() - began
    done = sum(len(device.answers) for device in devices) - before
    await _answered(devices)
    run.add(figure("K", f"{town.name}, {where}: commands per second", "/s", [done / passed]))
    waits = sorted(_waits(devices))
    run.add(
        figure("K", f"{town.name}, {where}: answered, p99", "ms", [quantile(waits, 0.99) * 1e3])
    )


def _waits(devices: Sequence[Device]) -> list[float]:
    return [
        device.answered_at[name] - at
        for device in devices
        for name, at in device.sent.items()
        if name in device.answered_at
    ]


async def _answered(devices: Sequence[Device]) -> None:
    until = perf_counter() + 20
    while any(device.outbox for device in devices) and perf_counter() < until:
        await asyncio.sleep(0.01)

"""Workload J, crowds: 500 devices in one hall, 200 halls on one process, and an evening of 100,000
events that is opened while another hall is at work.

A hall of 300 devices is promised; 500 is measured. `tests/faults/test_crowd.py` holds that all comes
everywhere; here is what it costs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from .device import Device, FloorDevice
from .figures import figure
from .measure import begin, latency, quantile
from .run import Run, measured
from .sides import Floor, Hall, addresses, open_all
from .talk import Script, World, hall
from .traffic import faults, twin

MIB = 1024 * 1024
HALL_SPRINT, LONG_SPRINT = 0, 1
SILENCE_SECONDS = 1.3


async def j_crowd(run: Run) -> None:
    """One large hall, many small ones, one long log."""
    await _one_hall(run)
    await _many_halls(run)
    await _long_log(run)


async def _one_hall(run: Run) -> None:
    """Everybody at the rate of A, in one sprint."""
    count, scale = run.scale.crowd_devices, run.scale
    ours, floor = Hall(run.place / "j"), Floor(run.place / "j-floor")
    run.say(f"J: {count} devices in one hall, 300 notes, one durable command each 10 s")
    ours.found(1, 300)
    try:
        server, relay = await ours.start(), await floor.start()
        empty = server.rss()
        devices = [Device(seat) for seat in await ours.seats(count)]
        await open_all(devices)
        copies = [FloorDevice(floor.port) for _ in range(count)]
        await open_all(copies)
        script = Script(World.of(devices[0].snapshot))
        other = Script(twin(script.world))
        beats = hall(devices, script, op_every=10.0, presence_every=2.0, dragging=0.02)
        cost = await measured(server, devices, beats, scale.hall_seconds)
        seen = latency([devices])
        beats = hall(copies, other, op_every=10.0, presence_every=2.0, dragging=0.02)
        raw = await measured(relay, copies, beats, scale.hall_seconds)
        raw_seen = latency([copies])
        full = server.rss()
    finally:
        ours.stop()
        floor.stop()
    run.add(figure("J", f"{count} devices: server CPU", "%", [cost.percent], [raw.percent]))
    run.add(
        figure(
            *("J", f"{count} devices: to every screen, p99", "ms"),
            [seen.p99],
            [raw_seen.p99],
            goal=500,
        )
    )
    run.add(figure("J", f"{count} devices: memory of the server", "MiB", [full / MIB], goal=350))
    run.add(
        figure("J", f"{count} devices: memory per device", "MiB", [(full - empty) / MIB / count])
    )
    wrong = faults(devices)
    run.add(
        figure(
            *("J", f"{count} devices: gaps, overlaps, lost deliveries", ""),
            [len(wrong) + seen.missing],
            goal=0,
            remark="; ".join(wrong[:3]),
        )
    )


async def _many_halls(run: Run) -> None:
    """Ten devices each in many halls, one durable command each 10 s."""
    count, each = run.scale.crowd_sprints, 10
    ours = Hall(run.place / "j-many")
    run.say(f"J: {count} sprints × {each} devices on one process")
    ours.found(count, 40)
    halls = addresses(count)
    try:
        server = await ours.start()
        empty = server.rss()
        rooms: list[list[Device]] = []
        for number in range(count):
            seats = await ours.seats(each, number, halls[number])
            rooms.append([Device(seat) for seat in seats])
            await open_all(rooms[-1])
        devices = [device for room in rooms for device in room]
        scripts = [Script(World.of(room[0].snapshot), n) for n, room in enumerate(rooms)]
        beats = [
            beat
            for room, script in zip(rooms, scripts, strict=True)
            for beat in hall(room, script, op_every=10.0, presence_every=2.0, dragging=0.02)
        ]
        cost = await measured(server, devices, beats, run.scale.many_seconds)
        seen = latency(rooms)
        await asyncio.sleep(SILENCE_SECONDS)  # what changed nothing is told once a second
        missing = latency(rooms).missing
        full = server.rss()
    finally:
        ours.stop()
    run.add(figure("J", f"{count} sprints: server CPU", "%", [cost.percent]))
    run.add(figure("J", f"{count} sprints: to every screen, p99", "ms", [seen.p99], goal=500))
    run.add(
        figure("J", f"{count} sprints: memory per sprint", "MiB", [(full - empty) / MIB / count])
    )
    wrong = faults(devices)
    run.add(
        figure(
            *("J", f"{count} sprints: gaps, overlaps, lost deliveries", ""),
            [len(wrong) + missing],
            goal=0,
            remark="; ".join(wrong[:3]),
        )
    )


async def _long_log(run: Run) -> None:
    """5,000 notes and 100,000 events are opened; meanwhile a hall of twenty works on."""
    events = run.scale.crowd_events
    ours = Hall(run.place / "j-long")
    run.say(f"J: a sprint of {events:,} events opens beside a hall of 20")
    ours.found(1, 300)
    ours.found(1, 4_900, events)
    try:
        await ours.start()
        devices = [Device(seat) for seat in await ours.seats(20, HALL_SPRINT)]
        await open_all(devices)
        script = Script(World.of(devices[0].snapshot))
        quiet = await _answers(devices, script, None)
        opened: list[float] = []

        async def open_it() -> None:
            began = perf_counter()
            [seat] = await ours.seats(1, LONG_SPRINT)
            late = Device(seat)
            await late.open()
            opened.append((perf_counter() - began) * 1e3)
            late.close()

        busy = await _answers(devices, script, open_it)
        memory = ours.running.rss()
    finally:
        ours.stop()
    run.add(figure("J", f"a log of {events:,} events: opened in", "ms", opened))
    run.add(
        figure(
            *("J", "a command in the other hall meanwhile, p99 (floor: before)", "ms"),
            [busy],
            [quiet],
            goal=250,
        )
    )
    run.add(figure("J", "memory of the server with both", "MiB", [memory / MIB]))
    wrong = faults(devices)
    run.add(
        figure(
            "J", "gaps or overlaps beside it", "", [len(wrong)], goal=0, remark="; ".join(wrong[:3])
        )
    )


async def _answers(
    devices: Sequence[Device], script: Script, meanwhile: Callable[[], Awaitable[None]] | None
) -> float:
    """The p99 of how long answers take, in milliseconds, while something else happens."""
    begin(devices)
    work = None if meanwhile is None else asyncio.ensure_future(meanwhile())
    until = perf_counter() + 1.0
    turn = 0
    while perf_counter() < until or (work is not None and not work.done()):
        devices[turn % len(devices)].do(script.move())
        turn += 1
        await asyncio.sleep(0.02)
    if work is not None:
        await work
    while any(device.outbox for device in devices):
        await asyncio.sleep(0.02)
    waits = [
        device.answered_at[name] - at for device in devices for name, at in device.sent.items()
    ]
    return quantile(sorted(waits), 0.99) * 1e3

"""How the cost of one delivered change grows: with devices, notes, sprints, and the log's length.

One change delivered to one device is the unit: server CPU over a window, divided by commands
times devices. Everything but the one size stays the same; 200 commands a second in all (the
rates per seat are lifted, so that a few devices can make them), no presence. On
double-logarithmic paper the slope is the exponent: 0 is constant, 1 grows in step.
"""

from collections.abc import Sequence
from time import perf_counter

from .device import Device
from .figures import Growth
from .run import Run, measured
from .sides import Hall, addresses, close_all, open_all
from .talk import Beat, Script, World, head_of

RATE = 200.0


def _steady(devices: Sequence[Device], script: Script, rate: float) -> list[Beat]:
    """Moves and edits, spread evenly: nothing that makes the board larger."""
    every = len(devices) / rate

    def beat(number: int, device: Device) -> Beat:
        def act() -> None:
            move = script.dice.random() < 0.75
            device.do(script.move() if move else script.edit(head_of(device)))

        return Beat(every * number / len(devices), every, act)

    return [beat(number, device) for number, device in enumerate(devices)]


async def _cost(run: Run, hall: Hall, rooms: list[list[Device]]) -> float:
    """Microseconds of CPU per change delivered to a device."""
    devices = [device for room in rooms for device in room]
    beats: list[Beat] = []
    for number, room in enumerate(rooms):
        script = Script(World.of(room[0].snapshot), number)
        beats += _steady(room, script, RATE / len(rooms))
    cost = await measured(hall.running, devices, beats, run.scale.growth_seconds)
    delivered = sum(len(device.sent) for device in devices) * len(devices) / len(rooms)
    return cost.cpu / max(delivered, 1) * 1e6


async def _rooms(hall: Hall, sprints: Sequence[int], each: int) -> list[list[Device]]:
    halls = addresses(max(sprints) + 1)
    rooms = []
    for sprint in sprints:
        room = [Device(seat) for seat in await hall.seats(each, sprint, halls[sprint])]
        await open_all(room)
        rooms.append(room)
    return rooms


def _grew(run: Run, growth: Growth) -> None:
    run.growth.append(growth)
    told = "  ".join(f"{x:g}: {y:.3g}" for x, y in growth.points)
    run.say(f"growth: {growth.of} ({growth.unit}) against {growth.against}: {told}")
    run.say(f"growth: exponent {growth.exponent:.2f}")


async def growing(run: Run) -> None:
    scale = run.scale
    run.say("growth: the cost of one change delivered to one device")
    await _against_devices_and_sprints(run)
    points: list[tuple[float, float]] = []
    for notes in scale.growth_notes:
        cost, _ = await _one(run, Hall(run.place / f"n{notes}"), notes=notes, events=0)
        points.append((notes, cost))
    _grew(
        run,
        Growth(
            COST, "notes", "µs", tuple(points), "constant: a move looks at one zone, not at all"
        ),
    )
    points, opening = [], []
    for events in scale.growth_events:
        cost, opened = await _one(run, Hall(run.place / f"l{events}"), notes=200, events=events)
        points.append((events, cost))
        opening.append((float(events), opened))
    _grew(
        run,
        Growth(
            COST, "events in the log", "µs", tuple(points), "constant: the log is only appended to"
        ),
    )
    _grew(
        run,
        Growth(
            "start of the server and first device in sync",
            "events in the log",
            "ms",
            tuple(opening),
            "in step with the log once it is long: opening replays it",
        ),
    )


COST = "server CPU per change delivered to a device"


async def _against_devices_and_sprints(run: Run) -> None:
    scale = run.scale
    hall = Hall(run.place / "growth")
    hall.found(max(scale.growth_sprints), 100)
    try:
        await hall.start(lifted=True)
        points: list[tuple[float, float]] = []
        seats = await hall.seats(max(scale.growth_devices))
        for count in scale.growth_devices:
            rooms = [[Device(seat) for seat in seats[:count]]]
            await open_all(rooms[0])
            points.append((count, await _cost(run, hall, rooms)))
            for room in rooms:
                close_all(room)
        _grew(
            run,
            Growth(
                COST,
                "devices",
                "µs",
                tuple(points),
                "falls: deciding and keeping is shared, a frame is encoded once for all",
            ),
        )
        points = []
        for count in scale.growth_sprints:
            rooms = await _rooms(hall, range(count), 5)
            points.append((count, await _cost(run, hall, rooms)))
            for room in rooms:
                close_all(room)
        _grew(
            run,
            Growth(
                COST,
                "sprints",
                "µs",
                tuple(points),
                "falls a little: what sprints keep at the same moment goes to the disk in one commit",
            ),
        )
    finally:
        hall.stop()


async def _one(run: Run, hall: Hall, *, notes: int, events: int) -> tuple[float, float]:
    """One sprint of a size: microseconds per delivered change, milliseconds to open it."""
    hall.found(1, notes, events)
    try:
        began = perf_counter()
        await hall.start(lifted=True)
        first = Device((await hall.seats(1))[0])
        await first.open()
        opened = (perf_counter() - began) * 1e3
        first.close()
        rooms = await _rooms(hall, [0], 25)
        return await _cost(run, hall, rooms), opened
    finally:
        hall.stop()

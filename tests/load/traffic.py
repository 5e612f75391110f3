"""Workloads in which devices talk: A the hall, B the burst, C saturation, E many sprints.

Our server and the floor run side by side, each on the same core, and get the same script in
turns; while one is measured the other has its connections open and nothing to do.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from .device import AnyDevice, Device, FloorDevice
from .figures import figure
from .measure import Latency, begin, latency
from .processes import Started
from .run import Cost, Run, measured
from .sides import Floor, Hall, addresses, open_all
from .talk import Beat, Script, World, hall, head_of

MIB = 1024 * 1024
TICK_SECONDS = 0.016


def twin(world: World) -> World:
    """The same ids, growing apart."""
    return World(list(world.notes), dict(world.home), list(world.zones), world.records)


def faults(devices: Sequence[Device]) -> list[str]:
    return [fault for device in devices for fault in device.faults]


# --- A ---------------------------------------------------------------------------------


async def a_hall(run: Run) -> None:
    """60 tablets and the wall, 300 notes, one durable command each 2 s, presence at 10 Hz."""
    scale = run.scale
    ours, floor = Hall(run.place / "a"), Floor(run.place / "a-floor")
    run.say(f"A: {scale.hall_devices} devices and the wall, 300 notes")
    ours.found(1, 300)
    try:
        server, relay = await ours.start(), await floor.start()
        seats = await ours.seats(scale.hall_devices)
        empty = server.rss()
        devices = [Device(seat) for seat in seats]
        wall = Device(await ours.wall())
        await open_all([*devices, wall])
        world = World.of(devices[0].snapshot)
        script, other = Script(world), Script(twin(world))
        copies = [FloorDevice(floor.port) for _ in range(scale.hall_devices + 1)]
        await open_all(copies)
        costs: list[Cost] = []
        raws: list[Cost] = []
        seen: list[Latency] = []
        raw_seen: list[Latency] = []
        for _ in range(scale.repetitions):
            everybody = [*devices, wall]
            costs.append(
                await measured(server, everybody, hall(devices, script), scale.hall_seconds)
            )
            seen.append(latency([everybody]))
            raws.append(await measured(relay, copies, hall(copies[:-1], other), scale.hall_seconds))
            raw_seen.append(latency([copies]))
        full = server.rss()
    finally:
        ours.stop()
        floor.stop()
    count = scale.hall_devices + 1
    run.add(
        figure(
            *("A", "server CPU", "%"),
            [cost.percent for cost in costs],
            [cost.percent for cost in raws],
            goal=0.5,
            of_floor=True,
        )
    )
    run.add(
        figure("A", "to every screen, p50", "ms", [s.p50 for s in seen], [s.p50 for s in raw_seen])
    )
    run.add(
        figure(
            *("A", "to every screen, p99", "ms"),
            [s.p99 for s in seen],
            [s.p99 for s in raw_seen],
            goal=40,
        )
    )
    run.add(
        figure(
            *("A", "frames out per device per tick of 16 ms", ""),
            [cost.frames / cost.seconds / count * TICK_SECONDS for cost in costs],
            [cost.frames / cost.seconds / count * TICK_SECONDS for cost in raws],
            goal=1,
        )
    )
    run.add(
        figure(
            *("A", "bytes out", "kB/s"),
            [cost.bytes_in / cost.seconds / 1e3 for cost in costs],
            [cost.bytes_in / cost.seconds / 1e3 for cost in raws],
        )
    )
    run.add(figure("A", "memory of the server", "MiB", [full / MIB], goal=100))
    run.add(figure("A", "memory per device", "MiB", [max(full - empty, 0) / MIB / count], goal=0.3))
    wrong = faults([*devices, wall])
    missing = sum(s.missing for s in seen)
    run.add(
        figure(
            *("A", "gaps, overlaps, changed answers, lost deliveries", ""),
            [len(wrong) + missing],
            goal=0,
            remark="; ".join(wrong[:3]),
        )
    )
    _refusals(run, "A", devices)
    _lag(run, "A", [*costs, *raws])


def _refusals(run: Run, workload: str, devices: Sequence[Device]) -> None:
    codes: dict[str, int] = {}
    for device in devices:
        for refused in device.refused:
            codes[refused.code] = codes.get(refused.code, 0) + 1
    if codes:
        said = ", ".join(f"{count} × {code}" for code, count in sorted(codes.items()))
        run.remarks.append(f"{workload}: refused commands in the mixture: {said}.")


def _lag(run: Run, workload: str, costs: Sequence[Cost]) -> None:
    """Say it when the generator was busy enough to be seen in the figures."""
    own = max(cost.own / cost.seconds for cost in costs) * 100
    late = max(cost.late_ms for cost in costs)
    run.say(
        f"{workload}: the generator used at most {own:.0f} % of its core, lag p99 {late:.1f} ms"
    )
    if own > 85 or late > 20:
        run.remarks.append(
            f"{workload}: the generator itself was busy ({own:.0f} % of its core, "
            f"{late:.0f} ms late at the 99th percentile): the true figure is better."
        )


# --- B ---------------------------------------------------------------------------------


async def _burst(
    process: Started, devices: Sequence[AnyDevice], script: Script
) -> tuple[float, float]:
    """Everybody writes one note within a second. Milliseconds from the last write until all have
    all, and seconds of CPU."""
    begin(devices)
    cpu = process.cpu()
    last = await _once_each(devices, script)
    rooms = [devices]
    until = perf_counter() + 5
    seen = latency(rooms)
    while seen.missing and perf_counter() < until:
        await asyncio.sleep(0.05)
        seen = latency(rooms)
    moments = [m for device in devices if device.moments for m in device.moments[-1:]]
    spent = process.cpu() - cpu
    return (max(moments) - last) * 1e3 if not seen.missing else float("inf"), spent


async def _once_each(devices: Sequence[AnyDevice], script: Script) -> float:
    began = last = perf_counter()
    for number, device in enumerate(devices):
        await asyncio.sleep(max(began + number / len(devices) - perf_counter(), 0))
        device.do(script.create())
        last = perf_counter()
    return last


async def b_burst(run: Run) -> None:
    """200 devices each write one note within a second."""
    count = run.scale.burst_devices
    ours, floor = Hall(run.place / "b"), Floor(run.place / "b-floor")
    run.say(f"B: {count} devices each write one note within a second")
    ours.found(1, 30)
    try:
        server, relay = await ours.start(), await floor.start()
        devices = [Device(seat) for seat in await ours.seats(count)]
        await open_all(devices)
        copies = [FloorDevice(floor.port) for _ in range(count)]
        await open_all(copies)
        script = Script(World.of(devices[0].snapshot))
        other = Script(twin(script.world))
        came: list[tuple[float, float]] = []
        raw: list[tuple[float, float]] = []
        for _ in range(run.scale.repetitions):
            await asyncio.sleep(0.3)
            came.append(await _burst(server, devices, script))
            raw.append(await _burst(relay, copies, other))
    finally:
        ours.stop()
        floor.stop()
    run.add(
        figure(
            *("B", "last write until all have all", "ms"),
            [ms for ms, _ in came],
            [ms for ms, _ in raw],
            goal=20,
        )
    )
    run.add(
        figure("B", "CPU of the server", "s", [s for _, s in came], [s for _, s in raw], goal=0.4)
    )
    wrong = faults(devices)
    run.add(figure("B", "gaps, overlaps, changed answers", "", [len(wrong)], goal=0))


# --- C ---------------------------------------------------------------------------------

P99_LIMIT_MS = 250.0


def _flood(devices: Sequence[AnyDevice], script: Script, rate: float) -> list[Beat]:
    """So many commands a second in all: three moves to one edit."""
    every = len(devices) / rate

    def beat(number: int, device: AnyDevice) -> Beat:
        def act() -> None:
            move = script.dice.random() < 0.75
            device.do(script.move() if move else script.edit(head_of(device)))

        return Beat(every * number / len(devices), every, act)

    return [beat(number, device) for number, device in enumerate(devices)]


Arrive = Callable[[], Awaitable[Sequence[AnyDevice]]]
"""Gives fresh devices, all in sync, for one window."""


class Side:
    """One of the two, as saturation sees it."""

    def __init__(self, name: str, process: Started, arrive: Arrive, world: World) -> None:
        self.name = name
        self.process = process
        self.arrive = arrive
        self.world = world
        self.last: Cost | None = None  # of the last window that held


async def _holds(run: Run, side: Side, rate: float) -> float | None:
    """One window at a rate: what was really asked per second if all came in time, else None."""
    devices = await side.arrive()
    script = Script(twin(side.world))
    cost = await measured(
        side.process, devices, _flood(devices, script, rate), run.scale.saturation_seconds
    )
    asked = sum(len(device.sent) for device in devices) / cost.seconds
    seen = latency([devices], sample=max(1, int(rate / 2000)))
    for device in devices:
        device.close()
    fine = seen.p99 <= P99_LIMIT_MS and not seen.missing and asked >= 0.9 * rate
    run.say(
        f"C {side.name}: {asked:7.0f}/s  p50 {seen.p50:6.1f}  p99 {seen.p99:7.1f} ms  "
        f"missing {seen.missing}  CPU {cost.percent:3.0f} %  "
        f"generator {cost.own / cost.seconds * 100:3.0f} %{'' if fine else '  too much'}"
    )
    if not fine:
        return None
    side.last = cost
    return asked


async def _limit(run: Run, side: Side, start: float, factor: float) -> float:
    """The highest rate that held, in steps of `factor`."""
    rate, held = start, 0.0
    while rate < 200_000:
        asked = await _holds(run, side, rate) or await _holds(run, side, rate)
        if asked is None:
            break  # twice: one bad window may be the machine's
        held = asked
        rate *= factor
    return held


async def c_saturation(run: Run) -> None:
    """50 devices, the rate raised until the 99th percentile passes 250 ms."""
    count = run.scale.saturation_devices
    ours, floor = Hall(run.place / "c"), Floor(run.place / "c-floor")
    run.say(f"C: {count} devices, the rate raised until p99 > {P99_LIMIT_MS:.0f} ms")
    ours.found(SATURATION_SPRINTS, 300)
    used = iter(range(SATURATION_SPRINTS))
    try:
        server, relay = await ours.start(lifted=True), await floor.start()
        first = Device((await ours.seats(1, SATURATION_SPRINTS - 1))[0])
        await first.open()
        worlds = World.of(first.snapshot)
        first.close()

        async def tablets() -> Sequence[AnyDevice]:
            # A sprint of its own for each window: a log may grow to its limit in a few seconds.
            sprint = next(used)
            devices = [Device(seat) for seat in await ours.seats(count, sprint)]
            await open_all(devices)
            side.world = World.of(devices[0].snapshot)
            return devices

        async def copies() -> Sequence[AnyDevice]:
            devices = [FloorDevice(floor.port) for _ in range(count)]
            await open_all(devices)
            return devices

        side = Side("ours ", server, tablets, worlds)
        bare = Side("floor", relay, copies, worlds)
        mine = [await _limit(run, side, 4_000, 1.5)]
        raw = [await _limit(run, bare, 1_000, 1.5)]
        for _ in range(run.scale.saturation_repetitions - 1):
            mine.append(await _limit(run, side, max(mine[0] * 0.8, 500), 1.2))
            raw.append(await _limit(run, bare, max(raw[0] * 0.8, 500), 1.2))
    finally:
        ours.stop()
        floor.stop()
    run.add(
        figure(
            *("C", "commands per second, kept and told to all", "/s"),
            mine,
            raw,
            goal=24_000,
            more=True,
        )
    )
    if side.last is not None:
        used_up = side.last.percent
        run.add(figure("C", "server CPU at that rate", "%", [used_up]))
        if side.last.own / side.last.seconds > 0.8:
            run.remarks.append(
                "C: at the highest rate the generator used "
                f"{side.last.own / side.last.seconds * 100:.0f} % of its core."
            )
    run.remarks.append(
        "C: the rates per seat (5 commands a second) are lifted by the bench's own launcher, "
        "tests/load/served.py; a real server can not be started so."
    )


SATURATION_SPRINTS = 40

# --- E ---------------------------------------------------------------------------------


async def e_many(run: Run) -> None:
    """A hundred sprints of ten devices, each at the rate of A."""
    count, each = run.scale.many_sprints, 10
    ours, floor = Hall(run.place / "e"), Floor(run.place / "e-floor")
    run.say(f"E: {count} sprints × {each} devices at the rate of A")
    ours.found(count, 60)
    halls = addresses(count)
    try:
        server, relay = await ours.start(), await floor.start()
        rooms: list[list[Device]] = []
        bare: list[list[FloorDevice]] = []
        for number in range(count):
            seats = await ours.seats(each, number, halls[number])
            rooms.append([Device(seat) for seat in seats])
            bare.append([FloorDevice(floor.port, f"room{number}") for _ in range(each)])
        for room, copies in zip(rooms, bare, strict=True):
            await open_all(room)
            await open_all(copies)
        scripts = [Script(World.of(room[0].snapshot), n) for n, room in enumerate(rooms)]
        others = [Script(twin(script.world), n) for n, script in enumerate(scripts)]
        devices = [device for room in rooms for device in room]
        copied = [device for room in bare for device in room]
        costs: list[Cost] = []
        raws: list[Cost] = []
        seen: list[Latency] = []
        raw_seen: list[Latency] = []
        for _ in range(max(1, run.scale.repetitions - 1)):
            beats = [b for room, s in zip(rooms, scripts, strict=True) for b in hall(room, s)]
            costs.append(await measured(server, devices, beats, run.scale.many_seconds))
            seen.append(latency(rooms))
            beats = [b for room, s in zip(bare, others, strict=True) for b in hall(room, s)]
            raws.append(await measured(relay, copied, beats, run.scale.many_seconds))
            raw_seen.append(latency(bare))
        memory = server.rss()
    finally:
        ours.stop()
        floor.stop()
    run.add(
        figure(
            *("E", "to every screen, p99", "ms"),
            [s.p99 for s in seen],
            [s.p99 for s in raw_seen],
            goal=60,
        )
    )
    run.add(
        figure("E", "to every screen, p50", "ms", [s.p50 for s in seen], [s.p50 for s in raw_seen])
    )
    run.add(
        figure(
            *("E", "server CPU", "%"),
            [cost.percent for cost in costs],
            [cost.percent for cost in raws],
        )
    )
    run.add(figure("E", "memory of the server", "MiB", [memory / MIB]))
    wrong = faults(devices)
    missing = sum(s.missing for s in seen)
    run.add(
        figure(
            *("E", "gaps, overlaps, changed answers, lost deliveries", ""),
            [len(wrong) + missing],
            goal=0,
            remark="; ".join(wrong[:3]),
        )
    )
    _refusals(run, "E", devices)
    _lag(run, "E", [*costs, *raws])

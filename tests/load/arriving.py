"""Workloads in which devices come in: D everybody at once, G everybody back after the power failed."""

import asyncio
import gc
from time import perf_counter

from .device import Device, FloorDevice
from .figures import figure
from .run import Run
from .sides import Floor, Hall, close_all, open_all
from .talk import Script, World, head_of
from .traffic import faults


async def d_join(run: Run) -> None:
    """1,000 notes, 200 devices open the board at the same moment."""
    count, notes = run.scale.join_devices, run.scale.join_notes
    ours = Hall(run.place / "d")
    run.say(f"D: {notes} notes, {count} devices at once")
    ours.found(1, notes)
    floor: Floor | None = None
    try:
        await ours.start()
        began = perf_counter()
        seats = await ours.seats(count)
        doors = (perf_counter() - began) * 1e3
        writer = Device(seats[0])
        await writer.open()
        floor = Floor(run.place / "d-floor", writer.snapshot)
        await floor.start()
        script = Script(World.of(writer.snapshot))
        came: list[float] = []
        raw: list[float] = []
        sizes: list[float] = []
        wrong: list[str] = []
        for _ in range(run.scale.repetitions + 1):
            # Something changed since, so the snapshot is encoded and packed anew.
            writer.do(script.move())
            await asyncio.sleep(0.3)
            gc.collect()
            devices = [Device(seat) for seat in seats]
            began = perf_counter()
            await open_all(devices, together=count)
            came.append((max(device.ready_at for device in devices) - began) * 1e3)
            sizes.append(max(device.bytes_in for device in devices) / 1e3)
            wrong += faults(devices)
            close_all(devices)
            copies = [FloorDevice(floor.port) for _ in range(count)]
            began = perf_counter()
            await asyncio.gather(*(device.open(blob=True) for device in copies))
            raw.append((max(device.ready_at for device in copies) - began) * 1e3)
            close_all(copies)
            await asyncio.sleep(0.3)
    finally:
        ours.stop()
        if floor is not None:
            floor.stop()
    run.add(figure("D", "all devices complete", "ms", came[1:], raw[1:], goal=250))
    run.add(figure("D", "over the wire per device", "kB", sizes, goal=60))
    run.add(figure("D", "200 seats by code, eight at a time", "ms", [doors * 200 / count]))
    run.add(figure("D", "gaps or overlaps", "", [len(wrong)], goal=0, remark="; ".join(wrong[:3])))


async def g_back(run: Run) -> None:
    """The server is killed and started again; 200 devices come back at once."""
    count = run.scale.back_devices
    ours, floor = Hall(run.place / "g"), Floor(run.place / "g-floor", b"x" * 300)
    run.say(f"G: kill, start again, {count} devices back")
    ours.found(1, 300)
    try:
        await ours.start()
        await floor.start()
        devices = [Device(seat) for seat in await ours.seats(count)]
        await open_all(devices)
        script = Script(World.of(devices[0].snapshot))
        total: list[float] = []
        starting: list[float] = []
        raw: list[float] = []
        for _ in range(run.scale.repetitions):
            for device in devices[:20]:
                device.do(script.something(head_of(device)))
            await asyncio.sleep(0.5)
            gc.collect()
            began = perf_counter()
            ours.running.kill()
            ours.launch()
            await ours.running.answers(ours.port)
            up = perf_counter()
            await _return(devices)
            total.append((max(device.ready_at for device in devices) - began) * 1e3)
            starting.append((up - began) * 1e3)
            raw.append(await _floor_back(floor, count))
    finally:
        ours.stop()
        floor.stop()
    run.add(figure("G", "killed, until all are in sync again", "ms", total, raw, goal=800))
    run.add(figure("G", "of which: until the server accepts", "ms", starting))
    wrong = faults(devices)
    run.add(figure("G", "gaps or overlaps", "", [len(wrong)], goal=0, remark="; ".join(wrong[:3])))


async def _return(devices: list[Device]) -> None:
    while any(device.wire is not None for device in devices):  # each must have seen it go
        await asyncio.sleep(0.005)
    await open_all(devices, together=len(devices))


async def _floor_back(floor: Floor, count: int) -> float:
    """The same for a server that has nothing to load."""
    began = perf_counter()
    floor.running.kill()
    floor.launch()
    await floor.running.answers(floor.port)
    copies = [FloorDevice(floor.port) for _ in range(count)]
    await asyncio.gather(*(device.open(blob=True) for device in copies))
    back = (max(device.ready_at for device in copies) - began) * 1e3
    close_all(copies)
    return back

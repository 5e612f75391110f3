"""One run of the bench: how large, where, and what it found so far."""

import asyncio
import gc
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Self

import msgspec

from .device import AnyDevice
from .figures import Figure, Growth
from .measure import begin
from .processes import Started
from .talk import Beat, play


class Scale(msgspec.Struct, frozen=True):
    """How large and how long. The defaults are the full run."""

    repetitions: int = 3
    hall_devices: int = 60
    hall_seconds: float = 6.0
    burst_devices: int = 200
    saturation_devices: int = 50
    saturation_seconds: float = 1.5
    saturation_repetitions: int = 2
    join_devices: int = 200
    join_notes: int = 1000
    many_sprints: int = 100
    many_seconds: float = 6.0
    kills: int = 20
    kill_devices: int = 20
    back_devices: int = 200
    evening_devices: int = 80
    evening_notes: int = 4
    crowd_devices: int = 500
    crowd_sprints: int = 200
    crowd_events: int = 100_000
    growth_seconds: float = 2.0
    growth_devices: tuple[int, ...] = (10, 25, 50, 100, 200, 300, 500)
    growth_notes: tuple[int, ...] = (100, 500, 1000, 2000, 4900)
    growth_sprints: tuple[int, ...] = (1, 10, 50, 100, 200)
    growth_events: tuple[int, ...] = (1_000, 10_000, 80_000)


QUICK = Scale(
    repetitions=1,
    hall_seconds=3.0,
    saturation_seconds=1.0,
    saturation_repetitions=1,
    many_sprints=20,
    many_seconds=3.0,
    kills=4,
    crowd_devices=300,
    crowd_sprints=40,
    crowd_events=10_000,
    growth_seconds=1.0,
    growth_devices=(10, 50, 200),
    growth_notes=(100, 1000),
    growth_sprints=(1, 20),
    growth_events=(1_000, 10_000),
)

TINY = Scale(
    repetitions=1,
    hall_devices=5,
    hall_seconds=1.0,
    kills=2,
    kill_devices=4,
    evening_devices=6,
)
"""For the test of the bench itself."""


class Cost(msgspec.Struct, frozen=True):
    """What a window cost."""

    seconds: float
    cpu: float  # seconds of the server's
    own: float  # seconds of the generator's
    frames: int
    bytes_in: int
    late_ms: float  # the generator's lag, 99th percentile

    @property
    def percent(self) -> float:
        return self.cpu / self.seconds * 100


class Run:
    """Collects figures; owns the directory the servers keep their data in."""

    def __init__(self, scale: Scale, *, quiet: bool = False) -> None:
        self.scale = scale
        self.figures: list[Figure] = []
        self.growth: list[Growth] = []
        self.remarks: list[str] = []
        self.failed: list[str] = []
        self.place = Path(tempfile.mkdtemp(prefix="opgavebord-bench-"))
        self.began = time.monotonic()
        self.quiet = quiet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.place, ignore_errors=True)

    def say(self, words: str) -> None:
        if not self.quiet:
            passed = time.monotonic() - self.began
            print(f"{passed:6.1f}  {words}", file=sys.stderr, flush=True)

    def add(self, found: Figure) -> None:
        self.figures.append(found)
        floor = f"  floor {found.floor:.4g}, ×{found.ratio:.3g}" if found.ratio is not None else ""
        met = {True: "  met", False: "  NOT MET", None: ""}[found.met]
        self.say(f"{found.workload}: {found.what}: {found.value:.4g} {found.unit}{floor}{met}")


async def measured(
    process: Started, devices: Sequence[AnyDevice], beats: Sequence[Beat], seconds: float
) -> Cost:
    """Let the beats go, and tell what it cost. Warm up first; the caller looks at the latency."""
    await play(beats, min(1.0, seconds / 3))
    gc.collect()
    gc.disable()
    try:
        begin(devices)
        frames, size = _came(devices)
        cpu, own, since = process.cpu(), time.process_time(), time.perf_counter()
        late = await play(beats, seconds)
        cost = (process.cpu() - cpu, time.process_time() - own)
        passed = time.perf_counter() - since
        now_frames, now_size = _came(devices)
        await settled(devices)
    finally:
        gc.enable()
    late.sort()
    lag = late[int(len(late) * 0.99)] * 1e3 if late else 0.0
    return Cost(passed, *cost, now_frames - frames, now_size - size, lag)


def _came(devices: Sequence[AnyDevice]) -> tuple[int, int]:
    wires = [device.wire for device in devices if device.wire is not None]
    return sum(wire.frames_in for wire in wires), sum(wire.bytes_in for wire in wires)


async def settled(devices: Sequence[AnyDevice], seconds: float = 1.5) -> None:
    """Wait until nothing new comes: every command answered, or the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await asyncio.sleep(0.15)
        if not any(getattr(device, "outbox", None) for device in devices):
            return


Workload = Callable[[Run], Awaitable[None]]

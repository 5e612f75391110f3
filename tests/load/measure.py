"""From what devices saw to figures: latencies, CPU over a window, medians, exponents. Pure."""

import math
import statistics
from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

from .device import AnyDevice, Device, FloorDevice


class Spread(msgspec.Struct, frozen=True):
    """A figure measured several times."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(statistics.median(values), min(values), max(values))


class Latency(msgspec.Struct, frozen=True):
    """How long from the sender's write until a screen had it, in milliseconds."""

    p50: float
    p99: float
    most: float
    count: int
    missing: int  # deliveries that never came: not in the percentiles, so look at this too


def deliveries(devices: Sequence[AnyDevice], *, sample: int = 1) -> tuple[list[float], int]:
    """Seconds for every command since `begin` to every device of one room, the sender's too;
    and how many deliveries never came. `sample`: look at one command in so many."""
    times: list[float] = []
    ours = [device for device in devices if isinstance(device, Device)]
    if not ours:
        floor = [device for device in devices if isinstance(device, FloorDevice)]
        return times, _copies(floor, times, sample)
    missing = 0
    for sender in ours:
        for name, left in list(sender.sent.items())[::sample]:
            answer = sender.answers.get(name)
            if answer is None:
                missing += len(ours)
                continue
            # a refusal is for who asked, and nobody else hears of it
            for receiver in ours if answer[1] is None else (sender,):
                at = bisect_left(receiver.reached, answer[0])
                if at < len(receiver.reached):
                    times.append(receiver.moments[at] - left)
                else:
                    missing += 1
    return times, missing


def latency(rooms: Iterable[Sequence[AnyDevice]], *, sample: int = 1) -> Latency:
    """Over all rooms together."""
    times: list[float] = []
    missing = 0
    for devices in rooms:
        came, lost = deliveries(devices, sample=sample)
        times += came
        missing += lost
    times.sort()
    if not times:
        return Latency(math.inf, math.inf, math.inf, 0, missing)
    half, most = quantile(times, 0.5), quantile(times, 0.99)
    return Latency(half * 1e3, most * 1e3, times[-1] * 1e3, len(times), missing)


def _copies(devices: Sequence[FloorDevice], times: list[float], sample: int) -> int:
    left: dict[bytes, float] = {}
    for sender in devices:
        for name, moment in list(sender.sent.items())[::sample]:
            left[name.encode()] = moment
    came = 0
    for receiver in devices:
        for copy, moment in zip(receiver.names, receiver.moments, strict=True):
            at = left.get(copy)
            if at is not None:
                times.append(moment - at)
                came += 1
    return len(left) * len(devices) - came


def begin(devices: Iterable[AnyDevice]) -> None:
    """Forget what was measured before."""
    for device in devices:
        device.forget()
        device.sent.clear()


def quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The slope on double-logarithmic paper, by least squares: 0 is constant, 1 is in step."""
    known = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    if len(known) < 2:
        return math.nan
    mean_x = statistics.fmean(x for x, _ in known)
    mean_y = statistics.fmean(y for _, y in known)
    spread = sum((x - mean_x) ** 2 for x, _ in known)
    return sum((x - mean_x) * (y - mean_y) for x, y in known) / spread if spread else math.nan

"""What the bench says: figures with their goals, and lines of growth. Plain values."""

from typing import Literal

import msgspec

from .measure import Spread, exponent


class Figure(msgspec.Struct, frozen=True):
    """One line of the report."""

    workload: str  # "A" … "H"
    what: str
    unit: str
    value: float
    least: float | None = None  # over the repetitions
    most: float | None = None
    floor: float | None = None  # the raw floor, measured beside it
    goal: float | None = None  # to be at most (or, with `more`, at least) this
    of_floor: bool = False  # the goal is a share of the floor
    more: bool = False
    remark: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def met(self) -> bool | None:
        """None where there is no goal, or nothing to hold it against."""
        if self.goal is None:
            return None
        reached = self.ratio if self.of_floor else self.value
        if reached is None:
            return None
        return reached >= self.goal if self.more else reached <= self.goal


def figure(
    workload: str,
    what: str,
    unit: str,
    values: list[float],
    floors: list[float] | None = None,
    *,
    goal: float | None = None,
    of_floor: bool = False,
    more: bool = False,
    remark: str = "",
) -> Figure:
    """The median of the repetitions, with the median of the floor's."""
    spread = Spread.of(values)
    floor = Spread.of(floors).median if floors else None
    several = len(values) > 1
    return Figure(
        workload,
        what,
        unit,
        spread.median,
        spread.least if several else None,
        spread.most if several else None,
        floor,
        goal,
        of_floor,
        more,
        remark,
    )


class Growth(msgspec.Struct, frozen=True):
    """How a cost grows with one size, everything else the same."""

    of: str  # "CPU per delivered change"
    against: Literal["devices", "notes", "sprints", "events in the log"]
    unit: str
    points: tuple[tuple[float, float], ...]
    expected: str  # in words

    @property
    def exponent(self) -> float:
        return exponent(self.points)


class Machine(msgspec.Struct, frozen=True):
    """Where it was measured; absolute figures mean nothing elsewhere."""

    cores: int
    pinned: bool
    python: str
    kernel: str
    disk_sync_ms: float  # median of write + fdatasync of 4 KiB where the data was
    busy_before: float  # load average of the minute before: others on the machine
    busy_after: float = 0.0
    first: bool = False  # the measured processes went before others


class Report(msgspec.Struct):
    made: str
    seconds: float
    quick: bool
    machine: Machine
    figures: list[Figure]
    growth: list[Growth]
    remarks: list[str]

"""More evenings than the test run has time for: `PYTHONPATH=backend python -m tests.sync.fuzz --seeds 50000`.

On two cores where there are two. Prints every seed that breaks, and how to see it again; and how often
each situation was met. Ends with 1 if a seed broke.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.sync.world import Broken, evening

CHUNK = 50
CORES = 2


class Evenings(Counter[str]):
    """What was met in many evenings, and which of them broke."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.broken: dict[int, str] = {}

    def add(self, other: tuple[int, "Counter[str]", dict[int, str]]) -> None:
        count, seen, broken = other
        self.count += count
        self.update(seen)
        self.broken.update(broken)


def some(first: int, count: int) -> tuple[int, "Counter[str]", dict[int, str]]:
    """So many evenings, from this seed on."""
    seen: Counter[str] = Counter()
    broken: dict[int, str] = {}
    for seed in range(first, first + count):
        try:
            seen.update(evening(seed).seen)
        except Broken as trouble:
            broken[seed] = str(trouble)
    return count, seen, broken


def many(first: int, count: int, seconds: float = float("inf")) -> Evenings:
    """On all cores we may use."""
    all_of_them = Evenings()
    until = time.monotonic() + seconds

    def chunks() -> Iterator[tuple[int, int]]:
        for at in range(first, first + count, CHUNK):
            yield at, min(CHUNK, first + count - at)

    cores = min(CORES, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        waiting = chunks()
        running = [pool.submit(some, *one) for _, one in zip(range(cores), waiting, strict=False)]
        while running:
            done = running.pop(0)
            all_of_them.add(done.result())
            if time.monotonic() < until:
                running += [
                    pool.submit(some, *one) for _, one in zip(range(1), waiting, strict=False)
                ]
    return all_of_them


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    asked = parser.parse_args()
    began = time.monotonic()
    seen = many(asked.first, asked.seeds, asked.seconds)
    for trouble in seen.broken.values():
        print(trouble)
    took = time.monotonic() - began
    print(f"{seen.count} evenings in {took:.0f} s, {len(seen.broken)} broken {list(seen.broken)}")
    for what, times in seen.most_common():
        print(f"  {times:>9} {what}")
    return 1 if seen.broken else 0


if __name__ == "__main__":
    sys.exit(main())

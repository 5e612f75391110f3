"""More evenings than the test run has time for: `PYTHONPATH=backend python -m tests.sync.fuzz --seeds 50000`.

Prints every seed that breaks, and how to see it again. Ends with 1 if there was one.
"""

import argparse
import sys
import time
from collections import Counter

from tests.sync.world import Broken, evening


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    asked = parser.parse_args()
    seen: Counter[str] = Counter()
    broken: list[int] = []
    began = time.monotonic()
    done = 0
    for seed in range(asked.first, asked.first + asked.seeds):
        if time.monotonic() - began > asked.seconds:
            break
        try:
            seen.update(evening(seed).seen)
        except Broken as trouble:
            broken.append(seed)
            print(trouble)
        done += 1
    print(f"{done} evenings in {time.monotonic() - began:.0f} s, {len(broken)} broken {broken}")
    for what, times in seen.most_common():
        print(f"  {times:>9} {what}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

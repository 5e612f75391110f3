"""The bench: `scripts/bench`, `scripts/bench quick`, `scripts/bench A F`, `scripts/bench --docs`.

Runs the workloads one after the other, each bounded in time, says how far it is, and writes
`bench.json` in the current folder; with `--docs` also `docs/bench.md` and its charts. With
`--strict` it ends with 3 when a goal is not met.
"""

import argparse
import asyncio
import datetime
import importlib
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import msgspec
import uvloop

from .figures import Machine, Report
from .processes import CORES, OWN_CORE, ROOT, go_first, pin
from .report import save, write_docs
from .run import QUICK, Run, Scale, Workload

WORKLOADS: dict[str, tuple[str, str, float]] = {
    # letter: module, function, seconds after which it is broken off
    "A": ("traffic", "a_hall", 120),
    "B": ("traffic", "b_burst", 60),
    "C": ("traffic", "c_saturation", 180),
    "D": ("arriving", "d_join", 60),
    "E": ("traffic", "e_many", 150),
    "F": ("killing", "f_kill", 150),
    "G": ("arriving", "g_back", 60),
    "H": ("browser", "h_browser", 120),
    "I": ("evening", "i_evening", 90),
    "J": ("crowd", "j_crowd", 240),
    "K": ("city", "k_city", 240),
    "growth": ("growing", "growing", 300),
}


def workload(letter: str) -> tuple[Workload, float]:
    module, function, seconds = WORKLOADS[letter]
    found: Workload = getattr(importlib.import_module(f"tests.load.{module}"), function)
    return found, seconds


def disk_sync_ms(place: Path) -> float:
    """What one small write that must survive costs here."""
    times = []
    handle = os.open(place / "sync", os.O_CREAT | os.O_WRONLY)
    try:
        for _ in range(50):
            began = time.perf_counter()
            os.write(handle, b"x" * 4096)
            os.fdatasync(handle)
            times.append(time.perf_counter() - began)
    finally:
        os.close(handle)
    return statistics.median(times) * 1e3


async def bench(run: Run, letters: list[str], *, first: bool) -> Report:
    pin(OWN_CORE)
    if first:
        go_first()
    machine = Machine(
        cores=os.cpu_count() or 1,
        pinned=len(CORES) > 1,
        python=platform.python_version(),
        kernel=platform.release(),
        disk_sync_ms=disk_sync_ms(run.place),
        busy_before=os.getloadavg()[0],
        first=first,
    )
    began = time.monotonic()
    for letter in letters:
        work, seconds = workload(letter)
        try:
            async with asyncio.timeout(seconds):
                await work(run)
        except TimeoutError:
            run.remarks.append(f"{letter}: broken off after {seconds:.0f} s.")
            run.say(run.remarks[-1])
        except Exception as trouble:  # the figures of the others are still worth having
            run.remarks.append(f"{letter}: failed: {type(trouble).__name__}: {trouble}"[:300])
            run.say(run.remarks[-1])
            run.failed.append(letter)
    return Report(
        made=datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes"),
        seconds=time.monotonic() - began,
        quick=run.scale is QUICK,
        machine=machine,
        figures=run.figures,
        growth=run.growth,
        remarks=run.remarks,
    )


def main() -> int:
    options = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    options.add_argument("what", nargs="*", help="quick, and letters A … K or growth; all if none")
    options.add_argument("--docs", action="store_true", help="also write docs/bench.md")
    options.add_argument("--out", type=Path, default=Path("bench.json"))
    options.add_argument("--strict", action="store_true", help="end with 3 if a goal is not met")
    options.add_argument(
        "--first", action="store_true", help="go before others on this machine (needs root)"
    )
    chosen = options.parse_args()
    quick = "quick" in chosen.what
    letters = [
        word if word == "growth" else word.upper() for word in chosen.what if word != "quick"
    ]
    unknown = [letter for letter in letters if letter not in WORKLOADS]
    if unknown:
        options.error(f"no such workload: {', '.join(unknown)}")
    with Run(QUICK if quick else Scale()) as run:
        report = uvloop.run(bench(run, letters or list(WORKLOADS), first=chosen.first))
    report.machine = msgspec.structs.replace(report.machine, busy_after=os.getloadavg()[0])
    save(report, chosen.out)
    if chosen.docs:
        for written in write_docs(report, ROOT / "docs"):
            print(written.relative_to(ROOT))
    not_met = [found for found in report.figures if found.met is False]
    print(f"{len(report.figures)} figures in {report.seconds:.0f} s → {chosen.out}")
    for found in not_met:
        print(f"not met: {found.workload} {found.what}: {found.value:.4g} {found.unit}")
    if run.failed:
        return 1
    return 3 if chosen.strict and not_met else 0


if __name__ == "__main__":
    sys.exit(main())

"""The folder of the automatic backups: which there are, and which may go.

Kept are the last twelve, then one an hour for a day, then one a day for as many days as the retention
allows. Older than that nothing is kept, whatever it is: a backup holds what an evening said, and
that has its term. What is older is taken away, oldest first.
"""

import calendar
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from ..storage.backup import MANIFEST, UNFINISHED

LAST: Final = 12
HOURS: Final = 24
DAYS: Final = 30
DRILL: Final = ".drill-"  # how the folder of a drill begins
RESTORING: Final = ".restoring-"
FORGOTTEN: Final = 3_600.0  # seconds after which a backup that was not finished is nobody's work
DAY: Final = 86_400.0
_STAMP: Final = "%Y-%m-%dT%H-%M-%SZ"
_LENGTH: Final = len("2026-11-23T17-31-08Z")


def moment(folder: Path) -> float | None:
    """When this backup was made, in seconds since 1970, by its name; None for what is none."""
    try:
        when = time.strptime(folder.name[:_LENGTH], _STAMP)
    except ValueError:
        return None
    return float(calendar.timegm(when))


def backups(parent: Path) -> list[tuple[float, Path]]:
    """Every backup in a folder, the oldest first."""
    if not parent.is_dir():
        return []
    found = ((moment(one), one) for one in parent.iterdir() if (one / MANIFEST).exists())
    return sorted((when, one) for when, one in found if when is not None)


def newest(parent: Path) -> float | None:
    there = backups(parent)
    return there[-1][0] if there else None


def may_go(there: Iterable[tuple[float, Path]], now: float, keep_days: int) -> Iterator[Path]:
    """Those that are one too many, the oldest first."""
    ordered = sorted(there, reverse=True)
    hours: set[int] = set()
    days: set[int] = set()
    gone: list[Path] = []
    oldest = now - min(DAYS, keep_days) * DAY
    for place, (when, folder) in enumerate(ordered):
        if when < oldest:
            gone.append(folder)
            continue
        hour, day = int(when // 3_600), int(when // DAY)
        stays = place < LAST
        if now - when < HOURS * 3_600 and hour not in hours:
            stays = True
        if day not in days:
            stays = True
        hours.add(hour)
        days.add(day)
        if not stays:
            gone.append(folder)
    yield from reversed(gone)


def tidy(parent: Path, now: float, keep_days: int) -> list[Path]:
    """Take away what may go, and what somebody began and never finished. Returns which backups went."""
    gone = list(may_go(backups(parent), now, keep_days))
    for folder in gone:
        shutil.rmtree(folder)
    sweep(parent, now)
    return gone


def sweep(folder: Path, now: float) -> None:
    """Take away what somebody began here, and was killed before it was done."""
    for begun in (UNFINISHED, DRILL, RESTORING):
        for one in folder.glob(f"{begun}*"):
            if one.stat().st_mtime < now - FORGOTTEN:
                shutil.rmtree(one, ignore_errors=True)

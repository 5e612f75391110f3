"""The proof that a backup can be restored: make one, put it back somewhere else, and look.

What must be true: the manifest describes what was put back, replaying every log gives the tables, and no
sprint ends before what had been acknowledged when the backup began. The outcome is written down in the
data folder, where the server's metrics find it.
"""

import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from ..storage import backup
from ..storage.backup import NotABackup, Tell
from ..storage.check import check
from ..storage.database import Database
from ..storage.log import Log
from .restoring import CanNotRestore, into_folder
from .shelf import DRILL

DRILL_FILE: Final = "opgavebord.drill"


class Outcome(Struct, frozen=True):
    ok: bool
    at: float  # seconds since 1970
    sprints: int
    entries: int
    restore_seconds: float
    wrong: tuple[str, ...]


async def drill(made: Path, tell: Tell) -> Outcome:
    """Restore this backup in a scratch folder beside it and look at what came of it."""
    began = time.monotonic()
    wrong: list[str] = []
    sprints = entries = 0
    seconds = 0.0
    with tempfile.TemporaryDirectory(prefix=DRILL, dir=made.parent) as name:
        scratch = Path(name)
        try:
            restored = await into_folder(
                made,
                scratch,
                replace=False,
                key=scratch / backup.KEY,
                tell=lambda done: tell(done * 0.6),
                mend=_as_it_is,
            )
            seconds = time.monotonic() - began
            there = backup.contents(scratch / backup.FILE)
            wrong += backup.differences(restored.manifest, there)
            wrong += [
                f"sprint {id} ends at {there.logs.get(id, (0, ''))[0]}, "
                f"but {mark.acknowledged} was acknowledged"
                for id, mark in restored.manifest.sprints.items()
                if there.logs.get(id, (0, ""))[0] < mark.acknowledged
            ]
            tell(0.8)
            found = check(scratch)
            wrong += found.wrong
            sprints, entries = found.sprints, found.entries
        except (CanNotRestore, NotABackup, OSError) as trouble:
            wrong.append(str(trouble))
    tell(1.0)
    return Outcome(not wrong, time.time(), sprints, entries, round(seconds, 2), tuple(wrong))


async def _as_it_is(database: Database, log: Log) -> int:
    return 0


def write_down(data_dir: Path, outcome: Outcome) -> None:
    path = data_dir / DRILL_FILE
    fresh = path.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode({"ok": outcome.ok, "at": outcome.at}) + b"\n")
    fresh.chmod(0o600)
    fresh.rename(path)


def last(data_dir: Path) -> tuple[bool, float] | None:
    """How the last drill went, and when; None where there never was one."""
    try:
        found = msgspec.json.decode((data_dir / DRILL_FILE).read_bytes())
        return bool(found["ok"]), float(found["at"])
    except (OSError, msgspec.MsgspecError, KeyError, TypeError, ValueError):
        return None

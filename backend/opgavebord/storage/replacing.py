"""One database in the place of another: all of it, or nothing.

Who restores writes the new file under a name of its own, `RESTORED`, in the data folder. Once it lies
there whole and on the disk, that is decided: `finish` moves what was there aside and gives the new file
its place, and whoever opens the folder next does that first. So a power cut leaves the old database or
the new one, whenever it comes. What was there is never thrown away.
"""

import os
import time
from pathlib import Path
from typing import Final

from .backup import FILE, KEY, sync

RESTORED: Final = "opgavebord.restored.sqlite3"
RESTORED_KEY: Final = "opgavebord.restored.key"
ASIDE: Final = "before-restore-"


def finish(folder: Path, lock: int) -> Path | None:
    """Give a restored database its place. Returns where the old one went, or the folder itself where
    there was none; None where nothing waits. Whoever calls this holds the folder, by `lock`; what that
    file says about a `-wal` (`sqlite.py`) is of the old database."""
    new = folder / RESTORED
    if not new.exists():
        return None
    moment = time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime(new.stat().st_mtime))
    aside = folder / f"{ASIDE}{moment}"  # the same name, when this is done again after a power cut
    key = folder / RESTORED_KEY
    old = [FILE, f"{FILE}-wal", f"{FILE}-shm", *([KEY] if key.exists() else [])]
    for name in old:
        if (folder / name).exists():
            aside.mkdir(mode=0o700, exist_ok=True)
            (folder / name).rename(aside / name)
    if aside.exists():
        sync(aside)
    if key.exists():
        key.rename(folder / KEY)
    os.ftruncate(lock, 0)
    os.fsync(lock)
    new.rename(folder / FILE)
    sync(folder)
    return aside if aside.exists() else folder

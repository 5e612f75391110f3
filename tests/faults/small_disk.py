"""A server whose data folder is a small disk of its own, which can be filled and emptied.

It is a tmpfs in a mount namespace that only the server has: it goes when the server goes, and the
machine sees nothing of it. We look into it by way of `/proc/<pid>/root`.
"""

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.server import Server

SIZE: Final = "6m"
OTHER: Final = "vakantie.mp4"
UNSHARE: Final = (
    ("unshare", "-m", "--propagation", "private")
    if os.geteuid() == 0
    else ("unshare", "-rm", "--propagation", "private")
)


@cache
def why_not() -> str:
    """Why there can be no such disk here; nothing where there can."""
    try:
        words = [*UNSHARE, "sh", "-c", f"mount -t tmpfs -o size={SIZE} none /mnt"]
        done = subprocess.run(words, capture_output=True, text=True)
    except FileNotFoundError:
        return "there is no unshare"
    return done.stderr.strip() if done.returncode else ""


class OnSmallDisk(Server):
    def start(self) -> "OnSmallDisk":
        if why_not():
            pytest.skip(f"no disk of our own can be mounted here: {why_not()}")
        self.data_dir.mkdir(mode=0o700, exist_ok=True)
        mount = f"mount -t tmpfs -o size={SIZE},mode=0700 none {shlex.quote(str(self.data_dir))}"
        serve = shlex.join([sys.executable, "-m", "opgavebord", "serve", "--json"])
        self.program = [*UNSHARE, "sh", "-c", f"{mount} && exec {serve}"]
        super().start()
        self._inside = Path(f"/proc/{self.pid}/root{self.data_dir}")
        return self

    def bring_out(self) -> None:
        """Lay what is on it, while nobody writes, where we can look at it with SQLite."""
        self.data_dir = self.data_dir.with_name("brought-out")
        self._settings["OPGAVEBORD_DATA_DIR"] = str(self.data_dir)
        shutil.rmtree(self.data_dir, ignore_errors=True)
        shutil.copytree(self._inside, self.data_dir, ignore=lambda *_: [OTHER])

    def fill(self, leave: int = 0) -> None:
        """Something else takes all the room there is, but so many bytes."""
        with (self._inside / OTHER).open("wb", buffering=0) as other, suppress(OSError):
            room = os.statvfs(self._inside)
            left = room.f_bavail * room.f_frsize - leave
            while left > 0:
                left -= other.write(bytes(min(left, 65_536)))

    def make_room(self) -> None:
        (self._inside / OTHER).unlink()

"""A server whose wall clock we set, while it runs: libfaketime, as Debian has it.

Only the clock on the wall is shifted; the one that measures how long things take goes on, as it does on
a machine whose time is corrected.
"""

import os
from pathlib import Path
from typing import Final

import pytest

from tests.server import PATIENCE, Server

PLACES: Final = (
    *Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"),
    Path("/usr/lib/faketime/libfaketimeMT.so.1"),
)


class Shifted(Server):
    def __init__(self, folder: Path) -> None:
        library = next((str(place) for place in PLACES if place.exists()), None)
        if library is None:
            pytest.skip(
                "a clock can not be set here: libfaketime is missing; scripts/test installs it"
            )
        super().__init__(folder)
        self._by = folder / "shifted-by"
        self.shift(0)
        self._settings |= {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self._by),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def shift(self, seconds: float) -> None:
        """From now on its clock is so far ahead of ours; behind, where negative."""
        other = self._by.with_suffix(".new")
        other.write_text(f"{seconds:+.0f}")
        os.replace(other, self._by)

    def kill(self) -> None:
        super().kill()
        self._sweep()

    def stop(self, patience: float = PATIENCE) -> int:
        said = super().stop(patience)
        self._sweep()
        return said

    def _sweep(self) -> None:
        """What libfaketime leaves behind."""
        for name in (f"faketime_shm_{self.pid}", f"sem.faketime_sem_{self.pid}"):
            Path("/dev/shm", name).unlink(missing_ok=True)

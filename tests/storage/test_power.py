"""The plug is pulled, thousands of times: nothing that was promised is missing, no file is broken.

The evenings are kept by the production code from an empty folder on, migrations included, and every
disk that is left is opened by it again. `power.py` says how the disks are made. Control runs with the
settings that most programs use show that the method sees losses where there are any.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from opgavebord.storage import sqlite
from tests.storage.outage import pull_the_plug

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

OFTEN = 40  # pages: the log goes into the file some twenty times, instead of once or twice


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory: thousands of disks need not touch a real one."""
    there = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="opgavebord-", dir=there if there.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("count", "rounds", "checkpoint"),
    [(500, 60, None), (3_500, 40, OFTEN)],
    ids=["as it is", "the log goes into the file often"],
)
async def test_after_a_power_cut_all_that_was_promised_is_there(
    memory: Path, count: int, rounds: int, checkpoint: int | None
) -> None:
    found = await pull_the_plug(memory, count, rounds=rounds, checkpoint=checkpoint)
    assert found.sound, found
    assert found.promised > 10 * count


async def test_the_usual_setting_would_lose_what_was_promised(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the test above were blind."""
    monkeypatch.setitem(sqlite.PRAGMAS, "synchronous", ("NORMAL", 1))
    found = await pull_the_plug(memory, 300, rounds=40, checkpoint=OFTEN)
    assert found.losing > 30, found
    assert not found.corrupt, "without a sync the log is short, but no file breaks"


async def test_without_any_sync_the_file_itself_breaks(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sqlite.PRAGMAS, "synchronous", ("OFF", 0))
    found = await pull_the_plug(memory, 60, rounds=20, checkpoint=OFTEN)
    assert found.corrupt > 10, found

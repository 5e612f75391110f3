"""`kill -9` in the middle of writing: every entry that was told is there, twenty times over."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from opgavebord.storage.check import check
from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog

CYCLES = 20
ROOT = Path(__file__).parents[2]


@pytest.mark.faults
async def test_nothing_that_was_told_is_missing(tmp_path: Path) -> None:
    told = 0
    for cycle in range(CYCLES):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.storage.appending", str(tmp_path), str(told)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "backend"), str(ROOT)])},
            stdout=subprocess.PIPE,
        ) as child:
            assert child.stdout is not None
            for _ in range(3 + 7 * cycle % 50):  # another moment each time
                line = child.stdout.readline()
                assert line, "the writer stopped by itself"
                told = int(line)
            child.send_signal(signal.SIGKILL)
            for line in child.stdout:  # what was told before the kill arrived
                if line.endswith(b"\n"):
                    told = int(line)
        database = SqliteDatabase(tmp_path)
        await database.open()
        entries = await SqliteLog(database).since("avond", 0)
        await database.close()
        assert len(entries) >= told, f"cycle {cycle}: {told} were told, {len(entries)} are there"
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert check(tmp_path).wrong == ()
        told = len(entries)

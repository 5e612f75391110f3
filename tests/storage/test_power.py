"""The plug is pulled, thousands of times: nothing that was promised is missing, no file is broken.

The evenings are kept by the production code from an empty folder on, migrations included, and every
disk that is left is opened by it again. `power.py` says how the disks are made. Control runs with the
settings that most programs use show that the method sees losses where there are any.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from opgavebord.storage import sqlite
from tests.faults.crowd import Crowd
from tests.server import ROOT, Server
from tests.storage import power
from tests.storage.outage import pull_the_plug

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

Report = Callable[[str, str, str], None]

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
    memory: Path,
    count: int,
    rounds: int,
    checkpoint: int | None,
    endure: int | None,
    report: Report,
) -> None:
    count = count * 10 if endure else count
    found = await pull_the_plug(memory, count, rounds=rounds, checkpoint=checkpoint)
    assert found.sound, found
    assert found.promised > 10 * count
    report("F3", f"{count} power cuts, {found.promised} promises in all; lost / corrupt", "0 / 0")


async def test_after_a_power_cut_of_the_real_server_everybody_has_what_they_were_told(
    memory: Path, endure: int | None, report: Report
) -> None:
    """Not the storage alone: the whole product from its first start on, and real people, who each know
    when they were told what."""
    server = Server(memory / "hall", PYTHONPATH=os.pathsep.join((str(ROOT / "backend"), str(ROOT))))
    server.program = [sys.executable, "-m", "tests.faults.watched", str(memory / "recording")]
    server.start()
    try:
        crowd = Crowd(server)
        tablets = await crowd.come(6)
        names = []
        for _ in range(20):
            names = [tablet.write("De bus komt niet meer. " * 20) for tablet in tablets]
            await tablets[0].answered(names[0])
        await crowd.at_rest()
        assert server.stop() == 0
    finally:
        server.kill()
    assert crowd.judge() == []
    await crowd.go_home()
    made = sqlite.engine(server.data_dir / sqlite.FILE, look_only=True)
    with made.connect() as connection, connection.begin():
        rows = connection.exec_driver_sql("SELECT sprint, change FROM event ORDER BY seq").all()
    made.dispose()
    promises = [
        power.Promise(int(tablet.answered_at[name] * 1e9), server.links["sprint"], seq)
        for tablet in tablets
        for name, (seq, _) in tablet.answers.items()
    ]
    found = power.cut(
        power.kept(memory / "recording"),
        promises,
        lambda sprint: [change for of, change in rows if of == sprint],
        count=10_000 if endure else 300,
        place=memory,
    )
    assert found.sound, found
    assert found.promised > 10 * found.cuts
    report("F3", f"{found.cuts} power cuts of the real server; lost / corrupt", "0 / 0")


async def test_the_usual_setting_would_lose_what_was_promised(
    memory: Path, monkeypatch: pytest.MonkeyPatch, report: Report
) -> None:
    """Otherwise the test above were blind."""
    monkeypatch.setitem(sqlite.PRAGMAS, "synchronous", ("NORMAL", 1))
    found = await pull_the_plug(memory, 300, rounds=40, checkpoint=OFTEN)
    assert found.losing > 30, found
    assert not found.corrupt, "without a sync the log is short, but no file breaks"
    report(
        "F3",
        f"control at synchronous=NORMAL, {found.cuts} cuts: losing / entries lost",
        f"{found.losing} / {found.lost}",
    )


async def test_without_any_sync_the_file_itself_breaks(
    memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sqlite.PRAGMAS, "synchronous", ("OFF", 0))
    found = await pull_the_plug(memory, 60, rounds=20, checkpoint=OFTEN)
    assert found.corrupt > 10, found

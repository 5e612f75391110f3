"""Workload F: the server is killed (`kill -9`) again and again while a hall writes.

The devices behave as tablets do: what has no answer stays in the outbox, they come back, name what
is open, and send it again in order. Afterwards the checker of histories (`tests/history/`) holds what
they did and saw against the log, and `opgavebord check` replays the log against the tables.

`kill -9` leaves the page cache; a cut of the power is simulated elsewhere.
"""

import asyncio
import random
import subprocess
import sys
from collections import Counter
from time import perf_counter

from opgavebord.sprint.entry import Entry
from tests.history.checker import Finding
from tests.history.driver import Client, History, judge, log_of, quieted
from tests.history.happening import Showed

from .figures import figure
from .processes import ROOT, environment
from .run import Run
from .sides import Hall
from .talk import Beat, Script, World, head_of, play

BROKEN = (
    ("acknowledged and missing after restart", ("C1",)),
    ("seen on a screen, and gone or otherwise", ("C7",)),
    ("double, altered or never asked", ("C2", "C3", "C11")),
    ("out of order, or holes", ("C4", "C5", "C6")),
    ("another verdict the second time", ("C9",)),
    ("done against the rules, or shown to others", ("C10",)),
    ("without an answer 15 s later", ("C12",)),
    ("screens that differ from what is kept", ("C8",)),
)
"""What a reader of the bench understands, and the rules of the checker that say it."""


async def _again(hall: Hall, clients: list[Client]) -> float:
    """Kill, start, come back. Milliseconds until everybody is in sync."""
    began = perf_counter()
    hall.running.kill()
    hall.launch()
    while any(client.wire is not None for client in clients):
        await asyncio.sleep(0.002)
    await hall.running.answers(hall.port)
    for client in clients:
        await client.until(lambda client=client: client.in_sync)
    return (perf_counter() - began) * 1e3


async def f_kill(run: Run) -> None:
    """At least 20 kills under load: everything that was acknowledged is there, once."""
    scale = run.scale
    hall = Hall(run.place / "f")
    run.say(f"F: {scale.kill_devices} devices write, {scale.kills} × kill -9")
    hall.found(1, 60)
    before = len(await _log(hall))
    dice = random.Random(4)
    back: list[float] = []
    history = History()
    try:
        await hall.start()
        clients = [Client(seat, history) for seat in await hall.seats(scale.kill_devices)]
        for client in clients:
            await client.stay()
        script = Script(World.of(clients[0].snapshot))
        # People write all along, also while the server is gone.
        writing = asyncio.create_task(play(_writing(clients, script), 3600))
        for kill in range(scale.kills):
            # In step with nothing: sometimes in the middle of a burst, sometimes in a commit.
            await asyncio.sleep(0.2 + dice.random() * 0.8)
            history.fault("kill", on=True)
            back.append(await _again(hall, clients))
            history.fault("kill", on=False)
            if (kill + 1) % 5 == 0:
                run.say(f"F: {kill + 1} kills, {sum(len(c.answers) for c in clients)} answers")
        await asyncio.sleep(0.5)
        writing.cancel()
        await quieted(clients, 15)
        newcomer = Client(clients[0].seat, history)
        await newcomer.stay()
        for client in [*clients, newcomer]:
            await client.stop()
    finally:
        hall.stop()
    async with log_of(hall.data) as log:
        findings = await judge(
            history, [*clients, newcomer], log, hall.founded[0].sprint, before=before
        )
    _tell(run, findings, history, clients, back)
    checked = _check(hall)
    run.add(
        figure("F", "tables that are not what the log says", "", [float(bool(checked))], goal=0)
    )
    if checked:
        run.remarks.append(f"F: `opgavebord check`: {checked}")


def _writing(clients: list[Client], script: Script) -> list[Beat]:
    """Four commands a second each: just under what one seat may."""

    def beat(client: Client) -> Beat:
        def act() -> None:
            client.do(script.something(head_of(client)))

        return Beat(script.dice.random() * 0.25, 0.25, act)

    return [beat(client) for client in clients]


async def _log(hall: Hall) -> list[Entry]:
    """The log as the product reads it. Only when no server has it open."""
    async with log_of(hall.data) as log:
        return await log.since(hall.founded[0].sprint, 0)


def _check(hall: Hall) -> str:
    """What `opgavebord check` finds wrong; nothing when all is well."""
    done = subprocess.run(
        [sys.executable, "-m", "opgavebord", "check"],
        cwd=ROOT,
        env=environment({"OPGAVEBORD_DATA_DIR": str(hall.data)}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-500:]


def _tell(
    run: Run, findings: list[Finding], history: History, clients: list[Client], back: list[float]
) -> None:
    answers = sum(len(client.answers) for client in clients)
    showed = sum(isinstance(one, Showed) for one in history.happenings)
    faults = [fault for client in clients for fault in client.faults]
    broken = Counter(finding.rule for finding in findings)

    def none(what: str, count: int) -> None:
        run.add(figure("F", what, "", [count], goal=0))

    run.add(figure("F", "kills under load", "", [len(back)], goal=20, more=True))
    run.add(figure("F", "acknowledged writes", "", [answers]))
    run.add(figure("F", "deliveries compared with the log", "", [showed]))
    for what, rules in BROKEN:
        none(what, sum(broken[rule] for rule in rules))
    none("gaps, overlaps, changed answers on the wire", len(faults))
    run.add(figure("F", "killed, until all are in sync again", "ms", back))
    if findings or faults:
        run.remarks.append("F: " + "; ".join([*map(str, findings), *faults][:5]))

"""Workload F: the server is killed (`kill -9`) again and again while a hall writes.

The devices behave as tablets do: what has no answer stays in the outbox, they come back, name what
is open, and send it again in order. Afterwards `history.judge` holds everything they were told
against the file, `opgavebord check` replays the log against the tables, and every screen's own
board must equal the one a newcomer gets.

`kill -9` leaves the page cache; a cut of the power is simulated elsewhere.
"""

import asyncio
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from time import perf_counter

import msgspec

from opgavebord import protocol
from opgavebord.sprint.change import apply
from opgavebord.sprint.sprint import Record, Sprint

from .device import Device
from .figures import figure
from .history import Breaches, Line, Told, judge
from .processes import ROOT, environment
from .run import Run
from .sides import Hall, close_all, open_all
from .talk import Beat, Script, World, head_of, play


class _Event(msgspec.Struct):
    seq: int
    change: msgspec.Raw


class _Frame(msgspec.Struct):
    to: int
    events: list[_Event]


_frame = msgspec.json.Decoder(_Frame)
_real_frame = msgspec.json.Decoder(protocol.Frame)


class _Whole(msgspec.Struct):
    head: int
    records: tuple[Record, ...]


_whole = msgspec.json.Decoder(_Whole)


class Board:
    """What a screen shows: the snapshot it got, and every event since."""

    def __init__(self) -> None:
        self.sprint = Sprint()
        self.seen: dict[int, bytes] = {}
        self.changed: list[int] = []  # numbers that were shown once and then otherwise

    def watch(self, payload: bytes) -> None:
        if payload.startswith(b'{"t":"snapshot"'):
            self.sprint = Sprint()
            whole = _whole.decode(payload)
            for record in whole.records:
                self.sprint.put(record)
            self.sprint.head = whole.head
            return
        for event in _frame.decode(payload).events:
            change = bytes(event.change)
            if self.seen.setdefault(event.seq, change) != change:
                self.changed.append(event.seq)
        frame = _real_frame.decode(payload)
        for happened in frame.events:
            apply(self.sprint, happened.change)
        self.sprint.head = frame.to


async def _again(hall: Hall, devices: list[Device]) -> float:
    """Kill, start, come back. Milliseconds until everybody is in sync."""
    began = perf_counter()
    hall.running.kill()
    hall.launch()
    while any(device.wire is not None for device in devices):
        await asyncio.sleep(0.002)
    await hall.running.answers(hall.port)
    await open_all(devices, together=len(devices))
    return (perf_counter() - began) * 1e3


async def f_kill(run: Run) -> None:
    """At least 20 kills under load: everything that was acknowledged is there, once."""
    scale = run.scale
    hall = Hall(run.place / "f")
    run.say(f"F: {scale.kill_devices} devices write, {scale.kills} × kill -9")
    hall.found(1, 60)
    before = {line.name.rpartition(".")[0] for line in _log(hall)}
    dice = random.Random(4)
    back: list[float] = []
    try:
        await hall.start()
        devices = [Device(seat) for seat in await hall.seats(scale.kill_devices)]
        boards = [Board() for _ in devices]
        for device, board in zip(devices, boards, strict=True):
            device.watch = board.watch
        await open_all(devices)
        script = Script(World.of(devices[0].snapshot))
        # People write all along, also while the server is gone.
        writing = asyncio.create_task(play(_writing(devices, script), 3600))
        for kill in range(scale.kills):
            # In step with nothing: sometimes in the middle of a burst, sometimes in a commit.
            await asyncio.sleep(0.2 + dice.random() * 0.8)
            back.append(await _again(hall, devices))
            if (kill + 1) % 5 == 0:
                run.say(f"F: {kill + 1} kills, {sum(len(d.answers) for d in devices)} answers")
        await asyncio.sleep(0.5)
        writing.cancel()
        until = perf_counter() + 15
        while any(device.outbox for device in devices) and perf_counter() < until:
            await asyncio.sleep(0.05)
        newcomer, fresh = Device(devices[0].seat), Board()
        newcomer.watch = fresh.watch
        await newcomer.open()
        await asyncio.sleep(0.3)
        close_all([*devices, newcomer])
    finally:
        hall.stop()
    breaches = judge(_told(devices), [b.seen for b in boards], _log(hall), frozenset(before))
    differing = sum(board.sprint != fresh.sprint for board in boards)
    _tell(run, breaches, devices, boards, differing, back)
    checked = _check(hall)
    run.add(
        figure("F", "tables that are not what the log says", "", [float(bool(checked))], goal=0)
    )
    if checked:
        run.remarks.append(f"F: `opgavebord check`: {checked}")


def _writing(devices: list[Device], script: Script) -> list[Beat]:
    """Four commands a second each: just under what one seat may."""

    def beat(device: Device) -> Beat:
        def act() -> None:
            device.do(script.something(head_of(device)))

        return Beat(script.dice.random() * 0.25, 0.25, act)

    return [beat(device) for device in devices]


def _told(devices: list[Device]) -> list[Told]:
    told = []
    for device in devices:
        for name, asked_at in device.sent.items():
            seq, refusal = device.answers.get(name, (None, None))
            told.append(
                Told(
                    name,
                    int(name.rpartition(".")[2]),
                    device.id,
                    asked_at,
                    device.answered_at.get(name),
                    seq,
                    refusal,
                    device.commands.get(name),
                )
            )
    return told


def _log(hall: Hall) -> list[Line]:
    """The log as it stands in the file. Only when no server has it open."""
    with closing(sqlite3.connect(hall.data / "opgavebord.sqlite3")) as file:
        return [
            Line(
                seq,
                f"{device}.{number}",
                None if command is None else command.encode(),
                change.encode(),
                refusal,
            )
            for seq, device, number, command, change, refusal in file.execute(
                "SELECT seq, device, number, command, change, refusal FROM event "
                "WHERE sprint = ? ORDER BY seq",
                (hall.founded[0].sprint,),
            )
        ]


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
    run: Run,
    breaches: Breaches,
    devices: list[Device],
    boards: list[Board],
    differing: int,
    back: list[float],
) -> None:
    answers = sum(len(device.answers) for device in devices)
    seen = sum(len(board.seen) for board in boards)
    faults = [fault for device in devices for fault in device.faults]
    changed = sum(len(board.changed) for board in boards)

    def none(what: str, count: int) -> None:
        run.add(figure("F", what, "", [count], goal=0))

    run.add(figure("F", "kills under load", "", [len(back)], goal=20, more=True))
    run.add(figure("F", "acknowledged writes", "", [answers]))
    run.add(figure("F", "deliveries compared with the log", "", [seen]))
    none("acknowledged and missing after restart", breaches.lost)
    none("seen on a screen, and gone or otherwise", breaches.unseen + changed)
    none("double, altered or never asked", breaches.doubled + breaches.altered + breaches.phantom)
    none("out of order, or holes", breaches.holes + breaches.order + breaches.real_time)
    none("gaps, overlaps, changed answers on the wire", len(faults))
    none("without an answer at the end", breaches.unanswered)
    none("screens that differ from a newcomer's", differing)
    run.add(figure("F", "killed, until all are in sync again", "ms", back))
    if breaches.examples or faults:
        run.remarks.append("F: " + "; ".join([*breaches.examples, *faults][:5]))

"""The peaks of an evening: I, 80 tablets through the reveal and through the vote.

The reveal is one command whose event carries every private note of the step; the vote is everybody's
three dots within a second, of which nobody but the voter may see anything. The floor gets the same writes
in the same rhythm, and for the reveal one message of the same size.
"""

import asyncio
import gzip
import json
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from .device import AnyDevice, Device, FloorDevice, enter
from .figures import figure
from .measure import begin, latency, quantile
from .run import Run, settled
from .sides import Floor, Hall, open_all
from .traffic import faults

WORDS = "Vroeger kwam de bakker langs de deur, nu zie ik op een dag soms niemand"
PATIENCE_SECONDS = 10.0


class Evening:
    """What the script must know of the sprint."""

    def __init__(self, snapshot: bytes) -> None:
        raw = gzip.decompress(snapshot) if snapshot[:2] == b"\x1f\x8b" else snapshot
        self.records: list[dict[str, Any]] = json.loads(raw)["records"]

    def of(self, kind: str, **fields: object) -> list[dict[str, Any]]:
        return [
            record
            for record in self.records
            if record["kind"] == kind
            and all(record.get(name) == value for name, value in fields.items())
        ]

    def step(self, werkvorm: str, title: str) -> dict[str, Any]:
        board = self.of("board", werkvorm=werkvorm)[0]
        return self.of("step", board=board["id"], title=title)[0]

    def zones(self, werkvorm: str) -> list[str]:
        board = self.of("board", werkvorm=werkvorm)[0]
        return [zone["id"] for zone in self.of("zone", board=board["id"])]


def said(**command: object) -> bytes:
    return json.dumps(command).encode()


async def done(device: Device, command: bytes) -> int:
    """Ask and wait for the answer: the number of the event."""
    name = device.do(command)
    until = perf_counter() + PATIENCE_SECONDS
    while name not in device.answers:
        if perf_counter() > until:
            raise RuntimeError(f"no answer to {command[:80]!r}")
        await asyncio.sleep(0.002)
    seq, refusal = device.answers[name]
    if refusal is not None:
        raise RuntimeError(f"{refusal}: {command[:80]!r}")
    return seq


async def i_evening(run: Run) -> None:
    """80 tablets: every private note shown at once, and everybody's dots within a second."""
    count = run.scale.evening_devices
    ours, floor = Hall(run.place / "i"), Floor(run.place / "i-floor")
    run.say(f"I: {count} devices through the reveal and the vote")
    ours.found(1, 0)  # the whole evening of the demo
    try:
        server, relay = await ours.start(), await floor.start()
        tablets = [Device(seat) for seat in await ours.seats(count)]
        regie = Device(await enter(ours.port, ours.founded[0].regie))
        wall = Device(await ours.wall())
        everybody = [*tablets, regie, wall]
        await open_all(everybody)
        copies = [FloorDevice(floor.port) for _ in everybody]
        await open_all(copies)
        evening = Evening(regie.snapshot)
        reveals: list[tuple[float, float]] = []
        raw_reveals: list[tuple[float, float]] = []
        sizes: list[float] = []
        votes: list[tuple[float, float]] = []
        raw_votes: list[tuple[float, float]] = []
        for turn in range(run.scale.repetitions):
            await done(regie, said(do="step.go", step=evening.step("T2", "Denk na")["id"]))
            await done(regie, said(do="step.go", step=evening.step("T2", "Schrijf")["id"]))
            await _write(tablets, evening, run.scale.evening_notes, turn)
            before = wall.bytes_in
            reveals.append(await _reveal(server.cpu, everybody, regie))
            size = wall.bytes_in - before
            sizes.append(size / 1e3)
            raw_reveals.append(await _copied(relay.cpu, copies, size))
            await done(regie, said(do="step.go", step=evening.step("T8", "Kies")["id"]))
            items = [group["id"] for group in evening.of("group")]
            opened = f"round-{turn}"
            await done(regie, said(do="round.open", round=opened, title="Kies", items=items))
            for tablet in tablets:
                tablet.sent.clear()
            votes.append(await _vote(server.cpu, tablets, everybody, opened, items))
            raw_votes.append(await _vote(relay.cpu, copies[:count], copies, opened, items))
            await done(regie, said(do="round.close", round=opened))
    finally:
        ours.stop()
        floor.stop()
    notes = run.scale.evening_notes * count
    run.add(
        figure(
            *("I", f"{notes} notes shown, until every screen has them", "ms"),
            [ms for ms, _ in reveals],
            [ms for ms, _ in raw_reveals],
            goal=250,
        )
    )
    run.add(
        figure(
            *("I", "CPU of the reveal", "s"),
            [cpu for _, cpu in reveals],
            [cpu for _, cpu in raw_reveals],
        )
    )
    run.add(figure("I", "the reveal over the wire per device", "kB", sizes))
    run.add(
        figure(
            *("I", "a dot, until it is answered, p99", "ms"),
            [ms for ms, _ in votes],
            [ms for ms, _ in raw_votes],
            goal=40,
        )
    )
    run.add(
        figure(
            *("I", f"CPU of {count * 3} dots", "s"),
            [cpu for _, cpu in votes],
            [cpu for _, cpu in raw_votes],
        )
    )
    wrong = faults(everybody)
    refused = [refusal.code for device in everybody for refusal in device.refused]
    run.add(
        figure(
            *("I", "gaps, overlaps, refused dots and notes", ""),
            [len(wrong) + len(refused)],
            goal=0,
            remark="; ".join([*wrong, *refused][:3]),
        )
    )


async def _write(tablets: Sequence[Device], evening: Evening, each: int, turn: int) -> None:
    """Every tablet writes its private notes, no faster than a seat may."""
    zones = evening.zones("T2")
    step = evening.step("T2", "Schrijf")["id"]
    for number in range(each):
        for place, tablet in enumerate(tablets):
            tablet.do(
                said(
                    do="note.create",
                    note=f"i-{turn}-{place}-{number}",
                    zone=zones[(place + number) % len(zones)],
                    text=f"{WORDS}. Dat is {place}.{number}.",
                    step=step,
                )
            )
        await asyncio.sleep(0.1)
    await settled(tablets)


async def _reveal(cpu: Any, everybody: Sequence[Device], regie: Device) -> tuple[float, float]:
    begin(everybody)
    spent, began = cpu(), perf_counter()
    seq = await done(regie, said(do="step.reveal", to="zaal"))
    until = perf_counter() + PATIENCE_SECONDS
    while any((device.head or 0) < seq for device in everybody) and perf_counter() < until:
        await asyncio.sleep(0.002)
    came = [device.moments[-1] for device in everybody if device.moments]
    missing = len(everybody) - len(came)
    return (max(came) - began) * 1e3 if not missing else float("inf"), cpu() - spent


async def _copied(cpu: Any, copies: Sequence[FloorDevice], size: int) -> tuple[float, float]:
    """One message of the reveal's size, copied to all."""
    begin(copies)
    spent, began = cpu(), perf_counter()
    copies[0].do(json.dumps("x" * min(size, 60_000)).encode())
    for _ in range(size // 60_000):  # the floor takes no larger message than a tablet sends
        copies[0].do(json.dumps("x" * 60_000).encode())
    expected = 1 + size // 60_000
    until = perf_counter() + PATIENCE_SECONDS
    while any(len(copy.moments) < expected for copy in copies) and perf_counter() < until:
        await asyncio.sleep(0.002)
    return (max(copy.moments[-1] for copy in copies) - began) * 1e3, cpu() - spent


async def _vote(
    cpu: Any,
    voters: Sequence[AnyDevice],
    everybody: Sequence[AnyDevice],
    opened: str,
    items: Sequence[str],
) -> tuple[float, float]:
    """Everybody's three dots within a second; how late their answers are (nobody else may see a dot; on the
    floor, where all is for everybody: how late the last copies are), and the CPU."""
    begin(everybody)
    spent, began = cpu(), perf_counter()
    beats = [(dot, place) for dot in range(3) for place in range(len(voters))]
    for number, (dot, place) in enumerate(beats):
        await asyncio.sleep(max(began + number / len(beats) - perf_counter(), 0))
        item = items[(place + dot) % len(items)]
        voters[place].do(said(do="vote.give", round=opened, item=item, dots=1))
    until = perf_counter() + PATIENCE_SECONDS
    while (late := _late(voters, everybody)) is None and perf_counter() < until:
        await asyncio.sleep(0.05)
    return float("inf") if late is None else late, cpu() - spent


def _late(voters: Sequence[AnyDevice], everybody: Sequence[AnyDevice]) -> float | None:
    """The p99 of what came back, in milliseconds; None while something is on its way."""
    asked = [voter for voter in voters if isinstance(voter, Device)]
    if not asked:
        seen = latency([everybody])
        return None if seen.missing else seen.p99
    if any(voter.outbox for voter in asked):
        return None
    waits = [voter.answered_at[name] - at for voter in asked for name, at in voter.sent.items()]
    return quantile(sorted(waits), 0.99) * 1e3

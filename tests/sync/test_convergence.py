"""Thousands of evenings in virtual time, each held against its log, and the mistakes that they must find.

`scripts/fuzz` and `python -m tests.sync.fuzz` play more of them. `tests/history/test_mutants.py` plays
them with sixteen known mistakes in the product; those here are of the rules and of the texts.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from opgavebord.sprint.change import Change, Put
from opgavebord.sprint.past import Past
from opgavebord.sprint.sprint import Note, Sprint
from opgavebord.sync.rooms import Rooms
from tests.sync.fuzz import Evenings, many
from tests.sync.tablet import Tablet
from tests.sync.world import Broken, Disk, World, evening

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 2_500
OFTEN = 5  # each rare situation, in all of them together

RARE = (
    # a process dies
    "kill",
    "crash at an await",
    "crash before the commit",
    "crash between commit and answer",
    "crash between answer and telling",
    "crash with commands waiting",
    "crash while a room is opened",
    "crash without a room",
    "storage lost",
    "asked to stop with commands waiting",
    "went down in good order",
    # the log
    "trouble",
    "trouble while reading",
    "answer lost after commit",
    "conflict lost and decided anew",
    "decided otherwise after a conflict",
    "rollback of two entries or more",
    # several processes
    "bus gap repaired by poll",
    "hint lost",
    "hint said twice",
    "lie on the bus",
    "came back on another process",
    "came to a process that was behind",
    "one seat, two tabs, two processes",
    "the wall clock jumped",
    # asked again
    "resend answered from the log",
    "resend after a restart answered from the log",
    "refusal resent",
    "somebody else's name",
    # connections
    "cut",
    "stall",
    "half-open line",
    "came back with many commands",
    "told to resume",
    "overflow, resume",
    "join during an append",
    "old socket closed after the new one was open",
    "came to a process without a room",
    # screens
    "snapshot instead of tail",
    "cut between snapshot and mine",
    "echo differs from prediction",
    "stale event",
    "frame lost",
    "gap",
    "reload",
    "outbox taken over by another device",
    # rights
    "reveal while offline",
    "reveal while an author is offline",
    "hidden text told to a table",
    "moved",
    "handed on",
    "removed",
    "queued command of a seat that was removed",
    "dots",
    "budget race lost",
    "refused: round_closed",
    "refused: frozen",
    "refused: changed_since",
)


@pytest.fixture(scope="module")
def first(fuzz: int | None) -> int:
    """Where the seeds begin: elsewhere in every round of `scripts/fuzz`."""
    return 0 if fuzz is None else 1_000_000 + fuzz * SEEDS


@pytest.fixture(scope="module")
def evenings(first: int) -> Evenings:
    return many(first, SEEDS)


@pytest.mark.timeout(900)
def test_every_screen_shows_what_is_kept(evenings: Evenings) -> None:
    assert evenings.count == SEEDS
    assert not evenings.broken, "\n".join(list(evenings.broken.values())[:3])
    assert evenings["commands"] > 40 * SEEDS


def test_rare_situations_were_visited(evenings: Evenings) -> None:
    seldom = {what: evenings[what] for what in RARE if evenings[what] < OFTEN}
    assert not seldom


def test_the_same_seed_gives_the_same_evening() -> None:
    """Also in another process, where sets are in another order."""
    program = (
        "from tests.sync.world import World\n"
        "for seed in range(20):\n"
        "    world = World(seed)\n    world.play()\n    print(world.trace)\n    world.end()\n"
    )

    def told(hashing: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT / 'backend'}:{ROOT}", "PYTHONHASHSEED": hashing},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split()

    assert told("1") == told("2")
    assert len(set(told("1"))) == 20


# --- mistakes on purpose: if these are not found, the evenings prove nothing --------------


def found_within(seeds: int) -> bool:
    for seed in range(seeds):
        try:
            evening(seed)
        except Broken:
            return True
    return False


def test_no_transform_at_the_server_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Past, "edits_since", lambda *_: [])
    assert found_within(200)


def test_no_transform_at_a_client_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tablet, "transforms", False)
    assert found_within(200)


def test_an_unconditional_append_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Disk, "conditional", False)
    assert found_within(200)


def test_hidden_text_in_the_bytes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("opgavebord.sync.room.see_change", lambda _, change, __: change)
    assert found_within(200)


def test_a_table_that_is_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the author sees more of a hidden note than the crowd; who sits with them does not."""

    def authors_only(sprint: Sprint, change: Change) -> frozenset[str]:
        puts = (op.record for op in change if isinstance(op, Put))
        return frozenset(note.author for note in puts if isinstance(note, Note) and note.author)

    monkeypatch.setattr("opgavebord.sync.room.insiders", authors_only)
    assert found_within(200)


def test_telling_a_seat_that_moved_what_was_open_before_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("opgavebord.sync.room.moved", lambda _: frozenset())
    assert found_within(300)


def test_a_process_that_does_not_look_around_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the question how far the log is, a lost hint is a screen that stays behind."""

    async def nobody_asks(rooms: Rooms, halls: object) -> None:
        pass

    monkeypatch.setattr(Rooms, "_look_at", nobody_asks)
    assert found_within(200)


def test_an_evening_that_broke_can_be_seen_again() -> None:
    world = World(7).run()
    world.end()
    assert world.history

"""Two thousand evenings in virtual time, and the mistakes that they must find.

`python -m tests.sync.fuzz` runs more of them. A seed that ever failed stands in `ONCE_BROKEN`,
under the name of what it found. Evenings are drawn otherwise since people sit at tables and vote, so these
seeds tell other stories now; that the situations still come up is what `RARE` is for.
"""

from collections import Counter
from functools import cache
from typing import Any

import pytest

from opgavebord.protocol import Ack
from opgavebord.sprint.change import Change, Put
from opgavebord.sprint.past import Past
from opgavebord.sprint.sprint import Note, Sprint
from opgavebord.sync.room import Room
from tests.sync.tablet import Tablet
from tests.sync.world import Broken, Disk, Server, World, evening

SEEDS = 2_000
CHUNK = 100

ONCE_BROKEN = {
    "a second process that was behind sent a tablet back in time": 3446,
    "a cut between the snapshot and the own hidden notes hid them for good": 258,
    "a second cut between the snapshot and the own hidden notes": 302859,
    "keystrokes on a note of our own that was kept while we were away": 472,
    "the first name of a device was used by somebody else": 517,
}

RARE = (
    "resend answered from the log",
    "reveal while offline",
    "join during an append",
    "told to resume",
    "overflow, resume",
    "conflict",
    "rollback of two entries or more",
    "answer lost after commit",
    "snapshot instead of tail",
    "cut between snapshot and mine",
    "echo differs from prediction",
    "stale event",
    "frame lost",
    "gap",
    "trouble",
    "trouble while reading",
    "somebody else's name",
    "reload",
    "kill",
    "stall",
    "moved",
    "handed on",
    "hidden text told to a table",
    "removed",
    "dots",
)


@cache
def seen_in(chunk: int, first: int) -> "Counter[str]":
    seen: Counter[str] = Counter()
    for seed in range(first + chunk * CHUNK, first + (chunk + 1) * CHUNK):
        seen.update(evening(seed).seen)
    return seen


@pytest.fixture
def first(fuzz: int | None) -> int:
    """Where the seeds begin: elsewhere in every round of `scripts/fuzz`."""
    return 0 if fuzz is None else 1_000_000 + fuzz * SEEDS


@pytest.mark.parametrize("chunk", range(SEEDS // CHUNK))
def test_every_screen_shows_what_is_kept(chunk: int, first: int) -> None:
    assert seen_in(chunk, first)["commands"] > 1_000


@pytest.mark.parametrize("what", list(ONCE_BROKEN))
def test_what_was_found_once_stays_away(what: str) -> None:
    evening(ONCE_BROKEN[what])


def test_rare_situations_were_visited(first: int) -> None:
    seen: Counter[str] = Counter()
    for chunk in range(SEEDS // CHUNK):
        seen.update(seen_in(chunk, first))
    assert not [what for what in RARE if seen[what] < 3], seen


def test_the_same_seed_gives_the_same_evening() -> None:
    def story(seed: int) -> Any:
        world = World(seed).run()
        return world.disk.entries, world.seen, world.now

    for seed in range(40, 50):
        assert story(seed) == story(seed)


# --- mistakes on purpose: if these are not found, the evenings prove nothing --------------


class Forgetful(dict[str, Ack]):
    """Verdicts that nobody looks up."""

    def get(self, *_: Any) -> Any:
        return None

    def __contains__(self, _: object) -> bool:
        return False


class NoDedupe(Room):
    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._verdicts = Forgetful()


def found_within(seeds: int) -> bool:
    for seed in range(seeds):
        try:
            evening(seed)
        except Broken:
            return True
    return False


def test_no_dedupe_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Server, "room_type", NoDedupe)
    assert found_within(200)


def test_no_transform_at_the_server_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Past, "edits_since", lambda *_: [])
    assert found_within(200)


def test_no_transform_at_a_client_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tablet, "transforms", False)
    assert found_within(200)


def test_a_stale_event_that_is_applied_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tablet, "ignores_stale", False)
    assert found_within(400)


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
    assert found_within(200)

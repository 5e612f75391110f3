"""Sixteen mistakes, sixteen found: by the rule that is meant for it, and by none where there is no mistake."""

import random
from pathlib import Path

import pytest

from opgavebord.sprint.entry import Entry
from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from tests.history import mutants
from tests.history.checker import RULES, Evidence, Finding
from tests.history.happening import Answered, Asked, Came, Happening
from tests.history.mutants import MUTANTS
from tests.storage import power
from tests.storage.outage import Evening
from tests.sync.world import World

SEEDS = 150  # evenings in which a mistake must show
CUTS = 60
IN_A_POWER_CUT = "synchronous-is-normal"
SIXTEEN = 16


def played(seed: int, restless: float | None) -> list[Finding]:
    """An evening of the simulation, and what the checker says of it."""
    world = World(seed, restless=restless)
    try:
        world.play()
    except Exception:  # a mistake may break more than the checker looks at
        assert world.history
    try:
        return world.judge()
    finally:
        world.end()


def test_there_are_sixteen() -> None:
    assert len(MUTANTS) == SIXTEEN


@pytest.mark.parametrize("name", [name for name in MUTANTS if name != IN_A_POWER_CUT])
def test_the_mistake_is_found(name: str) -> None:
    with mutants.at_work(name) as mutant:
        for seed in range(SEEDS):
            found = {finding.rule for finding in played(seed, mutant.restless)}
            if found & mutant.rules:
                break
        else:
            pytest.fail(f"{name} went unnoticed in {SEEDS} evenings")
    assert played(seed, mutant.restless) == [], (
        "there is nothing to find in the same evening without it"
    )


@pytest.mark.faults
async def test_the_mistake_that_only_a_power_cut_shows_is_found(tmp_path: Path) -> None:
    right = await after_power_cuts(tmp_path / "right")
    assert right == []
    with mutants.at_work(IN_A_POWER_CUT) as mutant:
        found = {finding.rule for finding in await after_power_cuts(tmp_path / "wrong")}
    assert found == mutant.rules


async def after_power_cuts(place: Path) -> list[Finding]:
    """Keep evenings with the production code, pull the plug again and again, and read what is left."""
    evening = Evening()
    place.mkdir()
    with power.recording(place / "evening") as done:
        await evening.live(place / "evening", 20, 40)
    dice = random.Random(5)
    findings: list[Finding] = []
    disk, at = power.Disk(), 0
    for moment in power.moments(done, evening.promises[0].at, CUTS, dice):
        for one in done[at:moment]:
            disk.do(one)
        at = moment
        folder = place / f"disk-{moment}-{len(list(place.iterdir()))}"
        folder.mkdir()
        for name, content in disk.cut(dice).items():
            (folder / name).write_bytes(content)
        until = done[at].at if at < len(done) else done[-1].at + 1
        database = SqliteDatabase(folder)
        await database.open()
        log = SqliteLog(database)
        for sprint, writer in evening.writers.items():
            told = [p for p in evening.promises if p.sprint == sprint and p.at < until]
            kept = await log.since(sprint, 0)
            evidence = Evidence(_history(writer.entries, told), kept)
            for rule in ("C1", "C2", "C3", "C4", "C5"):
                findings += RULES[rule](evidence)
        await database.close()
    return findings


def _history(entries: list[Entry], told: list[power.Promise]) -> list[Happening]:
    """Who asked these entries, and which of them were promised."""
    promised = max((promise.seq for promise in told), default=0)
    history: list[Happening] = []
    for entry in entries:
        history.append(Came(0, entry.device, entry.seat, "deelnemer"))
        history.append(Asked(entry.seq, entry.device, entry.name, entry.command))
        if entry.seq <= promised:
            history.append(Answered(entry.seq, entry.device, entry.name, entry.seq))
    return history

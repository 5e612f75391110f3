"""Wiped is gone: not in a table, not in the file, not in what lies beside it, and not in old backups."""

import contextlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec
import pytest

from opgavebord import founding
from opgavebord.archiving import replayed
from opgavebord.backups import shelf
from opgavebord.backups.making import make
from opgavebord.backups.restoring import into_folder
from opgavebord.backups.wiped import WIPED_FILE
from opgavebord.export.left import read
from opgavebord.retention.again import wipe_again
from opgavebord.retention.terms import DAY_MS, NEVER_CLOSED_DAYS
from opgavebord.retention.wiping import OnTheWay, Retention
from opgavebord.sprint.commands import (
    AnyCommand,
    BinNote,
    CreateNote,
    EditNote,
    FoundSprint,
    MakeBelofte,
    Publish,
    SetPhase,
    TakeAway,
)
from opgavebord.sprint.sprint import Seat, Sprint, Stem
from opgavebord.storage import backup, retention
from opgavebord.storage.database import Database
from opgavebord.storage.doorway import add_seat
from opgavebord.storage.log import Log
from opgavebord.storage.sqlite import FILE, SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from opgavebord.werkvormen.demo import Named
from tests.storage.databases import SORTS, Home, a_home, everything
from tests.sync.hall import founding as founding_of

CLOSED: Final = 1_795_000_000_000  # the evening, and one second later its end
DAYS: Final = 30
CANARIES: Final = (
    "KanarieTekst",
    "KanarieWerdVeranderd",
    "KanarieInDeBak",
    "KanarieStem",
    "KanarieNaam",
    "KanarieStoel",
)
HERE: Final = Seat("regie", "begeleider")
WHO: Final = Seat("KanarieStoel", "deelnemer")


def commands(id: str, *, published: bool, closed: bool) -> list[tuple[AnyCommand, Seat]]:
    hall = founding_of()
    evening = next(record for record in hall.records if type(record).__name__ == "Evening")
    records = tuple(record for record in hall.records if record is not evening)
    founded = FoundSprint(
        (
            msgspec.structs.replace(evening, id=id, title="Vitale kernen", token=id * 3),
            *records,
            Stem(id="stem1", code="KA", title="KanarieStem"),
        )
    )
    said: list[tuple[AnyCommand, Seat]] = [
        (founded, Seat("desk", "bureau")),
        (CreateNote(note="note1", zone="zone1", text="KanarieTekst " * 40), WHO),
        (CreateNote(note="note2", zone="zone1", text="KanarieWerdVeranderd"), WHO),
        (EditNote(note="note2", base=3, edit=(-20, "anders")), WHO),
        (CreateNote(note="note3", zone="zone1", text="KanarieInDeBak"), WHO),
        (BinNote(note="note3"), WHO),
        (CreateNote(note="note4", zone="zone1", text="Zegt mevrouw KanarieNaam"), WHO),
        (
            MakeBelofte(belofte="belofte-1", who="de gemeente", what="belt terug", when="in mei"),
            HERE,
        ),
    ]
    if published:
        said.append((Publish(on=True), HERE))
    if closed:
        said += [(SetPhase(phase="closing"), HERE), (SetPhase(phase="closed"), HERE)]
    return said


async def an_evening(
    database: Database, log: Log, id: str, *, published: bool = True, closed: bool = True
) -> None:
    said = commands(id, published=published, closed=closed)
    named = [Named("tablet", place, *one) for place, one in enumerate(said, 1)]
    await founding.found(log, id, named, CLOSED)
    await database.run(lambda c: add_seat(c, id, WHO, f"hash-{id}", CLOSED))


class Round:
    """Retention on a day of our choice."""

    def __init__(self, database: Database, log: Log, data_dir: Path) -> None:
        self.database, self.log, self.data_dir = database, log, data_dir
        self.now = CLOSED
        self.backups = data_dir / "backups"
        self.retention = Retention(
            database,
            look=self.look,
            forget=log.forget,
            keep_days=DAYS,
            data_dir=data_dir,
            backups=(self.backups,),
            wall=lambda: self.now,
        )

    async def look(self, sprint: str) -> Sprint:
        return replayed(await self.log.since(sprint, 0))

    async def on_day(self, day: float) -> list[str]:
        self.now = CLOSED + int(day * DAY_MS)
        return [one.sprint for one in await self.retention.go_round()]

    async def back_up(self) -> Path:
        made = await make(
            self.database, self.log, self.backups, product="", at=self.now / 1_000, tell=nobody
        )
        return made.folder


def nobody(_: float) -> None:
    pass


@pytest.fixture(params=SORTS)
async def home(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Home]:
    how = a_home(request.param, tmp_path / "data", lambda: request.getfixturevalue("postgres"))
    async with how as home:
        yield home


@pytest.fixture
async def round(home: Home) -> AsyncIterator[Round]:
    async with home.open() as (database, log):
        yield Round(database, log, home.folder)


async def test_an_evening_goes_when_its_term_is_over_and_its_neighbour_stays(round: Round) -> None:
    await an_evening(round.database, round.log, "avond-1")
    await an_evening(round.database, round.log, "avond-2", closed=False)
    assert await round.on_day(DAYS - 0.01) == []
    before = await everything(round.database)
    assert all(canary in before for canary in CANARIES)
    assert await round.on_day(DAYS + 0.01) == ["avond-1"]
    assert await round.log.sprints() == ["avond-2"]
    assert await round.on_day(NEVER_CLOSED_DAYS - 0.01) == []
    assert await round.on_day(NEVER_CLOSED_DAYS + 0.01) == ["avond-2"]
    after = await everything(round.database)
    assert [canary for canary in CANARIES if canary in after] == []
    assert await round.on_day(2 * NEVER_CLOSED_DAYS) == []


async def test_what_stays_is_a_line_and_what_was_public(round: Round) -> None:
    await an_evening(round.database, round.log, "avond-1")
    await an_evening(round.database, round.log, "avond-2", published=False)
    await round.on_day(DAYS + 1)
    lines = await round.database.run(retention.destroyed)
    assert {(one.sprint, one.title, one.rule, one.notes, one.seats) for one in lines} == {
        ("avond-1", "Vitale kernen", "term", 4, 1),
        ("avond-2", "Vitale kernen", "term", 4, 1),
    }
    kept = await round.database.run(lambda c: retention.left(c, "avond-1"))
    assert kept is not None
    stays = read(kept)
    assert (stays.title, stays.notes, stays.promises[0].what) == ("Vitale kernen", 3, "belt terug")
    assert await round.database.run(lambda c: retention.left(c, "avond-2")) is None


async def test_nothing_is_left_in_any_file(tmp_path: Path) -> None:
    """Every byte of the data folder: database, free pages, -wal, backups."""
    async with a_home("sqlite", tmp_path / "data", str) as home, home.open() as (database, log):
        round = Round(database, log, home.folder)
        for number in range(3):
            await an_evening(database, log, f"blijft-{number}", closed=False, published=False)
            await an_evening(database, log, f"avond-{number}")
        round.now = CLOSED + 5 * DAY_MS
        await round.back_up()
        before = traces(home.folder)
        assert f"{FILE}-wal" in before
        assert any(name.startswith("backups/") for name in before)
        for number in range(3):
            await log.forget(f"blijft-{number}")  # so that only what is wiped below has canaries
        assert len(await round.on_day(DAYS + 1)) == 3
        after = traces(home.folder)
        assert after, "the backup of before still holds it"
        assert all(name.startswith("backups/") for name in after), after
        assert await round.on_day(5 + DAYS + 1) == []
        assert traces(home.folder) == set()
        assert shelf.backups(round.backups) == []
    assert traces(tmp_path) == set(), "nor after the server went down"


def traces(folder: Path) -> set[str]:
    """The files in which a canary sings."""
    return {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and any(canary.encode() in file.read_bytes() for canary in CANARIES)
    }


async def test_secure_delete_is_what_overwrites(tmp_path: Path) -> None:
    """Without it the words stay in pages that are free: the test above would see that."""
    database = SqliteDatabase(tmp_path)
    await database.open()
    log = SqliteLog(database)
    await an_evening(database, log, "avond-1")
    await database.run_bare(lambda driver: driver.execute("PRAGMA secure_delete=OFF").fetchall())
    await log.forget("avond-1")
    await database.scrub(rebuild=False)
    assert FILE in traces(tmp_path)
    await database.scrub(rebuild=True)
    assert traces(tmp_path) == set(), "and building the file anew takes away what was let go"
    await database.close()


async def test_an_older_backup_does_not_bring_it_back(tmp_path: Path) -> None:
    async with a_home("sqlite", tmp_path / "data", str) as home, home.open() as (database, log):
        round = Round(database, log, home.folder)
        await an_evening(database, log, "avond-1")
        await an_evening(database, log, "avond-2")
        folder = await round.back_up()
        assert await round.retention.wipe("avond-1", "desk") is not None
        assert (round.backups / WIPED_FILE).exists()
    to = tmp_path / "elders"
    restored = await into_folder(
        folder, to, replace=False, key=to / backup.KEY, tell=nobody, mend=wipe_again(folder)
    )
    assert restored.wiped == 1
    assert list(backup.contents(to / FILE).logs) == ["avond-2"]
    async with Home("sqlite", to).open() as (database, _):
        (line,) = await database.run(retention.destroyed)
        assert (line.sprint, line.rule) == ("avond-1", "again")


async def test_an_evening_on_a_journey_is_not_wiped_here(round: Round) -> None:
    said = [*commands("avond-1", published=False, closed=False)]
    said.append((TakeAway(journey="reis-1"), HERE))
    named = [Named("tablet", place, *one) for place, one in enumerate(said, 1)]
    await founding.found(round.log, "avond-1", named, CLOSED)
    with pytest.raises(OnTheWay):
        await round.retention.wipe("avond-1", "desk")
    assert await round.on_day(2 * NEVER_CLOSED_DAYS) == []
    assert await round.log.head("avond-1")


async def test_a_clock_that_jumps_wipes_nothing(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path)
    now, ticks = CLOSED, 0.0
    retention = Retention(
        database,
        look=Round(database, SqliteLog(database), tmp_path).look,
        forget=SqliteLog(database).forget,
        keep_days=DAYS,
        data_dir=tmp_path,
        backups=(),
        wall=lambda: now,
        time=lambda: ticks,
    )
    now, ticks = now + 20 * DAY_MS, 20.0 * shelf.DAY
    assert not retention.clock_jumped(), "twenty days went by"
    now += 400 * DAY_MS
    assert retention.clock_jumped(), "and then somebody set the year"
    now -= 800 * DAY_MS
    assert retention.clock_jumped()


class PowerCut(Exception):
    pass


async def test_the_power_may_go_at_every_moment_of_wiping(tmp_path: Path) -> None:
    """Whole or wiped, and never wiped without a line; the next round finishes it."""
    for cut in itertools.count(1):
        folder = tmp_path / str(cut)
        async with a_home("sqlite", folder, str) as home, home.open() as (database, log):
            round = Round(database, log, home.folder)
            await an_evening(database, log, "avond-1")
            really, steps = database.run, 0

            async def run(work, *, cut=cut, really=really):  # type: ignore[no-untyped-def]
                nonlocal steps
                steps += 1
                if steps == cut:
                    raise PowerCut
                return await really(work)

            with pytest.MonkeyPatch.context() as patched, contextlib.suppress(PowerCut):
                patched.setattr(database, "run", run)
                await round.on_day(DAYS + 1)
            there = await log.head("avond-1") is not None
            lines = await database.run(retention.destroyed)
            if not there:
                assert await database.run(lambda c: retention.left(c, "avond-1")) is not None
            assert await round.on_day(DAYS + 1) == (["avond-1"] if there else [])
            assert [one.sprint for one in await database.run(retention.destroyed)] == ["avond-1"], (
                cut,
                lines,
            )
            assert not any(name.startswith(FILE) for name in traces(folder))
        if steps < cut:
            break
    assert cut > 5

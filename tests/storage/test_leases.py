"""Who plays a rehearsal says so in time, in whichever process; what nobody plays is found."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from opgavebord.sprint.change import Put
from opgavebord.sprint.sprint import Evening
from opgavebord.storage import leases
from opgavebord.storage.database import Database
from opgavebord.storage.log import Log
from tests.storage.databases import SORTS, a_home
from tests.storage.evening import Writer


@pytest.fixture(params=SORTS)
async def opened(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[Database, Log]]:
    """The evening `avond`, and two rehearsals of it that were founded: `proef` and `oud`."""
    async with (
        a_home(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as home,
        home.open() as (database, log),
    ):
        for name in ("avond", "proef", "oud"):
            writer = Writer()
            evening = Evening(id=name, title="t", question="q", rehearsal=name != "avond")
            await log.create(name)
            await log.append(name, writer.append(writer.entry(Put(evening))))
        yield database, log


async def test_a_rehearsal_is_played_until_nobody_says_so_any_more(
    opened: tuple[Database, Log],
) -> None:
    database, _ = opened
    assert await database.run(lambda c: leases.begin(c, "proef", "avond", 0, 60)) is None
    assert await database.run(lambda c: leases.begin(c, "twee", "avond", 1, 61)) == "proef"
    assert await database.run(lambda c: leases.played(c, "avond", 59)) == "proef"
    assert await database.run(lambda c: leases.played(c, "avond", 60)) is None
    assert await database.run(lambda c: leases.renew(c, "proef", 90))
    assert await database.run(lambda c: leases.played(c, "avond", 60)) == "proef"
    assert await database.run(lambda c: leases.end(c, "proef"))
    assert not await database.run(lambda c: leases.renew(c, "proef", 120))
    assert not await database.run(lambda c: leases.end(c, "proef"))


async def test_only_what_nobody_plays_is_left(opened: tuple[Database, Log]) -> None:
    database, _ = opened
    await database.run(lambda c: leases.begin(c, "proef", "avond", 0, 60))
    assert await database.run(lambda c: leases.left(c, 59, None)) == ["oud"]
    assert set(await database.run(lambda c: leases.left(c, 60, None))) == {"oud", "proef"}


async def test_where_one_process_plays_all_it_knows_what_is_left(
    opened: tuple[Database, Log],
) -> None:
    """After a crash the lease has not run out yet, and still nobody plays."""
    database, _ = opened
    await database.run(lambda c: leases.begin(c, "proef", "avond", 0, 60))
    assert await database.run(lambda c: leases.left(c, 1, ["proef"])) == ["oud"]
    assert set(await database.run(lambda c: leases.left(c, 1, []))) == {"oud", "proef"}


async def test_a_lease_goes_with_its_evening(opened: tuple[Database, Log]) -> None:
    database, log = opened
    await database.run(lambda c: leases.begin(c, "proef", "avond", 0, 60))
    await log.forget("avond")
    assert await database.run(lambda c: leases.played(c, "avond", 1)) is None

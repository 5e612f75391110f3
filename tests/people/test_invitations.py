"""The links of each role: the same after every start, dead once they are made anew."""

import asyncio
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from opgavebord.people.invitations import ROLE_OF, Invitations, Which
from opgavebord.people.key import KEY_BYTES, KEY_FILE, BadKey, key_of, read_key
from opgavebord.people.seats import Full, Holding, Seats
from opgavebord.sprint import limits
from opgavebord.sprint.sprint import Role, Seat
from opgavebord.storage.database import Database
from tests.storage.databases import Home, everything

NOBODY = Holding()
DESK = Seat("desk", "bureau")


async def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = read_key(tmp_path)
    assert read_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(BadKey, match="not a key"):
        read_key(tmp_path)


def test_who_start_together_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as several:
        keys = set(several.map(lambda _: read_key(tmp_path), range(32)))
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]


def test_the_key_of_a_town_is_where_the_setting_says(tmp_path: Path) -> None:
    key = read_key(tmp_path, tmp_path / "secret")
    assert read_key(tmp_path / "elsewhere", tmp_path / "secret") == key
    assert not (tmp_path / KEY_FILE).exists()


async def test_a_machine_without_the_key_of_its_town_does_not_make_one(
    home: Home, database: Database, invitations: Invitations, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert len(await key_of(database, elsewhere)) == KEY_BYTES  # there are no links yet
    (elsewhere / KEY_FILE).unlink()
    await invitations.links("avond")
    if home.sort == "sqlite":  # whose folder is nobody else's
        assert len(await key_of(database, elsewhere)) == KEY_BYTES
        return
    with pytest.raises(BadKey, match=r"There is no key .* Only if it is lost make another"):
        await key_of(database, elsewhere)
    assert not (elsewhere / KEY_FILE).exists()
    assert await key_of(database, tmp_path) == read_key(tmp_path)


async def test_the_links_are_the_same_at_every_start(database: Database, tmp_path: Path) -> None:
    first = await Invitations(database, read_key(tmp_path)).links("avond")
    again = await Invitations(database, read_key(tmp_path)).links("avond")
    assert first == again
    assert len({first.of(which) for which in ROLE_OF}) == len(ROLE_OF) == 5
    assert first.code == "ABCDEF"


async def test_no_secret_is_in_the_database(database: Database, invitations: Invitations) -> None:
    links = await invitations.links("avond")
    kept = await everything(database)
    assert links.sprint in kept
    for which in ROLE_OF:
        assert links.of(which) not in kept


async def test_a_link_is_exchanged_for_a_seat(invitations: Invitations, database: Database) -> None:
    links = await invitations.links("avond")
    wall = await invitations.enter(links.wand, 1, NOBODY)
    regie = await invitations.enter(links.regie, 1, NOBODY)
    assert wall is not None
    assert regie is not None
    assert (wall.seat.role, regie.seat.role) == ("wand", "begeleider")
    seats = Seats(database)
    assert await seats.of("avond", "wand", wall.token) == wall.seat
    assert await seats.of("avond", "begeleider", wall.token) is None  # not another role
    assert await seats.of("elders", "wand", wall.token) is None  # not another sprint
    assert await seats.of("avond", "wand", None) is None
    assert await seats.of("avond", "wand", "x" * 1_000_000) is None


@pytest.mark.parametrize(("which", "role"), ROLE_OF.items())
async def test_every_link_gives_its_own_role(
    invitations: Invitations, which: Which, role: Role
) -> None:
    links = await invitations.links("avond")
    taken = await invitations.enter(links.of(which), 1, NOBODY)
    assert taken is not None
    assert (taken.sprint, taken.seat.role) == ("avond", role)
    renewed = await invitations.rotate("avond", which, DESK)
    assert renewed.gone == (taken.seat.id,)
    assert await invitations.enter(links.of(which), 1, NOBODY) is None
    now = await invitations.links("avond")
    assert [one for one in ROLE_OF if now.of(one) != links.of(one)] == [which]


@pytest.mark.parametrize("secret", ["", "x", "x" * 43, "é" * 43, 7, None])
async def test_what_is_no_link(invitations: Invitations, secret: object) -> None:
    await invitations.links("avond")
    assert await invitations.enter(secret, 1, NOBODY) is None


async def test_the_link_works_again_and_again_and_a_browser_keeps_its_seat(
    invitations: Invitations,
) -> None:
    links = await invitations.links("avond")
    first = await invitations.enter(links.wand, 1, NOBODY)
    assert first is not None
    second = await invitations.enter(links.wand, 1, NOBODY)
    assert second is not None
    assert second.seat != first.seat
    held = Holding({("avond", "wand"): first.token})
    assert await invitations.enter(links.wand, 1, held) == first


async def test_a_link_made_anew_ends_the_old_one_and_who_came_by_it(
    invitations: Invitations, database: Database
) -> None:
    links = await invitations.links("avond")
    wall = await invitations.enter(links.wand, 1, NOBODY)
    regie = await invitations.enter(links.regie, 1, NOBODY)
    assert wall is not None
    assert regie is not None
    renewed = await invitations.rotate("avond", "wand", regie.seat)
    assert renewed.gone == (wall.seat.id,)
    assert renewed.mine is None
    assert await invitations.enter(links.wand, 1, NOBODY) is None
    assert await Seats(database).of("avond", "wand", wall.token) is None
    assert await Seats(database).of("avond", "begeleider", regie.token) == regie.seat
    assert (await invitations.links("avond")).wand == renewed.secret
    assert await invitations.enter(renewed.secret, 1, NOBODY) is not None


async def test_who_makes_the_own_link_anew_keeps_the_seat_under_another_token(
    invitations: Invitations, database: Database
) -> None:
    links = await invitations.links("avond")
    mine = await invitations.enter(links.regie, 1, NOBODY)
    other = await invitations.enter(links.regie, 1, NOBODY)
    assert mine is not None
    assert other is not None
    renewed = await invitations.rotate("avond", "regie", mine.seat)
    assert renewed.gone == (other.seat.id,)
    assert renewed.mine is not None
    assert renewed.mine.seat == mine.seat
    seats = Seats(database)
    assert await seats.of("avond", "begeleider", mine.token) is None
    assert await seats.of("avond", "begeleider", renewed.mine.token) == mine.seat


async def test_with_the_key_lost_the_old_links_die_and_new_ones_work(
    invitations: Invitations, database: Database
) -> None:
    old = await invitations.links("avond")
    others = Invitations(database, b"k" * 32)
    new = await others.links("avond")
    assert new.wand != old.wand
    assert await others.enter(old.wand, 1, NOBODY) is None
    assert await others.enter(new.wand, 1, NOBODY) is not None


async def test_a_link_gives_no_more_seats_than_a_sprint_has(
    invitations: Invitations, database: Database
) -> None:
    links = await invitations.links("avond")
    rows = ",".join(f"('avond','s{n}','wand','h{n}',1)" for n in range(limits.SEATS_PER_SPRINT))
    await database.run(lambda c: c.exec_driver_sql(f"INSERT INTO seat VALUES {rows}"))
    with pytest.raises(Full):
        await invitations.enter(links.wand, 1, NOBODY)


async def test_two_processes_that_make_the_links_at_once_make_the_same(
    home: Home, invitations: Invitations, tmp_path: Path
) -> None:
    if home.sort == "sqlite":
        pytest.skip("one process has the file")
    async with home.open() as (other, _):
        others = Invitations(other, read_key(tmp_path))
        first, second = await asyncio.gather(invitations.links("avond"), others.links("avond"))
        assert first == second
        one, two = await asyncio.gather(
            invitations.rotate("avond", "wand", DESK), others.rotate("avond", "wand", DESK)
        )
        left = (await invitations.links("avond")).wand
        assert one.secret != two.secret
        assert left in (one.secret, two.secret)


async def test_there_are_no_links_of_a_sprint_that_is_not_there(invitations: Invitations) -> None:
    with pytest.raises(LookupError):
        await invitations.links("nergens")
    await invitations.rotate("avond", "regie", DESK)

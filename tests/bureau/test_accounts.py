"""Who may sit at the desk: the first account, colleagues, the door, and how long it stays open."""

import asyncio

import pytest
from argon2 import PasswordHasher

from opgavebord.bureau.accounts import DAY_MS, Accounts
from opgavebord.bureau.door import StayOut
from opgavebord.bureau.passwords import Hashing, PasswordDoor, at_the_desk, name_key
from opgavebord.bureau.sessions import Sessions, set_cookie
from opgavebord.sprint import limits
from opgavebord.storage import desk
from opgavebord.storage.database import Database
from opgavebord.storage.desk import Account
from tests.bureau.conftest import KEY, NOW
from tests.storage.databases import everything

GOOD = "vier vogels in een boom"


async def first(accounts: Accounts, name: str = "Anna Peeters") -> Account:
    made = await accounts.make(await accounts.first_secret(), name, GOOD, NOW)
    assert isinstance(made, Account)
    return made


async def test_the_first_link_makes_one_account_and_then_is_noise(accounts: Accounts) -> None:
    secret = await accounts.first_secret()
    assert secret is not None
    assert await accounts.first_secret() == secret, "the same at every start, until it is used"
    account = await accounts.make(secret, " Anna Peeters ", GOOD, NOW)
    assert isinstance(account, Account)
    assert account.name == "Anna Peeters"
    assert await accounts.first_secret() is None
    assert await accounts.make(secret, "Bert", GOOD, NOW) == "wrong_link"


async def test_two_who_use_the_first_link_at_once_make_one_account(accounts: Accounts) -> None:
    secret = await accounts.first_secret()
    made = await asyncio.gather(*(accounts.make(secret, f"Naam {n}", GOOD, NOW) for n in range(4)))
    assert sum(isinstance(one, Account) for one in made) == 1
    assert [one for one in made if not isinstance(one, Account)] == ["wrong_link"] * 3


async def test_another_key_makes_another_link(database: Database, hashing: Hashing) -> None:
    one = await Accounts(database, KEY, hashing).first_secret()
    assert one != await Accounts(database, b"x" * 32, hashing).first_secret()


@pytest.mark.parametrize("secret", [None, "", "kort", "A" * 43, 7, "é" * 43, "A" * 5_000])
async def test_a_link_that_is_none_opens_nothing(accounts: Accounts, secret: object) -> None:
    assert await accounts.make(secret, "Anna", GOOD, NOW) == "wrong_link"


async def test_a_password_is_long_and_that_is_all_we_ask(accounts: Accounts) -> None:
    secret = await accounts.first_secret()
    for delta, good in ((-1, False), (0, True), (1, True)):
        password = "a" * (limits.PASSWORD_CHARACTERS_LEAST + delta)
        made = await accounts.make(secret, f"Anna {delta}", password, NOW)
        assert isinstance(made, Account) is good
        if good:
            secret = await accounts.invite(NOW)
    for delta, good in ((-1, True), (0, True), (1, False)):
        password = "a" * (limits.PASSWORD_CHARACTERS + delta)
        made = await accounts.make(secret, f"Bert {delta}", password, NOW)
        assert isinstance(made, Account) is good
        secret = await accounts.invite(NOW)


async def test_a_name_has_a_length(accounts: Accounts) -> None:
    secret: str | None = await accounts.first_secret()
    for delta, good in ((-1, True), (0, True), (1, False)):
        name = "a" * (limits.NAME_CHARACTERS + delta)
        made = await accounts.make(secret, name, GOOD, NOW)
        assert isinstance(made, Account) is good, made
        secret = await accounts.invite(NOW)
    for bad in ("", "   ", "\u200b", "An\nna", "\u202eanna"):
        assert await accounts.make(secret, bad, GOOD, NOW) == "bad_name"


async def test_a_name_is_there_once_however_it_is_written(accounts: Accounts) -> None:
    await first(accounts, "René  Çelik")
    assert name_key("RENE\u0301 c\u0327elik") == name_key("René  Çelik")
    secret = await accounts.invite(NOW)
    assert await accounts.make(secret, "rené çelik", GOOD, NOW) == "name_taken"
    assert isinstance(await accounts.make(secret, "Renée", GOOD, NOW), Account), "still good"


async def test_a_colleague_comes_in_once_and_within_the_week(accounts: Accounts) -> None:
    await first(accounts)
    secret = await accounts.invite(NOW)
    week = limits.DESK_INVITATION_DAYS * DAY_MS
    assert await accounts.make(secret, "Te laat", GOOD, NOW + week + 1) == "wrong_link"
    assert await accounts.make(secret, "Ook te laat", GOOD, NOW + week) == "wrong_link"
    assert isinstance(await accounts.make(secret, "Bert", GOOD, NOW + week - 1), Account)
    assert await accounts.make(secret, "Carla", GOOD, NOW) == "wrong_link"


async def test_there_are_so_many_accounts(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ACCOUNTS", 2)
    await first(accounts)
    two, three = await accounts.invite(NOW), await accounts.invite(NOW)
    assert isinstance(await accounts.make(two, "Bert", GOOD, NOW), Account)
    assert await accounts.make(three, "Carla", GOOD, NOW) == "full"


async def test_of_a_password_and_a_link_only_hashes_are_kept(
    accounts: Accounts, sessions: Sessions, database: Database
) -> None:
    first_link = await accounts.first_secret()
    account = await first(accounts)
    secret, token = await accounts.invite(NOW), await sessions.begin(account, NOW)
    kept = await everything(database)
    assert "$argon2id$" in kept
    for plain in (GOOD, first_link, secret, token):
        assert plain
        assert plain not in kept


# --- the door ---------------------------------------------------------------------------


async def test_the_right_password_opens_and_nothing_else_does(
    accounts: Accounts, door: PasswordDoor
) -> None:
    account = await first(accounts)
    assert await door.prove({"name": "anna  PEETERS", "password": GOOD}, 0) == account
    unknown = await door.prove({"name": "Bert", "password": GOOD}, 0)
    wrong = await door.prove({"name": "Anna Peeters", "password": GOOD + "!"}, 0)
    assert unknown == wrong == StayOut("wrong_sign_in")
    for odd in ("", "a" * 100_000, "\ud800", "\x00"):
        assert await door.prove({"name": "Anna Peeters", "password": odd}, 0) == wrong
        assert await door.prove({"name": odd, "password": GOOD}, 0) == wrong


async def test_an_unknown_name_costs_a_hash_as_well(accounts: Accounts, database: Database) -> None:
    """Otherwise the clock would tell who has an account."""
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            verified.append(str(hash))
            return super().verify(hash, password)

    await first(accounts)
    slow = Hashing(Counting(time_cost=1, memory_cost=8, parallelism=1))
    door = PasswordDoor(database, slow)
    for name in ("Anna Peeters", "Bert"):
        await door.prove({"name": name, "password": "mis mis mis mis"}, 0)
    assert len(verified) == 2
    assert all(one.startswith("$argon2id$") for one in verified)


async def test_a_name_that_fails_too_often_waits_also_with_the_right_password(
    accounts: Accounts, door: PasswordDoor
) -> None:
    await first(accounts)
    wrong = {"name": "Anna Peeters", "password": "mis mis mis mis"}
    for _ in range(limits.FAILED_SIGN_INS):
        assert await door.prove(wrong, 0) == StayOut("wrong_sign_in")
    right = {"name": "ANNA peeters", "password": GOOD}
    told = await door.prove(right, 1_000)
    assert told == StayOut("too_many_tries", limits.FAILED_SIGN_INS_SECONDS - 1)
    assert await door.prove({"name": "Bert", "password": GOOD}, 1_000) == StayOut("wrong_sign_in")
    assert isinstance(await door.prove(right, limits.FAILED_SIGN_INS_SECONDS * 1_000), Account)


async def test_many_at_once_do_not_slip_by_the_brake(
    accounts: Accounts, door: PasswordDoor
) -> None:
    await first(accounts)
    wrong = {"name": "Anna Peeters", "password": "mis mis mis mis"}
    told = await asyncio.gather(*(door.prove(wrong, 0) for _ in range(limits.FAILED_SIGN_INS * 3)))
    whys = [one.why for one in told if isinstance(one, StayOut)]
    assert whys.count("wrong_sign_in") == limits.FAILED_SIGN_INS


async def test_who_signs_in_well_every_day_is_never_braked(
    accounts: Accounts, door: PasswordDoor
) -> None:
    await first(accounts)
    right = {"name": "Anna Peeters", "password": GOOD}
    for _ in range(limits.FAILED_SIGN_INS_PER_MINUTE + 1):
        assert isinstance(await door.prove(right, 0), Account)


async def test_all_names_together_have_a_brake_too(database: Database) -> None:
    brake = at_the_desk()

    async def wait(now: int) -> float:
        return await database.run(lambda c: brake.wait(c, "nieuw", now))

    for n in range(limits.FAILED_SIGN_INS_PER_MINUTE - 1):
        await database.run(lambda c, n=n: brake.failed(c, f"naam {n}", 0))  # type: ignore[misc]
    assert await wait(0) == 0
    await database.run(lambda c: brake.failed(c, "nog een", 0))
    assert await wait(1_000) == 59
    assert await wait(60_000) == 0


async def test_a_hash_of_an_older_recipe_is_made_anew(
    accounts: Accounts, database: Database
) -> None:
    await first(accounts)
    stronger = Hashing(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    door = PasswordDoor(database, stronger)
    assert isinstance(await door.prove({"name": "Anna Peeters", "password": GOOD}, 0), Account)
    found = await database.run(lambda c: desk.account_named(c, name_key("Anna Peeters")))
    assert found is not None
    assert not stronger.is_old(found[1])
    assert isinstance(await door.prove({"name": "Anna Peeters", "password": GOOD}, 0), Account)


# --- sessions ---------------------------------------------------------------------------


async def test_a_session_lasts_a_day_of_work_and_an_evening(
    accounts: Accounts, sessions: Sessions
) -> None:
    account = await first(accounts)
    token = await sessions.begin(account, NOW)
    long = limits.DESK_SESSION_HOURS * 60 * 60 * 1000
    assert await sessions.of(token, NOW + long - 1) == account
    assert await sessions.of(token, NOW + long) is None
    assert await sessions.of(token, NOW + long + 1) is None


async def test_signing_out_ends_this_session_only(accounts: Accounts, sessions: Sessions) -> None:
    account = await first(accounts)
    here, there = await sessions.begin(account, NOW), await sessions.begin(account, NOW)
    await sessions.end(here)
    assert await sessions.of(here, NOW) is None
    assert await sessions.of(there, NOW) == account


@pytest.mark.parametrize("token", [None, "", "x", "A" * 43, "'; drop table account"])
async def test_a_token_that_is_none_is_nobody(sessions: Sessions, token: str | None) -> None:
    assert await sessions.of(token, NOW) is None
    await sessions.end(token)


async def test_what_is_over_leaves_the_table(
    accounts: Accounts, sessions: Sessions, database: Database
) -> None:
    account = await first(accounts)
    await sessions.begin(account, NOW)
    await accounts.invite(NOW)
    await sessions.begin(account, NOW + 30 * DAY_MS)
    kept = await everything(database)
    assert kept.count("desk_session ") == 1
    assert kept.count("desk_invitation ") == 0


def test_the_cookie_is_for_this_server_and_no_script() -> None:
    plain, secure = set_cookie("t" * 43, False), set_cookie("t" * 43, True)
    for part in ("HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={12 * 3600}"):
        assert part in plain
        assert part in secure
    assert secure.startswith("__Host-ob_bureau=")
    assert "Secure" in secure
    assert "Max-Age=0" in set_cookie("", True)

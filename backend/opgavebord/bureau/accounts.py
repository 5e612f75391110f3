"""Accounts: how the first one comes to be, and every next one.

The first account is made with a link that the terminal shows. Its secret follows from the key file, so
it can be shown at every start until somebody used it, and is never kept; as soon as there is an account
it opens nothing. A colleague gets a link from who is signed in: of its secret only the hash is kept,
it works once, and for a week. Invariant: between the question whether a link may be used and the
account it makes there is nothing (one transaction), so one link makes one account.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Final, Literal, TypeAlias

from ..people import tokens
from ..sprint import limits
from ..storage import desk
from ..storage.database import Connection, Database
from ..storage.desk import Account
from ..storage.turns import take_turn
from .passwords import Hashing, is_good, is_name, name_key, normal

DAY_MS: Final = 24 * 60 * 60 * 1000
NotMade: TypeAlias = Literal["wrong_link", "bad_name", "bad_password", "name_taken", "full"]


class Accounts:
    def __init__(self, database: Database, key: bytes, hashing: Hashing) -> None:
        self._database = database
        self._key = key
        self._hashing = hashing

    async def first_secret(self) -> str | None:
        """What is behind the `#` of the link for the first account; None once there is one."""
        there = await self._database.run(desk.accounts)
        return self._first() if there == 0 else None

    async def make(self, secret: object, name: str, password: str, at: int) -> Account | NotMade:
        """An account by a link. `at` is the clock in milliseconds."""
        if not tokens.looks_like_one(secret):
            return "wrong_link"
        shown = str(secret)
        may = await self._database.run(lambda connection: self._opens(connection, shown, at))
        if not may:
            return "wrong_link"  # before anything else is said, and before a hash is made
        name = name.strip()
        if not is_name(name):
            return "bad_name"
        if not is_good(password):
            return "bad_password"
        hashed = await self._hashing.hash(normal(password))
        account = Account(tokens.new_id(), name)

        def work(connection: Connection) -> Account | NotMade:
            take_turn(connection, "accounts")
            if not self._opens(connection, shown, at):
                return "wrong_link"
            if desk.accounts(connection) >= limits.ACCOUNTS:
                return "full"
            if desk.account_named(connection, name_key(name)) is not None:
                return "name_taken"
            desk.add_account(connection, account, name_key(name), hashed, at)
            desk.use_invitation(connection, tokens.digest(shown))
            return account

        return await self._database.run(work)

    async def invite(self, at: int) -> str:
        """The secret of a link for one more account."""
        secret = tokens.new_token()
        until = at + limits.DESK_INVITATION_DAYS * DAY_MS
        await self._database.run(
            lambda connection: desk.add_invitation(connection, tokens.digest(secret), until)
        )
        return secret

    async def all(self) -> list[Account]:
        return await self._database.run(desk.all_accounts)

    async def remove(self, account: str) -> bool:
        """Somebody left: no password and no session of theirs opens anything. What they asked of
        a sprint stays in its log, under an id."""
        return await self._database.run(lambda connection: desk.remove_account(connection, account))

    def _opens(self, connection: Connection, secret: str, at: int) -> bool:
        if hmac.compare_digest(secret.encode(), self._first().encode()):
            return desk.accounts(connection) == 0
        return desk.is_invited(connection, tokens.digest(secret), at)

    def _first(self) -> str:
        made = hmac.digest(self._key, b"bureau|first account", hashlib.sha256)
        return urlsafe_b64encode(made).rstrip(b"=").decode()

"""The door with a name and a password.

Argon2id, in a thread of its own: a hash takes a fifth of a second and the event loop must not wait
for it. One at a time, so that guesses never take the memory or the processors of the hall.

A name that is not there takes as long and hears the same as a wrong password, and counts as a failure
too: nobody learns who has an account. Failures are braked per name and over all names. A try counts
as failed from before its hash is made until it proves right, so that many at once can not slip by.
Invariant: a password is never kept, logged, or compared other than by its hash.
"""

import asyncio
import unicodedata
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from ..people.brake import Brake
from ..sprint import limits, writing
from ..sprint.refusals import Refused
from ..storage import desk
from ..storage.database import Connection, Database
from ..storage.desk import Account
from .door import StayOut


class Hashing:
    """Argon2, off the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="argon2")
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, self._hasher.hash, password
        )

    async def fits(self, hashed: str | None, password: str) -> bool:
        """Whether this is the password; without a hash it takes as long and it is not."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, self._fits, hashed, password
        )

    def _fits(self, hashed: str | None, password: str) -> bool:
        if self._nobody is None:
            self._nobody = self._hasher.hash("nobody has this one")
        try:
            self._hasher.verify(hashed or self._nobody, password)
        except (Argon2Error, InvalidHashError):
            return False
        return bool(hashed)

    def is_old(self, hashed: str) -> bool:
        """Whether we would make it stronger today."""
        return self._hasher.check_needs_rehash(hashed)

    def close(self) -> None:
        self._thread.shutdown(wait=False)


def at_the_desk() -> Brake:
    return Brake(
        "desk",
        limits.FAILED_SIGN_INS,
        limits.FAILED_SIGN_INS_SECONDS,
        limits.FAILED_SIGN_INS_PER_MINUTE,
    )


class PasswordDoor:
    def __init__(self, database: Database, hashing: Hashing) -> None:
        self._database = database
        self._hashing = hashing
        self._brake = at_the_desk()

    async def prove(self, shown: Mapping[str, str], now: int) -> Account | StayOut:
        """`shown` holds `name` and `password`."""
        name, password = shown["name"].strip(), shown["password"]
        if not is_name(name):
            return StayOut("wrong_sign_in")  # nobody is called so
        key = name_key(name)
        if (wait := self._brake.held(key, now)) > 0:
            return StayOut("too_many_tries", wait)
        begun = await self._database.run(lambda c: self._begin(c, key, now))
        if isinstance(begun, StayOut):
            self._brake.hold(key, now, begun.wait)
            return begun
        failure, found = begun
        if not _possible(password):
            return StayOut("wrong_sign_in")
        account, hashed = found or (None, None)
        if not await self._hashing.fits(hashed, normal(password)) or account is None:
            return StayOut("wrong_sign_in")
        await self._database.run(lambda c: self._brake.proved(c, key, failure))
        if hashed is not None and self._hashing.is_old(hashed):
            stronger = await self._hashing.hash(normal(password))
            who = account.id
            await self._database.run(lambda c: desk.keep_password(c, who, stronger))
        return account

    def _begin(
        self, connection: Connection, key: str, now: int
    ) -> StayOut | tuple[str, tuple[Account, str] | None]:
        """A try: it failed until it proves right. Returns its number, and the account with its hash."""
        self._brake.one_at_a_time(connection, key)
        wait = self._brake.wait(connection, key, now)
        if wait > 0:
            return StayOut("too_many_tries", wait)
        return self._brake.failed(connection, key, now), desk.account_named(connection, key)


def name_key(name: str) -> str:
    """A name as it is compared: without the difference of case, of blanks, of how é was typed."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def is_name(name: str) -> bool:
    """Whether somebody may be called so: one line, not empty, not long."""
    try:
        writing.check_title(name)
    except Refused:
        return False
    return not writing.is_empty(name) and len(name) <= limits.NAME_CHARACTERS


def normal(password: str) -> str:
    """The same password from every keyboard (RFC 8265 asks for NFC)."""
    return unicodedata.normalize("NFC", password)


def is_good(password: str) -> bool:
    """Whether this may become a password: long enough; what is in it is up to who types it."""
    return _possible(password) and len(normal(password)) >= limits.PASSWORD_CHARACTERS_LEAST


def _possible(password: str) -> bool:
    return len(password) <= limits.PASSWORD_CHARACTERS and password.isprintable()

"""Who is signed in at the desk: a token in a cookie, and its hash with a time in the table.

The cookie is for this server only, no script reads it, and no page of somebody else sends it along.
It ends after `limits.DESK_SESSION_HOURS`, on the server too.
"""

from typing import Final

from ..people import tokens
from ..people.seats import cookie_bounds, cookie_prefix
from ..sprint import limits
from ..storage import desk
from ..storage.database import Connection, Database
from ..storage.desk import Account

HOUR: Final = 60 * 60


class Sessions:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, account: Account, at: int) -> str:
        """Sign somebody in. Returns the token for the cookie."""
        token = tokens.new_token()
        until = at + limits.DESK_SESSION_HOURS * HOUR * 1000

        def work(connection: Connection) -> None:
            desk.end_old(connection, at)
            desk.add_session(connection, tokens.digest(token), account.id, until)

        await self._database.run(work)
        return token

    async def of(self, token: str | None, at: int) -> Account | None:
        if not tokens.looks_like_one(token):
            return None
        hashed = tokens.digest(str(token))
        return await self._database.run(lambda c: desk.signed_in(c, hashed, at))

    async def end(self, token: str | None) -> None:
        if tokens.looks_like_one(token):
            hashed = tokens.digest(str(token))
            await self._database.run(lambda c: desk.end_session(c, hashed))


def cookie_name(secure: bool, path: str = "") -> str:
    return f"{cookie_prefix(secure, path)}ob_bureau"


def set_cookie(token: str, secure: bool, path: str = "") -> str:
    """The header that signs a browser in; with an empty token the one that signs it out."""
    seconds = limits.DESK_SESSION_HOURS * HOUR if token else 0
    name = cookie_name(secure, path)
    return f"{name}={token}; Max-Age={seconds}; {cookie_bounds(secure, path)}"

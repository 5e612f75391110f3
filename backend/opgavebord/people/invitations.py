"""The links of the wall, the regie, the oogsttafel, who sits with a table, and who listens.

A link holds a secret that follows from a key on the disk, the sprint, the role and an epoch. So it
can be printed again at every start without being kept anywhere; the database has only its hash,
and looks it up there. Making the link anew raises the epoch: the old secret is then no more than
noise, and every seat that came in by it is taken away.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from ..sprint.sprint import Role, Seat
from ..storage import doorway
from ..storage.database import Connection, Database
from ..storage.turns import take_turn
from . import tokens
from .seats import Holding, Taken, take_seat

Which: TypeAlias = Literal["wand", "regie", "oogst", "tafel", "luister"]
ROLE_OF: Final[dict[Which, Role]] = {
    "wand": "wand",
    "regie": "begeleider",
    "oogst": "oogst",
    "tafel": "tafelbegeleider",
    "luister": "luisteraar",
}


class Links(Struct, frozen=True):
    """What is behind the `#` of the links of one sprint, and its join code."""

    sprint: str
    code: str
    token: str
    wand: str
    regie: str
    oogst: str
    tafel: str
    luister: str

    def of(self, which: Which) -> str:
        secret: str = getattr(self, which)
        return secret


class Rotated(Struct, frozen=True):
    secret: str
    gone: tuple[str, ...]  # seats whose sockets must close
    mine: Taken | None  # the fresh token of who asked, if it was the link they came in by


class Invitations:
    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._key = key

    async def links(self, sprint: str) -> Links:
        """The links as they are now; made where they are not there yet."""

        def work(connection: Connection) -> Links:
            outside = doorway.doorway(connection, sprint)
            if outside is None:
                raise LookupError(sprint)
            secrets = {
                which: self._current(connection, sprint, role) for which, role in ROLE_OF.items()
            }
            return Links(sprint, outside.code, outside.token, **secrets)

        return await self._database.run(work)

    async def enter(self, secret: object, at: int, holding: Holding) -> Taken | None:
        """Exchange the secret of a link for a seat. None: no such link. Raises `Full`."""
        if not tokens.looks_like_one(secret):
            return None
        hashed = tokens.digest(str(secret))

        def work(connection: Connection) -> Taken | None:
            found = doorway.invitation(connection, hashed)
            if found is None:
                return None
            sprint, role = found
            return take_seat(connection, sprint, role, holding, at)

        return await self._database.run(work)

    async def rotate(self, sprint: str, which: Which, by: Seat) -> Rotated:
        """Make a link anew. Who asks keeps the seat, under a fresh token."""
        role = ROLE_OF[which]
        own = by.role == role
        token = tokens.new_token()

        def work(connection: Connection) -> Rotated:
            take_turn(connection, f"links of {sprint}")
            epoch = doorway.epoch(connection, sprint, role) + 1
            secret = self._keep(connection, sprint, role, epoch)
            gone = doorway.take_seats_away(connection, sprint, role, by.id if own else None)
            if own:
                doorway.change_token(connection, sprint, by.id, tokens.digest(token))
            return Rotated(secret, tuple(gone), Taken(sprint, by, token) if own else None)

        return await self._database.run(work)

    def _current(self, connection: Connection, sprint: str, role: Role) -> str:
        if (secret := self._kept(connection, sprint, role)) is not None:
            return secret
        # not there yet, or made under a key that was lost: the old link is dead either way
        take_turn(connection, f"links of {sprint}")
        made_meanwhile = self._kept(connection, sprint, role)
        epoch = doorway.epoch(connection, sprint, role)
        return made_meanwhile or self._keep(connection, sprint, role, epoch + 1)

    def _kept(self, connection: Connection, sprint: str, role: Role) -> str | None:
        """The secret of the link that works, if it follows from our key."""
        epoch = doorway.epoch(connection, sprint, role)
        secret = self._secret(sprint, role, epoch)
        works = epoch and doorway.invitation(connection, tokens.digest(secret)) is not None
        return secret if works else None

    def _keep(self, connection: Connection, sprint: str, role: Role, epoch: int) -> str:
        secret = self._secret(sprint, role, epoch)
        doorway.keep_invitation(connection, sprint, role, epoch, tokens.digest(secret))
        return secret

    def _secret(self, sprint: str, role: Role, epoch: int) -> str:
        said = f"{sprint}|{role}|{epoch}".encode()
        return urlsafe_b64encode(hmac.digest(self._key, said, hashlib.sha256)).rstrip(b"=").decode()

"""How somebody of the municipality comes in.

A `Door` proves who somebody is and says nothing about what happens after: sessions (`sessions.py`)
know accounts and no passwords. So another way of proving it, such as the OpenID Connect of a
municipality, is one more door beside `PasswordDoor` and changes nothing behind it.
"""

from collections.abc import Mapping
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from ..storage.desk import Account

Why: TypeAlias = Literal["wrong_sign_in", "too_many_tries"]


class StayOut(Struct, frozen=True):
    """Why not, and how many seconds to wait before trying again."""

    why: Why
    wait: float = 0.0


class Door(Protocol):
    async def prove(self, shown: Mapping[str, str], now: int) -> Account | StayOut:
        """Who shows this; what it is depends on the door. `now` is the clock in milliseconds."""

"""One line of the log of a sprint."""

from msgspec import Struct

from .change import Change
from .commands import AnyCommand
from .refusals import RefusalCode


class Entry(Struct, frozen=True):
    """One line of the log: what was asked under which name, and what came of it.

    Accepted: `change` and no refusal. Refused: an empty change and the refusal. Both take a
    number, so the log alone tells every verdict.

    Stored and not to be read any more: `damage` says why, and the change is empty. Its number and
    its name are still taken.
    """

    seq: int
    at: int  # server's clock, ms since 1970
    device: str
    number: int  # with the device: the command's name
    seat: str
    role: str
    command: AnyCommand | None  # None where it could not be read
    change: Change = ()
    refusal: RefusalCode | None = None
    damage: str | None = None

    @property
    def name(self) -> str:
        return f"{self.device}.{self.number}"

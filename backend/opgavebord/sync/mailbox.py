"""What one connection has still to be sent. Bounded, so a screen that stops reading harms nobody.

Pure: `put` says whether it fits, `take` gives the next letter in order. Invariants:

* letters leave in the order in which they came, except that fleeting ones may be missing;
* when it is full the fleeting go first; only when none is left is `put` refused, and then the
  connection is told to come back and resume (`Farewell` RESUME);
* one letter never counts for more than a quarter of the bytes. A snapshot of a very full sprint
  is larger than that, is shared by all who wait for it, and must not by itself make its
  receiver start over for ever.
"""

from collections import deque
from typing import Final

from msgspec import Struct

from ..sprint import limits

HEAVIEST: Final = limits.MAILBOX_BYTES // 4


class Letter(Struct, frozen=True, gc=False):
    data: bytes
    binary: bool = False
    fleeting: bool = False

    @property
    def weight(self) -> int:
        return min(len(self.data), HEAVIEST)


class Mailbox:
    __slots__ = ("_letters", "_weight", "dropped")

    def __init__(self) -> None:
        self._letters: deque[Letter] = deque()
        self._weight = 0
        self.dropped = 0  # fleeting letters that were thrown away, for the counters

    def __len__(self) -> int:
        return len(self._letters)

    @property
    def weight(self) -> int:
        """What waits, in bytes; see `Letter.weight`."""
        return self._weight

    def put(self, letter: Letter) -> bool:
        """Add a letter. False: full, even without what is fleeting. A fleeting letter is never refused."""
        if not self._fits(letter):
            if letter.fleeting:
                self.dropped += 1
                return True
            self._drop_fleeting()
            if not self._fits(letter):
                return False
        self._letters.append(letter)
        self._weight += letter.weight
        return True

    def take(self) -> Letter | None:
        """The next letter, or None when there is none."""
        if not self._letters:
            return None
        letter = self._letters.popleft()
        self._weight -= letter.weight
        return letter

    def clear(self) -> None:
        self._letters.clear()
        self._weight = 0

    def _fits(self, letter: Letter) -> bool:
        return (
            len(self._letters) < limits.MAILBOX_MESSAGES
            and self._weight + letter.weight <= limits.MAILBOX_BYTES
        )

    def _drop_fleeting(self) -> None:
        lasting = [letter for letter in self._letters if not letter.fleeting]
        self.dropped += len(self._letters) - len(lasting)
        self._letters = deque(lasting)
        self._weight = sum(letter.weight for letter in lasting)

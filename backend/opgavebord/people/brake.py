"""A brake on guessing: counts failures only, because a whole hall shares one address.

Two hundred tablets that type the right code in one minute never touch it. Sixty wrong codes from one
address in ten minutes do, and three hundred a minute from everywhere. Pure: time comes in.
"""

from collections import OrderedDict, deque
from typing import Final

from ..sprint import limits

ADDRESSES: Final = 10_000  # remembered at once; the one that failed longest ago is forgotten first
MINUTE: Final = 60.0


class Brake:
    def __init__(self) -> None:
        self._by_address: OrderedDict[str, deque[float]] = OrderedDict()
        self._all: deque[float] = deque()

    def wait(self, address: str, now: float) -> float:
        """Seconds this address must wait before it may try; 0: go ahead."""
        mine = self._by_address.get(address)
        here = 0.0
        if mine is not None:
            here = _wait(
                mine, now, limits.FAILED_JOINS_PER_ADDRESS, limits.FAILED_JOINS_PER_ADDRESS_SECONDS
            )
            if not mine:
                del self._by_address[address]
        return max(here, _wait(self._all, now, limits.FAILED_JOINS_PER_MINUTE, MINUTE))

    def failed(self, address: str, now: float) -> None:
        self._all.append(now)
        self._by_address.setdefault(address, deque()).append(now)
        self._by_address.move_to_end(address)
        if len(self._by_address) > ADDRESSES:
            self._by_address.popitem(last=False)


def _wait(failures: deque[float], now: float, most: int, seconds: float) -> float:
    while failures and failures[0] <= now - seconds:
        failures.popleft()
    return failures[-most] + seconds - now if len(failures) >= most else 0.0

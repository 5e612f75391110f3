"""The fleeting: who is here, what is being dragged, who is typing, whose outbox is not empty.

Nothing here is kept. A screen is known among the others by a key (`who`) that belongs to its
device and says nothing about its seat. Of one device the latest connection speaks: what an older
connection of the same device still says or leaves behind changes nothing.

A page that is loaded again is another device on the same seat, in the same browser: it takes over what
waited there. So a device that is gone is forgotten as soon as its seat speaks through another one;
if it left something unsent, as soon as that other one has said what it holds.
"""

from typing import Final

from msgspec import Struct

from ..protocol import Device, Held, Here
from ..sprint import limits
from ..sprint.sprint import Role, Seat

NOTHING: Final = Held()
REMEMBERED: Final = limits.SEATS_PER_SPRINT  # devices that are gone and still in the list
FORGET_MS: Final = (
    30 * 60 * 1000
)  # a device that left with nothing unsent leaves the list after this


class _Device(Struct):
    who: str
    seat: str
    role: Role
    since: int
    speaks: int | None = None  # the latest connection, None when there is none
    unsent: int = 0
    held: Held = NOTHING


class Presence:
    __slots__ = (
        "_by_connection",
        "_changed",
        "_devices",
        "_gone",
        "_next",
        "_seats",
        "devices_changed",
    )

    def __init__(self) -> None:
        self._devices: dict[str, _Device] = {}
        self._by_connection: dict[int, tuple[str, Seat]] = {}
        self._seats: dict[str, int] = {}  # participants' seats and how many connections each has
        self._gone: dict[str, set[str]] = {}  # by seat: its devices that are gone
        self._changed: dict[str, Held | None] = {}
        self._next = 1
        self.devices_changed = False  # set back by who tells them

    def enter(self, connection: int, device: str, seat: Seat, unsent: int, wall: int) -> str:
        """A connection begins to speak for a device. Returns its key."""
        known = self._devices.get(device)
        if known is None:
            known = _Device(str(self._next), seat.id, seat.role, wall)
            self._next += 1
            self._devices[device] = known
            self._forget(wall)
        elif known.speaks is None or known.role != seat.role:
            known.since = wall
        self._gone.get(known.seat, set()).discard(device)
        known.seat = seat.id
        known.role = seat.role
        known.speaks = connection
        known.unsent = unsent
        self._hold(known, NOTHING)
        self._by_connection[connection] = (device, seat)
        self._succeed(known, also_unsent=False)
        if seat.role == "deelnemer":
            self._seats[seat.id] = self._seats.get(seat.id, 0) + 1
        self.devices_changed = True
        return known.who

    def leave(self, connection: int, wall: int) -> None:
        device, seat = self._by_connection.pop(connection)
        if seat.role == "deelnemer":
            self._seats[seat.id] -= 1
            if not self._seats[seat.id]:
                del self._seats[seat.id]
        known = self._devices.get(device)
        if known is not None and known.speaks == connection:
            known.speaks = None
            known.since = wall
            self._hold(known, NOTHING)
            self.devices_changed = True
            self._gone.setdefault(known.seat, set()).add(device)
            others = (one for one in self._devices.values() if one.seat == known.seat)
            if not known.unsent and any(one.speaks is not None for one in others):
                self._drop(device)

    def here(self, connection: int, here: Here) -> None:
        device, _ = self._by_connection[connection]
        known = self._devices[device]
        if known.speaks != connection:
            return  # an older tab with the same name
        self._hold(known, Held(here.drag, here.typing))
        self._succeed(known, also_unsent=True)
        if known.unsent != here.unsent:
            known.unsent = here.unsent
            self.devices_changed = True

    def take_changes(self) -> dict[str, Held | None]:
        """What changed since the last time this was asked."""
        changed, self._changed = self._changed, {}
        return changed

    @property
    def changed(self) -> bool:
        return bool(self._changed)

    def held(self) -> dict[str, Held | None]:
        """All that is held now, for who comes in."""
        return {known.who: known.held for known in self._devices.values() if known.held != NOTHING}

    @property
    def people(self) -> int:
        return len(self._seats)

    def devices(self) -> tuple[Device, ...]:
        return tuple(
            Device(
                known.who,
                known.seat,
                known.role,
                known.speaks is not None,
                known.unsent,
                known.since,
            )
            for known in self._devices.values()
        )

    def longest_away(self, wall: int) -> int:
        """Milliseconds since the first device left that said it had something unsent."""
        left = [one.since for one in self._devices.values() if one.unsent and one.speaks is None]
        return max(0, wall - min(left)) if left else 0

    def _succeed(self, known: _Device, *, also_unsent: bool) -> None:
        """Forget the devices of this seat that are gone: this one came in their place."""
        for device in list(self._gone.get(known.seat, ())):
            if also_unsent or not self._devices[device].unsent:
                self._drop(device)
                self.devices_changed = True

    def _drop(self, device: str) -> None:
        seat = self._devices.pop(device).seat
        gone = self._gone.get(seat, set())
        gone.discard(device)
        if not gone:
            self._gone.pop(seat, None)

    def _hold(self, known: _Device, held: Held) -> None:
        if known.held != held:
            known.held = held
            self._changed[known.who] = None if held == NOTHING else held

    def _forget(self, wall: int) -> None:
        gone = [
            (known.since, device) for device, known in self._devices.items() if known.speaks is None
        ]
        gone.sort()
        for place, (since, device) in enumerate(gone):
            old = since < wall - FORGET_MS and not self._devices[device].unsent
            if old or len(gone) - place > REMEMBERED:
                self._drop(device)

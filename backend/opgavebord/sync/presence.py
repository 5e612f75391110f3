"""The fleeting: who is here, what is being dragged, who is typing, whose outbox is not empty.

Nothing here is kept. A screen is known among the others by a key (`who`) that follows from its
device, at every process alike, and says nothing about its seat. Of one device the latest connection
speaks: what an older connection of the same device still says or leaves behind changes nothing.

A page that is loaded again is another device on the same seat, in the same browser: it takes over what
waited there. So a device that is gone is forgotten as soon as its seat speaks through another one;
if it left something unsent, as soon as that other one has said what it holds.

Screens may be at other processes, which show us theirs again every few seconds. What a process showed
is forgotten when it was not heard for a while. A device that is here and there is one device: the one
that is connected counts, and of two the later. What others show may be a lie, so it is bounded: it
costs a wrong dot, never a screen of ours and never much work.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Final

from msgspec import Struct

from ..protocol import Device, Held, Here
from ..sprint import limits
from ..sprint.sprint import Role, Seat
from .effects import Shown

NOTHING: Final = Held()
REMEMBERED: Final = limits.SEATS_PER_SPRINT  # devices that are gone and still in the list
FORGET_MS: Final = (
    30 * 60 * 1000
)  # a device that left with nothing unsent leaves the list after this
ELSEWHERE_SECONDS: Final = 15.0  # a process that was not heard for so long is gone
CHANGES: Final = 200  # told at once; what is more comes with the next time
WHO_BYTES: Final = 9


def who_of(device: str) -> str:
    """The key of a device, at every process the same. No way leads back."""
    digest = hashlib.blake2s(device.encode(), digest_size=WHO_BYTES).digest()
    return base64.urlsafe_b64encode(digest).decode()


class _Device(Struct):
    who: str
    seat: str
    role: Role
    since: int
    speaks: int | None = None  # the latest connection, None when there is none
    unsent: int = 0
    said: int = 0  # how often it told what it holds
    held: Held = NOTHING


class _Process(Struct):
    """What another process showed us."""

    heard: float
    screens: dict[str, Shown]


class Presence:
    __slots__ = (
        "_by_connection",
        "_by_who",
        "_changed",
        "_devices",
        "_elsewhere",
        "_gone",
        "_held_elsewhere",
        "_people_elsewhere",
        "_seats",
        "_stale",
        "crowd_changed",
        "devices_changed",
    )

    def __init__(self) -> None:
        self._devices: dict[str, _Device] = {}
        self._by_connection: dict[int, tuple[str, Seat]] = {}
        self._seats: dict[str, int] = {}  # participants' seats and how many connections each has
        self._gone: dict[str, set[str]] = {}  # by seat: its devices that are gone
        self._changed: dict[str, Held | None] = {}
        self._by_who: dict[str, str] = {}
        self._elsewhere: dict[str, _Process] = {}
        self._held_elsewhere: dict[str, Held] = {}
        self._people_elsewhere: frozenset[str] = frozenset()
        self._stale = (
            False  # the last two are to be found again; not at every message, for it is work
        )
        self.devices_changed = False  # here or elsewhere; set back by who tells them
        self.crowd_changed = False  # here; likewise

    def enter(self, connection: int, device: str, seat: Seat, unsent: int, wall: int) -> str:
        """A connection begins to speak for a device. Returns its key."""
        known = self._devices.get(device)
        if known is None:
            known = _Device(who_of(device), seat.id, seat.role, wall)
            self._devices[device] = known
            self._by_who[known.who] = device
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
        if known.who in self._held_elsewhere:  # it came from there
            self._stale = True
        self._succeed(known, also_unsent=False)
        if seat.role == "deelnemer":
            self._seats[seat.id] = self._seats.get(seat.id, 0) + 1
        self.devices_changed = self.crowd_changed = True
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
            self.devices_changed = self.crowd_changed = True
            self._gone.setdefault(known.seat, set()).add(device)
            others = (one for one in self._devices.values() if one.seat == known.seat)
            here = not known.unsent and any(one.speaks is not None for one in others)
            if here or self._went_elsewhere(known):
                self._drop(device)

    def here(self, connection: int, here: Here) -> None:
        device, _ = self._by_connection[connection]
        known = self._devices[device]
        if known.speaks != connection:
            return  # an older tab with the same name
        known.said += 1
        self._hold(known, Held(here.drag, here.typing))
        self._succeed(known, also_unsent=True)
        if known.unsent != here.unsent:
            known.unsent = here.unsent
            self.devices_changed = self.crowd_changed = True

    # -- what others are told ---------------------------------------------------------

    def take_changes(self) -> dict[str, Held | None]:
        """What changed since the last time this was asked; not more than `CHANGES` at once."""
        self._refresh()
        if len(self._changed) <= CHANGES:
            changed, self._changed = self._changed, {}
            return changed
        changed = dict(islice(self._changed.items(), CHANGES))
        for who in changed:
            del self._changed[who]
        return changed

    @property
    def changed(self) -> bool:
        """Whether something may have changed."""
        return self._stale or bool(self._changed)

    def held(self) -> dict[str, Held | None]:
        """All that is held now, for who comes in."""
        self._refresh()
        mine = {known.who: known.held for known in self._devices.values() if known.held != NOTHING}
        return {**self._held_elsewhere, **mine}

    @property
    def people(self) -> int:
        self._refresh()
        return len(self._people_elsewhere.union(self._seats))

    def devices(self) -> tuple[Device, ...]:
        """Every device once, wherever it is."""
        found = {
            known.who: Device(
                known.who,
                known.seat,
                known.role,
                known.speaks is not None,
                known.unsent,
                known.since,
            )
            for known in self._devices.values()
        }
        for process in self._elsewhere.values():
            for shown in process.screens.values():
                there = found.get(shown.who)
                if there is None or (shown.online, shown.since) > (there.online, there.since):
                    found[shown.who] = Device(
                        shown.who, shown.seat, shown.role, shown.online, shown.unsent, shown.since
                    )
        return tuple(found.values())

    def longest_away(self, wall: int) -> int:
        """Milliseconds that a device with unsent work has been away; 0 where none is."""
        away = (
            wall - self._devices[device].since
            for devices in self._gone.values()
            for device in devices
            if self._devices[device].unsent
        )
        return max(0, max(away, default=0))

    # -- other processes --------------------------------------------------------------

    def crowd(self) -> tuple[Shown, ...]:
        """Our screens, to show to other processes; who is connected first."""
        crowd = [
            Shown(
                known.who,
                known.seat,
                known.role,
                known.speaks is not None,
                known.unsent,
                known.since,
                known.said,
                None if known.held == NOTHING else known.held,
            )
            for known in self._devices.values()
        ]
        if len(crowd) > limits.SCREENS_ELSEWHERE:
            crowd.sort(key=lambda shown: not shown.online)
        return tuple(crowd[: limits.SCREENS_ELSEWHERE])

    def ours(self, changes: Mapping[str, Held | None]) -> dict[str, Held | None]:
        """Of these changes, those of our own screens."""
        return {who: held for who, held in changes.items() if who in self._by_who}

    def shown(self, process: str, screens: Iterable[Shown], now: float) -> bool:
        """Another process shows us its screens, all of them. True: we did not know it yet."""
        before = self._elsewhere.get(process)
        if before is None and len(self._elsewhere) >= limits.PROCESSES_ELSEWHERE:
            return False
        others = sum(len(one.screens) for one in self._elsewhere.values())
        room = limits.SCREENS_ELSEWHERE - others + (len(before.screens) if before else 0)
        there = {shown.who: shown for shown in islice(screens, max(0, room))}
        self._elsewhere[process] = _Process(now, there)
        known = before.screens if before is not None else {}
        for shown in there.values():
            if shown.online:
                then = known.get(shown.who)
                self._is_elsewhere(shown, spoke=shown.said > (then.said if then else 0))
        if there != known:
            self._stale = self.devices_changed = True
        return before is None

    def handed(self, process: str, held: Mapping[str, Held | None]) -> None:
        """Screens of another process took something up or let it go."""
        there = self._elsewhere.get(process)
        if there is None:
            return
        for who, hand in held.items():
            shown = there.screens.get(who)
            if shown is not None and shown.held != hand:
                there.screens[who] = _holding(shown, hand)
                self._stale = True

    def forget_elsewhere(self, now: float) -> None:
        """Processes that were not heard for a while are gone, and their screens with them."""
        silent = [
            process
            for process, there in self._elsewhere.items()
            if there.heard <= now - ELSEWHERE_SECONDS
        ]
        for process in silent:
            del self._elsewhere[process]
        if silent:
            self._stale = self.devices_changed = True

    def _is_elsewhere(self, shown: Shown, *, spoke: bool) -> None:
        """A screen that is connected there: it, or what came in its place, is not ours any more."""
        mine = self._by_who.get(shown.who)
        if mine is not None:
            known = self._devices[mine]
            if known.speaks is None:
                self._drop(mine)
                self.devices_changed = self.crowd_changed = True
            elif shown.since > known.since:  # our connection is what its old socket left
                self._hold(known, NOTHING)
        for device in list(self._gone.get(shown.seat, ())):
            if spoke or not self._devices[device].unsent:
                self._drop(device)
                self.devices_changed = self.crowd_changed = True

    def _is_here(self, shown: Shown) -> bool:
        """Whether that screen is connected here since, and what was seen there is its old socket."""
        device = self._by_who.get(shown.who)
        if device is None:
            return False
        mine = self._devices[device]
        return mine.speaks is not None and mine.since >= shown.since

    def _went_elsewhere(self, known: _Device) -> bool:
        """Whether a device that is gone here is connected there, or needs not be remembered."""
        for process in self._elsewhere.values():
            for shown in process.screens.values():
                if shown.online and shown.seat == known.seat:
                    if shown.who == known.who or not known.unsent:
                        return True
        return False

    def _refresh(self) -> None:
        if not self._stale:
            return
        self._stale = False
        self._people_elsewhere = frozenset(
            shown.seat
            for process in self._elsewhere.values()
            for shown in process.screens.values()
            if shown.online and shown.role == "deelnemer"
        )
        self._hold_elsewhere()

    def _hold_elsewhere(self) -> None:
        held: dict[str, Held] = {}
        for process in self._elsewhere.values():
            for shown in process.screens.values():
                if shown.held is None or not shown.online or len(held) >= limits.HELD_ELSEWHERE:
                    continue
                if not self._is_here(shown):
                    held[shown.who] = shown.held
        before, self._held_elsewhere = self._held_elsewhere, held
        for who in before.keys() | held.keys():
            mine = self._by_who.get(who)
            if mine is not None and self._devices[mine].held != NOTHING:
                continue  # our own screen speaks for itself
            if before.get(who) != held.get(who):
                self._changed[who] = held.get(who)

    def _succeed(self, known: _Device, *, also_unsent: bool) -> None:
        """Forget the devices of this seat that are gone: this one came in their place."""
        for device in list(self._gone.get(known.seat, ())):
            if also_unsent or not self._devices[device].unsent:
                self._drop(device)
                self.devices_changed = self.crowd_changed = True

    def _drop(self, device: str) -> None:
        dropped = self._devices.pop(device)
        del self._by_who[dropped.who]
        seat = dropped.seat
        gone = self._gone.get(seat, set())
        gone.discard(device)
        if not gone:
            self._gone.pop(seat, None)

    def _hold(self, known: _Device, held: Held) -> None:
        if known.held != held:
            known.held = held
            there = self._held_elsewhere.get(known.who)
            self._changed[known.who] = there if held == NOTHING else held

    def _forget(self, wall: int) -> None:
        gone = [
            (known.since, device) for device, known in self._devices.items() if known.speaks is None
        ]
        gone.sort()
        for place, (since, device) in enumerate(gone):
            old = since < wall - FORGET_MS and not self._devices[device].unsent
            if old or len(gone) - place > REMEMBERED:
                self._drop(device)


def _holding(shown: Shown, held: Held | None) -> Shown:
    return Shown(
        shown.who,
        shown.seat,
        shown.role,
        shown.online,
        shown.unsent,
        shown.since,
        shown.said,
        held,
    )

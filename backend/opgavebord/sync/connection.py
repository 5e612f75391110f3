"""One socket of one seat, with its mailbox and the one writer that empties it.

`post` puts a letter in the mailbox and never waits; so a socket that does not take what it is sent fills its
own mailbox only, and is then told to come back. Saying goodbye ends it, whatever the other side does: who
does not take the goodbye is given up.
"""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from typing import Final, Protocol

from .. import protocol
from ..sprint.sprint import Seat
from .mailbox import Letter, Mailbox
from .session import Session

CLOSING_SECONDS: Final = 2.0  # a screen has so long to take its goodbye
GIVEN_UP_SECONDS: Final = 0.2  # and so long to be closed, when it did not

_log: Final = logging.getLogger("opgavebord.sync")


class Wire(Protocol):
    """A socket, as far as we need one. Both may raise when it is gone."""

    async def send(self, data: bytes, binary: bool) -> None: ...

    def send_now(self, data: bytes, binary: bool) -> bool:
        """Send it if that needs no waiting. False: nothing was sent; use `send`."""

    async def close(self, code: int) -> None: ...


class Behind(Protocol):
    """The room behind a connection, as far as a connection needs it."""

    closed: bool

    def clock(self) -> float: ...

    def heard(self, connection: "Connection", session: Session, data: str | bytes) -> None: ...

    def session_ticked(self, connection: "Connection", session: Session) -> None: ...

    def left(self, connection: "Connection", session: Session) -> None: ...

    def sent(self, letter: Letter) -> None:
        """It went out; for who counts."""


class Connection:
    """One socket of one seat. `receive` and `gone` are for whoever holds the socket."""

    def __init__(self, hall: "Behind | None", number: int, seat: Seat, wire: Wire) -> None:
        self.seat = seat
        self._hall = hall
        self._number = number
        self._wire = wire
        self._session: Session | None = None
        self.mailbox = Mailbox()
        self._bell: asyncio.Future[None] | None = None
        self._goodbye: int | None = None
        self._writer: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._deadline: float | None = None
        self._there = True

    def receive(self, data: str | bytes) -> None:
        """A message came in. Never blocks, never raises."""
        hall, session = self._hall, self._session
        if hall is None or session is None or session.over or hall.closed:
            return
        hall.heard(self, session, data)

    async def gone(self) -> None:
        """The socket is closed; waits until nothing of it is left."""
        self._there = False
        self.leave()
        writer = self._writer
        if writer is not None and writer is not asyncio.current_task():
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer

    @property
    def ended(self) -> bool:
        """It was told goodbye, or there was never anything to say."""
        return self._goodbye is not None

    # -- for the hall -----------------------------------------------------------------

    def begin(self, session: Session) -> None:
        self._session = session
        self._writer = asyncio.create_task(self._write())
        self.set_timer()

    def leave(self) -> None:
        """Take it out of the room."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        hall, session = self._hall, self._session
        self._session = None
        if hall is not None and session is not None:
            hall.left(self, session)

    def post(self, letter: Letter) -> bool:
        if self._goodbye is not None:
            return True
        bell = self._bell
        if bell is not None and not bell.done() and self._wire.send_now(letter.data, letter.binary):
            self._count(letter)  # the writer waits, so nothing is before it: no need to wake it
            return True
        if not self.mailbox.put(letter):
            return False
        self._ring()
        return True

    def farewell(self, code: int, retry_ms: int | None, *, at_once: bool = False) -> None:
        """Say goodbye after what is in the mailbox, or instead of it."""
        if self._goodbye is not None:
            return
        if at_once:
            self.mailbox.clear()
        self.mailbox.put(Letter(protocol.encode(protocol.Bye(code, retry_ms))))
        self._goodbye = code
        self._ring()
        self.leave()
        if self._hall is not None:
            asyncio.get_running_loop().call_later(CLOSING_SECONDS, self._give_up)

    def set_timer(self) -> None:
        """Call the session when it asked to be called."""
        session, hall = self._session, self._hall
        if session is None or hall is None:
            return
        deadline = session.deadline
        if deadline == self._deadline:
            return
        self._deadline = deadline
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if deadline is not None:
            delay = max(0.0, deadline - hall.clock())
            self._timer = asyncio.get_running_loop().call_later(delay, self._ticked)

    def _ticked(self) -> None:
        self._timer = self._deadline = None
        if self._session is not None and self._hall is not None:
            self._hall.session_ticked(self, self._session)

    def _count(self, letter: Letter) -> None:
        if self._hall is not None:
            self._hall.sent(letter)

    def _ring(self) -> None:
        bell = self._bell
        if bell is not None and not bell.done():
            bell.set_result(None)

    def _give_up(self) -> None:
        if self._writer is not None and not self._writer.done():
            self._writer.cancel()

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        mailbox, wire = self.mailbox, self._wire
        patience = CLOSING_SECONDS
        try:
            while True:
                letter = mailbox.take()
                if letter is not None:
                    self._count(letter)
                    await wire.send(letter.data, letter.binary)
                elif self._goodbye is not None:
                    break
                else:
                    self._bell = loop.create_future()
                    await self._bell
                    self._bell = None
        except asyncio.CancelledError:
            patience = GIVEN_UP_SECONDS  # it does not take what it is sent, or it is gone
        except Exception as trouble:
            _log.debug("a socket went away while sending: %r", trouble)
        finally:
            self._goodbye = self._goodbye or 1011
            self.leave()
            if self._there:
                await _in_time(wire.close(self._goodbye), patience)


async def _in_time(closing: Awaitable[None], seconds: float) -> None:
    """Wait for a socket to close, but not for ever."""
    with suppress(Exception, asyncio.CancelledError):
        await asyncio.wait_for(closing, seconds)

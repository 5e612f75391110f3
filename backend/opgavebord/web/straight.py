"""A socket's protocol class that hands messages straight to who holds the socket.

uvicorn's own class puts every message in a queue and wakes a task for it, and takes frames apart
with a parser made for every case. At a thousand tablets that costs more than all our own work. This
one keeps uvicorn's handshake, keepalive and closing as they are, and shortens the two roads that
are walked all the time: a plain message coming in (one whole frame of text) and a message going out.

Invariants: whatever is not plain (control frames, parts of messages, binary, what breaks the rules)
goes to the parser of `websockets`, always in whole frames and in the order in which it came, so the
two never disagree about where a frame begins; messages are handed over in the order in which they
came; nothing is handed over after a close was sent.
"""

import struct
from collections.abc import Callable
from typing import Final

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import apply_mask  # type: ignore[attr-defined] # the fast one, if it is there
from websockets.protocol import OPEN

Give = Callable[[str | bytes], None]

EXTENSION: Final = "opgavebord.straight"
_TEXT: Final = 0x81  # a whole message of text in one frame
_BINARY: Final = 0x82
_MASKED: Final = 0x80


class Straight(WebSocketsSansIOProtocol):
    _give: Give | None = None
    _over = False  # the parser found something wrong: all that follows is for it
    _need = 0  # bytes without which it makes no sense to look again

    def hand_over(self, give: Give) -> None:
        """From here on messages go to `give`; first those that came before."""
        self._rest = bytearray()
        self._give = give
        while not self.queue.empty():
            message = self.queue.get_nowait()
            if message["type"] != "websocket.receive":
                self.queue.put_nowait(message)
                break
            text = message.get("text")
            give(text if text is not None else message.get("bytes") or b"")
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    # -- coming in --------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self._give is None or self._over:
            super().data_received(data)
            return
        if self._rest:
            self._rest += data
            if len(self._rest) < self._need:
                return
            data = bytes(self._rest)
            self._rest.clear()
        rest = data[self._take_frames(data) :]
        if self._broken():
            super().data_received(rest)
        else:
            self._rest += rest

    def _broken(self) -> bool:
        return self._over

    def _take_frames(self, data: bytes) -> int:
        """Hand over every whole frame. Returns where the first frame begins that is not whole."""
        at, end = 0, len(data)
        most = self.config.ws_max_size
        while end - at >= 2:
            size = data[at + 1] ^ _MASKED
            start = at + 6
            if size == 126:
                start = at + 8
                if end < start:
                    break
                size = data[at + 2] << 8 | data[at + 3]
            elif size == 127:
                start = at + 14
                if end < start:
                    break
                size = int.from_bytes(data[at + 2 : at + 10], "big")
            elif size > 127:
                self._over = True  # without a mask
                return at
            if size > most:
                self._over = True
                return at
            stop = start + size
            if stop > end:
                self._need = stop - at
                return at
            if data[at] != _TEXT or not self._plain(data, start, stop):
                super().data_received(data[at:stop])
                if self.conn.parser_exc is not None:
                    self._over = True
                    return stop
            at = stop
        self._need = 0
        return at

    def _plain(self, data: bytes, start: int, stop: int) -> bool:
        """Hand over one whole text, unless it is not as it should be."""
        if self.conn.current_size is not None:
            return False  # amid the parts of another message
        text = apply_mask(data[start:stop], data[start - 4 : start])
        if not text.isascii():
            try:
                text.decode()
            except UnicodeDecodeError:
                return False
        if self._give is not None and not self.close_sent and self.conn.state is OPEN:
            self._give(text)
        return True

    def send_receive_event_to_app(self) -> None:
        """A message that went through the parser."""
        if self._give is None:
            super().send_receive_event_to_app()
            return
        data, self.frames = b"".join(self.frames), []
        if self.close_sent:
            return
        if self.curr_msg_data_type == "text":
            try:
                data.decode()
            except UnicodeDecodeError:
                self.conn.send_close(1007)
                self.handle_parser_exception()
                return
        self._give(data)

    # -- going out --------------------------------------------------------------------

    async def tell(self, data: bytes, binary: bool) -> None:
        """Send one message. Waits while the other side does not read."""
        await self.writable.wait()
        if not self.tell_now(data, binary):
            raise ClientDisconnected

    def tell_now(self, data: bytes, binary: bool) -> bool:
        """Send one message, unless that would have to wait or has no sense any more."""
        if not self.writable.is_set() or self.disconnected or self.close_sent:
            return False
        if self.conn.state is not OPEN:
            return False
        size = len(data)
        first = _BINARY if binary else _TEXT
        if size < 126:
            head = bytes((first, size))
        elif size < 65_536:
            head = struct.pack("!BBH", first, 126, size)
        else:
            head = struct.pack("!BBQ", first, 127, size)
        self.transport.write(head + data)
        return True

    def handle_connect(self, event: object) -> None:
        super().handle_connect(event)  # type: ignore[arg-type]
        if hasattr(self, "scope"):
            self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]

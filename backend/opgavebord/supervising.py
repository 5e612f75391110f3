"""Several workers behind one socket, and somebody who stands by them.

The supervisor opens the socket, so that screens wait while a worker starts instead of being refused,
and does nothing else: it loads no board, opens no database and answers nobody. Every worker is
the same program, started with the socket in its hands. They know nothing of each other but what the
log and the relay say.

* The first worker starts alone: it brings the tables up to date and founds the demo where there is
  nothing. When it is up the others follow.
* One that ends is started again at once. One that was hardly up, or never, waits, longer each time.
  Whatever its exit code: also one that does not trust its disk any more reads everything anew when it
  starts, and that is the honest way on. Only where no worker ever came up do we end, with its code.
* When we are told to stop we pass it on and wait; when we are told again, so do they. When we are
  killed they see that nobody holds the other end of their stdin, and stop by themselves.
"""

import asyncio
import logging
import signal
import socket
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from typing import Final

STEADY: Final = 1.0  # seconds; one that was up so long is started again at once
AGAIN: Final = (0.25, 10.0)  # seconds before one that ended soon is started again, and the longest
PATIENCE: Final = 25.0  # a worker has so long to stop
KILLED: Final = 1  # our exit code when one of them had to be killed
_log: Final = logging.getLogger("opgavebord.supervising")


class Supervisor:
    def __init__(
        self,
        command: list[str],
        listening: socket.socket,
        workers: int,
        announce: Callable[[str], None],
        *,
        say: bool,
    ) -> None:
        """`command` starts a worker; its place and the socket are added. `announce` gets the one line
        that the first worker says when it is up. `say`: it says it to people too."""
        self._say = say
        self._command = command
        self._listening = listening
        self._workers = workers
        self._announce = announce
        self._running: dict[int, Process] = {}
        self._stopping = asyncio.Event()
        self._up = asyncio.Event()  # somebody once was
        self._code = 0

    async def run(self) -> int:
        """Until a signal, or until it makes no sense. Returns the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        first = asyncio.create_task(self._stand_by(0))
        up = asyncio.create_task(self._up.wait())
        await asyncio.wait((first, up), return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        standing = [first]
        if self._up.is_set():
            standing += [
                asyncio.create_task(self._stand_by(place)) for place in range(1, self._workers)
            ]
        await asyncio.gather(*standing)
        return self._code

    def _stop(self) -> None:
        """Told to stop, or told again. Nobody new waits at a door that opens no more: a proxy whose
        question was never taken in asks another server."""
        self._stopping.set()
        self._listening.close()
        for process in self._running.values():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)

    async def _stand_by(self, place: int) -> None:
        """Keep the worker at this place going."""
        soon = 0
        while not self._stopping.is_set():
            code, good = await self._one_life(place)
            if self._stopping.is_set():
                return
            if not self._up.is_set():  # it says itself why it can not begin
                self._code = code if code > 0 else KILLED
                return
            soon = 0 if good else soon + 1
            pause = min(AGAIN[0] * 2 ** (soon - 1), AGAIN[1]) if soon else 0.0
            _log.warning("worker %d ended with %d; the next one starts", place, code)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()

    async def _one_life(self, place: int) -> tuple[int, bool]:
        """Its exit code, and whether it was good for anything."""
        handle = self._listening.fileno()
        said = ["--say"] if self._say and not self._up.is_set() else []
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *("--place", str(place), "--handle", str(handle), *said),
            stdin=PIPE,
            stdout=PIPE,
            pass_fds=(handle,),
            start_new_session=True,  # Ctrl-C is for us, and we pass it on
        )
        self._running[place] = process
        if self._stopping.is_set():  # asked to stop just before it was there
            process.send_signal(signal.SIGTERM)
        up: float | None = None
        try:
            assert process.stdout is not None
            line = await process.stdout.readline()
            if line.endswith(b"\n"):
                up = time.monotonic()
                _log.info("worker %d is up, process %d", place, process.pid)
                if not self._up.is_set():
                    self._up.set()
                    self._announce(line.decode().rstrip("\n"))
            code = await self._wait_for(process)
            return code, up is not None and time.monotonic() - up >= STEADY
        finally:
            del self._running[place]

    async def _wait_for(self, process: Process) -> int:
        """Until it ends by itself, or has to be killed because it does not stop."""
        ended = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((ended, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ended.done():
            await asyncio.wait((ended,), timeout=PATIENCE)
        if not ended.done():
            _log.error("a worker does not stop; it is killed")
            process.kill()
        code = await ended
        if self._stopping.is_set() and code not in (0, -signal.SIGTERM) and not self._code:
            self._code = code if code > 0 else KILLED
        return code


def supervise(
    command: list[str],
    listening: socket.socket,
    workers: int,
    announce: Callable[[str], None],
    *,
    say: bool,
) -> int:
    """Stand by so many workers until a signal. Returns the exit code."""

    async def run() -> int:
        return await Supervisor(command, listening, workers, announce, say=say).run()

    return asyncio.run(run())

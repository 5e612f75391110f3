"""The processes that are measured: start them on a core of their own, read what they cost, end them.

Only processes started here are ever ended, each by its own id. CPU time comes from
`/proc/<pid>/task/*/schedstat` in nanoseconds, so that a few seconds are enough to measure.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
CORES: Final = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
SERVER_CORE: Final = CORES[0]
OWN_CORE: Final = CORES[-1]


def pin(core: int, pid: int = 0) -> None:
    """Keep a process on one core, where there is more than one to choose from."""
    if len(CORES) > 1:
        os.sched_setaffinity(pid, {core})


_nice = 0


def go_first() -> None:
    """Let this process and those it starts go before others on the machine. Needs root."""
    global _nice  # noqa: PLW0603 - set once, at the start
    _nice = -15
    _ahead()


def _ahead() -> None:
    """A session of its own, and that session first: Linux shares a core between sessions."""
    with contextlib.suppress(OSError):
        os.setsid()  # not where it leads one already
    os.setpriority(os.PRIO_PROCESS, 0, _nice)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_nice))


def _prepare() -> None:
    pin(SERVER_CORE)
    if _nice:
        _ahead()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """What a process we start gets: nobody's settings but the ones of this run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPGAVEBORD_")}
    paths = [str(ROOT / "backend"), str(ROOT), kept.get("PYTHONPATH", "")]
    kept["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return kept | (extra or {})


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process used so far, by all its threads; 0 where it is gone."""
    total = 0
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


class Started:
    """A process we started. `log` holds what it said."""

    def __init__(
        self, arguments: Sequence[str], log: Path, extra: dict[str, str] | None = None
    ) -> None:
        self.log = log
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=environment(extra),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                preexec_fn=_prepare,  # noqa: PLW1509 - one thread here
            )
        self.pid = self.process.pid

    # -- what it costs ----------------------------------------------------------------

    def cpu(self) -> float:
        """Seconds of CPU used so far, by all its threads."""
        return cpu_of(self.pid)

    def rss(self) -> int:
        """Bytes of memory in use now."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    # -- living and dying -------------------------------------------------------------

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    async def answers(self, port: int, seconds: float = 20.0) -> None:
        """Wait until it accepts connections."""
        until = perf_counter() + seconds
        while perf_counter() < until:
            if not self.running:
                raise RuntimeError(f"it stopped at once; it said:\n{self.said()}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            return
        raise RuntimeError(f"no answer on port {port} in {seconds:.0f} s; it said:\n{self.said()}")

    def kill(self) -> None:
        """As the power would: no chance to say goodbye."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 10.0) -> float:
        """Ask it to stop; returns how long that took. Killed when it does not."""
        began = perf_counter()
        if self.running:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        return perf_counter() - began

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")[-3000:]

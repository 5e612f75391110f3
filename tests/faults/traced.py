"""The real server with strace at its disk: system calls that fail or take their time, at the n-th call.

`strace` stops the process at each such call and answers in the place of the kernel; the server knows
nothing of it. It is attached to a server that runs already, so that the start is as always, and only
what SQLite does to its files from then on is met. Where ptrace is not allowed the tests say so.
"""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.server import Server


@cache
def why_not() -> str:
    """Why strace can not be used here; nothing where it can. A system may allow to trace what one
    starts and not what runs already, so that is what is tried."""
    if shutil.which("strace") is None:
        return "strace is not installed: scripts/test installs it"
    with subprocess.Popen(["sleep", "20"]) as sleeper:
        words = ["strace", "-o", "/dev/null", "-e", "inject=getppid:error=EIO"]
        tracer = subprocess.Popen([*words, "-p", str(sleeper.pid)], stderr=subprocess.PIPE)
        try:
            while tracer.poll() is None and not _traced(sleeper.pid):
                time.sleep(0.01)
            return "" if tracer.poll() is None else tracer.communicate()[1].decode().strip()[:200]
        finally:
            tracer.terminate()
            tracer.communicate()
            sleeper.kill()


def needs_strace() -> None:
    if why_not():
        pytest.skip(f"system calls can not be made to fail here: {why_not()}")


@contextlib.contextmanager
def failing(server: "Server", *inject: str, said: Path) -> Iterator[subprocess.Popen[bytes]]:
    """From now on these system calls of the server fail, or take their time: strace's `inject=`.

    What strace saw is in `said`, one line for each such call.
    """
    calls = ",".join(one.partition(":")[0] for one in inject)
    words = ["strace", "-f", "-q", "-ttt", "-y", "-o", str(said), "-e", f"trace={calls}"]
    for one in inject:
        words += ["-e", f"inject={one}"]
    tracer = subprocess.Popen(
        [*words, "-p", str(server.pid)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait_until_attached(server, tracer)
        yield tracer
    finally:
        tracer.terminate()
        tracer.communicate(timeout=20)


def _wait_until_attached(server: "Server", tracer: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while not _traced(server.pid):
        assert tracer.poll() is None, tracer.communicate()
        assert time.monotonic() < deadline, "strace did not take hold"
        time.sleep(0.01)


def _traced(pid: int) -> bool:
    """Whether all threads of this process have a tracer."""
    try:
        tasks = [(task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return bool(tasks) and not any("TracerPid:\t0\n" in status for status in tasks)

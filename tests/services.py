"""A PostgreSQL and a Redis of our own, thrown away afterwards.

Debian's packages, started on a free port with their data in memory or /tmp, as an unprivileged
user (PostgreSQL refuses to be root). Nothing that already runs on the machine is touched.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

PATIENCE: Final = 20.0  # seconds, for a machine that is doing other things too
Breakable = TypeVar("Breakable", "Postgres", "Redis")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Postgres:
    """A PostgreSQL server that can be killed, stopped in its tracks, and started again on its port with what
    its disk has. The product wants one that keeps what it promises; in memory that costs nothing."""

    def __init__(self, home: Path, someone: dict[str, Any], **options: str) -> None:
        self.port = free_port()
        self._programs = _postgres_programs()
        self._log = home / "log"
        self._how: dict[str, Any] = {
            "cwd": "/",
            "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            **someone,
        }
        data = home / "data"
        subprocess.run(
            [
                *(self._programs / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8"),
                *("--auth=trust", "--no-sync", "--no-instructions"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **self._how,
        )
        self._command: list[Any] = [self._programs / "postgres", "-D", data, "-p", str(self.port)]
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(home),
            "shared_buffers": "32MB",
            **options,
        }
        for name, value in options.items():
            self._command += ["-c", f"{name}={value}"]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> "Postgres":
        self._process = _start(self._command, self._ready, self._log, **self._how)
        return self

    def kill(self) -> None:
        """All of it at once, as when the machine goes."""
        self.freeze()  # so that nobody notices that another is gone
        self._tell(signal.SIGKILL)
        assert self._process is not None
        self._process.wait()

    def freeze(self) -> None:
        self._tell(signal.SIGSTOP)

    def thaw(self) -> None:
        self._tell(signal.SIGCONT)

    def _tell(self, what: signal.Signals) -> None:
        """The server and its children, each of which is a session of its own."""
        assert self._process is not None
        for pid in (self._process.pid, *children(self._process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, what)

    def stop(self) -> None:
        if self._process is not None:
            _stop(self._process, signal.SIGINT)  # PostgreSQL's fast shutdown

    def _ready(self) -> bool:
        asked = [self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked, check=False).returncode == 0


@contextlib.contextmanager
def own_postgres(place: Path | None = None, **options: str) -> Iterator[Postgres]:
    """A PostgreSQL for one test to break; in memory, or on the disk where `place` is."""
    someone = somebody_else()
    with (
        _folder("opgavebord-pg-", someone, place) as home,
        _until_done(Postgres(home, someone, **options).start()) as server,
    ):
        yield server


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL that nobody breaks; its URL."""
    with own_postgres() as server:
        yield server.url


class Redis:
    """A Redis (or Valkey) server that can be killed, stopped in its tracks, and started again on its port."""

    def __init__(self, home: Path) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            raise RuntimeError("redis-server is missing: run scripts/test, or install redis-server")
        self.port = free_port()
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1"]
        self._command += ["--dir", str(home), "--save", "", "--appendonly", "no"]
        self._log = home / "log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> "Redis":
        self._process = _start(self._command, self._ready, self._log)
        return self

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None:
            _stop(self._process, signal.SIGTERM)

    def ask(self, *command: str) -> bytes:
        """One command, as an operator types it, and what it answers."""
        words = [word.encode() for word in command]
        asked = b"*%d\r\n" % len(words)
        asked += b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as line:
            line.sendall(asked)
            return line.recv(64 * 1024)

    def _ready(self) -> bool:
        with contextlib.suppress(OSError):
            return self.ask("PING").startswith(b"+PONG")
        return False


@contextlib.contextmanager
def own_redis() -> Iterator[Redis]:
    """A Redis for one test to break."""
    with _folder("opgavebord-redis-", {}) as home, _until_done(Redis(home).start()) as server:
        yield server


@contextlib.contextmanager
def _until_done(server: Breakable) -> Iterator[Breakable]:
    """Stop it afterwards, also when a test left it frozen."""
    try:
        yield server
    finally:
        with contextlib.suppress(OSError):
            server.thaw()
        server.stop()


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis that nobody breaks; its URL."""
    with own_redis() as server:
        yield server.url


def _postgres_programs() -> Path:
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is missing: run scripts/test, or install postgresql")
    return Path(found).resolve().parent


def children(of: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            rest = status.read_text().rpartition(")")[2].split()
            if int(rest[1]) == of:
                found.append(int(status.parent.name))
    return found


def somebody_else() -> dict[str, Any]:
    """How to start a process as somebody who is not root, when we are."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("there is no unprivileged user to run PostgreSQL as")


@contextlib.contextmanager
def _folder(prefix: str, owner: dict[str, Any], place: Path | None = None) -> Iterator[Path]:
    """A folder in memory where there is one, or in `place`, that its owner can reach."""
    memory = Path("/dev/shm")
    where = place or (memory if os.access(memory, os.W_OK) else None)
    home = Path(tempfile.mkdtemp(prefix=prefix, dir=where))
    try:
        if owner:
            os.chown(home, owner["user"], owner["group"])
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _running(
    command: list[Any],
    ready: Callable[[], bool],
    log: Path,
    *,
    stop_with: signal.Signals,
    **how: Any,
) -> Iterator[None]:
    process = _start(command, ready, log, **how)
    try:
        yield
    finally:
        _stop(process, stop_with)


def _start(
    command: list[Any], ready: Callable[[], bool], log: Path, **how: Any
) -> "subprocess.Popen[bytes]":
    """Start a server, and wait until it answers."""
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, **how)
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            _stop(process, signal.SIGKILL)
            raise RuntimeError(f"{command[0]} did not start:\n{log.read_text('utf-8')}")
        time.sleep(0.02)
    return process


def _stop(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

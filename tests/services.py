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
from typing import Any, Final

PATIENCE: Final = 20.0  # seconds, for a machine that is doing other things too


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server; its URL, without a driver."""
    programs = _postgres_programs()
    someone = _somebody_else()
    with _folder("opgavebord-pg-", someone) as home:
        data, port = home / "data", free_port()
        quiet: dict[str, Any] = {
            "cwd": "/",
            "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            **someone,
        }
        subprocess.run(
            [
                *(programs / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8"),
                *("--auth=trust", "--no-sync", "--no-instructions"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **quiet,
        )
        # The product wants a server that keeps what it promises. In memory that costs nothing.
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(home),
            "shared_buffers": "32MB",
        }
        command = [programs / "postgres", "-D", data, "-p", str(port)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]

        def ready() -> bool:
            asked = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
            return subprocess.run(asked, check=False).returncode == 0

        # SIGINT is PostgreSQL's fast shutdown.
        with _running(command, ready, home / "log", stop_with=signal.SIGINT, **quiet):
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis (or Valkey) server; its URL."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise RuntimeError("redis-server is missing: run scripts/test, or install redis-server")
    with _folder("opgavebord-redis-", {}) as home:
        port = free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home)]
        command += ["--save", "", "--appendonly", "no"]

        def ready() -> bool:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", port), 0.2) as line,
            ):
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            return False

        with _running(command, ready, home / "log", stop_with=signal.SIGTERM):
            yield f"redis://127.0.0.1:{port}/0"


def _postgres_programs() -> Path:
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parts[-3]), default=None)
    found = newest or shutil.which("initdb")
    if found is None:
        raise RuntimeError("PostgreSQL is missing: run scripts/test, or install postgresql")
    return Path(found).resolve().parent


def _somebody_else() -> dict[str, Any]:
    """How to start a process as somebody who is not root, when we are."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("there is no unprivileged user to run PostgreSQL as")


@contextlib.contextmanager
def _folder(prefix: str, owner: dict[str, Any]) -> Iterator[Path]:
    """A folder in memory where there is one, that its owner can reach."""
    memory = Path("/dev/shm")
    home = Path(tempfile.mkdtemp(prefix=prefix, dir=memory if os.access(memory, os.W_OK) else None))
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
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, **how)
    try:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start:\n{log.read_text('utf-8')}")
            time.sleep(0.02)
        yield
    finally:
        if process.poll() is None:
            process.send_signal(stop_with)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

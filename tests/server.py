"""The product as its users have it: a process of its own, on a port, with a data directory.

server.links        what `scripts/run --json` prints
server.kill()       `kill -9`
server.restart()    the same data directory and port again
server.stop()       asked to stop; the exit code
server.said         what it wrote to stderr, for a test that fails
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tests.services import free_port

ROOT: Final = Path(__file__).resolve().parents[1]
PATIENCE: Final = 30.0


class Server:
    def __init__(self, folder: Path, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.data_dir = folder / "data"
        self.port = free_port()
        self._log = folder / "server.log"
        self._out = folder / "server.json"
        self._settings = {
            "OPGAVEBORD_HOST": "127.0.0.1",
            "OPGAVEBORD_PORT": str(self.port),
            "OPGAVEBORD_DATA_DIR": str(self.data_dir),
            **settings,
        }
        self.program = [sys.executable, "-m", "opgavebord", "serve", "--json"]
        self._process: subprocess.Popen[bytes] | None = None
        self.links: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> "Server":
        """Start it, and wait until it has said where it is."""
        assert not self.running
        with self._out.open("wb") as out, self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self.program,
                cwd=self.data_dir.parent,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE
        while not (line := self._out.read_text("utf-8")).endswith("\n"):
            if self._process.poll() is not None:
                raise RuntimeError(f"the server stopped at once:\n{self.said}")
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the server did not say where it is:\n{self.said}")
            time.sleep(0.02)
        self.links = json.loads(line)
        return self

    def kill(self) -> None:
        """The plug is pulled."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def stop(self, patience: float = PATIENCE) -> int:
        """Asked nicely. Returns the exit code; `TimeoutExpired` where it does not listen."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def restart(self) -> None:
        if self.running:
            self.stop()
        self.start()

    def environment(self) -> dict[str, str]:
        """Ours without anybody's own settings of the product."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("OPGAVEBORD_")
        }
        paths = [str(ROOT / "backend"), inherited.get("PYTHONPATH", "")]
        inherited["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
        return inherited | self._settings

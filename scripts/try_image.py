"""Run the image that scripts/check-image built, and look whether it is what the Dockerfile promises.

    python scripts/try_image.py <image.json> <its files>

The image's own user, command and environment; a root that can not be written, /tmp in memory and /data a
volume; no capabilities and no new ones; its own process numbers. The network is this machine's, on loopback.
Prints a line for each promise, and stops at the first that is broken.
"""

import asyncio
import json
import os
import shlex
import signal
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

import websockets
from websockets.typing import Origin

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "backend")]

from tests.proxies.guest import Guest  # noqa: E402
from tests.services import free_port  # noqa: E402

PATIENCE: Final = 60.0
GOODBYE: Final = 10.0  # seconds between SIGTERM and the end
# What builds things, or fetches them, has no business in a server.
TOOLS: Final = (
    *("cc", "gcc", "g++", "make", "cmake", "ld", "as"),
    *("node", "npm", "npx", "pip", "pip3", "uv", "git", "curl", "wget"),
)
INSIDE: Final = """
set -e
mount --make-rprivate /
mount --bind "$box" "$box"
mount -t proc proc "$box/proc"
mount --rbind /dev "$box/dev"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$box/tmp"
mount --bind "$data" "$box/data"
mount -o remount,bind,ro "$box"
exec chroot "$box" /usr/bin/setpriv --reuid="$user" --regid="$user" --clear-groups \
    --no-new-privs --bounding-set=-all --inh-caps=-all /usr/bin/env --chdir=/data -i "$@"
"""


class Box:
    """The image as a container would run it."""

    def __init__(self, image: dict[str, Any], files: Path, data: Path) -> None:
        config = image["Docker"]["config"]
        self.user: str = config["User"]
        self.command: list[str] = [*config["Entrypoint"], *config["Cmd"]]
        self.health: list[str] = config["Healthcheck"]["Test"]
        self.files = files
        self.port = free_port()
        self._data = data
        self._environment = [
            *config["Env"],
            "OPGAVEBORD_HOST=127.0.0.1",
            f"OPGAVEBORD_PORT={self.port}",
        ]

    def start(self, *command: str, **how: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
                *("sh", "-c", INSIDE, "sh", *self._environment, *command),
            ],
            env={
                "PATH": os.environ["PATH"],
                "box": str(self.files),
                "data": str(self._data),
                "user": self.user,
            },
            stdin=subprocess.DEVNULL,
            **how,
        )

    def run(self, *command: str) -> tuple[int, str]:
        process = self.start(*command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, said.decode()

    def healthy(self) -> bool:
        """What the container asks itself."""
        kind, *command = self.health
        assert kind == "CMD", self.health
        return self.run(*command)[0] == 0


class Running:
    def __init__(self, box: Box, log: Path) -> None:
        self.began = time.monotonic()
        self._log = log
        with log.open("wb") as said:
            self._process = box.start(*box.command, "--json", stdout=subprocess.PIPE, stderr=said)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"it does not start:\n{log.read_text()}"
        self.links: dict[str, str] = json.loads(line)
        self.seconds = time.monotonic() - self.began

    @property
    def server(self) -> int:
        """The process number of the server, as this machine sees it."""
        mine = self._process.pid
        return int(Path(f"/proc/{mine}/task/{mine}/children").read_text().split()[0])

    def stop(self) -> float:
        """SIGTERM, as an engine does it. The seconds it took."""
        asked = time.monotonic()
        os.kill(self.server, signal.SIGTERM)
        code = self._process.wait(PATIENCE)
        assert code == 0, f"exit code {code}:\n{self._log.read_text()}"
        return time.monotonic() - asked

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextmanager
def running(box: Box, log: Path) -> Iterator[Running]:
    it = Running(box, log)
    try:
        yield it
    finally:
        it.kill()


def promise(what: str, kept: bool, more: str = "") -> None:
    sys.stderr.write(f"  {'✓' if kept else '✗'} {what}{f': {more}' if more else ''}\n")
    if not kept:
        sys.exit(1)


def look_inside(box: Box) -> None:
    promise("its user is not root", box.user.isdigit() and int(box.user) > 0, box.user)
    paths = [box.files / one / tool for one in _paths(box.files) for tool in TOOLS]
    found = sorted(path.name for path in paths if path.exists())
    promise("no tools that build or fetch", not found, " ".join(found))
    left = [
        name
        for name in ("build", "opt/node", "opt/nodejs", "srv/opgavebord/tests", "root/.cache")
        if (box.files / name).exists()
    ]
    promise("nothing of the building is left", not left, " ".join(left))
    shown = [
        path
        for path in (box.files / "opt", box.files / "srv")
        for path in path.rglob("*")
        if not path.is_symlink() and path.stat().st_mode & (stat.S_IWOTH | stat.S_ISUID)
    ]
    promise("nothing of ours may be written by everybody or runs as another", not shown)
    all_of_it, ours = _bytes(box.files), sum(_bytes(box.files / part) for part in ("opt", "srv"))
    promise("its size", True, f"{all_of_it >> 20} MiB, of which Opgavebord {ours >> 20} MiB")


def _paths(files: Path) -> list[str]:
    return ["bin", "usr/bin", "usr/sbin", "usr/local/bin", "opt/opgavebord/bin"]


def _bytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def look_at_its_borders(box: Box, it: Running) -> None:
    status = dict(
        line.split(":\t", 1)
        for line in Path(f"/proc/{it.server}/status").read_text().splitlines()
        if ":\t" in line
    )
    promise("the server runs as that user", set(status["Uid"].split()) == {box.user})
    promise("without capabilities, and without new ones", int(status["CapEff"], 16) == 0)
    assert status["NoNewPrivs"] == "1"
    for place in ("/", "/etc", "/srv/opgavebord", "/opt/opgavebord"):
        code, said = box.run("touch", f"{place}/x")
        assert code != 0, place
        assert "Read-only" in said, said
    promise("its root can not be written", True)


def an_evening(box: Box, folder: Path) -> None:
    text = "De bus komt niet meer."
    with running(box, folder / "first.log") as it:
        promise("it starts, with the demo", True, f"{it.seconds:.1f} s")
        promise("it is healthy", box.healthy())
        look_at_its_borders(box, it)
        with urllib.request.urlopen(f"{it.links['url']}/") as page:
            promise("the page opens", b"/assets/" in page.read())
        took = asyncio.run(somebody_writes(it, text))
        promise(
            "it ends when it is asked to, with somebody there", took <= GOODBYE, f"{took:.1f} s"
        )
    promise("it is not healthy when it is gone", not box.healthy())
    with running(box, folder / "second.log") as it:
        there = asyncio.run(what_is_there(it))
        promise("and is there after a restart", text in there, f"started in {it.seconds:.1f} s")
        it.stop()


async def somebody_writes(it: Running, text: str) -> float:
    """A note, and goodbye while they are still there. The seconds it took to end."""
    async with come_in(it) as guest:
        promise("the demo is there", len(guest.texts) > 0, f"{len(guest.texts)} notes")
        await guest.write(text)
        promise("a note is kept", True)
        return await asyncio.to_thread(it.stop)


async def what_is_there(it: Running) -> list[str]:
    async with come_in(it) as guest:
        return guest.texts


@asynccontextmanager
async def come_in(it: Running) -> AsyncIterator[Guest]:
    url = it.links["url"]
    knock = urllib.request.Request(
        f"{url}/api/join",
        data=json.dumps({"code": it.links["join_code"]}).encode(),
        headers={"Origin": url},
    )
    with urllib.request.urlopen(knock) as answer:  # noqa: ASYNC210 - nobody else waits here
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    async with websockets.connect(
        f"{url.replace('http', 'ws', 1)}/ws/{it.links['sprint']}/deelnemer",
        origin=Origin(url),
        additional_headers={"Cookie": cookie},
        max_size=None,
    ) as socket:
        yield await Guest.on(socket)


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    image = json.loads(Path(sys.argv[1]).read_text())
    with tempfile.TemporaryDirectory(prefix="opgavebord-box-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        box = Box(image, Path(sys.argv[2]), data)
        os.chown(data, int(box.user), int(box.user))
        data.chmod(0o700)
        sys.stderr.write(f"  {shlex.join(box.command)}\n")
        look_inside(box)
        an_evening(box, Path(folder))
    sys.stderr.write("✓ the image is what the Dockerfile promises\n")


if __name__ == "__main__":
    main()

"""The server asks nothing of anybody (T42): it runs in a network of its own where only loopback is, and
nothing in it can fetch an address that somebody typed."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "backend" / "opgavebord"
FETCHES: Final = {
    "aiohttp", "ftplib", "http.client", "httpx", "httpx2", "poplib", "requests", "smtplib", "telnetlib",
    "urllib.request", "urllib3", "websockets.asyncio.client", "websockets.sync.client", "xmlrpc",
}  # fmt: skip
MAY: Final = {
    "archiving.py": "the command line asks the server of its own data folder, on this machine",
    "rehearsal/player.py": "robots come in by the door of their own server, on this machine",
}
ALONE: Final = (
    "import json, os, subprocess, sys, urllib.request\n"
    "subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)\n"
    "served = subprocess.Popen([sys.executable, '-m', 'opgavebord', 'serve', '--json'],"
    " stdout=subprocess.PIPE, text=True)\n"
    "try:\n"
    "    links = json.loads(served.stdout.readline())\n"
    "    page = urllib.request.urlopen(links['url'] + '/', timeout=10).read().decode()\n"
    "    print(json.dumps({'url': links['url'], 'page': 'Opgavebord' in page}))\n"
    "finally:\n"
    "    served.terminate()\n"
    "    served.wait(15)\n"
)


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_nothing_but_the_two_that_stay_at_home_can_fetch() -> None:
    fetching = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if any(
            name == one or name.startswith(f"{one}.") for name in _imports(file) for one in FETCHES
        )
    }
    assert fetching == set(MAY)


def test_it_serves_where_there_is_no_network_at_all(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or shutil.which("ip") is None:
        pytest.skip("a network of its own needs unshare and ip (util-linux, iproute2)")
    alone = [unshare, "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine gives nobody a network of their own")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPGAVEBORD_")}
    done = subprocess.run(
        [*alone, sys.executable, "-c", ALONE],
        env=kept
        | {
            "PYTHONPATH": str(ROOT / "backend"),
            "OPGAVEBORD_DATA_DIR": str(tmp_path / "data"),
            "OPGAVEBORD_PORT": "8000",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == {"url": "http://localhost:8000", "page": True}

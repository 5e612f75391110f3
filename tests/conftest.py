"""What tests share: a running server, a browser, a bad network, and two throw-away services."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests import services
from tests.faults.proxy import FaultProxy
from tests.server import Server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fuzz",
        type=int,
        metavar="SEED",
        help="look in new places, from this seed on, and longer; without it a run is always the same",
    )
    parser.addoption(
        "--endure",
        type=int,
        metavar="KILLS",
        help="break everything longer and more often (scripts/endure); so many kills of a server",
    )


@pytest.fixture(scope="session")
def endure(request: pytest.FixtureRequest) -> int | None:
    """How often `scripts/endure` kills a server; None in a usual run, which breaks things briefly."""
    kills: int | None = request.config.getoption("--endure")
    return kills


_REPORTED: list[tuple[str, str, str]] = []


@pytest.fixture
def report(endure: int | None) -> Callable[[str, str, str], None]:
    """`report("F2", "killed, until the next answer", "0.9 s")`: a figure of docs/faults.md."""

    def tell(fault: str, what: str, measured: str) -> None:
        _REPORTED.append((fault, what, measured))
        if endure:
            print(f"\n  {fault}: {what}: {measured}", flush=True)

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _REPORTED:
        terminalreporter.section("what was measured")
    for fault, what, measured in sorted(_REPORTED, key=lambda one: (len(one[0]), one)):
        terminalreporter.write_line(f"{fault:>4}  {what}: {measured}")


@pytest.fixture(scope="session")
def fuzz(request: pytest.FixtureRequest) -> int | None:
    """The seed of `scripts/fuzz`; None in a usual run, which is the same every time."""
    seed: int | None = request.config.getoption("--fuzz")
    return seed


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with a fresh data directory, so with the demo sprint."""
    server = Server(tmp_path / "server").start()
    try:
        yield server
    finally:
        server.kill()


@pytest_asyncio.fixture
async def proxy(server: Server) -> AsyncIterator[FaultProxy]:
    """A network in front of `server` that can be cut, stalled, delayed and refused."""
    async with FaultProxy.before(server.port) as proxy:
        yield proxy


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests; every visitor is a context of its own."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("chromium is missing: run scripts/test, or install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--disable-quic", "--disable-gpu"]
        )
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with services.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    with services.redis() as url:
        yield url

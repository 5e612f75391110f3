"""Nobody else is asked anything: no registry in the lock files, no third party in the pages."""

import json
import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
FRONTEND: Final = ROOT / "frontend"
STATIC: Final = ROOT / "backend" / "opgavebord" / "web" / "static"

ADDRESS: Final = re.compile(r"""(?:https?:|wss?:)?//([a-z0-9-]+(?:\.[a-z0-9-]+)+)""", re.IGNORECASE)
NAMES_NOT_PLACES: Final = {"www.w3.org"}  # the names of SVG and MathML are not fetched
SOURCES: Final = (".ts", ".svelte", ".css", ".html", ".js", ".json", ".svg", ".webmanifest")


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda p: p.name)
def test_python_locks_have_hashes_and_no_place(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.MULTILINE)
    pinned = re.findall(r"^[a-zA-Z][\w.-]*(?:\[.*?\])?==[^\s;]+.*$", text, re.MULTILINE)
    assert pinned
    assert all(line.endswith("\\") for line in pinned), "a package without a hash"


def test_the_parts_of_the_python_lock_agree() -> None:
    def versions(name: str) -> set[str]:
        text = (ROOT / name).read_text("utf-8")
        return set(re.findall(r"^([a-zA-Z][\w.-]*==[^\s;]+)", text, re.MULTILINE))

    whole = versions("requirements-dev.lock")
    assert versions("requirements.lock") <= whole
    assert versions("requirements-build.lock") <= whole


def test_the_npm_lock_has_hashes_and_no_place() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))
    packages = {name: about for name, about in lock["packages"].items() if name}
    assert packages
    for name, about in packages.items():
        assert "resolved" not in about, f"{name}: run npm in frontend/, where .npmrc is"
        assert "integrity" in about, name
    # What differs per machine is there for every machine.
    for about in packages.values():
        for optional in about.get("optionalDependencies", {}):
            assert any(name.endswith(f"node_modules/{optional}") for name in packages), optional


def hosts(file: Path) -> set[str]:
    text = re.sub(r"^\s*(//|\*|/\*|<!--).*$", "", file.read_text("utf-8"), flags=re.MULTILINE)
    found = {host.lower() for host in ADDRESS.findall(text)}
    return {
        host
        for host in found - NAMES_NOT_PLACES
        if not re.fullmatch(r"[\d.]+", host)
        and not host.endswith((".example", ".test", ".invalid"))
    }


def test_the_pages_name_no_third_party() -> None:
    sources = [
        file
        for file in [
            FRONTEND / "index.html",
            *(FRONTEND / "src").rglob("*"),
            *(FRONTEND / "public").rglob("*"),
        ]
        if file.suffix in SOURCES and ".test." not in file.name
    ]
    assert sources
    named = {str(file.relative_to(ROOT)): hosts(file) for file in sources}
    assert not {file: found for file, found in named.items() if found}


def test_what_was_built_loads_from_home_only() -> None:
    """The built page and styles ask only for paths of their own."""
    if not (STATIC / "index.html").exists():
        pytest.skip("the frontend is not built")
    page = (STATIC / "index.html").read_text("utf-8")
    for address in re.findall(r"""(?:src|href)=["']([^"']*)""", page):
        assert re.match(r"\.?/(?!/)", address) or address.startswith("data:"), address
    assert not re.search(r"<script(?![^>]*\bsrc=)", page), "a script stands inline"
    assert "<style" not in page
    assert not re.search(r"\son\w+=", page)
    for style in STATIC.rglob("*.css"):
        for address in re.findall(r"url\(\s*[\"']?([^\"')]*)", style.read_text("utf-8")):
            assert re.match(r"/(?!/)|\.|data:|#", address), f"{style.name}: {address}"

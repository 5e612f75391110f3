"""What the pages name is there: files, folders, the map of the house, sentences of the screens."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = [
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / f"{name}.md" for name in ("CHANGELOG", "CONTRIBUTING", "SECURITY")),
]
WITHIN: Final = (  # a path is named from here, or from the folder of the page
    *(".", "backend", "backend/opgavebord", "frontend", "frontend/src"),
)
MADE: Final = {
    "opgavebord.sqlite3",
    "opgavebord.lock",
    "opgavebord.address",
    ".venv/bin/python",
    "frontend/node_modules",
    "bench.json",
}
"""Made by the program or its scripts, and not in the repository."""
FILE: Final = re.compile(r"[\w.-]+\.(py|ts|svelte|md|ya?ml|toml|sh|lock|json)")
PATH: Final = re.compile(r"[\w.][\w.-]*(/[\w.-]+)*/?")


def paths(page: Path) -> list[str]:
    """Every path between backticks, in text outside blocks of code."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    found = []
    for quoted in re.findall(r"`([^`\n]+)`", text):
        path = quoted.split()[0]
        if PATH.fullmatch(path) and ("/" in path or FILE.fullmatch(path)) and path not in MADE:
            found.append(path)
    return found


SOURCES: Final = ("backend", "frontend/src", "tests", "scripts")
NAMES: Final = Counter(file.name for folder in SOURCES for file in (ROOT / folder).rglob("*.*"))


def is_there(path: str, page: Path) -> bool:
    """Also by its name alone, where only one file has it."""
    return NAMES[path] == 1 or any(
        (place / path).exists() for place in (page.parent, *(ROOT / p for p in WITHIN))
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_named_is_there(page: Path) -> None:
    gone = [path for path in paths(page) if not is_there(path, page)]
    assert not gone


def test_paths_are_seen() -> None:
    assert len([path for page in PAGES for path in paths(page)]) > 40


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def mapped(folder: str) -> set[str]:
    """What the map of the house shows directly in a folder."""
    page = (ROOT / "docs" / "house.md").read_text()
    block = re.search(rf"^{re.escape(folder)}/\n((?:  .*\n)+)", page, re.M)
    assert block is not None, folder
    shown: set[str] = set()
    for line in block[1].splitlines():
        names = re.match(r"  ((?:[\w.]+/? )+)(?: |$)", f"{line} ")
        assert names is not None, line
        shown |= {name.rstrip("/") for name in names[1].split()}
    return shown


def test_the_backend_is_on_the_map() -> None:
    package = ROOT / "backend" / "opgavebord"
    there = {f.name for f in package.iterdir() if not f.name.startswith(("_", "."))}
    assert mapped("backend/opgavebord") == there


def test_the_screens_are_on_the_map() -> None:
    source = ROOT / "frontend" / "src"
    assert mapped("frontend/src") == {f.name for f in source.iterdir() if f.is_dir()}


def test_the_tests_are_on_the_map() -> None:
    folders = (f for f in (ROOT / "tests").iterdir() if f.is_dir())
    there = {f.name for f in folders if not f.name.startswith(("_", ".")) and any(f.iterdir())}
    assert mapped("tests") == {name for name in there if any((ROOT / "tests" / name).glob("*.*"))}


@pytest.mark.parametrize("page", ["running", "a-tap"])
def test_what_a_page_says_that_a_screen_says_is_said_there(page: str) -> None:
    """In italics and of more than one word: a piece of a Dutch sentence."""
    screens = [*(ROOT / "frontend" / "src").glob("*/words.ts"), ROOT / "frontend/src/words/nl.ts"]
    words = "".join(file.read_text() for file in screens)
    words += (ROOT / "backend" / "opgavebord" / "export" / "words.py").read_text()
    said = re.findall(r"(?<!\*)\*([^*\n]+ [^*\n]+)\*(?!\*)", (ROOT / f"docs/{page}.md").read_text())
    assert said
    assert [sentence for sentence in said if sentence not in words] == []


def test_every_behaviour_has_a_test_or_a_reason() -> None:
    """The numbers of docs/accessibility.md, and the tests they name, are there."""
    page = (ROOT / "docs/accessibility.md").read_text("utf-8")
    tried = (ROOT / "tests/browser/test_behaviours.py").read_text("utf-8")
    named = re.findall(r"^\| A(\d+) \|.*\| (.+) \|$", page, re.M)
    assert [int(number) for number, _ in named] == list(range(1, 31))
    for number, where in named:
        for test in re.findall(r"`test_a(\d+)`", where):
            assert f"a{test}_" in tried, f"A{number}"
        for path in re.findall(r"`((?:tests|frontend)/[^`]+)`", where):
            assert (ROOT / path).exists(), f"A{number}: {path}"

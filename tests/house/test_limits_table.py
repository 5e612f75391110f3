"""Every limit in the table is enforced by the server and tried by a test that names it.

Read from the source as it stands: `limits.NAME` in the backend is enforcement, `limits.NAME` (or the
name as a word, for a test that sets a smaller value) in a test file is a trial. A limit that nobody
enforces is a promise that nobody keeps.
"""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from opgavebord.sprint import limits

ROOT: Final = Path(__file__).resolve().parents[2]
TABLE: Final = ROOT / "backend" / "opgavebord" / "sprint" / "limits.py"
TRIALS: Final = [
    file
    for file in sorted((ROOT / "tests").rglob("test_*.py"))
    if file != Path(__file__).resolve() and "load" not in file.parts
]
ENFORCING: Final = [
    file for file in sorted((ROOT / "backend" / "opgavebord").rglob("*.py")) if file != TABLE
]
NAMES: Final = sorted(name for name in vars(limits) if name.isupper())
ON_SCREEN: Final = {"NOTE_BUDGET": "frontend/src/schrijf/count"}
"""Offered by a screen and not asked by the server: the file without its ending, and its test."""


def named(file: Path, *, also_as_word: bool) -> set[str]:
    """Which limits this file reads."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "limits" and isinstance(node.ctx, ast.Load):
                found.add(node.attr)
        elif also_as_word and isinstance(node, ast.Constant) and node.value in NAMES:
            found.add(node.value)
    return found


@pytest.fixture(scope="module")
def enforced() -> set[str]:
    return {name for file in ENFORCING for name in named(file, also_as_word=False)}


@pytest.fixture(scope="module")
def tried() -> set[str]:
    return {name for file in TRIALS for name in named(file, also_as_word=True)}


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_enforced(name: str, enforced: set[str]) -> None:
    if name in ON_SCREEN:
        assert name in (ROOT / f"{ON_SCREEN[name]}.ts").read_text()
        assert name not in enforced, "then it is no longer for the screen alone"
    else:
        assert name in enforced


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_tried(name: str, tried: set[str]) -> None:
    if name in ON_SCREEN:
        assert "[-1, 0, 1]" in (ROOT / f"{ON_SCREEN[name]}.test.ts").read_text()
    else:
        assert name in tried


def test_nobody_reads_a_limit_that_is_not_in_the_table(enforced: set[str], tried: set[str]) -> None:
    assert enforced <= set(NAMES)
    assert tried <= set(NAMES)


def test_the_table_holds_numbers_and_nothing_else() -> None:
    assert all(type(getattr(limits, name)) is int for name in NAMES)
    assert all(getattr(limits, name) > 0 for name in NAMES)
    kinds = {type(node) for node in ast.parse(TABLE.read_text()).body}
    assert kinds <= {ast.Expr, ast.ImportFrom, ast.AnnAssign}


def test_what_a_screen_is_told_is_in_the_table() -> None:
    told = (ROOT / "frontend" / "src" / "sync" / "protocol.ts").read_text()
    block = re.search(r"export const LIMITS = \{\n(.*?)\n\}", told, re.S)
    assert block is not None
    rows = dict(re.findall(r"^  ([A-Z_]+): ([0-9_]+),$", block[1], re.M))
    assert rows
    assert {name: int(value) for name, value in rows.items()} == {
        name: getattr(limits, name, None) for name in rows
    }

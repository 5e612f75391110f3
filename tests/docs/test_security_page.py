"""The page of attacks names each of them, and a test that is there, or says why there is none."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS: Final = {
    cells[1].strip(): cells
    for line in PAGE.splitlines()
    if re.match(r"\| T\d+ \|", line) and (cells := line.split("|"))
}
ATTACKS: Final = 47


def test_every_attack_has_a_row() -> None:
    assert sorted(ROWS, key=lambda row: int(row[1:])) == [f"T{n}" for n in range(1, ATTACKS + 1)]


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row[1].strip())
def test_a_row_names_tests_that_are_there_or_says_why_there_is_none(row: list[str]) -> None:
    named = re.findall(r"`(tests/[a-z_/]+\.py)::(test_[a-z_0-9]+)`", row[4])
    for file, test in named:
        assert re.search(rf"def {test}\(", (ROOT / file).read_text("utf-8")), f"{file}::{test}"
    assert named or "No test" in row[3] or "No test" in row[4]

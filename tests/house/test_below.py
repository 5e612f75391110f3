"""Every address in the frontend goes by `at` of below.ts, so that the board can stand below a path."""

import re
from pathlib import Path
from typing import Final

SOURCES: Final = Path(__file__).resolve().parents[2] / "frontend" / "src"
OURS: Final = r"/(?:api|s|wand|regie|oogst|tafel|luister|bureau|gehoord|versie|sw\.js|ws)?\b"
# Where an address is used without being asked what stands before it.
RAW: Final = (
    r"(?:href|src|action)=\"/",
    r"(?:href|src|action)=\{[`']/",
    rf"\b(?:fetch|register|go|assign|replace|open|trusted)\([`']{OURS}",
    r"location(?:\.href)? = [`']/",
)
FILES: Final = sorted(
    file
    for file in SOURCES.rglob("*")
    if file.suffix in (".ts", ".svelte") and not file.name.endswith(".test.ts")
)


def test_no_address_begins_at_the_top_of_the_host() -> None:
    found = [
        f"{file.relative_to(SOURCES)}:{number}: {line.strip()}"
        for file in FILES
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if any(re.search(raw, line) for raw in RAW)
    ]
    assert found == [], "put at() of below.ts around it"

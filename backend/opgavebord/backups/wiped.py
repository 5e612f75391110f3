"""Beside the backups: which sprints were wiped. Who puts an older backup back does not put those back.

A line of JSON each, with an id and a moment; nothing of what was in them.
"""

import os
import time
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

WIPED_FILE: Final = "wiped.jsonl"


class Line(Struct, frozen=True):
    sprint: str
    at: int  # milliseconds since 1970


def write_down(parent: Path, sprint: str) -> None:
    """On the disk when this returns."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = msgspec.json.encode(Line(sprint, time.time_ns() // 1_000_000)) + b"\n"
    handle = os.open(parent / WIPED_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def wiped(parent: Path) -> set[str]:
    try:
        lines = (parent / WIPED_FILE).read_bytes().splitlines()
    except FileNotFoundError:
        return set()
    return {msgspec.json.decode(line, type=Line).sprint for line in lines if line.strip()}

"""The key of the links, once made, is there: also after a power cut a moment later."""

import os
import stat
from pathlib import Path

import pytest

from opgavebord.people.key import KEY_FILE, read_key


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    key = read_key(tmp_path)
    assert read_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]


def test_its_bytes_and_its_name_are_on_the_disk_before_anybody_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a power cut makes another key, and every link that was printed is dead."""
    done: list[str] = []
    link, fsync = os.link, os.fsync

    def linked(from_: Path, to: Path) -> None:
        link(from_, to)
        done.append("named")

    def synced(handle: int) -> None:
        fsync(handle)
        done.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "bytes")

    monkeypatch.setattr(os, "link", linked)
    monkeypatch.setattr(os, "fsync", synced)
    read_key(tmp_path)
    assert done == ["bytes", "named", "folder"]

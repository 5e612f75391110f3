"""Export and import as people type them: beside a running server, without one, after a crash."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from opgavebord.archiving import ADDRESS_FILE
from opgavebord.cli.speaking import REFUSED
from tests.server import Server

pytestmark = pytest.mark.faults

MAGIC = {
    "docx": b"PK\x03\x04",
    "odt": b"PK\x03\x04",
    "xlsx": b"PK\x03\x04",
    "pdf": b"%PDF-",
    "png": b"\x89PNG",
    "csv": b"\xef\xbb\xbf",
    "json": b"{",
}


def typed(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a terminal of its own, on the folder of this server."""
    return subprocess.run(
        [sys.executable, "-m", "opgavebord", *words],
        env=server.environment(),
        cwd=server.data_dir.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("running", [True, False], ids=["beside a server", "without one"])
def test_every_format_is_written(server: Server, tmp_path: Path, running: bool) -> None:
    if not running:
        server.stop()
    for format, magic in MAGIC.items():  # noqa: A001
        out = tmp_path / f"avond.{format}"
        done = typed(server, "export", "newest", "--format", format, "--out", str(out))
        assert done.returncode == 0, done.stderr
        assert out.read_bytes().startswith(magic)
        assert "100 %" in done.stderr
        assert done.stdout == ""


def test_it_is_the_same_beside_a_server_and_without_one(server: Server, tmp_path: Path) -> None:
    out = [tmp_path / "beside.json", tmp_path / "without.json"]
    id = server.links["sprint"]
    assert typed(server, "export", id, "--format", "json", "--out", str(out[0])).returncode == 0
    server.stop()
    assert not (server.data_dir / ADDRESS_FILE).exists()
    assert typed(server, "export", id, "--format", "json", "--out", str(out[1])).returncode == 0
    assert out[0].read_bytes() == out[1].read_bytes()


def test_after_a_crash_the_old_address_does_not_mislead(server: Server, tmp_path: Path) -> None:
    server.kill()
    assert (server.data_dir / ADDRESS_FILE).exists()
    out = tmp_path / "avond.csv"
    done = typed(server, "export", "newest", "--format", "csv", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert out.exists()


def test_an_export_is_imported_on_another_machine_and_served_there(
    server: Server, tmp_path: Path
) -> None:
    file, back = tmp_path / "avond.json", tmp_path / "terug.json"
    id = server.links["sprint"]
    assert typed(server, "export", id, "--format", "json", "--out", str(file)).returncode == 0
    other = Server(tmp_path / "elders")
    done = typed(other, "import", str(file), "--json")
    assert json.loads(done.stdout) == {"sprint": id, "title": "Vitale kernen", "there": False}
    other.start()
    try:
        assert other.links["sprint"] == id, "no demo where there is a sprint already"
        again = typed(other, "import", str(file))
        assert "is there already" in again.stderr
        copied = json.loads(typed(other, "import", str(file), "--copy", "--json").stdout)
        assert copied["sprint"] != id
        typed(other, "export", id, "--format", "json", "--out", str(back))
        assert back.read_bytes() == file.read_bytes()
        checked = typed(other, "check")
        assert checked.returncode == 0, checked.stdout
    finally:
        other.kill()


REFUSALS = (
    (("export", "newest", "--format", "exe", "--out", "x"), "docx, pdf"),
    (("export", "onbekend", "--format", "csv", "--out", "x"), "no sprint onbekend"),
    (("export", "../../etc", "--format", "csv", "--out", "x"), "no sprint"),
    (("export", "newest", "--format", "pdf", "--board", "T77", "--out", "x"), "T77"),
    (("export", "newest", "--format", "csv", "--out", "nergens/x"), "can not be written"),
    (("import", "nergens.json"), "can not be read"),
)


@pytest.mark.parametrize("running", [True, False], ids=["beside a server", "without one"])
def test_what_can_not_be_done_is_said_in_a_sentence(server: Server, running: bool) -> None:
    if not running:
        server.stop()
    for words, why in REFUSALS:
        done = typed(server, *words)
        assert done.returncode == REFUSED, words
        assert why in done.stderr, words
        assert "Traceback" not in done.stderr
    assert not (server.data_dir.parent / "x").exists()

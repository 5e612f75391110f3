"""The file of a koffer: what we write we read, and whatever else is offered is refused."""

import hashlib
import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opgavebord.koffer import case
from opgavebord.koffer.case import LOG, MANIFEST, NotACase, OwnForm
from opgavebord.sprint import limits
from opgavebord.storage.desk import Clock, Opgave
from opgavebord.storage.journey import KnownSeat
from tests.koffer.journeys import leaves, lines
from tests.sprint.village import Village


def a_case() -> bytes:
    village = Village()
    leaves(village, "reis1")
    return case.write(
        sprint="s0123456789",
        title="Vitale kernen",
        place="Kronenberg",
        date="donderdag",
        journey="reis1",
        lines=tuple(lines(village)),
        clock=Clock(people=46),
        opgave_id="opgave1",
        opgave=Opgave("Vitale kernen", "Hoe?"),
        forms=(OwnForm("E1", "id: E1\n"),),
        seats=(KnownSeat("seat-anna", "deelnemer", "0" * 64, 1),),
    )


CASE = a_case()


def parts(data: bytes = CASE) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {one.filename: file.read(one) for one in file.infolist()}


def packed(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        warnings.simplefilter("ignore")  # of a name twice, which is what we want
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def changed(**manifest: object) -> bytes:
    told = json.loads(parts()[MANIFEST]) | manifest
    return packed((MANIFEST, json.dumps(told).encode()), (LOG, parts()[LOG]))


def with_log(log: bytes, **manifest: object) -> bytes:
    """A log that somebody changed, and the hash with it."""
    told = json.loads(parts()[MANIFEST])
    told |= {"sha256": hashlib.sha256(log).hexdigest(), "lines": log.count(b"\n"), **manifest}
    return packed((MANIFEST, json.dumps(told).encode()), (LOG, log))


def line(at: int, **fields: object) -> bytes:
    """The log with one line in other words."""
    log = [json.loads(one) for one in parts()[LOG].splitlines()]
    log[at] |= fields
    return b"".join(json.dumps(one).encode() + b"\n" for one in log)


def named(at: int) -> dict[str, object]:
    one = json.loads(parts()[LOG].splitlines()[at])
    return {"device": one["device"], "number": one["number"]}


def test_what_was_packed_is_there() -> None:
    read = case.read(CASE)
    assert read.manifest.title == "Vitale kernen"
    assert read.manifest.forms[0].yaml == "id: E1\n"
    again = {name: getattr(read.manifest, name) for name in ("sprint", "title", "place", "date")}
    again |= {name: getattr(read.manifest, name) for name in ("journey", "clock", "opgave_id")}
    again |= {name: getattr(read.manifest, name) for name in ("opgave", "forms", "seats")}
    assert case.write(**again, lines=read.lines) == CASE


WRONG: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a text": lambda: b"een bestand",
    "cut off": lambda: CASE[:-40],
    "cut in half": lambda: CASE[: len(CASE) // 2],
    "something behind it": lambda: CASE + b"x",
    "zip slip": lambda: packed(("../../etc/passwd", b"x"), (LOG, parts()[LOG])),
    "an absolute path": lambda: packed((MANIFEST, parts()[MANIFEST]), ("/log.jsonl", b"x")),
    "a name twice": lambda: packed((MANIFEST, parts()[MANIFEST]), (MANIFEST, parts()[MANIFEST])),
    "one file more": lambda: packed(*parts().items(), ("meer", b"x")),
    "one file less": lambda: packed((MANIFEST, parts()[MANIFEST])),
    "the other way about": lambda: packed(*reversed(parts().items())),
    "a bomb": lambda: packed((MANIFEST, parts()[MANIFEST]), (LOG, b"0" * 30_000_000)),
    "another hash": lambda: changed(sha256="0" * 64),
    "another format": lambda: changed(format="iets anders"),
    "a newer version": lambda: changed(version=99),
    "a newer shape": lambda: changed(shape=99),
    "a field that nobody knows": lambda: changed(more=1),
    "an id that is a path": lambda: changed(sprint="../../etc"),
    "a seat that directs": lambda: changed(
        seats=[{"id": "seat-x", "role": "begeleider", "token_hash": "0" * 64, "at": 1}]
    ),
    "a line changed": lambda: packed(
        (MANIFEST, parts()[MANIFEST]), (LOG, parts()[LOG].replace(b"reis1", b"reis9"))
    ),
    "a line missing": lambda: with_log(b"".join(parts()[LOG].splitlines(True)[1:])),
    "a number twice": lambda: with_log(line(1, seq=1)),
    "a command's name twice": lambda: with_log(line(1, **named(0))),
    "somebody else's device": lambda: with_log(line(0, seat="anna")),
    "a number that no database holds": lambda: with_log(line(1, number=2**70)),
    "half a line": lambda: with_log(parts()[LOG] + b'{"seq"', lines=2),
    "no line at all": lambda: with_log(b""),
    "NUL": lambda: with_log(line(1, change="\0")),
    "nested deep": lambda: with_log(b"[" * 100_000 + b"\n"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_not_ours_is_refused_in_a_sentence(wrong: str) -> None:
    with pytest.raises(NotACase) as told:
        case.read(WRONG[wrong]())
    assert str(told.value).endswith(".")
    assert len(str(told.value)) < 100


def test_a_million_names_are_not_walked_through() -> None:
    """What the end of the file says of itself is looked at first."""
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_535, 65_535, 46_000_000, 0, 0)
    with pytest.raises(NotACase, match="iets anders"):
        case.read(b"PK" + b"\0" * 1_000 + end)


def test_a_zip_that_lies_about_its_size_is_counted() -> None:
    """The size in the directory of a zip is no more than a promise."""
    bomb = bytearray(WRONG["a bomb"]())
    at = bomb.rindex(LOG.encode()) - 46 + 24
    bomb[at : at + 4] = (5).to_bytes(4, "little")
    with pytest.raises(NotACase):
        case.read(bytes(bomb))


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_so_much_fits(more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(map(len, parts().values()))
    for limit, most in (
        ("CASE_BYTES", len(CASE)),
        ("CASE_UNPACKED_BYTES", size),
        ("EVENTS_PER_SPRINT", parts()[LOG].count(b"\n")),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(limits, limit, most + more)
            if more < 0:
                with pytest.raises(NotACase):
                    case.read(CASE)
            else:
                assert case.read(CASE).lines


@settings(max_examples=150)
@given(st.integers(0, len(CASE) - 1), st.integers(0, 255), st.booleans())
def test_a_byte_that_fell_over_never_crashes_us(at: int, byte: int, cut: bool) -> None:
    data = CASE[:at] if cut else CASE[:at] + bytes((byte,)) + CASE[at + 1 :]
    try:
        read = case.read(data)
    except NotACase:
        return
    assert read.lines == case.read(CASE).lines

"""The file in which a board travels: a zip with `manifest.json` and `log.jsonl`. Pure.

The log stands in it word for word, one line of JSON for each row; the manifest says of what board it is,
how long the log is, and its SHA-256. Reading believes nothing: the names are ours or the file is
refused, so no path of a stranger is ever used; what is unpacked is counted while it is read; a hash, a
number or a name that is not right refuses the whole file. Invariant: `read(write(case)) == case`, and
whatever else `read` gets, it answers `NotACase`.
"""

import hashlib
import io
import re
import struct
import zipfile
import zlib
from typing import Final

import msgspec
from msgspec import Struct

from ..sprint import limits
from ..sprint.history import SHAPE
from ..sprint.sprint import Role
from ..storage.desk import Clock, Opgave
from ..storage.journey import KnownSeat, Line

FORMAT: Final = "opgavebord koffer"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
LOG: Final = "log.jsonl"
TYPE: Final = "application/zip"
_DATE: Final = (1980, 1, 1, 0, 0, 0)  # a case is the same bytes whenever it is packed
_PART: Final = 64 * 1024
_END: Final = struct.Struct("<4s4H2LH")  # of a zip without a remark: its last 22 bytes
_ZIP64: Final = b"PK\x06\x07"
_DIRECTORY_BYTES: Final = 1024  # of two names; ours takes 140
_RATIO: Final = 100  # a log of an evening becomes 8 times as small; a bomb a thousand times
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONG: Final = 200  # of a device, a seat, a role; also what was damaged is carried
_WHOLE: Final = 2**53


class NotACase(Exception):
    """Not a file that we packed, or not whole any more. The text is for a person, in Dutch."""


class OwnForm(Struct, frozen=True, forbid_unknown_fields=True):
    """A werkvorm of the municipality's own: its file, for who wants to use it on the laptop too."""

    id: str
    yaml: str


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What is in the case, besides the log."""

    format: str
    version: int
    shape: int
    sprint: str
    title: str
    place: str
    date: str
    journey: str
    lines: int
    sha256: str
    clock: Clock
    opgave_id: str | None = None
    opgave: Opgave | None = None
    forms: tuple[OwnForm, ...] = ()
    seats: tuple[KnownSeat, ...] = ()


class Case(Struct, frozen=True):
    manifest: Manifest
    lines: tuple[Line, ...]


def write(
    *,
    sprint: str,
    title: str,
    place: str,
    date: str,
    journey: str,
    lines: tuple[Line, ...],
    clock: Clock,
    opgave_id: str | None = None,
    opgave: Opgave | None = None,
    forms: tuple[OwnForm, ...] = (),
    seats: tuple[KnownSeat, ...] = (),
) -> bytes:
    log = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    manifest = Manifest(
        format=FORMAT,
        version=VERSION,
        shape=SHAPE,
        sprint=sprint,
        title=title,
        place=place,
        date=date,
        journey=journey,
        lines=len(lines),
        sha256=hashlib.sha256(log).hexdigest(),
        clock=clock,
        opgave_id=opgave_id,
        opgave=opgave,
        forms=forms,
        seats=seats,
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in ((MANIFEST, msgspec.json.encode(manifest)), (LOG, log)):
            file.writestr(zipfile.ZipInfo(name, _DATE), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def read(data: bytes) -> Case:
    """Raises `NotACase`."""
    told, log = _unpack(data)
    try:
        manifest = msgspec.json.decode(told, type=Manifest)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise NotACase("Dit is geen koffer van Opgavebord.") from None
    if manifest.format != FORMAT:
        raise NotACase("Dit is geen koffer van Opgavebord.")
    if manifest.version != VERSION or manifest.shape > SHAPE:
        raise NotACase("Deze koffer is van een nieuwere versie. Werk Opgavebord eerst bij.")
    if hashlib.sha256(log).hexdigest() != manifest.sha256:
        raise NotACase("Deze koffer is beschadigd: de inhoud klopt niet. Kopieer hem opnieuw.")
    case = Case(manifest, _lines(log))
    _holds_together(case)
    return case


# --- the zip ------------------------------------------------------------------------------


def _unpack(data: bytes) -> tuple[bytes, bytes]:
    if len(data) > limits.CASE_BYTES:
        raise NotACase("Dit bestand is te groot voor een koffer.")
    if not data.startswith(b"PK"):
        raise NotACase("Dit is geen koffer van Opgavebord.")
    cut_off = NotACase("Deze koffer is niet heel: er mist een stuk. Kopieer hem opnieuw.")
    if len(data) < _END.size:
        raise cut_off
    # looked at before anybody walks through the names: there could be a million of them
    signature, _, _, here, total, size, start, remark = _END.unpack(data[-_END.size :])
    if signature != b"PK\x05\x06" or remark:
        raise cut_off
    if here != 2 or total != 2 or size > _DIRECTORY_BYTES or _ZIP64 in data[start + size :]:
        raise NotACase("In dit bestand zit iets anders dan een koffer.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            if [one.filename for one in file.infolist()] != [MANIFEST, LOG]:
                raise NotACase("In dit bestand zit iets anders dan een koffer.")
            left = min(limits.CASE_UNPACKED_BYTES, max(len(data) * _RATIO, _PART))
            manifest = _read(file, MANIFEST, left)
            return manifest, _read(file, LOG, left - len(manifest))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise cut_off from None


def _read(file: zipfile.ZipFile, name: str, most: int) -> bytes:
    """What is in it, counted: what the zip says of its own size is not believed."""
    found = bytearray()
    with file.open(name) as member:
        while part := member.read(_PART):
            found += part
            if len(found) > most:
                raise NotACase("In dit bestand zit veel te veel voor een koffer.")
    return bytes(found)


# --- the log ------------------------------------------------------------------------------


def _lines(log: bytes) -> tuple[Line, ...]:
    if log.count(b"\n") > limits.EVENTS_PER_SPRINT:
        raise NotACase("In deze koffer zit meer dan op een bord past.")
    decode = msgspec.json.Decoder(Line).decode
    try:
        if not log.endswith(b"\n"):
            raise msgspec.DecodeError("cut off")
        return tuple([decode(line) for line in log.split(b"\n")[:-1]])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise NotACase("Deze koffer is beschadigd: een regel is niet te lezen.") from None


def _holds_together(case: Case) -> None:
    """The numbers are 1, 2, 3 …, every name stands there once, and each device has one seat."""
    wrong = NotACase("Deze koffer klopt niet: de regels horen niet bij elkaar.")
    if not _NAME.fullmatch(case.manifest.sprint) or case.manifest.lines != len(case.lines):
        raise wrong
    names: set[str] = set()
    owners: dict[str, str] = {}
    for place, line in enumerate(case.lines, start=1):
        known = (
            1 <= len(line.device) <= _LONG and len(line.seat) <= _LONG and len(line.role) <= _LONG
        )
        whole = 0 <= line.number <= _WHOLE and 0 <= line.at <= _WHOLE and 1 <= line.shape <= SHAPE
        if line.seq != place or not known or not whole or line.name in names:
            raise wrong
        if owners.setdefault(line.device, line.seat) != line.seat:
            raise wrong
        if "\0" in f"{line.device}{line.seat}{line.role}{line.command}{line.change}{line.refusal}":
            raise wrong
        names.add(line.name)
    for seat in case.manifest.seats:
        if not (_NAME.fullmatch(seat.id) and re.fullmatch("[0-9a-f]{64}", seat.token_hash)):
            raise wrong
        if seat.role not in TRAVELLING:
            raise wrong
    if not case.lines:
        raise wrong


TRAVELLING: Final[tuple[Role, ...]] = ("deelnemer", "tafelbegeleider")
"""Whose seats travel. Who directs or harvests gets in by a link of the machine where the board is."""

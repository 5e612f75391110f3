"""Power cuts, simulated: what a disk may hold when the plug is pulled, for every moment there was.

A `kill -9` leaves the page cache, so it proves nothing about the power. Here SQLite's own layer to the
file system (its VFS) is watched while the production code keeps an evening. Python's `sqlite3` and
`ctypes` share one libsqlite3, so a VFS that is registered here is the one the product uses; it hands
every call on and writes down each write, truncation, sync, creation and removal with its moment.

What the product writes beside SQLite, whether a log must be there, is written down too.

From that recording `Disk` makes the disks that a cut could leave: all that was synced, and of the rest
an arbitrary part. A write since the last sync may be there, be missing, or be there by half, in
sectors of 512 bytes, in any order, whatever came after it. Names of files come and go in order, until
a sync of the folder makes them stay. Where a file grew and what made it grow is missing, it holds
zeros or rubbish. The index of the log (`-shm`) is memory and never on a disk.

`acked` are the promises, each with its moment; at a cut those count that were given before it.
Moments are of the system's monotonic clock, so promises may have been heard in another process.
"""

import contextlib
import ctypes
import ctypes.util
import os
import pickle
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from opgavebord.storage import sqlite
from opgavebord.storage.check import look
from opgavebord.storage.sqlite import SqliteDatabase

SECTOR: Final = 512
What = Literal["create", "write", "truncate", "sync", "remove", "folder"]


class Done(NamedTuple):
    """One thing that SQLite asked of the file system."""

    at: int  # nanoseconds
    what: What
    file: int  # a file that is made again under the same name is another file
    name: str = ""
    start: int = 0  # of a write; the new length of a truncation
    data: bytes = b""


class Promise(NamedTuple):
    """An entry that somebody was told is kept."""

    at: int
    sprint: str
    seq: int


# --- recording ----------------------------------------------------------------------------


class NoSharedSqlite(Exception):
    """This Python carries an SQLite of its own, in which no VFS can be registered from here."""


class _Vfs(ctypes.Structure):
    pass


_File = ctypes.c_void_p
_OPEN: Final = ctypes.CFUNCTYPE(
    ctypes.c_int,
    *(ctypes.POINTER(_Vfs), ctypes.c_void_p, _File, ctypes.c_int, ctypes.POINTER(ctypes.c_int)),
)  # the name as a pointer: SQLite keeps it as long as the file is open
_DELETE: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Vfs), ctypes.c_void_p, ctypes.c_int)
_WRITE: Final = ctypes.CFUNCTYPE(ctypes.c_int, _File, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_TRUNCATE: Final = ctypes.CFUNCTYPE(ctypes.c_int, _File, ctypes.c_int64)
_SYNC: Final = ctypes.CFUNCTYPE(ctypes.c_int, _File, ctypes.c_int)
_CLOSE: Final = ctypes.CFUNCTYPE(ctypes.c_int, _File)
_Vfs._fields_ = [
    ("version", ctypes.c_int),
    ("size_of_file", ctypes.c_int),
    ("longest_path", ctypes.c_int),
    ("next", ctypes.c_void_p),
    ("name", ctypes.c_char_p),
    ("data", ctypes.c_void_p),
    ("open", _OPEN),
    ("delete", _DELETE),
    ("others", ctypes.c_void_p * 13),  # access … the next system call; handed on as they are
]


class _Methods(ctypes.Structure):
    """What can be done with an open file."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("close", _CLOSE),
        ("read", ctypes.c_void_p),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        ("others", ctypes.c_void_p * 13),  # the size, locks, shared memory
    ]


_OK: Final = 0
_IOERR: Final = 10
_CREATE: Final = 0x4
_JOURNALS: Final = 0x800 | 0x4000 | 0x80000  # their first sync syncs the folder too


class Recorder:
    """Watches the files of one folder, from when it is installed until it is taken out."""

    def __init__(self, folder: Path) -> None:
        self.done: list[Done] = []
        self._folder = os.path.realpath(folder) + "/"
        self._library = _shared_sqlite()
        self._library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        self._library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
        self._real = self._library.sqlite3_vfs_find(None)
        self._files: dict[int, int] = {}  # where SQLite keeps an open file → its number
        self._known: dict[str, int] = {}  # name → number
        self._journals: set[int] = set()  # made just now; not one sync yet
        self._tables: dict[int, tuple[_Methods, _Methods]] = {}
        self._trouble: BaseException | None = None
        self._marks = 0  # the number of the lock's file
        self._vfs = _Vfs()
        ctypes.memmove(ctypes.byref(self._vfs), self._real, ctypes.sizeof(_Vfs))
        self._name = b"recorder-%d" % id(self)
        self._vfs.name = self._name
        self._vfs.next = None
        self._vfs.open = _OPEN(self._open)
        self._vfs.delete = _DELETE(self._delete)

    def install(self) -> None:
        """Every file of the folder that is opened from now on is watched."""
        self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)
        _for_ever.append(self)  # SQLite holds pointers into this

    def take_out(self) -> None:
        self._library.sqlite3_vfs_register(self._real, 1)
        self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs))
        if self._trouble is not None:
            raise self._trouble

    # -- what the product itself does beside SQLite -----------------------------------

    def mark(self, what: bytes) -> None:
        """The lock is to say whether a log must be there."""
        if not self._marks:
            self._marks = len(self._known) + len(self.done) + 1
            self._note("create", self._marks, sqlite.LOCK)
        self._note("truncate", self._marks)
        self._note("write", self._marks, "", 0, what)

    def marked(self) -> None:
        self._note("sync", self._marks)

    def synced(self, path: Path) -> None:
        if os.path.realpath(path) + "/" == self._folder:
            self._note("folder", 0)

    # -- called by SQLite, in whichever thread it is ----------------------------------

    def _note(
        self, what: What, file: int, name: str = "", start: int = 0, data: bytes = b""
    ) -> None:
        self.done.append(Done(time.monotonic_ns(), what, file, name, start, data))

    def _open(self, _vfs: Any, path: int | None, file: int, flags: int, out: Any) -> int:
        named = _name_at(path)
        there = bool(named) and os.path.exists(named)
        said: int = self._real.contents.open(self._real, path, file, flags, out)
        if said == _OK and named.startswith(self._folder):
            name = named.removeprefix(self._folder)
            if not there and flags & _CREATE:
                self._known[name] = number = len(self._known) + len(self.done) + 1
                self._note("create", number, name)
                if flags & _JOURNALS:
                    self._journals.add(number)
            self._files[file] = self._known[name]
            self._watch(file)
        return said

    def _watch(self, file: int) -> None:
        """Put our own functions in the table of this file; the rest stays as it is."""
        table = ctypes.cast(file, ctypes.POINTER(ctypes.c_void_p))
        address = table[0]
        assert address is not None
        if address not in self._tables:
            real = _Methods.from_address(address)
            ours = _Methods()
            ctypes.memmove(ctypes.byref(ours), address, ctypes.sizeof(_Methods))

            def write(file: int, data: int, size: int, start: int) -> int:
                self._note("write", self._files[file], "", start, ctypes.string_at(data, size))
                said: int = real.write(file, data, size, start)
                return said

            def truncate(file: int, size: int) -> int:
                self._note("truncate", self._files[file], "", size)
                said: int = real.truncate(file, size)
                return said

            def sync(file: int, flags: int) -> int:
                said: int = real.sync(file, flags)
                number = self._files[file]
                self._note("sync", number)
                if number in self._journals:
                    self._journals.remove(number)
                    self._note("folder", 0)
                return said

            def close(file: int) -> int:
                del self._files[file]
                said: int = real.close(file)
                return said

            ours.write, ours.truncate = _WRITE(self._safely(write)), _TRUNCATE(truncate)
            ours.sync, ours.close = _SYNC(sync), _CLOSE(close)
            self._tables[address] = (ours, real)
        table[0] = ctypes.addressof(self._tables[address][0])

    def _safely(self, call: Callable[..., int]) -> Callable[..., int]:
        """A mistake of ours is an I/O error for SQLite, and is told when we are taken out."""

        def guarded(*values: Any) -> int:
            try:
                return call(*values)
            except BaseException as trouble:
                self._trouble = trouble
                return _IOERR

        return guarded

    def _delete(self, _vfs: Any, path: int, sync_folder: int) -> int:
        named = _name_at(path)
        said: int = self._real.contents.delete(self._real, path, sync_folder)
        if said == _OK and named.startswith(self._folder):
            name = named.removeprefix(self._folder)
            self._note("remove", self._known.pop(name, 0), name)
            if sync_folder:
                self._note("folder", 0)
        return said


_for_ever: Final[list[Recorder]] = []


def _name_at(path: int | None) -> str:
    return os.path.realpath(ctypes.string_at(path).decode()) if path else ""


def _shared_sqlite() -> ctypes.CDLL:
    """The SQLite that `sqlite3` uses, if it is a library of its own."""
    import _sqlite3

    for name in (getattr(_sqlite3, "__file__", None), "libsqlite3.so.0"):
        with contextlib.suppress(OSError, AttributeError, TypeError):
            found = ctypes.CDLL(name)
            found.sqlite3_libversion.restype = ctypes.c_char_p
            if found.sqlite3_libversion().decode() == sqlite3.sqlite_version:
                found.sqlite3_vfs_register.argtypes = [ctypes.POINTER(_Vfs), ctypes.c_int]
                found.sqlite3_vfs_unregister.argtypes = [ctypes.POINTER(_Vfs)]
                return found
    raise NoSharedSqlite


@contextlib.contextmanager
def recording(folder: Path) -> Iterator[list[Done]]:
    """What SQLite asks of this folder, while the `with` lasts. Open and close the database within it."""
    recorder = Recorder(folder)
    say, sync = sqlite._say, sqlite.backup.sync

    def marking(lock: int, what: bytes) -> None:
        recorder.mark(what)
        say(lock, what)
        recorder.marked()

    def syncing(path: Path) -> None:
        sync(path)
        recorder.synced(path)

    recorder.install()
    sqlite._say, sqlite.backup.sync = marking, syncing
    try:
        yield recorder.done
    finally:
        sqlite._say, sqlite.backup.sync = say, sync
        recorder.take_out()


def keep(done: Sequence[Done], file: Path) -> None:
    file.write_bytes(pickle.dumps([tuple(one) for one in done]))


def kept(file: Path) -> list[Done]:
    return [Done(*one) for one in pickle.loads(file.read_bytes())]


# --- the disks that a cut can leave -----------------------------------------------------------


class Disk:
    """What is surely there, and what is still on its way."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._naming: list[tuple[str, int]] = []  # to come, in this order; 0: gone
        self._content: dict[int, bytes] = {}
        self._writing: dict[int, list[Done]] = {}

    def do(self, one: Done) -> None:
        match one.what:
            case "create":
                self._naming.append((one.name, one.file))
                self._content[one.file] = b""
                self._writing[one.file] = []
            case "remove":
                self._naming.append((one.name, 0))
            case "write" | "truncate":
                self._writing[one.file].append(one)
            case "sync":
                content = bytearray(self._content[one.file])
                for written in self._writing[one.file]:
                    _apply(content, written)
                self._content[one.file] = bytes(content)
                self._writing[one.file] = []
            case "folder":
                for name, file in self._naming:
                    self._names[name] = file
                self._naming = []

    def cut(self, dice: random.Random) -> dict[str, bytes]:
        """One of the disks that are possible now: the content of each file by its name."""
        names = self._names.copy()
        for name, file in self._naming[: dice.randint(0, len(self._naming))]:
            names[name] = file
        likely = dice.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        return {
            name: self._what_is_left(file, likely, dice) for name, file in names.items() if file
        }

    def _what_is_left(self, file: int, likely: float, dice: random.Random) -> bytes:
        pending = self._writing[file]
        if not pending:
            return self._content[file]
        content = bytearray(self._content[file])
        rubbish = dice.random() < 0.25
        arrived = [one for one in pending if dice.random() < likely]
        if dice.random() < 0.5:
            dice.shuffle(arrived)
        for one in arrived:
            if one.what == "write" and rubbish and one.start > len(content):
                content += dice.randbytes(one.start - len(content))
            if one.what == "write" and dice.random() < 0.2:
                for torn in _torn(one, dice):
                    _apply(content, torn)
            else:
                _apply(content, one)
        return bytes(content)


def _apply(content: bytearray, one: Done) -> None:
    if one.what == "truncate":
        if one.start < len(content):
            del content[one.start :]
        return
    if one.start > len(content):
        content += bytes(one.start - len(content))
    content[one.start : one.start + len(one.data)] = one.data


def _torn(one: Done, dice: random.Random) -> Iterator[Done]:
    """Some of the sectors that a write touches."""
    end = one.start + len(one.data)
    edges = [one.start, *range((one.start // SECTOR + 1) * SECTOR, end, SECTOR), end]
    for begin, until in pairwise(edges):
        if dice.random() < 0.5:
            data = one.data[begin - one.start : until - one.start]
            yield one._replace(start=begin, data=data)


# --- what is there after a cut --------------------------------------------------------------


class Cuts(NamedTuple):
    """What came of so many cuts."""

    cuts: int
    promised: int  # entries that had been promised, over all cuts
    losing: int  # cuts after which something that was promised was missing
    lost: int  # entries that were promised and missing, over all cuts
    corrupt: int  # cuts after which the database was no sound one
    examples: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.losing and not self.corrupt


def moments(done: Sequence[Done], first: int, count: int, dice: random.Random) -> list[int]:
    """So many places in a recording, in order. One in fifty lies before the `first` promise, where
    the tables are made. Of the rest, half lie where most can go wrong: while the log is copied into
    the file, while files come and go, and just after a sync."""
    begins = next((place for place, one in enumerate(done) if one.at > first), 0)
    ticklish = [
        place
        for place, one in enumerate(done)
        if place > begins and (one.what != "write" or done[place - 1].what == "sync")
    ]
    early, half = count // 50, count // 2
    drawn = [dice.randrange(begins + 1) for _ in range(early)]
    drawn += [min(len(done), dice.choice(ticklish) + dice.randint(0, 3)) for _ in range(half)]
    drawn += [dice.randint(begins, len(done)) for _ in range(count - half - early)]
    return sorted(drawn)


def cut(
    done: Sequence[Done],
    promises: Iterable[Promise],
    log: Callable[[str], Sequence[str]],
    *,
    count: int,
    place: Path,
    seed: int = 1,
    every: int = 20,
) -> Cuts:
    """Pull the plug so many times, and open what is left with the production code.

    `log`: of a sprint, what the log was to hold: the change of each entry, in order. Every disk is
    opened by `SqliteDatabase`, migrations included, checked by SQLite, and its log compared; one in
    `every` is also replayed against its tables.
    """
    dice = random.Random(seed)
    given = sorted(promises)
    disk, at, heard = Disk(), 0, 0
    told: dict[str, int] = {}
    found = [0, 0, 0, 0]  # promised, losing, lost, corrupt
    examples: list[str] = []
    wanted: dict[str, Sequence[str]] = {}
    for number, moment in enumerate(moments(done, given[0].at if given else 0, count, dice)):
        while at < moment:
            disk.do(done[at])
            at += 1
        while heard < len(given) and (at == len(done) or given[heard].at < done[at].at):
            told[given[heard].sprint] = max(told.get(given[heard].sprint, 0), given[heard].seq)
            heard += 1
        folder = place / "disk"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, content in disk.cut(dice).items():
            (folder / name).write_bytes(content)
        where = f"cut {number} at {at} of {len(done)}"
        try:
            held, wrong = _open(folder, look_well=number % every == 0)
        except Exception as trouble:
            found[3] += 1
            examples.append(f"{where}: {trouble!r}")
            continue
        for sprint, changes in held.items():
            if sprint not in wanted:
                wanted[sprint] = log(sprint)
            if changes != list(wanted[sprint][: len(changes)]):
                wrong.append(f"the log of {sprint} is not what was written")
        if wrong:
            found[3] += 1
            examples.append(f"{where}: {wrong[:3]}")
        missing = sum(max(0, seq - len(held.get(sprint, ()))) for sprint, seq in told.items())
        found[0] += sum(told.values())
        found[1] += missing > 0
        found[2] += missing
        if missing and len(examples) < 5:
            examples.append(f"{where}: {missing} entries were promised and are gone")
    return Cuts(count, *found, tuple(examples[:5]))


def _open(folder: Path, *, look_well: bool) -> tuple[dict[str, list[str]], list[str]]:
    """With the production code: the log of each sprint, and all that is not as it should be. It
    stays in this thread, so that thousands of disks do not cost as many threads."""
    database = SqliteDatabase(folder)
    database._open()
    try:
        return database.run_here(lambda connection: _read(connection, look_well))
    finally:
        database._close()


def _read(connection: Any, look_well: bool) -> tuple[dict[str, list[str]], list[str]]:
    driver = connection.connection.driver_connection
    said = [row[0] for row in driver.execute("PRAGMA integrity_check(5)")]
    wrong = [] if said == ["ok"] else said
    held: dict[str, list[str]] = {}
    for sprint, seq, change in driver.execute(
        "SELECT sprint, seq, change FROM event ORDER BY sprint, seq"
    ):
        entries = held.setdefault(sprint, [])
        entries.append(change)
        if seq != len(entries):
            wrong.append(f"{sprint} has entry {seq} at place {len(entries)}")
    for sprint, head in driver.execute("SELECT id, head FROM sprint"):
        if len(held.get(sprint, ())) != head:
            wrong.append(f"{sprint} ends at {len(held.get(sprint, ()))}, its row says {head}")
    if look_well:
        wrong += look(connection).wrong
    return held, wrong

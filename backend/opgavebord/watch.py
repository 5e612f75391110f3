"""What is counted, and the log of the server.

A `Watch` holds plain numbers, so that counting costs a tenth of a microsecond and starting loads nothing; the
format that Prometheus reads is made of them when somebody asks (`metrics.py`). Invariants: every number
has its name in `FAMILIES`, with what it means; a label holds one of a few words that we chose (a
verdict, a close code, a reason) and never a sprint, a seat, a name or an address.
"""

import asyncio
import json
import logging
import sys
import threading
import time
import traceback
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

PREFIX: Final = "opgavebord_"
OURS: Final = "opgavebord"
CAUSES: Final = 5  # of an error, as far back as that
ROAD: Final = 12  # lines of code
FEEL_SECONDS: Final = 0.25  # how often the loop is asked how late it is


class Family(NamedTuple):
    """One name and what it means. A counter is shown with `_total` behind its name."""

    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    label: str = ""


FAMILIES: Final[dict[str, Family]] = {
    # commands
    "op_ack_seconds": Family("histogram", "From a command's arrival until it is on the disk."),
    "op_verdict": Family("counter", "Verdicts on commands: kept, or why not.", "verdict"),
    "commit_seconds": Family("histogram", "One append to the log, with its wait for the disk."),
    "commit_batch_size": Family("histogram", "Entries in one append."),
    "fsync_errors": Family("counter", "The disk could not be trusted; the process ends after it."),
    "entries": Family("counter", "Entries that this process wrote to the log."),
    "appends": Family("counter", "Appends that the log answered."),
    "conflicts": Family("counter", "Appends that came second after another process."),
    "troubles": Family("counter", "Times that the log could not answer; tried again later."),
    "mishaps": Family("counter", "What was not expected; each has a line in the log."),
    "quarantined": Family(
        "counter", "Stored entries that were set apart when a sprint was opened."
    ),
    # sockets
    "ws_connections": Family("gauge", "Sockets that are open."),
    "ws_close": Family("counter", "Sockets that closed, by the code they closed with.", "code"),
    "ws_refused": Family("counter", "Sockets that were told goodbye at the door.", "why"),
    "ws_outbound_queue_bytes": Family("gauge", "The fullest mailbox of a socket now."),
    "ws_slow_dropped": Family("counter", "Sockets that did not take what they were sent."),
    "messages": Family("counter", "Messages that came in."),
    "letters": Family("counter", "Messages that went out."),
    "bytes": Family("counter", "Bytes of messages that went out."),
    "resume": Family(
        "counter", "Screens brought up to date: first, by what they missed, or whole.", "kind"
    ),
    "room_open_seconds": Family("histogram", "Reading a sprint from its log into memory."),
    "rooms": Family("gauge", "Sprints that are open in memory."),
    "client_outbox_age_seconds": Family(
        "gauge", "The longest that a device with unsent work has been away. 0: none is."
    ),
    # between processes
    "bus_up": Family("gauge", "1 when processes can wake each other, also where there is one."),
    "bus_gap_repairs": Family("counter", "What no hint told and was found in the log."),
    "polls": Family("counter", "Questions to the log how far the open sprints are."),
    "relay_told": Family("counter", "What was told to other processes."),
    "relay_heard": Family("counter", "What other processes told."),
    "relay_dropped": Family("counter", "Heard, and not what it should be, or too much."),
    "relay_unsaid": Family("counter", "Not told, because nobody could hear it."),
    "relay_losses": Family("counter", "Times that the connection to the relay was lost."),
    # at the door
    "joins": Family("counter", "Seats given to who came in."),
    "join_failures": Family("counter", "Who did not come in, and why.", "why"),
    "links_refused": Family("counter", "Links that do not work any more."),
    "moves": Family("counter", "Seats that moved to another device."),
    "moves_refused": Family("counter", "Seats that did not move, and why.", "why"),
    "seats_parted": Family("counter", "Sockets of seats that were taken away or moved.", "why"),
    "origin_rejected": Family("counter", "Pages of another website that tried.", "at"),
    "rate_limited": Family("counter", "Held back or sent away for being too fast.", "kind"),
    "requests": Family("counter", "HTTP requests by status.", "status"),
    "exports": Family("counter", "Files made to take home.", "format"),
    # the desk
    "sign_ins": Family("counter", "Colleagues who signed in."),
    "sign_ins_refused": Family("counter", "Sign-ins that failed, and why.", "why"),
    "accounts_refused": Family("counter", "Accounts that were not made, and why.", "why"),
    "accounts_removed": Family("counter", "Accounts that were taken away."),
    "sprints_wiped": Family("counter", "Evenings that the desk wiped before their term."),
    "sprints_prepared": Family("counter", "Sprints that the desk prepared."),
    # travelling
    "koffers_packed": Family("counter", "Boards that were packed to travel."),
    "koffers_opened": Family("counter", "Boards that were opened here to travel."),
    "koffers_home": Family("counter", "Boards that came home."),
    "koffers_refused": Family("counter", "Boards that could not come in."),
    # the machine
    "up_seconds": Family("gauge", "How long this process serves."),
    "event_loop_lag_seconds": Family("histogram", "How late the loop comes back to its work."),
    "sqlite_wal_bytes": Family("gauge", "What waits in the -wal; none on PostgreSQL."),
    "disk_free_ratio": Family("gauge", "Free part of the disk of the data folder."),
    "backup_age_seconds": Family(
        "gauge", "How old the state is that a backup goes back to; none where none is made."
    ),
    "backups_failed": Family("counter", "Backups by themselves that were not made."),
    "restore_drill_ok": Family("gauge", "1 when the last restore drill succeeded."),
    "checker_selfcheck_ok": Family(
        "gauge", "1 while every sprint that was looked at is in memory as in its log."
    ),
    "selfchecks": Family("counter", "Sprints whose memory was compared with their log."),
}

SECONDS: Final = (
    *(0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.06),
    *(0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
"""The gates of 20, 60, 150 and 500 ms are bounds of their own."""
SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Spread:
    """A histogram: how many were at most this much, for a few sizes of *this*."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)  # the last: more than all
        self.total = 0.0

    def note(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Watch:
    """The numbers of one process."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.counts: Counter[tuple[str, str]] = Counter()
        self.gauges: dict[str, float] = {}
        self.moments: dict[str, float] = {}
        self.sockets = 0
        self.spreads = {
            name: Spread(SIZES if name.endswith("_size") else SECONDS)
            for name, family in FAMILIES.items()
            if family.kind == "histogram"
        }
        self.acks = self.spreads["op_ack_seconds"]  # at hand for the roads that are walked always
        self.commits = self.spreads["commit_seconds"]
        self.batches = self.spreads["commit_batch_size"]
        self.lag = self.spreads["event_loop_lag_seconds"]
        self.opened = self.spreads["room_open_seconds"]

    def count(self, what: str, label: str = "") -> None:
        self.counts[what, label] += 1

    def count_all(self, what: str, labels: Iterable[str]) -> None:
        for label in labels:
            self.counts[what, label] += 1

    def set(self, what: str, value: float) -> None:
        """What a gauge shows from here on."""
        self.gauges[what] = value

    def since(self, what: str, moment: float) -> None:
        """A gauge that grows from this moment (seconds since 1970), such as the age of a backup."""
        self.moments[what] = moment


async def feel(watch: Watch) -> None:
    """How late the loop is, for as long as this runs."""
    loop = asyncio.get_running_loop()
    while True:
        wanted = loop.time() + FEEL_SECONDS
        await asyncio.sleep(FEEL_SECONDS)
        watch.lag.note(max(0.0, loop.time() - wanted))


class JsonLines(logging.Formatter):
    """One line of JSON per happening. `extra={"of": {...}}` adds fields; line ends can not be forged.

    What an error says of itself may hold what somebody wrote or who it was: the row that did not fit, the header that
    could not be read. So of an error its sort is told and the lines of code it came by, and of a
    library the sentence without what it fills in.
    """

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.partition(".")[0] == OURS
        line: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "from": record.name,
            "what": record.getMessage() if ours else str(record.msg).partition("\n")[0],
        }
        line.update(getattr(record, "of", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["trouble"] = told_by_its_path(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)


def told_by_its_path(error: BaseException) -> str:
    """`ValueError < KeyError: a.py:12 in f, b.py:7 in g`: the error, what it came from, and the road of the last."""
    sorts = [type(error).__name__]
    cause = error.__cause__ or error.__context__
    while cause is not None and len(sorts) < CAUSES:
        sorts.append(type(cause).__name__)
        cause = cause.__cause__ or cause.__context__
    road = traceback.extract_tb(error.__traceback__)[-ROAD:]
    steps = [f"{Path(step.filename).name}:{step.lineno} in {step.name}" for step in road]
    return f"{' < '.join(sorts)}: {', '.join(steps)}"


def write_down(_kind: type[BaseException], error: BaseException | None, _road: object) -> None:
    """Instead of a traceback on several lines, when nobody caught an error."""
    logging.getLogger(OURS).critical("not caught", exc_info=error)


def log_to_stderr(requests: bool) -> None:
    """All loggers write JSON lines to stderr; a line for every request only if asked."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    sys.excepthook = write_down
    sys.unraisablehook = lambda lost: write_down(lost.exc_type, lost.exc_value, None)
    threading.excepthook = lambda lost: write_down(lost.exc_type, lost.exc_value, None)
    logging.getLogger(OURS).setLevel(logging.INFO)
    logging.getLogger("opgavebord.web.requests").setLevel(
        logging.INFO if requests else logging.WARNING
    )

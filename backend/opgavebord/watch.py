"""What is counted: a few numbers without names of people or sprints. Shown at `/metrics` on this machine."""

import json
import logging
import time
from collections import Counter
from typing import Any, Final, Protocol

PREFIX: Final = "opgavebord_"


class Counted(Protocol):
    """Anything with numbers as attributes, such as the counters of the rooms."""


class Watch:
    """Counters by name, and one label where it says something."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self._counts: Counter[tuple[str, str]] = Counter()
        self.sockets = 0

    def count(self, what: str, label: str = "") -> None:
        self._counts[what, label] += 1

    def text(self, rooms: Counted, open_rooms: int) -> str:
        """In the format that Prometheus reads."""
        lines = [
            f"{PREFIX}up_seconds {time.monotonic() - self.began:.0f}",
            f"{PREFIX}sockets {self.sockets}",
            f"{PREFIX}rooms {open_rooms}",
        ]
        lines += [f"{PREFIX}{name}_total {value}" for name, value in sorted(vars(rooms).items())]
        for (what, label), value in sorted(self._counts.items()):
            of = f'{{of="{label}"}}' if label else ""
            lines.append(f"{PREFIX}{what}_total{of} {value}")
        return "\n".join(lines) + "\n"


class JsonLines(logging.Formatter):
    """One line of JSON per happening. `extra={"of": {...}}` adds fields; line ends can not be forged."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "from": record.name,
            "what": record.getMessage(),
        }
        line.update(getattr(record, "of", {}))
        if record.exc_info:
            line["trouble"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


def log_to_stderr(requests: bool) -> None:
    """All loggers write JSON lines to stderr; a line for every request only if asked."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("opgavebord").setLevel(logging.INFO)
    logging.getLogger("opgavebord.web.requests").setLevel(
        logging.INFO if requests else logging.WARNING
    )

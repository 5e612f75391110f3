"""Our server with the rates per seat lifted: for saturation and growth only.

Fifty honest tablets can not ask for more than 250 commands a second; to see where the server
itself ends, this launcher lifts the numbers in the table of limits before anything reads them
and then runs `python -m opgavebord` as it is. No setting can do this.
"""

import runpy
from typing import Any, Final

from opgavebord.sprint import limits

LIFTED: Final[dict[str, Any]] = {
    "COMMANDS_PER_SECOND": 1_000_000,
    "COMMANDS_BURST": 1_000_000,
    "COMMANDS_PER_HOUR": 1_000_000_000,
    "COMMANDS_WAITING": 1_000_000,
}


def main() -> None:
    for name, value in LIFTED.items():
        if not hasattr(limits, name):
            raise SystemExit(f"there is no limit {name} any more")
        setattr(limits, name, value)
    runpy.run_module("opgavebord", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

"""The real server with its disk watched: `python -m tests.faults.watched <file>`, settings as always.

What SQLite asked of the data folder is laid in the file when the server goes down.
"""

import sys
from pathlib import Path

from opgavebord.cli import app
from opgavebord.settings import from_environment
from tests.storage.power import keep, recording

file = Path(sys.argv[1])
with recording(from_environment().data_dir) as done:
    try:
        app(["serve", "--json"])
    finally:
        keep(done, file)

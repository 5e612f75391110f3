"""The command line. Each command is a function in a file here; this one gives them their names.

What a command needs is imported when it runs, so that none waits for the others' libraries.
"""

import typer

from .archives import bring_in, export
from .backups import backup, drill, restore
from .checking import check
from .koffer import koffer
from .retention import retain
from .serving import serve
from .sprints import demo, links

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Opgavebord: a shared board for opgavesprints.",
)
app.command()(serve)
app.command()(demo)
app.command()(links)
app.command()(check)
app.command()(export)
app.command("import")(bring_in)
app.command()(backup)
app.command()(restore)
app.command()(drill)
app.command()(retain)
app.add_typer(koffer, name="koffer")

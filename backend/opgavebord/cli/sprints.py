"""`opgavebord demo` and `opgavebord links`: a sprint more, and the way to one."""

import asyncio
import time
from typing import Annotated

import typer

from ..settings import BadSetting, Settings
from .speaking import Json, plainly, print_json, say


def demo(
    notes: Annotated[
        int | None, typer.Option(help="How many notes; the demo's own if not said.")
    ] = None,
    json: Json = False,
) -> None:
    """Make one more demo sprint, to look at and to measure. On SQLite the server must be down."""
    from .. import founding
    from ..app import addresses, links
    from ..people.invitations import Invitations
    from ..people.key import key_of
    from ..storage.opening import storage

    async def make(settings: Settings) -> None:
        database, log = storage(*settings.keeping)
        await database.open()
        try:
            sprint = await founding.found_demo(log, notes)
            key = await key_of(database, settings.data_dir, settings.key_file)
            made = await Invitations(database, key).links(sprint)
        finally:
            await database.close()
        at = addresses(settings, settings.port)
        say(links(at.here, made), at.hall)
        if json:
            print_json(links(at.here, made))

    with plainly() as settings:
        asyncio.run(make(settings))


def links(
    rotate: Annotated[
        str | None,
        typer.Option(
            help="Make this link anew: wand, regie, oogst, tafel or luister; the old one stops working. "
            "Or bureau: a link for one more account."
        ),
    ] = None,
    sprint: Annotated[str | None, typer.Option(help="Another sprint than the newest.")] = None,
    json: Json = False,
) -> None:
    """Show the links of a sprint again."""
    from ..app import addresses
    from ..app import links as made
    from ..bureau.accounts import Accounts
    from ..bureau.passwords import Hashing
    from ..people.invitations import ROLE_OF, Invitations
    from ..people.key import key_of
    from ..sprint.sprint import Seat
    from ..storage import doorway
    from ..storage.opening import storage

    async def show(settings: Settings) -> None:
        database, _ = storage(*settings.keeping)
        await database.open()
        try:
            key = await key_of(database, settings.data_dir, settings.key_file)
            invitations = Invitations(database, key)
            of = sprint or await database.run(doorway.newest)
            if of is None or await database.run(lambda c: doorway.doorway(c, of)) is None:
                raise BadSetting("There is no such sprint in this data folder.")
            accounts = Accounts(database, key, Hashing())
            account = await accounts.first_secret()
            if rotate == "bureau":
                account = account or await accounts.invite(time.time_ns() // 1_000_000)
            elif rotate in ROLE_OF:
                await invitations.rotate(of, rotate, Seat("desk", "bureau"))
            elif rotate is not None:
                raise BadSetting(f"--rotate takes one of {', '.join(ROLE_OF)}, bureau.")
            found = await invitations.links(of)
        finally:
            await database.close()
        at = addresses(settings, settings.port)
        told = made(at.here, found, account)
        say(told, at.hall)
        if json:
            print_json(told)

    with plainly() as settings:
        asyncio.run(show(settings))

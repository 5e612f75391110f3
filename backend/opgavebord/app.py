"""Builds all parts and connects them. The only file that knows everyone."""

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from msgspec import Struct
from msgspec.structs import asdict
from starlette.exceptions import HTTPException

from . import archiving, certificate
from .backups.automatic import Backups
from .bureau.accounts import Accounts
from .bureau.opgaven import Opgaven
from .bureau.passwords import Hashing, PasswordDoor
from .bureau.sessions import Sessions
from .bureau.sprints import Sprints
from .koffer.asking import own_forms
from .koffer.travelling import Koffer
from .metrics import Metrics
from .people.brake import at_the_doors
from .people.doors import Doors, join_url, shown
from .people.invitations import Invitations
from .people.invitations import Links as Behind
from .people.key import KEY_FILE, key_of, read_key
from .people.moving import Moving, Stoelcodes
from .people.seats import Seats
from .rehearsal.player import Way
from .rehearsal.rehearsals import Rehearsals
from .relay import Relay
from .relay.local import LocalRelay
from .retention.asking import folders
from .retention.wiping import Retention
from .selfcheck import compare
from .settings import Settings
from .sprint.ask import ENTROPY_BYTES
from .sprint.sprint import Sprint
from .storage import doorway, retention
from .storage.opening import storage
from .storage.sqlite import waiting_in_the_wal
from .sync.rooms import Rooms
from .watch import Watch, feel
from .web import bureau as desk_routes
from .web import doors as door_routes
from .web import gehoord, health, pages, takehome
from .web import koffer as koffer_routes
from .web.asking import wall_clock
from .web.backing_up import BackingUp
from .web.backing_up import routes as backing_up_routes
from .web.below import below
from .web.gate import Gate, Receive, Scope, Send
from .web.problems import Problem, surprised, told
from .web.rehearsing import Rehearsing
from .web.rehearsing import routes as rehearsing_routes
from .web.retaining import routes as retaining_routes
from .web.socket import Sockets
from .web.visitor import visitor
from .werkvormen.shelf import all_werkvormen

EVERYWHERE: Final = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not listened on
HTTPS: Final = 443  # the port that needs not be said
THIS_MACHINE: Final = ("localhost", "127.0.0.1", "[::1]")


class Addresses(Struct, frozen=True):
    """Where this server is found: by this machine, and by tablets in the same network."""

    here: str
    hall: str

    def of(self, host: str, secure: bool) -> str:
        """For who came to us under this host. Someone at this machine wants the address for the hall."""
        name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
        if not host or name in THIS_MACHINE:
            return self.hall
        return f"{'https' if secure else 'http'}://{host}"


class Links(Struct, frozen=True):
    """What `serve --json` prints."""

    sprint: str
    url: str
    join_code: str
    join_url: str
    wall_url: str
    regie_url: str
    oogst_url: str
    tafel_url: str
    luister_url: str
    desk_url: str
    public_url: str  # *Dit hebben we gehoord*, once it is published


class Chance:
    """Unpredictable bytes, asked of the system for many commands at a time: a system call for each
    is a tenth of the work of a full room, and few commands use them."""

    def __init__(self) -> None:
        self._drawn = b""
        self._at = 0

    def __call__(self) -> bytes:
        if self._at >= len(self._drawn):
            self._drawn, self._at = secrets.token_bytes(256 * ENTROPY_BYTES), 0
        start, self._at = self._at, self._at + ENTROPY_BYTES
        return self._drawn[start : self._at]


class Opgavebord:
    """Everything, connected. `start`, then an ASGI application, then `stop`."""

    def __init__(
        self, settings: Settings, port: int, fatal: Callable[[BaseException], None]
    ) -> None:
        self.settings = settings
        self.werkvormen = all_werkvormen(settings.werkvormen)
        self.port = port
        self.addresses = addresses(settings, port)
        self.database, self.log = storage(*settings.keeping)
        self.relay = relay(settings)
        shared = bool(settings.database)  # others may write to it as well
        self.watch = Watch()
        self.build = pages.build_name(own_version())
        self.seats = Seats(self.database)
        self._fatal = fatal
        self._draining = False
        self.rooms = Rooms(
            self.log,
            self.relay,
            clock=time.monotonic,
            wall=wall_clock,
            entropy=Chance(),
            build=self.build,
            fatal=self._lost,
            watch=self.watch,
            shared=shared,
        )
        self.backups = Backups(
            self.database,
            self.log,
            product=own_version(),
            data_dir=settings.data_dir,
            key=settings.key_file or settings.data_dir / KEY_FILE,
            folder=settings.backups,
            keep_days=settings.keep_days,
            failed=lambda: self.watch.count("backups_failed"),
        )
        self.retention = Retention(
            self.database,
            look=self.rooms.look,
            forget=self._forget,
            keep_days=settings.keep_days,
            data_dir=settings.data_dir,
            backups=folders(settings),
            wall=wall_clock,
            quiet=lambda: not any(self.rooms.open_rooms.values()),
        )
        self._taken_home: takehome.TakingHome | None = None
        self.metrics = Metrics(self.watch, self._looks(), self._tallies)
        self.readiness = health.Readiness(
            self.database,
            settings.data_dir,
            draining=lambda: self._draining,
            lost=self.rooms.lost,
        )
        self._minding: list[asyncio.Task[None]] = []
        self.brake = at_the_doors()
        self.doors = Doors(self.database, self.brake)
        self.rehearsals = Rehearsals(
            self.rooms,
            self.doors,
            self.database,
            way=way(settings, port),
            secure=settings.secure,
            path=settings.path,
            wall=wall_clock,
        )
        self.invitations: Invitations | None = None
        self.accounts: Accounts | None = None
        self._hashing = Hashing()
        self._pages: Gate | None = None
        self._sockets = Sockets(settings, self.seats, self.rooms, self.watch, shared=shared)

    async def start(self) -> Links:
        """Open the data folder and found the demo where there is nothing. Returns where to go."""
        await self.database.open()
        await self.relay.open()
        self.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = await key_of(self.database, self.settings.data_dir, self.settings.key_file)
        self.invitations = Invitations(self.database, key)
        self.accounts = Accounts(self.database, key, self._hashing)
        self._pages = Gate(
            self._application(self.invitations, self.accounts),
            self.watch,
            secure=self.settings.secure,
        )
        await self.rehearsals.wipe_leftovers()
        sprint = await self._first_sprint()
        at = on_this_machine(self.settings, self.port)
        self._minding = [
            asyncio.create_task(feel(self.watch)),
            asyncio.create_task(compare(self.rooms, self.log, self.watch)),
            asyncio.create_task(self.rehearsals.mind()),
        ]
        self.backups.start()
        self.retention.start()
        archiving.write_address(
            self.settings.data_dir, f"{scheme(self.settings)}://{at}", self.settings.tls_certificate
        )
        return await self.links(sprint)

    async def _first_sprint(self) -> str:
        """The newest sprint, or the demo, which only one of the processes founds that start together."""
        sprint = await self.database.run(doorway.newest)
        if sprint is not None:
            return sprint
        from . import founding  # only a first start needs it

        async with self.database.alone("demo"):
            sprint = await self.database.run(doorway.newest)
            return sprint or await founding.found_demo(self.log)

    async def links(self, sprint: str) -> Links:
        assert self.invitations is not None
        assert self.accounts is not None
        first = await self.accounts.first_secret()
        return links(self.addresses.here, await self.invitations.links(sprint), first)

    def going_down(self) -> None:
        """From here on nobody new is asked in."""
        self._draining = True

    async def stop(self) -> None:
        """Keep what waits and say goodbye; the server may close its sockets after this."""
        self.going_down()
        await self.rehearsals.close()
        await self.rooms.drain()
        await self.relay.close()

    async def close(self, others: bool = False) -> None:
        """`others`: there are other workers, at the same address."""
        for task in self._minding:
            task.cancel()
        await self.retention.close()
        await self.backups.close()
        self._hashing.close()
        if not others:
            archiving.forget_address(self.settings.data_dir)
        await self.database.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope = below(scope, self.settings.path)
        if scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
        elif scope["type"] == "http":
            assert self._pages is not None, "not started"
            await self._pages(scope, receive, send)

    def _application(self, invitations: Invitations, accounts: Accounts) -> FastAPI:
        app = FastAPI(title="Opgavebord", docs_url=None, redoc_url=None, openapi_url=None)
        bureau = self._bureau(invitations, accounts)
        desk = door_routes.Desk(
            settings=self.settings,
            doors=self.doors,
            moving=Moving(self.database, self._stoelcodes(), self.brake),
            seats=self.seats,
            invitations=invitations,
            rooms=self.rooms,
            watch=self.watch,
            public_url=self._public_url,
            part=self._sockets.part,
            staff=bureau.staff,
        )
        app.include_router(door_routes.routes(desk))
        entrance = door_routes.Entrance(desk)
        rehearsing = Rehearsing(entrance, self.rehearsals, self._links_for)
        app.include_router(rehearsing_routes(rehearsing))
        app.include_router(desk_routes.routes(bureau))
        taking_home = self._taken_home = self._taking_home(entrance)
        app.include_router(takehome.routes(taking_home))
        backing_up = BackingUp(self.backups, taking_home.is_command_line)
        app.include_router(backing_up_routes(backing_up))
        app.include_router(koffer_routes.routes(self._travelling(entrance, bureau, taking_home)))
        app.include_router(retaining_routes(self.retention, taking_home.is_command_line))
        app.include_router(
            gehoord.routes(self._look_from_outside, self._left_of, self.settings.path)
        )
        app.include_router(
            health.routes(
                health.Health(
                    self.settings, self.readiness, self.metrics, own_version(), self.build
                )
            )
        )
        app.include_router(pages.routes(self.settings))
        app.add_exception_handler(Problem, told)
        app.add_exception_handler(HTTPException, told)
        app.add_exception_handler(Exception, surprised)
        return app

    def _travelling(
        self,
        entrance: door_routes.Entrance,
        bureau: desk_routes.Bureau,
        taking_home: takehome.TakingHome,
    ) -> koffer_routes.Travelling:
        return koffer_routes.Travelling(
            koffer=Koffer(
                self.database,
                self.log,
                self.rooms,
                wall=wall_clock,
                entropy=Chance(),
                forms=lambda: own_forms(self.settings.werkvormen),
            ),
            entrance=entrance,
            settings=self.settings,
            watch=self.watch,
            staff=bureau.staff,
            is_command_line=taking_home.is_command_line,
            newest=lambda: self.database.run(doorway.newest),
            links=self._links_for,
            turns=asyncio.Semaphore(koffer_routes.AT_ONCE),
        )

    def _stoelcodes(self) -> Stoelcodes:
        key = read_key(self.settings.data_dir, self.settings.key_file)
        return Stoelcodes(secrets.randbelow, key)

    async def _look_from_outside(self, sprint: str) -> Sprint | None:
        """For who needs no seat: a stranger must not make us open what is not there."""
        if await self.database.run(lambda c: doorway.doorway(c, sprint)) is None:
            return None
        return await self.rooms.look(sprint)

    async def _left_of(self, sprint: str) -> str | None:
        """What stays public of an evening that was wiped."""
        return await self.database.run(lambda c: retention.left(c, sprint))

    async def _forget(self, sprint: str) -> None:
        """Wipe an evening, also from the memory of what was being taken home."""
        await self.rooms.forget(sprint)
        if self._taken_home is not None:
            self._taken_home.forget(sprint)

    def _taking_home(self, entrance: door_routes.Entrance) -> takehome.TakingHome:
        async def bring_in(file: Path, copy: bool) -> archiving.Arrived:
            data = await asyncio.to_thread(archiving.read_file, file)
            return await archiving.found_again(self.log, data, copy=copy)

        return takehome.TakingHome(
            entrance,
            self.rooms,
            self.settings,
            self.watch,
            clock=time.monotonic,
            command_line=takehome.CommandLine(
                secret=archiving.pass_of(read_key(self.settings.data_dir, self.settings.key_file)),
                newest=lambda: self.database.run(doorway.newest),
                bring_in=bring_in,
                refused=archiving.CanNot,
            ),
        )

    async def _links_for(self, sprint: str, request: Request) -> dict[str, Any]:
        """The links of a sprint as this visitor finds us."""
        knocks = visitor(request.scope, self.settings)
        assert self.invitations is not None
        found = await self.invitations.links(sprint)
        return asdict(links(self._public_url(knocks.host, knocks.secure), found))

    def _bureau(self, invitations: Invitations, accounts: Accounts) -> desk_routes.Bureau:
        return desk_routes.Bureau(
            settings=self.settings,
            database=self.database,
            door=PasswordDoor(self.database, self._hashing),
            accounts=accounts,
            sessions=Sessions(self.database),
            opgaven=Opgaven(self.database),
            sprints=Sprints(self.database, self.log, self.werkvormen),
            werkvormen=self.werkvormen,
            rooms=self.rooms,
            invitations=invitations,
            retention=self.retention,
            watch=self.watch,
            public_url=self._public_url,
        )

    def _looks(self) -> dict[str, Callable[[], float | None]]:
        """The gauges that are looked up when somebody asks."""
        folder = self.settings.data_dir
        return {
            "up_seconds": lambda: time.monotonic() - self.watch.began,
            "bus_up": lambda: self.relay.up,
            "ws_connections": lambda: self.watch.sockets,
            "ws_outbound_queue_bytes": lambda: self.rooms.fullest_mailbox,
            "rooms": lambda: len(self.rooms.open_rooms),
            "client_outbox_age_seconds": lambda: self.rooms.longest_away,
            "sqlite_wal_bytes": lambda: waiting_in_the_wal(folder),
            "disk_free_ratio": lambda: health.free(folder),
            "backup_age_seconds": self.backups.age,
            "restore_drill_ok": self.backups.drilled,
        }

    def _tallies(self) -> dict[str, int]:
        counters = self.rooms.counters
        told = vars(self.relay.counters)
        return {**vars(counters), **told, "ws_slow_dropped": counters.overflows}

    def _public_url(self, host: str, secure: bool) -> str:
        return self.settings.url or self.addresses.of(host, secure)

    def _lost(self, lost: BaseException) -> None:
        self._draining = True
        self._fatal(lost)


def relay(settings: Settings) -> Relay:
    """What wakes other processes. What is not used is not loaded."""
    if not settings.redis:
        return LocalRelay()
    from .relay.redis import RedisRelay

    return RedisRelay(settings.redis, settings.redis_password_file)


def links(base: str, of: Behind, account: str | None = None) -> Links:
    """`account`: the secret with which somebody makes an account at the desk, if there is one."""
    return Links(
        sprint=of.sprint,
        url=base,
        join_code=shown(of.code),
        join_url=join_url(base, of.token),
        wall_url=f"{base}/wand#{of.wand}",
        regie_url=f"{base}/regie#{of.regie}",
        oogst_url=f"{base}/oogst#{of.oogst}",
        tafel_url=f"{base}/tafel#{of.tafel}",
        luister_url=f"{base}/luister#{of.luister}",
        desk_url=f"{base}/bureau" + (f"#{account}" if account else ""),
        public_url=f"{base}/gehoord/{of.sprint}",
    )


def way(settings: Settings, port: int) -> Way:
    """How a robot on this machine reaches us, as a page of our own would."""
    at = on_this_machine(settings, port)
    tls = certificate.only_this(settings.tls_certificate) if settings.tls_certificate else None
    return Way(
        f"{'wss' if tls else 'ws'}://{at}",
        settings.origins[0] if settings.origins else f"{scheme(settings)}://{at}",
        tls,
    )


def scheme(settings: Settings) -> str:
    """What we speak ourselves, whatever a proxy in front speaks."""
    return "https" if settings.tls_certificate is not None else "http"


def on_this_machine(settings: Settings, port: int) -> str:
    """Host and port for a program that runs beside us."""
    host = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def own_version() -> str:
    try:
        return version("opgavebord")
    except PackageNotFoundError:  # run from the source tree
        return "0.1.0"


def addresses(settings: Settings, port: int) -> Addresses:
    if settings.url:
        return Addresses(settings.url, settings.url)
    spoken = scheme(settings)
    ours = certificate.look(settings)
    if ours is not None and ours.name is not None:  # under another name no tablet believes us
        at = f"{spoken}://{_host(ours.name)}{'' if port == HTTPS else f':{port}'}"
        return Addresses(at, at)
    if settings.host in EVERYWHERE:
        hall = f"{spoken}://{address_in_the_hall()}:{port}"
        return Addresses(f"{spoken}://localhost:{port}", hall)
    at = f"{spoken}://{_host(settings.host)}:{port}"
    return Addresses(at, at)


def _host(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def address_in_the_hall() -> str:
    """This machine's address in its network. Nothing is sent: a UDP socket only picks its route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address that is set aside for documentation
            found: str = probe.getsockname()[0]
        except OSError:
            return "localhost"
        return found

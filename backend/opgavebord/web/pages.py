"""The pages: one built file for all screens, what it needs, and nothing from anywhere else.

Every screen is the same `index.html`; which one it becomes follows from the address. The content
security policy lets a page run our own scripts only, write no markup from text (Svelte's own policy
excepted, and ours for the address of the service worker) and talk to this server only. `connect-src`
names the socket besides `'self'`, because some browsers do not count `ws:` as the same.

Files are read when they are first asked for and again when they changed on the disk, and kept with
their gzipped form: the whole frontend is smaller than one photo.
"""

import gzip
import hashlib
import mimetypes
import time
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from ..settings import Settings
from .problems import Problem
from .visitor import visitor

STATIC: Final = Path(__file__).parent / "static"
INDEX: Final = "index.html"
FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_FIRST: Final = "no-cache"
NEVER: Final = "no-store"
WORKER: Final = "sw.js"
AT_THE_ROOT: Final = frozenset(
    {WORKER, "manifest.webmanifest", "favicon.svg", "icon.svg", "robots.txt"}
)
# The worker fetches the page and its assets, under the policy that it came with itself.
OF_ITS_OWN: Final = {
    WORKER: {"content-security-policy": "default-src 'none'; connect-src 'self'"},
}
GZIPPED: Final = (".html", ".js", ".css", ".svg", ".json", ".webmanifest", ".txt")
TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
SECURITY_TXT_SECONDS: Final = 180 * 24 * 3600

ICON: Final = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M0 0h16v16H0z" '
    b'fill="#1a1a1a"/><path d="M2 3h5v4H2z" fill="#ffed6a"/><path d="M9 3h5v4H9z" fill="#fff"/>'
    b'<path d="M2 9h5v4H2z" fill="#f2c4a8"/></svg>'
)

BEFORE_BUILD: Final = (
    b'<!doctype html><html lang="nl"><meta charset="utf-8"><title>Opgavebord</title>'
    b"<h1>De schermen zijn nog niet gemaakt.</h1><p>Start met <code>scripts/run</code>: "
    b"dat maakt ze eerst.</p></html>"
)


class Kept(Struct, frozen=True):
    """A file as it was when its clock said `stamp`."""

    stamp: tuple[int, int]
    plain: bytes
    zipped: bytes | None
    tag: str


class Files:
    """The built frontend, in memory. The page names its assets below `root`: it is shown at addresses of
    any depth, and its policy lets no `<base>` say where it lies."""

    def __init__(self, folder: Path, root: str = "") -> None:
        self._folder = folder
        self._assets = f'"{root}/assets/'.encode()
        self._kept: dict[str, Kept] = {}

    def read(self, name: str) -> Kept | None:
        """A file below the folder; None where there is no such file, or it lies elsewhere."""
        if "\0" in name or "\\" in name or ".." in name.split("/"):
            return None
        path = self._folder / name
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            kept = self._kept.get(name)
            if kept is not None and kept.stamp == stamp:
                return kept
            plain = path.read_bytes()
            if name == INDEX:
                plain = plain.replace(b'"./assets/', self._assets)
        except OSError:
            return None
        zipped = gzip.compress(plain, 9, mtime=0) if path.suffix in GZIPPED else None
        tag = f'"{hashlib.sha256(plain).hexdigest()[:20]}"'
        self._kept[name] = kept = Kept(stamp, plain, zipped, tag)
        return kept


def policy(host: str, secure: bool) -> str:
    """The content security policy of a page that was asked from this host."""
    sockets = f" {'wss' if secure else 'ws'}://{host}" if host else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self'{sockets}",
            "manifest-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types svelte-trusted-html opgavebord-worker",
        )
    )


def build_name(version: str, folder: Path = STATIC) -> str:
    """Version, and a mark of the built frontend, so that a page can tell that it is old."""
    index = Files(folder).read(INDEX)
    return version if index is None else f"{version}+{index.tag[1:9]}"


FIRST: Final = ("/", "/wand", "/regie", "/oogst", "/tafel", "/luister", "/bureau")
SCREENS: Final = (
    "/s/{sprint}",
    "/s/{sprint}/bord",
    "/s/{sprint}/lijst",
    "/s/{sprint}/plek",
    "/s/{sprint}/stemmen",
    "/s/{sprint}/controle",
    "/s/{sprint}/wand",
    "/s/{sprint}/wand/{scene}",
    "/wand/{sprint}",
    "/regie/{sprint}",
    "/oogst/{sprint}",
    "/tafel/{sprint}",
    "/luister/{sprint}",
    "/bureau/{path:path}",
)


def routes(settings: Settings, folder: Path = STATIC) -> APIRouter:
    router = APIRouter()
    files = Files(folder, settings.path)

    def page(request: Request) -> Response:
        knocks = visitor(request.scope, settings)
        headers = {
            "content-security-policy": policy(knocks.host, knocks.secure),
            "cache-control": ASK_FIRST,
        }
        kept = files.read(INDEX)
        if kept is None:
            return Response(BEFORE_BUILD, 200, headers, "text/html; charset=utf-8")
        return _give(request, kept, INDEX, headers)

    async def screen(request: Request) -> Response:
        return page(request)

    # HEAD too: who watches whether a site is up asks that way.
    for path in (*FIRST, *SCREENS):
        router.add_api_route(path, screen, methods=["GET", "HEAD"])

    @router.get("/assets/{name:path}")
    async def asset(request: Request, name: str) -> Response:
        kept = files.read(f"assets/{name}")
        if kept is None:
            raise Problem("not_found")
        return _give(request, kept, name, {"cache-control": FOR_EVER})

    @router.get("/.well-known/security.txt")
    async def security_txt() -> Response:
        if not settings.contact:
            raise Problem("not_found")
        expires = time.strftime(
            "%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + SECURITY_TXT_SECONDS)
        )
        text = f"Contact: {settings.contact}\nExpires: {expires}\nPreferred-Languages: nl, en\n"
        return Response(text, media_type="text/plain; charset=utf-8")

    @router.get("/favicon.ico")
    async def icon() -> Response:
        """Browsers ask for it whether it is there or not."""
        return Response(ICON, 200, {"cache-control": "max-age=86400"}, "image/svg+xml")

    @router.get("/{name}")
    async def at_the_root(request: Request, name: str) -> Response:
        kept = files.read(name) if name in AT_THE_ROOT else None
        if kept is None:
            raise Problem("not_found")
        return _give(request, kept, name, {"cache-control": ASK_FIRST, **OF_ITS_OWN.get(name, {})})

    return router


def _give(request: Request, kept: Kept, name: str, headers: dict[str, str]) -> Response:
    headers = {**headers, "etag": kept.tag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == kept.tag:
        return Response(status_code=304, headers=headers)
    suffix = Path(name).suffix
    kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    body = kept.plain
    if kept.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body = kept.zipped
        headers["content-encoding"] = "gzip"
    return Response(body, 200, headers, kind)

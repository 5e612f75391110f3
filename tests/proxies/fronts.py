"""The recipes of deploy/ for real: nginx and Caddy with our files, on free ports, as an unprivileged user.

Only what belongs to a place is filled in: ports, names, certificates. A recipe that no longer has the line
where that stands is a test that fails.
"""

import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

from tests import services
from tests.services import free_port

RECIPES: Final = Path(__file__).resolve().parents[2] / "deploy"
FILES_AS: Final = 0o755

Which = Literal["nginx", "caddy"]


class Front(Struct, frozen=True):
    """A proxy that runs, and where people find it."""

    url: str
    plain: int  # its port without TLS
    folder: Path
    trust: ssl.SSLContext

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2].partition("/")[0])


class Plan(Struct, frozen=True):
    """What the server should know before its proxy runs: ports are free until then."""

    which: Which
    port: int
    plain: int
    path: str = ""
    takes_off: bool = False  # whether the proxy takes the path off
    tls: bool = True

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}{self.path}"


def plan(which: Which, **how: Any) -> Plan:
    return Plan(which, free_port(), free_port(), **how)


@contextmanager
def front(plan: Plan, servers: list[int]) -> Iterator[Front]:
    """The proxy, in front of servers at these ports of this machine."""
    someone = services.somebody_else()
    with services._folder(f"opgavebord-{plan.which}-", someone) as home:
        home.chmod(FILES_AS)
        certificate(home)
        write = _nginx if plan.which == "nginx" else _caddy
        command, environment = write(home, plan, servers)
        for path in (home, *home.rglob("*")):
            if someone:
                os.chown(path, someone["user"], someone["group"])
        with services._running(
            command,
            lambda: _listens(plan.port),
            home / "log",
            stop_with=services.signal.SIGTERM,
            cwd="/",
            env={"PATH": os.environ["PATH"], "HOME": str(home), **environment},
            **someone,
        ):
            yield Front(
                plan.url,
                plan.plain,
                home,
                ssl.create_default_context(cafile=home / "certificate.pem"),
            )


def certificate(folder: Path) -> None:
    """For this machine, of our own making."""
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
            ),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext"),
            *("subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(folder / "key.pem")),
            *("-out", str(folder / "certificate.pem")),
        ],
        check=True,
        capture_output=True,
    )


def _nginx(home: Path, plan: Plan, servers: list[int]) -> tuple[list[Any], dict[str, str]]:
    recipes = RECIPES / "nginx"
    for folder in ("conf.d", "snippets", "sites", "temporary"):
        (home / folder).mkdir()
    shutil.copy(recipes / "opgavebord-pass.conf", home / "snippets")
    lines = "\n".join(f"    server 127.0.0.1:{port} max_fails=0;" for port in servers)
    upstream = _filled(
        recipes / "opgavebord-upstream.conf",
        ("    server 127.0.0.1:8000 max_fails=0;", lines),
    )
    (home / "conf.d" / "opgavebord-upstream.conf").write_text(upstream)
    certificates = (
        ("/etc/ssl/opgavebord/certificate.pem", str(home / "certificate.pem")),
        ("/etc/ssl/opgavebord/key.pem", str(home / "key.pem")),
    )
    if not plan.path and not plan.tls:
        site = (
            f"server {{\nlisten 127.0.0.1:{plan.port};\n"
            "location / { include snippets/opgavebord-pass.conf; }\n}\n"
        )
    elif not plan.path:
        site = _filled(
            recipes / "opgavebord.conf",
            ("    listen 80;", f"    listen 127.0.0.1:{plan.plain};"),
            ("    listen 443 ssl http2;", f"    listen 127.0.0.1:{plan.port} ssl http2;"),
            ("    listen [::]:80;\n", ""),
            ("    listen [::]:443 ssl http2;\n", ""),
            *certificates,
        )
    else:
        locations = _filled(recipes / "opgavebord-subpath.conf", ("/bord", plan.path))
        if plan.takes_off:
            opening = f"location ^~ {plan.path}/ {{"
            assert opening in locations
            off = f"{opening}\n    rewrite ^{plan.path}(/.*)$ $1 break;"
            locations = locations.replace(opening, off)
        (home / "snippets" / "opgavebord-subpath.conf").write_text(locations)
        tls = "".join(
            f"ssl_certificate{kind} {file};\n"
            for kind, (_, file) in zip(("", "_key"), certificates, strict=True)
        )
        site = (
            f"server {{\nlisten 127.0.0.1:{plan.port}{' ssl' if plan.tls else ''};\nserver_name localhost;\n"
            f"{tls if plan.tls else ''}include snippets/opgavebord-subpath.conf;\n"
            'location / { return 200 "gemeente.nl"; }\n}\n'
        )
    (home / "sites" / "site.conf").write_text(site)
    temporary = "\n".join(
        f"{kind}_temp_path {home}/temporary/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (home / "nginx.conf").write_text(
        f"daemon off;\npid {home}/pid;\nworker_processes 2;\nerror_log stderr warn;\n"
        "events { worker_connections 512; }\n"
        f"http {{\naccess_log {home}/access.log;\n{temporary}\ninclude /etc/nginx/mime.types;\n"
        "include conf.d/*.conf;\ninclude sites/*.conf;\n}\n"
    )
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise RuntimeError("nginx is missing: run scripts/test, or install nginx")
    return [program, "-c", home / "nginx.conf", "-e", "stderr"], {}


def _caddy(home: Path, plan: Plan, servers: list[int]) -> tuple[list[Any], dict[str, str]]:
    recipes = RECIPES / "caddy"
    shutil.copy(recipes / "opgavebord.caddy", home)
    here = ("} {\n\ttls ", "} {\n\tbind 127.0.0.1\n\ttls ")
    name = "subpath.Caddyfile" if plan.path else "Caddyfile"
    text = _filled(recipes / name, here)
    if plan.path:
        assert text.startswith("#")
        text = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text.replace(
            "/bord", plan.path
        )
        if plan.takes_off:
            text = _changed(text, f"handle {plan.path}/*", f"handle_path {plan.path}/*")
            text = _changed(
                text, f"path {plan.path}/metrics {plan.path}/readyz", "path /metrics /readyz"
            )
    (home / "Caddyfile").write_text(text)
    program = shutil.which("caddy")
    if program is None:
        raise RuntimeError("caddy is missing: run scripts/test, or install caddy")
    return [program, "run", "--config", home / "Caddyfile", "--adapter", "caddyfile"], {
        "OPGAVEBORD_SITE": f"https://localhost:{plan.port}",
        "OPGAVEBORD_TLS": f"{home}/certificate.pem {home}/key.pem",
        "OPGAVEBORD_HTTP_PORT": str(plan.plain),
        "OPGAVEBORD_HTTPS_PORT": str(plan.port),
        "OPGAVEBORD_SERVERS": " ".join(f"127.0.0.1:{port}" for port in servers),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }


def _filled(recipe: Path, *places: tuple[str, str]) -> str:
    text = recipe.read_text("utf-8")
    for found, filled in places:
        text = _changed(text, found, filled, recipe.name)
    return text


def _changed(text: str, found: str, filled: str, where: str = "") -> str:
    assert found in text, f"{where} has no {found!r} any more"
    return text.replace(found, filled)


def _listens(port: int) -> bool:
    with services.socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

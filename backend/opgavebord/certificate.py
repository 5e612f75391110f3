"""Our own certificate: whether it can be served with, how long it lasts, and taking a new one in.

Read by shaking hands with ourselves: a server and a client in memory, and the client believes this one
certificate and no other. So what is tried is what a tablet does: that key and certificate fit, that it
is meant for servers, and that it is valid today. Nothing of X.509 is taken apart by us.

A certificate that is over, or not yet valid, is refused at the start: tablets would refuse it too, and
nobody in a hall should find that out. One that is renewed on the disk is taken in while we serve
(`mind`): who comes in next gets the new one, and who is in stays in.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from .listening import CanNotServe
from .settings import Settings

WARN_DAYS: Final = 21
TOUR_DAYS: Final = 3  # less than this is too little for an evening away
LOOK_EVERY: Final = 60.0
DAY: Final = 24 * 60 * 60
_WHY: Final = {
    9: "is not valid yet. Is the clock of this machine right",
    10: "has expired. Renew it, or is the clock of this machine wrong",
}

_log: Final = logging.getLogger("opgavebord")


class Certificate(Struct, frozen=True):
    names: tuple[str, ...]  # for which it stands: names, and addresses as text
    ends: float  # seconds since 1970

    def days(self, now: float) -> int:
        return int((self.ends - now) // DAY)

    @property
    def name(self) -> str | None:
        """The first name that can be typed: not one with a star."""
        return next((name for name in self.names if "*" not in name), None)


def server_context(settings: Settings) -> ssl.SSLContext:
    """With which we serve: TLS 1.2 at least. Raises `CanNotServe`."""
    assert settings.tls_certificate is not None
    assert settings.tls_key is not None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    _load(made, settings.tls_certificate, settings.tls_key)
    return made


def only_this(certificate: Path) -> ssl.SSLContext:
    """For a program on this machine that talks to us: it believes this certificate, whatever name it
    came by, and no other."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    made.load_verify_locations(certificate)
    return made


def look(settings: Settings) -> Certificate | None:
    """Our certificate, if there is one. Raises `CanNotServe` where nobody could come in with it."""
    if settings.tls_certificate is None:
        return None
    told = _shake_hands(server_context(settings), settings.tls_certificate)
    names = tuple(name for _, name in told.get("subjectAltName", ()))
    return Certificate(names, ssl.cert_time_to_seconds(str(told["notAfter"])))


def advice(found: Certificate, now: float) -> str | None:
    """What to do about it, if anything."""
    days = found.days(now)
    if days > WARN_DAYS:
        return None
    left = "today" if days < 1 else "in 1 day" if days == 1 else f"in {days} days"
    said = f"the certificate expires {left}: renew it and put it in the same place; it is taken in by itself"
    return f"{said}. Do not go on a journey with it" if days < TOUR_DAYS else said


async def mind(
    settings: Settings,
    context: ssl.SSLContext,
    *,
    wall: Callable[[], float] = time.time,
    every: float = LOOK_EVERY,
) -> None:
    """Take in a certificate that was renewed, and say once a day when it must be."""
    seen = _stamp(settings)
    warned = 0.0
    while True:
        if wall() >= warned + DAY:
            warned = wall()
            try:
                found = look(settings)
            except CanNotServe as trouble:
                _log.error("%s", trouble)
            else:
                said = advice(found, wall()) if found else None
                if said:
                    _log.warning("%s", said)
        await asyncio.sleep(every)
        now = _stamp(settings)
        if now == seen:
            continue
        try:
            look(settings)
            assert settings.tls_certificate is not None
            assert settings.tls_key is not None
            _load(context, settings.tls_certificate, settings.tls_key)
        except CanNotServe as trouble:  # half written, or wrong: the old one stays
            _log.warning("the new certificate is not taken in: %s", trouble)
        else:
            _log.info("the certificate was renewed")
            warned = 0.0
        seen = now


def _load(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")
    except ssl.SSLError as trouble:
        raise CanNotServe(
            f"OPGAVEBORD_TLS_CERTIFICATE ({certificate}) and OPGAVEBORD_TLS_KEY ({key}) can not be "
            f"used: {trouble.reason or 'the key wants a password'}. Both must be PEM, belong together, "
            "and the key must have no password."
        ) from trouble
    except OSError as trouble:
        raise CanNotServe(
            f"The certificate or its key can not be read: {trouble.strerror} ({trouble.filename})."
        ) from trouble


def _shake_hands(context: ssl.SSLContext, certificate: Path) -> dict[str, Any]:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(to_server, to_client, server_side=True)
    try:
        client = only_this(certificate).wrap_bio(to_client, to_server)
        for _ in range(10):
            for side in (client, server):
                try:
                    side.do_handshake()
                except ssl.SSLWantReadError:
                    continue
        told: dict[str, Any] = client.getpeercert() or {}
    except ssl.SSLCertVerificationError as wrong:
        why = _WHY.get(wrong.verify_code, f"can not be used ({wrong.verify_message})")
        raise CanNotServe(f"The certificate {certificate} {why}?".replace(")?", ").")) from wrong
    except (ssl.SSLError, ValueError) as wrong:
        raise CanNotServe(f"The certificate {certificate} can not be used: {wrong}.") from wrong
    if "notAfter" not in told:
        raise CanNotServe(f"The certificate {certificate} does not say how long it is valid.")
    return told


def _stamp(settings: Settings) -> tuple[int, ...]:
    """When the files were written last."""
    stamps = []
    for file in (settings.tls_certificate, settings.tls_key):
        try:
            stamps.append(file.stat().st_mtime_ns if file else 0)
        except OSError:
            stamps.append(0)
    return tuple(stamps)

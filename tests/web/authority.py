"""A certificate authority of our own, by openssl, as docs/hall-network.md makes one."""

import subprocess
from pathlib import Path
from typing import Final

NAMES: Final = "IP:127.0.0.1,DNS:localhost,DNS:bord.hal.example"


class Authority:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self._key = folder / "ca.key"
        _openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-days", "30", "-subj", "/CN=Gemeente Voorbeeld", "-keyout", str(self._key)),
            *("-out", str(self.certificate)),
        )

    def issue(
        self, name: str = "bord", *, days: int = 30, names: str = NAMES, password: str = ""
    ) -> tuple[Path, Path]:
        """A certificate and its key. `days` below zero: it is over."""
        key, asked = self.folder / f"{name}.key", self.folder / f"{name}.csr"
        certificate, more = self.folder / f"{name}.pem", self.folder / f"{name}.ext"
        hidden = ("-passout", f"pass:{password}") if password else ("-nodes",)
        _openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", *hidden),
            *("-subj", "/CN=bord.hal.example", "-keyout", str(key), "-out", str(asked)),
        )
        more.write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
        _openssl(
            *("x509", "-req", "-in", str(asked), "-CA", str(self.certificate)),
            *("-CAkey", str(self._key), "-CAcreateserial", "-days", str(days)),
            *("-extfile", str(more), "-out", str(certificate)),
        )
        return certificate, key


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)

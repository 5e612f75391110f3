"""What the container asks itself: does the server in here answer? The exit code says so.

By the port and the certificate of the settings. The certificate is for the name that people type, not
for this machine, so here it is not looked at.
"""

import os
import ssl
import sys
import urllib.request

PORT = os.environ.get("OPGAVEBORD_PORT") or "8000"
HOST = os.environ.get("OPGAVEBORD_HOST") or "0.0.0.0"
if HOST in ("0.0.0.0", "::"):
    HOST = "127.0.0.1"
SECURE = bool(os.environ.get("OPGAVEBORD_TLS_CERTIFICATE"))

address = f"{'https' if SECURE else 'http'}://{f'[{HOST}]' if ':' in HOST else HOST}:{PORT}/healthz"
context = ssl._create_unverified_context() if SECURE else None
try:
    urllib.request.urlopen(address, timeout=2, context=context)
except OSError as trouble:
    sys.exit(f"{address}: {trouble}")

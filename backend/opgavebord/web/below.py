"""A part of somebody's website: `https://gemeente.nl/bord` instead of a host name of our own.

A proxy in front may take `/bord` off before it asks us, or leave it on. Both become one here, the way
ASGI says it: `path` begins with `root_path`, and what we go by is the rest (`inside`). Without a path in
`OPGAVEBORD_URL` nothing is changed.
"""

from collections.abc import MutableMapping
from typing import Any


def below(scope: MutableMapping[str, Any], root: str) -> MutableMapping[str, Any]:
    """The request as it is below `root`, whether the proxy left that on or not."""
    if not root:
        return scope
    path: str = scope["path"]
    if path != root and not path.startswith(f"{root}/"):
        path = root + path
    return {**scope, "path": path, "root_path": root}


def inside(scope: MutableMapping[str, Any]) -> str:
    """The path that our routes go by."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))

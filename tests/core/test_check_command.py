"""`wangge plugin check` holds a wheel to the contract, whatever else is installed."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wangge._host.checking.wheels import unpack
from wangge.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: {pure}\nTag: py3-none-any\n"
MANIFEST = """\
slug = "lamps"
version = "{version}"
api = 1
prefix = "acme"
requires = ["base/1"]
title = {{ zh = "路灯", en = "Lamps" }}
"""
PLUGIN = '''"""Lamps."""

from wangge import Query, authenticated, extends, field, hookimpl


@extends(Query)
class Lamps:
    """Root fields."""

    @field(access=authenticated, description="How many lamps there are.")
    @staticmethod
    def {name}() -> int:
        """Return it."""
        return 3


@hookimpl
def graphql_extensions() -> list[type]:
    """Return them."""
    return [Lamps]
'''

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make the wheel of a programme of lamps."""

    def wheel(
        *,
        name: str = "acme_lamps",
        version: str = "1.2.3",
        pure: bool = True,
        points: str = "lamps = acme.plugin",
    ) -> Path:
        path = tmp_path / f"acme-{version}-py3-none-any.whl"
        files = {
            "acme/__init__.py": '"""Lamps."""\n',
            "acme/plugin.py": PLUGIN.format(name=name),
            "acme/plugin.toml": MANIFEST.format(version=version),
            f"acme-{version}.dist-info/METADATA": f"Metadata-Version: 2.3\nName: acme\nVersion: {version}\n",
            f"acme-{version}.dist-info/WHEEL": WHEEL.format(pure=str(pure).lower()),
            f"acme-{version}.dist-info/entry_points.txt": f"[wangge.plugins]\n{points}\n",
        }
        with zipfile.ZipFile(path, "w") as archive:
            for each, text in files.items():
                archive.writestr(each, text)
        return path

    return wheel


def check(*words: str, folder: Path | None = None) -> tuple[int, Any, str]:
    """Run the command in a process of its own; return its exit code, its JSON and what it says on stderr."""
    command = [sys.executable, "-c", "from wangge._host.cli import main; main()", "plugin", "check"]
    done = subprocess.run([*command, *words, "--json"], capture_output=True, text=True, cwd=folder)
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


def results(found: Any) -> dict[str, str]:  # JSON
    return {one["check"]: one["result"] for one in found["checks"]}


def test_a_sound_programme_stands_on_the_rung_of_what_it_has(make: Make, backend: str) -> None:
    code, found, said = check(str(make()), "--database", backend)

    assert (code, found["failed"], said) == (0, [], "")
    assert (found["plugin"], found["version"], found["rung"]) == ("lamps", "1.2.3", "gold")
    assert {name: result for name, result in results(found).items() if result != "passed"} == {
        "released": "open",
        "examples": "open",
    }
    assert list(found["checks"][0]["databases"]) == [backend]


def test_a_programme_that_is_set_aside_is_told_why_and_nothing_else_is_looked_at(make: Make) -> None:
    code, found, _ = check(str(make(name="lamps")), "--database", "sqlite")

    (loads,) = [one for one in found["checks"] if one["check"] == "loads"]
    assert code == 1
    assert (found["rung"], found["failed"]) == (None, ["loads"])
    assert loads["databases"]["sqlite"]["why"] == (
        "lamps: the field Query.lamps must start with its prefix acme: rename it."
    )
    assert {result for name, result in results(found).items() if name != "loads"} == {"open"}


def test_a_rung_that_is_asked_for_and_not_reached_is_a_failure(make: Make) -> None:
    assert check(str(make()), "--database", "sqlite", "--at-least", "platinum")[0] == 1


def test_a_wheel_that_breaks_frontends_of_an_older_one_must_say_so(make: Make) -> None:
    against = ["--database", "sqlite", "--against", str(make(name="acme_lights"))]

    code, found, _ = check(str(make(version="1.3.0")), *against)
    raised = check(str(make(version="2.0.0")), *against)[1]

    (released,) = [one for one in found["checks"] if one["check"] == "released"]
    assert (code, found["failed"]) == (1, ["released"])
    assert released["databases"]["sqlite"]["why"] == "Field Query.acmeLights was removed."
    assert raised["failed"] == []


def test_a_folder_is_built_and_wins_over_what_is_installed(tmp_path: Path) -> None:
    if shutil.which("uv") is None:
        pytest.fail("This machine has no uv, with which the project is built.")
    folder = tmp_path / "volunteer_points"
    shutil.copytree(
        ROOT / "plugins" / "volunteer_points", folder, ignore=shutil.ignore_patterns("__pycache__")
    )
    for path in (folder / "pyproject.toml", folder / "wangge_volunteer_points" / "plugin.toml"):
        path.write_text(path.read_text("utf-8").replace('version = "0.1.0"', 'version = "7.0.0"'), "utf-8")
    manifest = folder / "wangge_volunteer_points" / "plugin.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('zh = "志愿积分"', 'zh = "Points"'), "utf-8")

    code, found, _ = check("--database", "sqlite", folder=folder)

    (locales,) = [one for one in found["checks"] if one["check"] == "locales"]
    assert (code, found["version"], found["failed"]) == (1, "7.0.0", ["locales"])
    assert locales["databases"]["sqlite"]["why"] == "plugin.toml: title is not Chinese: 'Points'."


@pytest.mark.parametrize("target", ["nothing.whl", "empty"])
def test_what_is_no_package_is_wrong_use(tmp_path: Path, target: str) -> None:
    (tmp_path / "empty").mkdir()

    code, _, said = check(target, folder=tmp_path)

    assert code == 2
    assert "is neither a wheel nor a folder with a pyproject.toml" in " ".join(said.split())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pure": False}, "holds compiled code"),
        ({"points": ""}, "brings no programme"),
        ({"points": "lamps = acme.plugin\nposts = acme.posts"}, "brings 2 programmes"),
    ],
)
def test_a_wheel_that_cannot_be_checked_is_refused(
    make: Make, tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        unpack(make(**options), tmp_path / "wheel")


def test_a_file_that_is_no_wheel_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lamps.whl"
    path.write_bytes(b"lamps")

    with pytest.raises(ConfigurationError, match="cannot be read as a wheel"):
        unpack(path, tmp_path / "wheel")

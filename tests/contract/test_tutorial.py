"""The tutorial `writing-a-plugin.md` is true: its package is built from the page, and what it says is run."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "core" / "docs" / "writing-a-plugin.md"
FILE = re.compile(r"^\*\*`([\w./-]+)`\*\*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TREE = re.compile(r"^```\ntool-loans/\n(.*?)^```$", re.MULTILINE | re.DOTALL)

MIGRATION_CHECK = '''
"""The migration makes what the models declare, and takes it back."""

from sqlalchemy import text

from wangge._host.migrator import differences, downgrade, package_of
from wangge.testing.districts import TestDistrict


async def test_the_migration_makes_the_tables_of_the_models(district: TestDistrict) -> None:
    runtime = district.server.district(district.code)
    on = 'mutation { enablePlugin(input: {slug: "tool_loans"}) { userErrors { code } } }'
    await district.client("district_admin").data(on)
    package = package_of(district.server.plugins.loaded["tool_loans"])

    assert await differences(runtime.record.place, package) == []

    await downgrade(runtime.record.place, package)
    async with runtime.engines.open(write=False) as db:
        assert not {name for name in await db.tables() if name.startswith("tool_loans_")}
'''


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial's package, written out file by file and made known as an installed one is."""
    folder = tmp_path_factory.mktemp("tool-loans")
    for name, content in FILE.findall(PAGE.read_text(encoding="utf-8")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known = folder / "acme_tool_loans-0.1.0.dist-info"
    known.mkdir()
    heading = f"Metadata-Version: 2.3\nName: {project['name']}\nVersion: {project['version']}\n"
    (known / "METADATA").write_text(heading, encoding="utf-8")
    points = project["entry-points"]["wangge.plugins"].items()
    lines = "".join(f"{name} = {value}\n" for name, value in points)
    (known / "entry_points.txt").write_text(f"[wangge.plugins]\n{lines}", encoding="utf-8")
    return folder


def run(package: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments where the tutorial's package is installed."""
    paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *command], cwd=package, env=environment, capture_output=True, text=True
    )


def wangge(package: Path, *arguments: str) -> str:
    """Run a command of the server that must succeed, and return what it printed."""
    start = "from wangge._host.cli import main; main()"
    done = run(package, "-c", start, *arguments, "--data", str(package / "data"))
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_the_tutorials_tree_is_on_the_page(package: Path) -> None:
    drawn = TREE.search(PAGE.read_text(encoding="utf-8"))
    assert drawn is not None
    named = {Path(line.split()[0]).name for line in drawn[1].splitlines()} - {"acme_tool_loans", "tests"}
    written = {path.name for path in package.rglob("*") if path.is_file() and path.parent.name != "tests"}

    assert named == written - {"METADATA", "entry_points.txt"}


def test_the_tutorials_own_tests_pass(package: Path, backend: str) -> None:
    (package / "tests" / "test_migration.py").write_text(MIGRATION_CHECK, encoding="utf-8")

    options = ["-q", "--tb=short", "-p", "no:cacheprovider", "-W", "error", "-k", f"{backend} or rules"]
    done = run(package, "-m", "pytest", *options)

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b12 passed\b", done.stdout), done.stdout
    assert "skipped" not in done.stdout


def test_its_commands_take_it_into_a_district(package: Path) -> None:
    wangge(package, "district", "add", "370784", "--name", "安丘市")
    assert "tool_loans" in wangge(package, "plugin", "list")
    assert "quarantined" not in wangge(package, "plugin", "list")
    wangge(package, "plugin", "enable", "tool_loans", "--district", "370784")
    settings = ["plugin", "settings", "tool_loans", "--district", "370784"]
    assert "loan_days" in wangge(package, *settings, "--set", "loan_days=14")

    sdl = wangge(package, "schema", "export", "--district", "370784")

    assert 'type AcmeTool implements Node @authenticated @plugin(name: "tool_loans", version: "0.1.0")' in sdl
    assert "acmeLoans: [AcmeLoan!] @requires" in sdl

"""The tutorial `writing-a-plugin.md` is true: its package is built from the page, and what it says is run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "core" / "docs" / "writing-a-plugin.md"
NEXT = "\n## The next version\n"
STEP = re.compile(
    r"^(?:\*\*`(?P<file>[\w./-]+)`\*\*|In `(?P<changed>[\w./-]+)`:|At the end of `(?P<ended>[\w./-]+)`:)\n"
    r"(?P<blocks>(?:\n```\w+\n.*?^```\n)+?)(?!\n```diff)",
    re.MULTILINE | re.DOTALL,
)
"""A file that is written, changed or added to, and the blocks that say how."""
BLOCK = re.compile(r"^```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
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


def follow(text: str, folder: Path) -> None:
    """Do what a part of the page tells to do with files: write them, change them, add to them."""
    for step in STEP.finditer(text):
        path = folder / (step["file"] or step["changed"] or step["ended"])
        path.parent.mkdir(parents=True, exist_ok=True)
        for block in BLOCK.findall(step["blocks"]):
            if step["file"]:
                assert not path.exists(), f"{path.name} is written twice"
                path.write_text(block, encoding="utf-8")
            elif step["ended"]:
                path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{block}", encoding="utf-8")
            else:
                path.write_text(patched(path.read_text(encoding="utf-8"), block), encoding="utf-8")


def patched(text: str, block: str) -> str:
    """Return a text changed as a diff shows, whose lines stand in it once."""
    lines = block.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] != "+")
    assert text.count(before) == 1, f"this stands there {text.count(before)} times: {before}"
    return text.replace(before, "".join(line[1:] for line in lines if line[0] != "-"))


def built(folder: Path, version: str) -> Path:
    """Build the wheel as the page tells, and return it."""
    done = subprocess.run(["uv", "build", "--wheel", "--quiet"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "dist" / f"acme_tool_loans-{version}-py3-none-any.whl"


def released(folder: Path, version: str, server: Path) -> Path:
    """Write down what the version brings to the schema, as the page tells, and return its wheel."""
    wangge = ("-c", "from wangge._host.cli import main; main()")
    done = run(folder, *wangge, "plugin", "sdl", "--write", installed=server)
    assert done.returncode == 0, done.stderr
    text = (folder / "acme_tool_loans" / "released.graphql").read_text(encoding="utf-8")
    assert version in text.splitlines()[0]
    return built(folder, version)


def install(wheel: Path, place: Path) -> None:
    """Install a wheel where the server's Python looks for packages; what it needs is there."""
    command = [
        "uv",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--upgrade",
        "--target",
        str(place),
        str(wheel),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def run(folder: Path, *command: str, installed: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments where the tutorial's package is installed."""
    paths = [str(installed), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package in its first version, written out file by file."""
    folder = tmp_path_factory.mktemp("first") / "tool-loans"
    follow(PAGE.read_text(encoding="utf-8").partition(NEXT)[0], folder)
    return folder


@pytest.fixture(scope="module")
def second(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package in its second version: the first one, changed as the page tells."""
    folder = tmp_path_factory.mktemp("second") / "tool-loans"
    shutil.copytree(first, folder, ignore=shutil.ignore_patterns("dist", "__pycache__", "test_migration.py"))
    follow(PAGE.read_text(encoding="utf-8").partition(NEXT)[2], folder)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a server's packages are installed, beside those of this environment."""
    return tmp_path_factory.mktemp("server")


def test_every_file_of_the_tutorials_tree_is_on_the_page(first: Path) -> None:
    drawn = TREE.search(PAGE.read_text(encoding="utf-8"))
    assert drawn is not None
    named = {Path(line.split()[0]).name for line in drawn[1].splitlines()} - {"acme_tool_loans", "tests"}
    text = PAGE.read_text(encoding="utf-8").partition(NEXT)[0]
    written = {Path(step["file"]) for step in STEP.finditer(text) if step["file"]}

    assert named == {path.name for path in written if path.parent.name != "tests"}


@pytest.mark.parametrize("version", ["0.1.0", "0.2.0"])
def test_the_tutorials_own_tests_pass(
    version: str, backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue("first" if version == "0.1.0" else "second")
    (folder / "tests" / "test_migration.py").write_text(MIGRATION_CHECK, encoding="utf-8")
    install(built(folder, version), tmp_path)
    chosen = f"({backend} and not conformance) or rules"  # the suite is run below, on the wheel

    options = ["-q", "--tb=short", "-p", "no:cacheprovider", "-W", "error", "-k", chosen]
    done = run(folder, "-m", "pytest", *options, installed=tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(rf"\b{8 if version == '0.1.0' else 9} passed\b", done.stdout), done.stdout
    assert "skipped" not in done.stdout


def test_its_second_version_passes_the_check_and_keeps_what_the_first_promised(
    first: Path, second: Path, server: Path
) -> None:
    released(first, "0.1.0", server)
    promised = first / "acme_tool_loans" / "released.graphql"
    shutil.copy(promised, second / "acme_tool_loans")

    start = "from wangge._host.cli import main; main()"
    done = run(second, "-c", start, "plugin", "check", "--json", "--at-least", "gold", installed=server)

    assert done.returncode == 0, done.stdout + done.stderr
    results = {row["check"]: row["result"] for row in json.loads(done.stdout)["checks"]}
    assert results["released"] == "passed"


def test_its_commands_take_it_into_a_district_and_to_the_next_version(
    first: Path, second: Path, server: Path, tmp_path: Path
) -> None:
    def wangge(*words: str) -> str:
        start = "from wangge._host.cli import main; main()"
        done = run(tmp_path, "-c", start, *words, "--data", str(tmp_path / "data"), installed=server)
        assert done.returncode == 0, done.stderr
        return done.stdout

    install(released(first, "0.1.0", server), server)
    wangge("district", "add", "370784", "--name", "安丘市")
    assert "tool_loans" in wangge("plugin", "list")
    assert "quarantined" not in wangge("plugin", "list")
    preview = wangge("plugin", "preview", "tool_loans", "--district", "370784")
    assert "tool_loans.loans.write" in preview
    assert "tool_loans_loans" in preview
    assert "In the way" not in preview
    wangge("plugin", "enable", "tool_loans", "--district", "370784")
    settings = ["plugin", "settings", "tool_loans", "--district", "370784"]
    assert "loan_days" in wangge(*settings, "--set", "loan_days=14")
    sdl = wangge("schema", "export", "--district", "370784")
    assert 'type AcmeTool implements Node @authenticated @plugin(name: "tool_loans", version: "0.1.0")' in sdl
    assert "acmeLoans: [AcmeLoan!] @requires" in sdl

    install(released(second, "0.2.0", server), server)
    assert '"state": "behind: tool_loans"' in wangge("district", "list", "--json")
    wangge("district", "upgrade", "--all")

    assert '"state": "ready"' in wangge("district", "list", "--json")
    assert '@plugin(name: "tool_loans", version: "0.2.0")' in wangge(
        "schema", "export", "--district", "370784"
    )
    assert '"value": 14' in wangge(*settings, "--json")

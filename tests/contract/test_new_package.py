"""`wangge plugin new` writes a package that passes all it can be asked, and lives beside others."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wangge._host.cli import app, new_package

ROOT = Path(__file__).parents[2]
WANGGE = ("-c", "from wangge._host.cli import main; main()")
LOCKERS = ("parcel_lockers", "--prefix", "shunfeng", "--title-zh", "快递柜", "--author", "顺风")
REPAIRS = (
    "repairs",
    "--entity",
    "repair_request",
    "--title-en",
    "Repairs, small and large",
    "--term",
    "报修",
)
ANSWERS = ("shunfeng", "", "快递柜", "", "", "", "")
"""Prefix, titles, noun, plural, term and author, as one may type them; empty for the default."""


SDL = {
    "parcel_lockers": [
        'type ShunfengLocker implements Node @requires(permission: "parcel_lockers.lockers.read")',
        "shunfengRegisterLocker(",
    ],
    "repairs": ["type AcmeRepairRequest implements Node", "acmeRepairRequests(", "acmeEndRepairRequest("],
}
"""What the districts' schema says of each."""


def run(folder: Path, *command: str, packages: Sequence[Path] = ()) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, where the packages are installed."""
    paths = [*map(str, packages), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True
    )


def new(folder: Path, *words: str) -> Path:
    """Run `wangge plugin new`, make the package known as an installed one is, and return its folder."""
    done = run(folder, *WANGGE, "plugin", "new", *words)
    assert done.returncode == 0, done.stderr
    made = folder / words[0].replace("_", "-")
    project = tomllib.loads((made / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known = made / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    known.mkdir()
    heading = f"Metadata-Version: 2.3\nName: {project['name']}\nVersion: {project['version']}\n"
    (known / "METADATA").write_text(heading, encoding="utf-8")
    points = project["entry-points"]["wangge.plugins"].items()
    lines = "".join(f"{name} = {value}\n" for name, value in points)
    (known / "entry_points.txt").write_text(f"[wangge.plugins]\n{lines}", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def lockers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of parcel lockers."""
    return new(tmp_path_factory.mktemp("lockers"), *LOCKERS)


@pytest.fixture(scope="module")
def repairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of repairs, of another vendor."""
    return new(tmp_path_factory.mktemp("repairs"), *REPAIRS)


def test_its_own_tests_pass(lockers: Path, backend: str) -> None:
    options = ["-q", "--tb=short", "-p", "no:cacheprovider", "-k", f"{backend} or rules"]

    done = run(lockers, "-m", "pytest", *options, packages=[lockers])

    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("package", ["lockers", "repairs"])
def test_it_is_formatted_and_typed_as_its_own_settings_ask(
    package: str, request: pytest.FixtureRequest
) -> None:
    folder: Path = request.getfixturevalue(package)

    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy", "."]):
        done = run(folder, "-m", *command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_two_packages_live_in_one_district(lockers: Path, repairs: Path, tmp_path: Path) -> None:
    def wangge(*words: str) -> str:
        done = run(tmp_path, *WANGGE, *words, packages=[lockers, repairs])
        assert done.returncode == 0, done.stderr
        return done.stdout

    wangge("district", "add", "370784", "--name", "安丘市")
    for slug in ("parcel_lockers", "repairs"):
        wangge("plugin", "enable", slug, "--district", "370784")

    listed = json.loads(wangge("plugin", "list", "--district", "370784", "--json"))
    assert [(row["slug"], row["title"], row["state"]) for row in listed if row["slug"] in SDL] == [
        ("parcel_lockers", "快递柜 / Parcel lockers", "enabled"),
        ("repairs", "新项目 / Repairs, small and large", "enabled"),
    ]
    sdl = wangge("schema", "export", "--district", "370784")
    for slug, names in SDL.items():
        for name in names:
            assert name in sdl, slug


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("volunteer_points",), "'volunteer_points' is a name of the project's own: choose another slug."),
        (("Lockers",), "'Lockers' is no slug"),
        (("parcel_lockers", "--prefix", "Acme!"), "'Acme!' is no prefix"),
        (("parcel_lockers", "--entity", "person"), "The noun 'person' means something"),
        (("parcel_lockers", "--title-en", 'a "b"'), "cannot be the title"),
        (("parcel_lockers", "--output", "taken"), "taken holds something already"),
        (
            ("parcel_lockers", "--output", "taken/mine.txt/x"),
            "taken/mine.txt/x cannot be written (",
        ),
    ],
)
def test_what_cannot_be_is_said_in_one_line_and_nothing_is_written(
    words: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine", encoding="utf-8")

    done = run(tmp_path, *WANGGE, "plugin", "new", *words)

    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["taken", "mine.txt"]


def test_at_a_terminal_what_is_left_out_is_asked_for(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    os.write(ours, "".join(f"{answer}\n" for answer in ANSWERS).encode())

    command = [sys.executable, *WANGGE, "plugin", "new", "parcel_lockers", "-o", "made"]
    done = subprocess.run(command, cwd=tmp_path, stdin=theirs, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "Prefix of your names in GraphQL [acme]" in done.stdout
    assert "Title in Chinese [新项目]" in done.stdout
    manifest = (tmp_path / "made" / "shunfeng_parcel_lockers" / "plugin.toml").read_text(encoding="utf-8")
    assert tomllib.loads(manifest)["title"] == {"en": "Parcel lockers", "zh": "快递柜"}


def test_nothing_is_asked_for_with_yes(tmp_path: Path) -> None:
    _, theirs = os.openpty()

    command = [sys.executable, *WANGGE, "plugin", "new", "parcel_lockers", "--yes"]
    done = subprocess.run(command, cwd=tmp_path, stdin=theirs, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert "It has no Chinese title yet: 新项目 stands in for one in plugin.toml.\n" in done.stdout
    assert done.stdout.endswith(f"\nNext: cd parcel-lockers && uv add --editable {ROOT} && uv run pytest\n")
    assert (tmp_path / "parcel-lockers" / "acme_parcel_lockers" / "plugin.py").exists()


@pytest.mark.parametrize("origin", [None, '{"url": "https://example.org/wangge.whl", "archive_info": {}}'])
def test_a_released_wangge_is_found_without_being_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, origin: str | None
) -> None:
    class Released:
        """The distribution as it is installed from an index, or from a wheel's address."""

        def read_text(self, name: str) -> str | None:
            return origin if name == "direct_url.json" else None

    monkeypatch.setattr(new_package, "distribution", lambda _name: Released())
    folder = tmp_path / "made"

    done = CliRunner().invoke(app, ["plugin", "new", "parcel_lockers", "--yes", "--output", str(folder)])

    assert done.stdout.endswith(f"\nNext: cd {folder} && uv sync && uv run pytest\n")

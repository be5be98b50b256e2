"""Every programme and every subject of the base has the same rooms; nothing stands where it has no room."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMMES = sorted(path.parent.parent for path in ROOT.glob("plugins/*/*/plugin.toml"))
SUBJECTS = sorted(path.parent for path in (ROOT / "schema/wangge_schema").glob("*/__init__.py"))
PACKAGES = ("core/wangge", "schema/wangge_schema", "plugins")

TOP = {"README.md", "docker-compose.yml", "pyproject.toml", "core", "schema", "plugins", "tests"}
ROOMS_OF_TESTS = {
    "clients",
    "faults",
    "core",
    "schema",
    "contract",
    "districts",
    "migrations",
    "vendor_sample",
    "benchmarks",
}
PAPERS = {"pyproject.toml", "README.md", "CHANGELOG.md", "tests"}
ROOMS = {
    *("plugin", "queries", "mutations", "fields", "types", "services", "rules", "models"),
    *("permissions", "errors", "events", "settings", "migrations", "locales"),
}
"""Rooms that every programme has; which others there may be, the import contract `rooms` says."""
ROOMS_OF_A_SUBJECT = {"errors", "services", "types"}
NOT_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "base_classes", "part2"}
LONGEST_MODULE, LONGEST_FUNCTION = 400, 40


def rooms(folder: Path) -> set[str]:
    """Return the names of the modules and packages of a folder."""
    return {path.stem for path in folder.iterdir() if path.suffix == ".py" or path.is_dir()} - {"__pycache__"}


def modules() -> list[Path]:
    """Return every module that serves and that people write; migrations are written by a command."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(path for path in found if not {"migrations", "tests"} & set(path.parts))


def test_the_top_level_holds_what_the_tree_says() -> None:
    ignored = {
        line.strip().rstrip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    }
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - ignored

    assert found == TOP


def test_the_rooms_of_the_tests_are_those_of_the_tree() -> None:
    found = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()} - {"__pycache__"}

    assert found <= ROOMS_OF_TESTS


def test_the_platform_has_its_papers() -> None:
    core = {path.name for path in (ROOT / "core").iterdir()}
    docs = {path.name for path in (ROOT / "core/docs").iterdir()}

    assert {"Dockerfile", "CHANGELOG.md", "docs", "wangge"} <= core
    assert {"tour.md", "writing-a-plugin.md", "hooks.md", "errors.md", "operating.md", "privacy.md"} <= docs


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda path: path.name)
def test_a_programme_has_every_room(programme: Path) -> None:
    package = programme / f"wangge_{programme.name}"

    assert {path.name for path in programme.iterdir()} >= PAPERS
    assert rooms(package) >= ROOMS
    assert (package / "plugin.toml").exists()


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda path: path.name)
def test_a_programme_tests_rules_services_api_and_conformance(programme: Path) -> None:
    kinds = {path.stem.split("_")[1] for path in (programme / "tests").glob("test_*.py")}

    assert kinds >= {"rules", "services", "api", "conformance"}


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda path: path.name)
def test_a_subject_of_the_base_has_its_rooms(subject: Path) -> None:
    found = rooms(subject)

    assert found >= ROOMS_OF_A_SUBJECT
    assert ("models" in found) <= ("rules" in found), "tables without rules"


@pytest.mark.parametrize("path", PROGRAMMES, ids=lambda path: path.name)
def test_plugin_modules_hold_hooks_alone(path: Path) -> None:
    _assert_hooks_alone(path / f"wangge_{path.name}" / "plugin.py")


def test_the_plugin_module_of_the_base_holds_hooks_alone() -> None:
    _assert_hooks_alone(ROOT / "schema/wangge_schema/plugin.py")


def _assert_hooks_alone(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body[1:]
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef), ast.unparse(node)
        assert [ast.unparse(one) for one in node.decorator_list] == ["hookimpl"], node.name


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in modules() if path.stem in NOT_NAMES or path.parent.name in NOT_NAMES] == []


def test_no_module_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}

    assert {str(path): lines for path, lines in lengths.items() if lines > LONGEST_MODULE} == {}


def test_no_function_is_too_long() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {lines} lines"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := _length(node)) > LONGEST_FUNCTION
    ]

    assert long == []


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body; its signature and its docstring are not counted."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0

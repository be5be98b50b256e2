"""Who may import whom: the contracts hold, and each one breaks on a planted violation."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("core/wangge", "schema/wangge_schema", "plugins/volunteer_points/wangge_volunteer_points")

PLANTED = {
    "downwards": ("wangge/graphql/odd.py", "import wangge_schema"),
    "apart": ("wangge_volunteer_points/rules/odd.py", "import wangge_other"),
    "front-door-of-the-kit": ("wangge_schema/people/services/odd.py", "import wangge.context"),
    "front-door-of-the-base": ("wangge_volunteer_points/rules/odd.py", "import wangge_schema.people"),
    "private-engine": ("wangge/graphql/odd.py", "from wangge._host import settings"),
    "testing-room": ("wangge/_host/odd.py", "import wangge.testing"),
    "light-front-door": ("wangge/hookspecs.py", "import starlette"),
    "rooms": ("wangge_volunteer_points/rules/odd.py", "import wangge_volunteer_points.services"),
    "rooms-of-the-base": ("wangge_schema/posts/rules.py", "import wangge_schema.posts.models"),
    "subjects": ("wangge_schema/people/services/odd.py", "import wangge_schema.posts"),
    "pure-rules": ("wangge_schema/people/rules/odd.py", "import sqlalchemy"),
}


def settings() -> dict[str, Any]:  # TOML
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)["tool"]["importlinter"]
    return found


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of all packages, with a second programme, to plant violations in."""
    folder = tmp_path_factory.mktemp("planted")
    for source in SOURCES:
        ignored = shutil.ignore_patterns("__pycache__", "migrations", "locales", "data")
        shutil.copytree(ROOT / source, folder / Path(source).name, ignore=ignored)
    (folder / "wangge_other").mkdir()
    (folder / "wangge_other" / "__init__.py").touch()
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for before in ('"wangge_schema", "wangge_volunteer_points"]', 'modules = ["wangge_volunteer_points"]'):
        assert before in text
        text = text.replace(before, before.removesuffix("]") + ', "wangge_other"]')
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [*command, "--no-cache", *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_holds(copied: Path) -> None:
    result = lint(copied)

    assert result.returncode == 0, result.stdout
    assert f"Contracts: {len(PLANTED)} kept, 0 broken." in result.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert [contract["id"] for contract in settings()["contracts"]] == list(PLANTED)


@pytest.mark.parametrize("contract", PLANTED)
def test_a_contract_breaks_on_a_planted_violation(copied: Path, contract: str) -> None:
    name, line = PLANTED[contract]
    path = copied / name
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")

    result = lint(copied, "--contract", contract)

    if before is None:
        path.unlink()
    else:
        path.write_text(before, encoding="utf-8")
    assert result.returncode == 1, result.stdout
    assert "Contracts: 0 kept, 1 broken." in result.stdout


def test_a_module_that_is_no_room_breaks_the_contract(copied: Path) -> None:
    path = copied / "wangge_volunteer_points" / "odd.py"
    path.touch()

    result = lint(copied, "--contract", "rooms")

    path.unlink()
    assert result.returncode == 1
    assert "odd" in result.stdout


def test_every_programme_of_the_tree_is_under_the_contracts() -> None:
    packages = {path.name for path in ROOT.glob("plugins/*/wangge_*") if path.is_dir()}
    contracts = {contract["id"]: contract for contract in settings()["contracts"]}

    assert set(settings()["root_packages"]) == {"wangge", "wangge_schema", *packages}
    assert set(contracts["apart"]["modules"]) == packages
    assert set(contracts["rooms"]["containers"]) == packages
    assert set(contracts["downwards"]["layers"][0].split(" | ")) == packages
    assert set(contracts["pure-rules"]["source_modules"]) == {
        "wangge_schema.*.rules",
        *(f"{name}.rules" for name in packages),
    }


def test_every_subject_of_the_base_is_under_the_contracts() -> None:
    subjects = {
        f"wangge_schema.{path.parent.name}" for path in (ROOT / "schema/wangge_schema").glob("*/__init__.py")
    }
    contracts = {contract["id"]: contract for contract in settings()["contracts"]}

    assert set(contracts["rooms-of-the-base"]["containers"]) == subjects

"""Importing the kit is light: no web server, no migrations, no engine, no command line."""

import subprocess
import sys

import pytest

HEAVY = ("starlette", "uvicorn", "alembic", "typer", "rich", "openpyxl", "wangge._host", "wangge.testing")


def loaded_by(package: str) -> set[str]:
    """Return the modules of a fresh interpreter that imports a package."""
    command = [sys.executable, "-c", f"import sys, {package}; print(chr(10).join(sys.modules))"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("package", ["wangge", "wangge_schema", "wangge_volunteer_points"])
def test_a_front_door_loads_nothing_heavy(package: str) -> None:
    modules = loaded_by(package)

    assert package in modules
    assert [name for name in HEAVY if name in modules] == []

"""The demo, served in a process of its own, and Node with the clients that npm has."""

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from wangge._host.cli import app
from wangge._host.settings import Settings
from wangge.testing.districts import LiveServer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FOLDER = ROOT / ".wangge" / "clients"
"""Where the packages are installed and the scripts run; git ignores it, and it is kept for the next run."""
SCRIPTS = shutil.ignore_patterns("*.py", "__pycache__", "ariadne")
PEOPLE = 200


@dataclass(frozen=True)
class Demo:
    """The demo district under its address."""

    url: str
    tokens: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """What scripts are told of it."""
        return {"WANGGE_URL": self.url, "WANGGE_TOKENS": json.dumps(self.tokens)}

    def headers(self, role: str) -> dict[str, str]:
        """Return the headers of someone who holds a role."""
        return {"authorization": f"Bearer {self.tokens[role]}", "accept-language": "en"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo with 200 people, for all tests of the module."""
    data = tmp_path_factory.mktemp("demo")
    words = ["demo", "--data", str(data), "--people", str(PEOPLE), "--no-serve", "--json"]
    prepared = CliRunner().invoke(app, words, catch_exceptions=False)
    assert prepared.exit_code == 0, prepared.output
    told = json.loads(prepared.stdout)
    live = LiveServer(Settings(data=data))
    try:
        asyncio.run(live.wait())
        yield Demo(f"{live.url}/{told['district']}/graphql", told["tokens"])
    finally:
        live.stop()


def run(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    """Run a command that must succeed and return what it prints."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


class Node:
    """Runs scripts of this folder beside their packages."""

    def __init__(self, demo: Demo) -> None:
        self._environment = {**demo.environment, "NO_COLOR": "1"}

    def check(self, code: str, given: dict[str, str]) -> None:
        """Run code that tells nothing, with values that it takes for given."""
        words = ['import WebSocket from "ws";', "globalThis.WebSocket ??= WebSocket;"]  # as browsers have it
        words += [f"const {name} = {json.dumps(value)};" for name, value in given.items()]
        (FOLDER / "shown.mjs").write_text("\n".join([*words, code, "console.log(null);"]), encoding="utf-8")
        self.run("shown.mjs")

    def run(self, script: str) -> Any:  # the JSON that it prints
        """Run a script and return what it tells."""
        return json.loads(run(["node", script], FOLDER, self._environment).splitlines()[-1])


@pytest.fixture(scope="module")
def node(packages: None, demo: Demo) -> Node:
    """Node against the demo."""
    return Node(demo)


@pytest.fixture(scope="module")
def packages() -> None:
    """The scripts with their packages, installed where they are not yet."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node and npm are not installed")
    for folder in FOLDER.glob("*/src"):
        shutil.rmtree(folder)  # what was generated goes with it
    shutil.copytree(HERE, FOLDER, ignore=SCRIPTS, dirs_exist_ok=True)
    wanted = hashlib.sha256((HERE / "package.json").read_bytes()).hexdigest()
    mark = FOLDER / "node_modules" / ".wangge"
    if mark.exists() and mark.read_text(encoding="ascii") == wanted:
        return
    install = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    if subprocess.run(install, cwd=FOLDER, capture_output=True, check=False).returncode:
        # What npm remembers of a package may be older than what another one asks of it: have it look anew.
        run([*install, "--prefer-online"], FOLDER)
    mark.write_text(wanted, encoding="ascii")

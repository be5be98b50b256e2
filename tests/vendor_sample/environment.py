"""A server as an operator has it: wheels in an environment of their own, commands, a process that serves.

Nothing of this repository is on its path. Packages are built once for a run of the tests, and installed from
what uv has at hand, in the versions of this repository's lock.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt

ROOT = Path(__file__).parents[2]
VENDOR = Path(__file__).parent / "parcel_lockers"
SAMPLE = "acme_parcel_lockers"
WITHIN = 120.0
"""Seconds in which a server must have started, or stopped, on a machine that has much else to do."""

MANY_COMMANDS = """
import json, sys
from wangge._host.cli import main
for words in json.loads(sys.argv[1]):
    sys.argv = ["wangge", *words]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
"""
"""Runs several commands in one process, since most of a command's time is its start."""


@dataclass(frozen=True)
class Place:
    """Where a server has its data."""

    data: Path
    catalog_url: str | None = None

    def environment(self) -> dict[str, str]:
        """Return the variables that a command of this place sees: none of the tests' own."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("WANGGE_", "PYTHON", "PYTEST_", "VIRTUAL_ENV", "COV_"))
        }
        found = {**kept, "WANGGE_DATA": str(self.data), "WANGGE_CATALOG_POLL": "0.2", "COLUMNS": "250"}
        return found if self.catalog_url is None else {**found, "WANGGE_CATALOG_URL": self.catalog_url}

    def token(self, subject: str, district: str) -> str:
        """Return a token as an identity provider with the server's key issues it."""
        claims = {
            "sub": subject,
            "district": district,
            "aud": "wangge",
            "exp": datetime.now(UTC) + timedelta(hours=1),
        }
        return jwt.encode(claims, (self.data / "signing.key").read_bytes().strip(), algorithm="HS256")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    output: str
    errors: str


class Installation:
    """An environment with the released wheels."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._wheels = folder / "wheels"
        self._venv = folder / "venv"

    def make(self) -> None:
        """Build the three wheels and install them."""
        uv("build", "--wheel", "--quiet", "--out-dir", self._wheels, ROOT)
        points = ("--package", "wangge-volunteer-points")
        uv("build", "--wheel", "--quiet", "--out-dir", self._wheels, *points, cwd=ROOT)
        shutil.copytree(VENDOR, self.folder / "vendor", ignore=shutil.ignore_patterns("tests", "__pycache__"))
        uv("build", "--wheel", "--quiet", "--out-dir", self._wheels, self.folder / "vendor")
        without = ("--no-dev", "--no-emit-workspace", "--no-hashes", "--quiet")
        uv("export", "--frozen", *without, "--output-file", self.folder / "versions.txt", cwd=ROOT)
        uv("venv", "--quiet", "--python", sys.executable, self._venv)
        self._install(*self._wheels.glob("*.whl"))

    def install_sample(self) -> None:
        """Install the vendor's package, or put it back as it was built, without whatever was added to it."""
        shutil.rmtree(self.packages / SAMPLE, ignore_errors=True)
        self._install("--reinstall-package", "acme-parcel-lockers", *self._wheels.glob("acme_*.whl"))

    def uninstall_sample(self) -> None:
        """Take the vendor's package away."""
        uv("pip", "uninstall", "--quiet", "--python", self._venv, "acme-parcel-lockers")

    def _install(self, *what: str | Path) -> None:
        versions = ("--constraint", self.folder / "versions.txt", "--link-mode", "copy")
        uv("pip", "install", "--quiet", "--python", self._venv, *versions, *what)

    @property
    def packages(self) -> Path:
        """Where packages are installed."""
        return next(self._venv.glob("lib/python*/site-packages"))

    def change(self, name: str, *changes: tuple[str, str]) -> None:
        """Change the text of a file of the installed sample."""
        path = self.packages / SAMPLE / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"{name} does not hold {old!r}"
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Add a file to the installed sample."""
        (self.packages / SAMPLE / name).write_text(text, encoding="utf-8")

    def wangge(self, place: Place, *words: str) -> Ended:
        """Run a command of the installed server."""
        return self._run(place, [str(self._venv / "bin" / "wangge"), *words])

    def wangge_all(self, place: Place, commands: Sequence[Sequence[str]]) -> None:
        """Run several commands that must succeed."""
        done = self._run(
            place, [str(self._venv / "bin" / "python"), "-c", MANY_COMMANDS, json.dumps(commands)]
        )
        assert done.code == 0, done.output + done.errors

    def _run(self, place: Place, command: list[str]) -> Ended:
        done = subprocess.run(
            command, cwd=self.folder, env=place.environment(), capture_output=True, text=True, timeout=300
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def serving(self, place: Place, **settings: str) -> Iterator["Served"]:
        """Serve a place in a process of its own, with these settings, until the block ends."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        log = self.folder / f"serve-{port}.log"
        command = [str(self._venv / "bin" / "wangge"), "serve", "--host", "127.0.0.1", "--port", str(port)]
        named = {f"WANGGE_{name.upper()}": value for name, value in settings.items()}
        environment = {**place.environment(), **named}
        with log.open("wb") as file:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=file, stderr=subprocess.STDOUT
            )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
                _wait(http, process, log)
                yield Served(http, place)
        finally:
            process.terminate()
            process.wait(timeout=WITHIN)


class Served:
    """A server that answers over HTTP."""

    def __init__(self, http: httpx.Client, place: Place) -> None:
        self._http = http
        self._place = place

    def execute(self, who: str, document: str, *, district: str, **variables: Any) -> dict[str, Any]:  # JSON
        """Send a document as an account and return the answer, `data` and `errors`."""
        token = self._place.token(f"{district}/{who}", district)
        response = self._http.post(
            f"/{district}/graphql",
            json={"query": document, "variables": variables},
            headers={"authorization": f"Bearer {token}", "accept-language": "en"},
        )
        found: dict[str, Any] = response.json()
        return found


def uv(*words: str | Path, cwd: Path | None = None) -> None:
    """Run uv, which must succeed, outside any environment."""
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    command = ["uv", *(str(word) for word in words)]
    done = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def _wait(http: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers that it is ready; fail with its log where it ended, or takes too long."""
    latest = datetime.now(UTC) + timedelta(seconds=WITHIN)
    while process.poll() is None and datetime.now(UTC) < latest:
        try:
            if http.get("/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(f"The server did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")

"""The image's start-up script, run directly against a PostgreSQL server, as a container would run it."""

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import asyncpg
import httpx
import pytest
from sqlalchemy import make_url

from wangge._host.databases import Place, normal_url
from wangge._host.migrator import downgrade, package_of
from wangge._host.plugins import PluginManager
from wangge.testing.worlds import POSTGRES_URL

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "core" / "docker-start.sh"
RING = '{"keys":{"1":"%s"},"digest":"%s"}' % (("A" * 43 + "=",) * 2)
PATIENCE = 120
"""Seconds after which a server that does not answer fails the test; all being well, nothing waits for it."""


@dataclass
class Container:
    """What a container has: an environment, a database and a port of its own."""

    database_url: str
    port: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wangge(self, *arguments: str) -> str:
        """Run a command as `docker compose exec server wangge …` would."""
        done = subprocess.run(
            ["wangge", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @contextmanager
    def started(self) -> Iterator[httpx.Client]:
        """Run the start-up script and wait until the server is ready."""
        process = subprocess.Popen([str(SCRIPT)], env=self.environment, stderr=subprocess.PIPE, text=True)
        try:
            with httpx.Client(
                base_url=self.url, transport=httpx.HTTPTransport(retries=3), timeout=10
            ) as http:
                until = monotonic() + PATIENCE
                while not _answers(http):
                    assert process.poll() is None, process.stderr.read() if process.stderr else ""
                    assert monotonic() < until, "the server did not become ready"
                yield http
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _answers(http: httpx.Client) -> bool:
    try:
        return http.get("/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def ask(http: httpx.Client, token: str) -> dict[str, object]:
    """Ask a district a first question, until the server has noticed that it is there."""
    question = {"query": "{ district { code name } me { kind roles { role } } }"}
    until = monotonic() + PATIENCE
    while True:
        answer = http.post("/370703/graphql", json=question, headers={"authorization": f"Bearer {token}"})
        if answer.status_code == 200:
            found: dict[str, object] = answer.json()["data"]
            return found
        assert answer.status_code in {404, 503}, answer.text
        assert monotonic() < until, answer.text


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Container]:
    """A container beside a fresh PostgreSQL database, which is dropped afterwards."""
    given = os.environ.get(POSTGRES_URL)
    if not given:
        pytest.skip(f"{POSTGRES_URL} is not set: no PostgreSQL to test on")
    url = make_url(given).set(drivername="postgresql")
    name = f"wangge_start_{os.getpid()}"
    asyncio.run(_administer(url.render_as_string(hide_password=False), f'CREATE DATABASE "{name}"'))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    database_url = url.set(database=name).render_as_string(hide_password=False)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("WANGGE_")}
    environment = kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "WANGGE_CATALOG_URL": database_url,
        "WANGGE_DATA": str(tmp_path),
        "WANGGE_PORT": str(port),
        "WANGGE_CATALOG_POLL": "0.2",
        "WANGGE_SIGNING_KEY": "k" * 32,
        "WANGGE_ENCRYPTION_KEYS": RING,
        "WANGGE_START_TIMEOUT": "10",
    }
    yield Container(database_url, port, environment)
    asyncio.run(
        _administer(url.render_as_string(hide_password=False), f'DROP DATABASE "{name}" WITH (FORCE)')
    )


async def _administer(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


def test_the_script_prepares_an_empty_database_and_serves_districts_on_postgresql(
    container: Container, tmp_path: Path
) -> None:
    with container.started() as http:
        empty = http.get("/health/ready").json()
        container.wangge("district", "add", "370703", "--name", "寒亭区")
        token = container.wangge("token", "--district", "370703", "--role", "district_admin")
        answer = ask(http, token)
        ready = http.get("/health/ready").json()

    assert empty == {"status": "ok", "districts": 0}
    assert answer == {
        "district": {"code": "370703", "name": "寒亭区"},
        "me": {"kind": "STAFF", "roles": [{"role": "district_admin"}]},
    }
    assert ready == {"status": "ok", "districts": 1}
    assert list(tmp_path.iterdir()) == [], "with PostgreSQL and keys given, nothing lies in the data folder"


def test_the_script_brings_districts_to_the_installed_packages_on_postgresql(container: Container) -> None:
    container.wangge("district", "add", "370703", "--name", "寒亭区")
    container.wangge("plugin", "enable", "volunteer_points", "--district", "370703")
    token = container.wangge("token", "--district", "370703", "--role", "district_admin")
    place = Place(normal_url(container.database_url), "d_370703")
    plugin = PluginManager().loaded["volunteer_points"]
    asyncio.run(downgrade(place, package_of(plugin)))
    assert "behind: volunteer_points" in container.wangge("district", "list", "--json")

    with container.started() as http:
        answer = ask(http, token)

    assert "errors" not in answer
    assert "behind" not in container.wangge("district", "list", "--json")


def test_a_database_that_does_not_answer_ends_the_script_with_its_address_on_postgresql(
    container: Container,
) -> None:
    away = make_url(container.database_url).set(host="127.0.0.1", port=9, password="hidden-word")
    environment = container.environment | {
        "WANGGE_CATALOG_URL": away.render_as_string(hide_password=False),
        "WANGGE_START_TIMEOUT": "0",
    }

    done = subprocess.run([str(SCRIPT)], env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "The catalog's database did not answer within 0 seconds" in done.stderr
    assert "127.0.0.1:9" in done.stderr
    assert "hidden-word" not in done.stderr + done.stdout


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "WANGGE_SIGNING_KEY", "WANGGE_ENCRYPTION_KEYS"])
def test_compose_requires_every_secret_and_holds_none(name: str) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")

    uses = re.findall(rf"\$\{{{name}([^}}]*)\}}", text)

    assert uses
    assert all(use.startswith(":?") for use in uses)


def test_compose_has_a_worker_that_does_the_work_which_the_server_leaves_to_it() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    server, _, worker = text.partition("\n  worker:")

    assert 'WANGGE_JOBS: "false"' in server
    assert 'entrypoint: ["wangge", "worker"]' in worker
    assert "environment: *environment" in worker


def test_the_image_starts_with_the_script_as_another_user_than_root() -> None:
    lines = (ROOT / "core/Dockerfile").read_text(encoding="utf-8").splitlines()

    assert "FROM python:3.12-slim" in lines
    assert "COPY --chmod=0755 core/docker-start.sh /usr/local/bin/docker-start" in lines
    assert lines[-1] == 'ENTRYPOINT ["docker-start"]'
    assert "USER wangge" in lines

"""A server that is told to stop: it finishes what it was asked, takes nothing new, and goes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import httpx
import orjson
import pytest

from wangge.testing.worlds import World

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

QUERY = orjson.dumps({"query": "{ district { code } }"})


class Process:
    """`wangge serve` in a process of its own."""

    def __init__(self, world: World, workers: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [sys.executable, "-c", "from wangge._host.cli import main; main()", "serve"]
        command += ["--port", str(self.port), "--workers", str(workers)]
        environment = {**os.environ, "WANGGE_DATA": str(world.settings.data), "WANGGE_LOG_LEVEL": "error"}
        self.running = subprocess.Popen(command, env=environment)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=20)
        until(self.ready)

    def ready(self) -> bool:
        """Say whether it answers."""
        try:
            return self.http.get("/health/ready").status_code == 200
        except httpx.TransportError:
            assert self.running.poll() is None
            return False

    def taking(self) -> bool:
        """Say whether it takes connections."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=20).close()
        except ConnectionRefusedError:
            return False
        return True

    def figure(self, name: str) -> float:
        """Return the sum of a figure's series."""
        page = self.http.get("/metrics").text
        return sum(float(one) for one in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", page, re.MULTILINE))


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so, for two minutes at most."""
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def serving(world: World, request: pytest.FixtureRequest) -> Iterator[Process]:
    """A server with as many workers as the test asks for."""
    made = Process(world, request.param)
    yield made
    made.http.close()
    if made.running.poll() is None:
        made.running.kill()
    made.running.wait(timeout=20)


@pytest.mark.parametrize("serving", [1], indirect=True)
def test_a_request_on_its_way_is_answered_and_nothing_new_is_taken(serving: Process) -> None:
    head = f"POST /370703/graphql HTTP/1.1\r\nhost: wangge.test\r\ncontent-length: {len(QUERY)}\r\n"
    head += "content-type: application/json\r\n\r\n"
    with socket.create_connection(("127.0.0.1", serving.port), timeout=20) as on_its_way:
        on_its_way.sendall(head.encode() + QUERY[:5])
        until(lambda: serving.figure("wangge_requests_open") == 1)

        serving.running.send_signal(signal.SIGTERM)
        until(lambda: not serving.taking())
        on_its_way.sendall(QUERY[5:])
        answer = b"".join(iter(lambda: on_its_way.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"code":"370703"' in answer
    assert serving.running.wait(timeout=20) == -signal.SIGTERM


@pytest.mark.parametrize("serving", [2], indirect=True)
def test_figures_of_several_processes_are_added_up(serving: Process) -> None:
    for _ in range(10):  # each on a connection of its own, whichever process takes it
        body = httpx.post(f"{serving.http.base_url}/370703/graphql", json=orjson.loads(QUERY), timeout=20)
        assert body.json()["data"] == {"district": {"code": "370703"}}

    assert serving.figure("wangge_requests_total") == 10

    serving.running.send_signal(signal.SIGTERM)
    assert serving.running.wait(timeout=20) in {0, -signal.SIGTERM}
    assert not serving.taking()

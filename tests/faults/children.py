"""Servers and commands in processes of their own, which can be killed at an exact moment."""

import asyncio
import json
import resource
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from wangge._host.settings import Settings

NURSERY = Path(__file__).with_name("nursery.py")
KILLED = -signal.SIGKILL
WITHIN = 60.0
"""Seconds in which a server must have started."""


@dataclass(frozen=True)
class Moment:
    """When a child is to kill itself: before or after a commit, or before a statement, counted from one."""

    at: str
    number: int
    moment: str = "before"

    def __str__(self) -> str:
        """Name it."""
        return f"{self.moment} {self.at} {self.number}"

    def as_json(self) -> dict[str, Any]:  # JSON
        """Return it as the nursery takes it."""
        return {"at": self.at, "number": self.number, "moment": self.moment}


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, what it printed, and how many commits and statements it made."""

    code: int
    output: str
    seen: dict[str, int] = field(default_factory=dict)


class Nursery:
    """The process that forks children; one for a run of the tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._running: set[int] = set()
        self._process = subprocess.Popen(
            [sys.executable, str(NURSERY)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._read()

    def run(self, settings: Settings, *words: str, fault: Moment | None = None) -> Ended:
        """Run `wangge` with these words to its end."""
        output = self._output()
        code = self._order("run", settings, words, output, fault)["code"]
        seen = Path(f"{output}.seen")
        told = json.loads(seen.read_text(encoding="utf-8")) if seen.exists() else {}
        return Ended(code, output.read_text(encoding="utf-8"), told)

    def serve(self, settings: Settings, port: int | None = None, fault: Moment | None = None) -> "Child":
        """Start a server on a port."""
        port, output = port or _free_port(), self._output()
        words = ("serve", "--port", str(port))
        pid = self._order("start", settings, words, output, fault)["pid"]
        self._running.add(pid)
        return Child(self, pid, port, output)

    def end(self, pid: int, number: int) -> int:
        """Send a child a signal, wait for its end and return its exit code."""
        self._running.discard(pid)
        code: int = self._send({"do": "end", "pid": pid, "signal": int(number)})["code"]
        return code

    def close(self) -> None:
        """End all children and the nursery."""
        for pid in [*self._running]:
            self.end(pid, signal.SIGKILL)
        assert self._process.stdin is not None  # it is a pipe
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()

    def _order(
        self, do: str, settings: Settings, words: tuple[str, ...], output: Path, fault: Moment | None
    ) -> dict[str, Any]:  # JSON
        environment = {
            "WANGGE_DATA": str(settings.data),
            "WANGGE_CATALOG_URL": settings.catalog_url or "",
            "WANGGE_CATALOG_POLL": "0.2",
            "WANGGE_LOG_LEVEL": "error",
            "WANGGE_REQUEST_TIMEOUT": str(settings.request_timeout),
        }
        told = {} if fault is None else fault.as_json()
        order = {"do": do, "words": words, "environment": environment, "output": str(output), "fault": told}
        return self._send(order)

    def _send(self, order: dict[str, Any]) -> dict[str, Any]:  # JSON both ways
        assert self._process.stdin is not None  # it is a pipe
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:  # JSON
        assert self._process.stdout is not None  # it is a pipe
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The nursery has ended.")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _output(self) -> Path:
        self._count += 1
        return self._folder / f"child-{self._count}.txt"


class Child:
    """A server that was started."""

    def __init__(self, nursery: Nursery, pid: int, port: int, output: Path) -> None:
        self._nursery = nursery
        self.pid = pid
        self.port = port
        self._output = output
        self.url = f"http://127.0.0.1:{port}"
        self._alive = True

    async def wait(self) -> None:
        """Wait until the server answers.

        Raises:
            TimeoutError: when it does not; what it printed is in the notes.
            RuntimeError: when it has ended, likewise.
        """
        try:
            async with asyncio.timeout(WITHIN), httpx.AsyncClient(base_url=self.url, timeout=WITHIN) as http:
                while not await _is_ready(http):
                    if self._has_ended():
                        raise RuntimeError("The server has ended.")
                    await asyncio.sleep(0.05)  # a real process starts at its own pace
        except (TimeoutError, RuntimeError) as late:
            late.add_note(self._output.read_text(encoding="utf-8"))
            raise

    def kill(self) -> None:
        """End the process as a power cut would: it is told nothing."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End the process as an operator does."""
        self._end(signal.SIGTERM)

    def limit_files(self, size: int) -> None:
        """Let the process write no file larger than this; -1 for no limit."""
        hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (size if size >= 0 else hard, hard))

    def _has_ended(self) -> bool:
        """Say whether it waits for the nursery to be told of its end."""
        return Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"

    def _end(self, number: signal.Signals) -> None:
        if self._alive:
            self._alive = False
            self._nursery.end(self.pid, number)


async def _is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/health/ready")).status_code == 200
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port

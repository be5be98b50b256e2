"""A server under measurement: its process, the processor time and the memory it takes."""

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

_TICK = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parents[2]


class Process:
    """A server in a process of its own, listening on a free port of the loopback address."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.port = _free_port()
        self._log = log
        filled = [part.replace("{port}", str(self.port)) for part in command]
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                filled,
                cwd=ROOT,
                env={**os.environ, **environment, "PORT": str(self.port)},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    async def wait(self, seconds: float) -> None:
        """Wait until it accepts connections.

        Raises:
            RuntimeError: when it ended or did not within the time; the text holds the end of its log.
        """
        until = monotonic() + seconds
        while monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            writer.close()
            await writer.wait_closed()
            return
        raise RuntimeError(f"{self.name} did not start:\n{self.log_end()}")

    def log_end(self) -> str:
        """Return the last lines of what it wrote."""
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])

    def alive(self) -> bool:
        """Say whether it runs."""
        return self._process.poll() is None

    def cpu(self) -> float:
        """Return the seconds of processor time that it and its children took so far."""
        return sum(_cpu(pid) for pid in (self.pid, *_children(self.pid)))

    def forget_peak(self) -> None:
        """Begin a new peak of memory."""
        for pid in (self.pid, *_children(self.pid)):
            Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")

    def peak(self) -> float:
        """Return the MiB that it and its children held at the most since the peak was forgotten."""
        return sum(_status(pid, "VmHWM") for pid in (self.pid, *_children(self.pid))) / 1024

    def stop(self) -> None:
        """End it, politely first."""
        if self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # its own session, so nobody else's processes
            self._process.wait(timeout=10)


def cpu_of(pids: Sequence[int]) -> dict[int, float]:
    """Return the seconds of processor time that each of these processes took so far, where it still runs."""
    found = {}
    for pid in pids:
        try:
            found[pid] = _cpu(pid)
        except OSError:
            continue
    return found


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += [int(child), *_children(int(child))]
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

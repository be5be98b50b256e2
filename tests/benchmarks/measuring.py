"""Rounds: every query to every peer in turn, again and again, after each answer was looked at once."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from tests.benchmarks.data.shape import DISTRICT
from tests.benchmarks.database import STREET_ACCOUNT, Bench, Say
from tests.benchmarks.figures import Measurement, percentile
from tests.benchmarks.load import Load, Requests, body_of, drive, http_request
from tests.benchmarks.peers.catalogue import POOL, UNANSWERED, Peer
from tests.benchmarks.processes import Process, cpu_of
from tests.benchmarks.workload import NUMBERS_EACH, REFUSED, Targets, body, document, leaves

from wangge._host.authn import Authenticator

_WARM, _WARM_FIRST = 0.7, 2.0
"""Seconds of load before each measurement; longer at first, while engines compile what runs often."""

_WARM_MOST = 4000
_SPARE = 16
"""Connections left to others, and to this server's catalog."""

_CHECKED = (0, 1)
"""Places in the sequence whose answers are compared."""


@dataclass
class Run:
    """What a run has found so far."""

    measured: list[Measurement] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    """Peer, or peer and query, → why it was not measured."""


class Rounds:
    """Peers that run, and what they are asked."""

    def __init__(self, bench: Bench, targets: Targets, say: Say) -> None:
        self._bench = bench
        self._targets = targets
        self._say = say
        self._token = Authenticator(bench.settings()).issue(STREET_ACCOUNT, DISTRICT)
        self._running: dict[str, tuple[Peer, Process]] = {}
        self._database: asyncpg.Connection | None = None
        self._registered: dict[str, int] = {}
        self.run = Run()

    async def start(self, peers: Sequence[Peer], logs: Path) -> int:
        """Start the peers; one that does not start is left out. Return how large a pool each has."""
        self._database = await asyncpg.connect(self._bench.url)
        pool = await self._room()
        for peer in peers:
            process = peer.start(self._bench, pool, logs / f"{peer.name}.log")
            self._running[peer.name] = (peer, process)
        for name, (_, process) in list(self._running.items()):
            try:
                await process.wait(60)
            except RuntimeError as error:
                self._leave_out(name, str(error))
                process.stop()
                del self._running[name]
        return pool

    async def stop(self) -> None:
        """End all that was started."""
        for _, process in self._running.values():
            process.stop()
        if self._database is not None:
            await self._database.close()

    async def _room(self) -> int:
        """Return how large each peer's pool may be, so that all of them find room on the server.

        Most peers let go of connections that they do not use; two keep theirs, and this server has a second
        pool for reads: five pools at a time at the most.
        """
        assert self._database is not None  # opened before peers are started
        room = int(await self._database.fetchval("SHOW max_connections"))
        taken = int(await self._database.fetchval("SELECT count(*) FROM pg_stat_activity"))
        return max(4, min(POOL, (room - taken - _SPARE) // 5))

    async def check(self, queries: Sequence[str]) -> list[tuple[str, str]]:
        """Compare the answers of all peers; return the pairs of query and peer that may be measured."""
        pairs = []
        for query in queries:
            expected: dict[int, tuple[str, Any, list[str]]] = {}  # who answered first, the data, its leaves
            for name, (peer, _) in self._running.items():
                if document(peer.documents, query) is None or query in UNANSWERED.get(name, ()):
                    continue
                try:
                    for place in _CHECKED:
                        await self._compare(query, peer, place, expected)
                except (AssertionError, TimeoutError, OSError) as error:
                    self._leave_out(f"{name} {query}", str(error)[:1500])
                else:
                    pairs.append((query, name))
        return pairs

    async def measure(
        self, pairs: Sequence[tuple[str, str]], *, rounds: int, seconds: float, connections: int
    ) -> None:
        """Measure each pair of query and peer once in each round."""
        dead: set[tuple[str, str]] = set()
        for number in range(1, rounds + 1):
            for query, name in pairs:
                if (query, name) in dead:
                    continue
                try:
                    one = await self._once(query, name, number, seconds, connections)
                except (AssertionError, TimeoutError, OSError) as error:
                    dead.add((query, name))
                    self._leave_out(f"{name} {query}", f"in round {number}: {str(error)[:1500]}")
                    continue
                self.run.measured.append(one)
                self._say(
                    f"round {number} {query} {name}: {one.rate:.0f}/s, p50 {one.p50:.2f} ms, "
                    f"p99 {one.p99:.2f} ms, {one.cpu:.2f} ms CPU, {one.memory:.0f} MiB"
                )

    async def _compare(
        self, query: str, peer: Peer, place: int, expected: dict[int, tuple[str, Any, list[str]]]
    ) -> None:
        answer = await self._ask(query, peer, place)
        assert "errors" not in answer, f"it answers errors: {orjson.dumps(answer['errors'])[:600]!r}"
        found = leaves(answer["data"])
        assert found, "its answer is empty"
        if place not in expected:
            expected[place] = (peer.name, answer["data"], found)
            return
        first, data, wanted = expected[place]
        assert found == wanted, f"it answers {_differing(found, wanted)}, unlike {first}"
        if query != "Q5" and {first, peer.name} == {"limit", "wangge"}:
            assert answer["data"] == data, "its data are not exactly those of the limit"

    async def _ask(self, query: str, peer: Peer, place: int) -> Any:  # JSON
        answers: list[bytes] = []
        process = self._running[peer.name][1]
        requests = self._requests(peer, query)

        async with asyncio.timeout(30):
            reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
            try:
                writer.write(
                    requests(self._first(query, peer.name, place)).replace(
                        b"host:", b"connection: close\r\nhost:", 1
                    )
                )
                answers.append(await reader.read(-1))
            finally:
                writer.close()
        try:
            return orjson.loads(body_of(answers[0]))
        except orjson.JSONDecodeError:
            raise AssertionError(f"it answers {answers[0][:600]!r}") from None

    def _requests(self, peer: Peer, query: str) -> Requests:
        """Return the sequence of requests, made beforehand where they come round again."""
        process = self._running[peer.name][1]
        text = document(peer.documents, query)
        assert text is not None  # such pairs are not measured
        token = self._token if peer.signed else None

        def make(n: int) -> bytes:
            variables = peer.variables(self._targets, query, n)
            return http_request(process.port, peer.path(query), token, body(text, variables))

        if query == "Q5":
            return make
        return _again(make, len(self._targets.people))

    def _first(self, query: str, name: str, place: int) -> int:
        """Return where in the sequence to begin; nobody registers the same person twice."""
        if query != "Q5":
            return place
        used = self._registered.get(name, 0)
        self._registered[name] = used + 1
        return list(self._running).index(name) * NUMBERS_EACH + used

    async def _once(
        self, query: str, name: str, number: int, seconds: float, connections: int
    ) -> Measurement:
        process = self._running[name][1]
        assert process.alive(), f"it ended:\n{process.log_end()}"
        warm = _WARM_FIRST if number == 1 else _WARM
        await self._load(query, name, number, warm, _WARM_MOST, connections)
        backends = await self._backends()
        gc.collect()
        process.forget_peak()
        before, database_before = process.cpu(), cpu_of(backends)
        done = await self._load(query, name, number, seconds, 1_000_000, connections)
        spent, database_after = process.cpu() - before, cpu_of(backends)
        database = sum(database_after[pid] - database_before.get(pid, 0.0) for pid in database_after)
        count = len(done.latencies)
        return Measurement(
            peer=name,
            query=query,
            round=number,
            requests=count,
            rate=count / done.seconds,
            p50=percentile(done.latencies, 0.5) * 1000,
            p99=percentile(done.latencies, 0.99) * 1000,
            cpu=spent / count * 1000,
            database_cpu=database / count * 1000,
            memory=process.peak(),
            size=done.size,
        )

    async def _load(
        self, query: str, name: str, number: int, seconds: float, most: int, connections: int
    ) -> Load:
        peer, process = self._running[name]
        done = await drive(
            process.port,
            self._requests(peer, query),
            connections=connections,
            seconds=seconds,
            most=most,
            first=self._first(query, name, number * 100),
            refuse=REFUSED,
        )
        self._registered[name] = self._registered.get(name, 0) + len(done.latencies) + connections
        assert not done.faults, f"it answers {done.faults[0]}"
        return done

    async def _backends(self) -> list[int]:
        """Return the processes of the database server that serve the measured database."""
        assert self._database is not None  # opened before peers are started
        rows = await self._database.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()",
            self._bench.name,
        )
        return [row["pid"] for row in rows]

    def _leave_out(self, what: str, why: str) -> None:
        self.run.left_out[what] = why
        self._say(f"left out: {what}: {why}")


def _again(make: Callable[[int], bytes], number: int) -> Requests:
    """Return a sequence that makes each of `number` requests once and then repeats them."""
    made: dict[int, bytes] = {}

    def give(n: int) -> bytes:
        place = n % number
        found = made.get(place)
        if found is None:
            found = made[place] = make(place)
        return found

    return give


def _differing(found: list[str], wanted: list[str]) -> str:
    more, less = list(found), list(wanted)
    for one in wanted:
        if one in more:
            more.remove(one)
            less.remove(one)
    return f"{len(found)} values of {len(wanted)}, too many {more[:5]}, missing {less[:5]}"

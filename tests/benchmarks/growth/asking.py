"""How cost grows with the rows of a page and with the depth of a selection, peer by peer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
from tests.benchmarks.data.shape import DISTRICT
from tests.benchmarks.database import STREET_ACCOUNT, Bench, Say
from tests.benchmarks.growth.series import Series
from tests.benchmarks.load import Requests, drive, http_request
from tests.benchmarks.peers.catalogue import PEERS, Peer
from tests.benchmarks.processes import Process, cpu_of
from tests.benchmarks.workload import Targets, body

from wangge._host.authn import Authenticator

ROWS = (10, 30, 100, 300, 1000, 3000, 10_000)
DEPTHS = (1, 2, 3, 4, 5, 6)
_POOL = 8
_CONNECTIONS = 4
_LONG = {"WANGGE_PAGE_MAX": str(max(ROWS)), "WANGGE_REQUEST_TIMEOUT": "60"}
_FIELDS = {
    "wangge": "id name sex birthDate documentType documentNumber phone relation",
    "postgraphile": "rowId name sex birthDate documentType documentNumberMasked phoneMasked relation",
}
_LISTS = {
    "wangge": "query ($street: ID!, $first: Int!) "
    "{{ people(first: $first, where: {{within: $street}}) {{ edges {{ node {{ {fields} }} }} }} }}",
    "plain": "query ($street: ID!, $first: Int!) "
    "{{ people(first: $first, within: $street) {{ edges {{ node {{ {fields} }} }} }} }}",
    "postgraphile": "query ($street: Int!, $first: Int!) "
    "{{ allBasePeople(first: $first, condition: {{anc1: $street}}) {{ edges {{ node {{ {fields} }} }} }} }}",
}


@dataclass(frozen=True)
class Cost:
    """What an answer costs: how many there are in a second, and milliseconds of processor time for each."""

    rate: float
    cpu: float


async def cost_of(
    process: Process, requests: Requests, *, seconds: float, connections: int, database: Sequence[int] = ()
) -> Cost:
    """Load a server for a moment; `database` are the processes whose processor time counts as well.

    Raises:
        AssertionError: when it answers wrongly.
    """
    await drive(process.port, requests, connections=connections, seconds=seconds / 2, most=1000)
    before, database_before = process.cpu(), cpu_of(database)
    done = await drive(process.port, requests, connections=connections, seconds=seconds, most=100_000)
    assert not done.faults, done.faults[0]
    spent = process.cpu() - before
    spent += sum(
        cpu - database_before[pid] for pid, cpu in cpu_of(database).items() if pid in database_before
    )
    count = len(done.latencies)
    return Cost(count / done.seconds, spent / count * 1000)


async def rows(bench: Bench, targets: Targets, peers: Sequence[str], logs: Path, say: Say) -> Series:
    """Measure pages of ten to ten thousand people."""
    series = Series("rows", "Rows of a page", "rows", "ms of processor time per answer")

    def text_of(peer: Peer, number: int) -> str:
        fields = _FIELDS.get(peer.documents, _FIELDS["wangge"])
        return _LISTS[peer.documents].format(fields=fields)

    def variables_of(peer: Peer, number: int) -> dict[str, Any]:  # JSON
        return peer.variables(targets, "Q3", 0) | {"first": number}

    await _across(series, ROWS, peers, bench, (text_of, variables_of, "Rows"), logs, say)
    return series


async def depth(bench: Bench, targets: Targets, peers: Sequence[str], logs: Path, say: Say) -> Series:
    """Measure a person, then the grid, then one grid above after the other."""
    series = Series("depth", "Depth of a selection", "levels", "ms of processor time per answer")

    def text_of(peer: Peer, number: int) -> str:
        bare = peer.documents == "postgraphile"
        grid, parent = ("baseGridByGridId", "baseGridByParentId") if bare else ("grid", "parent")
        inner = ""
        for level in range(number, 1, -1):
            inner = f" {grid if level == 2 else parent} {{ name{inner} }}"
        if bare:
            return f"query ($id: UUID!) {{ basePersonByRowId(rowId: $id) {{ name{inner} }} }}"
        return f"query ($id: ID!) {{ person(id: $id) {{ name{inner} }} }}"

    def variables_of(peer: Peer, number: int) -> dict[str, Any]:  # JSON
        return peer.variables(targets, "Q1", 0)

    asked = [name for name in peers if name != "limit"]
    await _across(series, DEPTHS, asked, bench, (text_of, variables_of, ""), logs, say)
    return series


Asked = tuple[Callable[[Peer, int], str], Callable[[Peer, int], dict[str, Any]], str]
"""Gives the document, gives the variables, and the name of the query where the path says it."""


async def _across(
    series: Series, at: Sequence[int], peers: Sequence[str], bench: Bench, asked: Asked, logs: Path, say: Say
) -> None:
    text_of, variables_of, name_of_query = asked
    token = Authenticator(bench.settings()).issue(STREET_ACCOUNT, DISTRICT)
    for name in peers:
        peer = replace(PEERS[name], environment=PEERS[name].environment | _LONG)
        process = peer.start(bench, _POOL, logs / f"growth_{series.key}_{name}.log")
        try:
            await process.wait(60)
            for number in at:
                sent = body(text_of(peer, number), variables_of(peer, number))
                path = peer.path(name_of_query)
                request = http_request(process.port, path, token if peer.signed else None, sent)
                backends = await _backends(bench)
                found = await cost_of(
                    process,
                    lambda n, request=request: request,  # type: ignore[misc]  # bound now
                    seconds=1.0,
                    connections=_CONNECTIONS,
                    database=backends,
                )
                series.add(name, number, found.cpu)
                series.add(f"{name}, answers/s", number, found.rate)
                say(f"{series.key} {number} {name}: {found.cpu:.2f} ms CPU, {found.rate:.0f}/s")
        except (AssertionError, RuntimeError, OSError, TimeoutError) as error:
            series.notes.append(f"{name} was left out: {' '.join(str(error).split())[:300]}")
            say(series.notes[-1])
        finally:
            process.stop()
    series.plotted = tuple(peers)


async def _backends(bench: Bench) -> list[int]:
    connection = await asyncpg.connect(bench.url)
    try:
        found = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE datname = $1", bench.name)
    finally:
        await connection.close()
    return [row["pid"] for row in found]

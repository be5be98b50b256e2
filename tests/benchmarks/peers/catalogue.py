"""The peers of a run: how each is started and asked."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.data.shape import DISTRICT
from tests.benchmarks.database import SCHEMA, Bench
from tests.benchmarks.processes import Process
from tests.benchmarks.workload import Variables, numbered, opaque, plain

NODE_FOLDER = Path(__file__).parent / "node"
NODE = NODE_FOLDER / "node_modules" / "node" / "bin" / "node"
POOL = 16
"""Connections that each peer may open to the database, where the server has room for all of them."""

_UVICORN = (
    *(sys.executable, "-m", "uvicorn", "--factory"),
    *("--host", "127.0.0.1", "--port", "{port}", "--log-level", "warning", "--no-access-log"),
)


@dataclass(frozen=True)
class Peer:
    """A server that is measured.

    Attributes:
        name: as the report calls it.
        title: what it is.
        documents: folder of its documents below `queries`.
        variables: how it takes variables.
        command: starts it.
        signed: whether requests carry a token.
        by_path: whether the query is part of the path instead of the body.
        needs_node: whether it runs on Node.
        environment: what it is told besides where the data are.
    """

    name: str
    title: str
    documents: str
    variables: Variables
    command: tuple[str, ...]
    signed: bool = False
    by_path: bool = False
    needs_node: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def path(self, query: str) -> str:
        """Return the path that a query is sent to."""
        if self.by_path:
            return f"/{DISTRICT}/{query}"
        return f"/{DISTRICT}/graphql" if self.name == "wangge" else "/graphql"

    def start(self, bench: Bench, pool: int, log: Path) -> Process:
        """Start it with a pool of so many connections."""
        environment = {
            "WANGGE_DATA": str(bench.folder.absolute()),
            "WANGGE_CATALOG_URL": bench.url,
            "WANGGE_PAGE_MAX": "1000",
            "WANGGE_LIMIT_COST": "1000000",
            "WANGGE_RATE_BUDGET": "0",
            "WANGGE_DATABASE_POOL": str(pool),
            "WANGGE_LOG_LEVEL": "error",
            "BENCH_URL": bench.url,
            "BENCH_SCHEMA": SCHEMA,
            "BENCH_POOL": str(pool),
            "BENCH_KEY": (bench.folder / "signing.key").read_text(encoding="ascii").strip(),
            "NODE_ENV": "production",
            "GRAPHILE_ENV": "production",
        }
        return Process(self.name, self.command, environment | self.environment, log)


def _python(module: str) -> tuple[str, ...]:
    return (*_UVICORN, f"tests.benchmarks.peers.{module}:app")


def _node(script: str) -> tuple[str, ...]:
    return (str(NODE), str(NODE_FOLDER / script))


PEERS = {
    peer.name: peer
    for peer in (
        Peer("limit", "hand-written SQL", "wangge", opaque, _python("limit"), signed=True, by_path=True),
        Peer("wangge", "this server", "wangge", opaque, _python("own"), signed=True),
        Peer(
            "postgraphile",
            "PostGraphile 5, no authorisation",
            "postgraphile",
            numbered,
            _node("postgraphile.mjs"),
            needs_node=True,
        ),
        Peer(
            "postgraphile_rls",
            "PostGraphile 5, row-level security",
            "postgraphile",
            numbered,
            _node("postgraphile.mjs"),
            signed=True,
            needs_node=True,
            environment={"BENCH_RLS": "1"},
        ),
        Peer(
            "mercurius",
            "Mercurius with graphql-jit, no authorisation",
            "plain",
            plain,
            _node("mercurius.mjs"),
            needs_node=True,
        ),
        Peer(
            "strawberry",
            "Strawberry with DataLoaders and ORM, no authorisation",
            "plain",
            plain,
            _python("strawberry_server"),
        ),
    )
}
UNANSWERED = {"limit": {"Q8"}, "mercurius": {"Q8"}}
"""Queries that a peer has no answer to, beyond those it has no document for."""


def node_reason(say: Callable[[str], None]) -> str | None:
    """Make sure that the Node peers are installed; return why they cannot run, or None."""
    if _installed():
        return None
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    say("installing the Node peers")
    command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock"]
    try:
        done = subprocess.run(
            command, cwd=NODE_FOLDER, capture_output=True, text=True, timeout=600, env=os.environ, check=False
        )
    except subprocess.TimeoutExpired:
        return "npm install took longer than ten minutes"
    if done.returncode != 0 or not _installed():
        return f"npm install failed: {(done.stderr.strip().splitlines() or ['without a word'])[-1]}"
    return None


def _installed() -> bool:
    wanted = json.loads((NODE_FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    return NODE.exists() and all((NODE_FOLDER / "node_modules" / name).is_dir() for name in wanted)


def versions_of_node() -> dict[str, str]:
    """Return the versions of what the Node peers are made of."""
    if not _installed():
        return {}
    wanted = json.loads((NODE_FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    found = {}
    for name in wanted:
        package = NODE_FOLDER / "node_modules" / name / "package.json"
        found[name] = str(json.loads(package.read_text(encoding="utf-8"))["version"])
    return found

"""The report of a run: Markdown for people, JSON for what comes after, SVG to look at."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import orjson
from tests.benchmarks.bars import OWN, Summary, judge, ratio
from tests.benchmarks.figures import Measurement, Spread, ratio_of, spread, summarise
from tests.benchmarks.plot import bars_of_rates
from tests.benchmarks.setting import Setting
from tests.benchmarks.workload import QUERIES

_LIMIT = "limit"
_COMPARED = """\
## What is compared

- All peers answered each query once for the same variables before they were measured: names, titles,
  counts and phones had to be the same, and the data of this server exactly those of the limit.
- **limit**: one prepared statement for each query, JSON made by PostgreSQL, bytes handed on; the same
  HTTP server, token check and scope of one street as this server. It parses no GraphQL.
- **wangge**: the street's secretary, with every check and mask; Q5 also checks the purpose, seals,
  writes the audit's hash chain and an event, which no peer does (the limit seals). Its pages may hold
  1,000 rows and its operations cost 1,000,000 nodes; the budget per minute is off, the estimate is not.
- **postgraphile**: anybody sees everything. Told that ancestors are foreign keys, so that counts are
  its own; the path of Q1 is asked for as parents of parents, a place by the number that rows hold; Q5
  calls a function in SQL.
- **postgraphile_rls**: the same under policies on the eight tables with personal rows, set by a
  verified token.
- **mercurius**, **strawberry**: written by hand, no authorisation; one statement for each level.
"""


def write_report(
    folder: Path, setting: Setting, measured: Sequence[Measurement], left_out: dict[str, str]
) -> Path:
    """Write `report.md`, `report.json` and `rates.svg` into a folder; return the path of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = summarise(measured)
    raw = {
        "setting": setting.to_json(),
        "left_out": left_out,
        "measured": [one.to_json() for one in measured],
    }
    (folder / "report.json").write_bytes(orjson.dumps(raw, option=orjson.OPT_INDENT_2))
    (folder / "rates.svg").write_text(bars_of_rates(summary), encoding="utf-8")
    path = folder / "report.md"
    path.write_text(markdown(setting, summary, left_out), encoding="utf-8")
    return path


def markdown(setting: Setting, summary: Summary, left_out: dict[str, str]) -> str:
    """Return the report as Markdown."""
    peers = list(dict.fromkeys(peer for several in summary.values() for peer in several))
    parts = [
        f"# Benchmarks of {setting.begun}\n",
        _note(setting),
        "![Answers per second, as a share of hand-written SQL](rates.svg)\n",
        _bars(summary),
        "## Answers per second\n\nMedian of the rounds (least to most).\n",
        _table(summary, peers, lambda query, peer: _wide(summary[query][peer]["rate"])),
        "## As a ratio to hand-written SQL\n\nMedian of the ratios within each round (least to most).\n",
        _table(summary, peers, lambda query, peer: _times(ratio(summary, query, peer, _LIMIT))),
        "## This server as a ratio to each peer\n",
        _table(summary, peers, lambda query, peer: _times(ratio(summary, query, OWN, peer))),
        "## Milliseconds until the answer: half of them, and all but a hundredth\n",
        _table(summary, peers, lambda query, peer: _two(summary[query][peer], "p50", " / ", "p99")),
        "## Milliseconds of processor time per answer: the server, and the database for it\n",
        _table(summary, peers, lambda query, peer: _two(summary[query][peer], "cpu", " + ", "database_cpu")),
        "## Answers for each second of processor time, as a ratio to hand-written SQL\n\n"
        "Of server and database together; what other work on the machine disturbs least.\n",
        _table(summary, peers, lambda query, peer: _times(_thrift(summary, query, peer))),
        "## Memory at its peak, MiB\n",
        _table(summary, peers, lambda query, peer: f"{summary[query][peer]['memory'].median:.0f}"),
        "## Bytes of an answer\n",
        _table(summary, peers, lambda query, peer: f"{summary[query][peer]['size'].median:.0f}"),
        _left_out(left_out),
        _COMPARED,
    ]
    return "\n".join(part for part in parts if part)


def _note(setting: Setting) -> str:
    data = ", ".join(f"{count:,} {kind}" for kind, count in setting.data.items())
    versions = ", ".join(f"{name} {version}" for name, version in setting.versions.items())
    database = ", ".join(f"{name} {value}" for name, value in setting.database.items())
    return (
        f"{setting.rounds} rounds of {setting.seconds:g} s with {setting.connections} connections in a "
        f"closed loop; each peer one process, its pool {setting.pool} connections; load generator, server "
        "and database share the machine. Rounds go query by query, and within a query peer by peer.\n\n"
        f"- Machine: {setting.machine}; load {setting.load_before:.2f} before, "
        f"{setting.load_after:.2f} after\n"
        f"- Commit: {setting.commit}\n- Data: {data}\n- PostgreSQL: {database}\n- Versions: {versions}\n"
    )


def _bars(summary: Summary) -> str:
    lines = [
        "## Bars\n",
        "| query | against | at least | measured | reached |",
        "| --- | --- | --- | --- | --- |",
    ]
    words = {None: "not measured", True: "yes", False: "**no**"}
    for verdict in judge(summary):
        bar = verdict.bar
        cells = (bar.query, bar.peer, f"{bar.least:g}", _times(verdict.ratio), words[verdict.reached])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _table(summary: Summary, peers: Sequence[str], cell: Callable[[str, str], str]) -> str:
    lines = [f"| | {' | '.join(peers)} |", f"| --- |{' --- |' * len(peers)}"]
    for query, several in summary.items():
        cells = [cell(query, peer) if peer in several else "" for peer in peers]
        lines.append(f"| {query} {QUERIES.get(query, '')} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _wide(found: Spread) -> str:
    return f"{found.median:.0f} ({found.least:.0f}–{found.most:.0f})"


def _two(found: Mapping[str, Spread], first: str, between: str, second: str) -> str:
    return f"{found[first].median:.2f}{between}{found[second].median:.2f}"


def _times(value: Spread | None) -> str:
    return "" if value is None else f"{value.median:.2f} ({value.least:.2f}–{value.most:.2f})"


def _thrift(summary: Summary, query: str, peer: str) -> Spread | None:
    """Return how a peer's answers for each second of processor time compare with the limit's."""
    found = summary[query]
    return ratio_of(_cost(found[_LIMIT]), _cost(found[peer])) if _LIMIT in found else None


def _cost(figures: Mapping[str, Spread]) -> Spread:
    """Return the processor time of an answer, of server and database together."""
    database = figures["database_cpu"].rounds
    return spread({number: cpu + database[number] for number, cpu in figures["cpu"].rounds.items()})


def _left_out(left_out: dict[str, str]) -> str:
    if not left_out:
        return ""
    lines = [f"- {what}: {' '.join(why.split())[:600]}" for what, why in left_out.items()]
    return "## Left out\n\n" + "\n".join(lines) + "\n"

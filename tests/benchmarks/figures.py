"""Sums over measurements: percentiles, medians, spreads."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """One peer under one query in one round.

    Attributes:
        peer: its name.
        query: its name.
        round: counted from 1.
        requests: how many were answered.
        rate: answers per second.
        p50: half of the answers took at most so many milliseconds.
        p99: all but a hundredth took at most so many.
        cpu: milliseconds of processor time of the server process, with its children, per request.
        database_cpu: the same of the database's processes that served it.
        memory: MiB that the server process held at its peak during the load.
        size: bytes of an answer.
    """

    peer: str
    query: str
    round: int
    requests: int
    rate: float
    p50: float
    p99: float
    cpu: float
    database_cpu: float
    memory: float
    size: int

    def to_json(self) -> dict[str, Any]:  # names and numbers
        """Return the values by name."""
        return asdict(self)


@dataclass(frozen=True)
class Spread:
    """A figure over the rounds: its median, and the smallest and largest."""

    median: float
    least: float
    most: float
    rounds: Mapping[int, float]
    """Each round's figure."""


FIGURES = ("rate", "p50", "p99", "cpu", "database_cpu", "memory", "size")


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    place = max(0, -(-len(ordered) * share // 1) - 1)
    return ordered[int(place)]


def spread(rounds: Mapping[int, float]) -> Spread:
    """Return the spread of a figure over the rounds."""
    values = list(rounds.values())
    return Spread(median(values), min(values), max(values), rounds)


def ratio_of(one: Spread, other: Spread) -> Spread | None:
    """Return how two figures compare round by round, which other work on the machine disturbs less."""
    shared = {
        number: value / other.rounds[number]
        for number, value in one.rounds.items()
        if other.rounds.get(number)
    }
    return spread(shared) if shared else None


def summarise(measured: Sequence[Measurement]) -> dict[str, dict[str, dict[str, Spread]]]:
    """Return query → peer → figure → spread, queries and peers in the order in which they were measured."""
    found: dict[str, dict[str, list[Measurement]]] = {}
    for one in measured:
        found.setdefault(one.query, {}).setdefault(one.peer, []).append(one)
    return {
        query: {
            peer: {name: spread({one.round: getattr(one, name) for one in several}) for name in FIGURES}
            for peer, several in peers.items()
        }
        for query, peers in found.items()
    }

"""The bars: what the server must reach, measured as medians of the rounds' ratios within one run."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.benchmarks.figures import Spread, ratio_of

Summary = Mapping[str, Mapping[str, Mapping[str, Spread]]]
"""Query → peer → figure → spread."""

OWN = "wangge"


@dataclass(frozen=True)
class Bar:
    """That the server answers a query at least so many times as often as a peer."""

    query: str
    peer: str
    least: float


BARS = (
    *(Bar(query, "limit", 0.8) for query in ("Q1", "Q3", "Q4")),
    *(Bar(query, "limit", 0.5) for query in ("Q2", "Q6")),
    *(Bar(query, "postgraphile", 1.0) for query in ("Q1", "Q2", "Q3", "Q4", "Q6")),
    *(Bar(query, "postgraphile_rls", 2.0) for query in ("Q1", "Q2", "Q3", "Q4", "Q6")),
    Bar("Q5", "postgraphile", 1.0),
    Bar("Q8", "strawberry", 5.0),
)


@dataclass(frozen=True)
class Verdict:
    """A bar and what was measured; no ratio where one of the two was not."""

    bar: Bar
    ratio: Spread | None

    @property
    def reached(self) -> bool | None:
        """Whether it was reached, where it was measured."""
        return None if self.ratio is None else self.ratio.median >= self.bar.least


def judge(summary: Summary) -> list[Verdict]:
    """Return every bar with its measured ratio of rates."""
    return [Verdict(bar, ratio(summary, bar.query, OWN, bar.peer)) for bar in BARS]


def ratio(summary: Summary, query: str, peer: str, to: str) -> Spread | None:
    """Return how a peer's rate compares with another's, or None where one of them was not measured."""
    peers = summary.get(query, {})
    if peer not in peers or to not in peers:
        return None
    return ratio_of(peers[peer]["rate"], peers[to]["rate"])

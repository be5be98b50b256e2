"""A series: one figure over something that grows, for several lines; told as a table and a plot."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
from tests.benchmarks.plot import lines


@dataclass
class Series:
    """How figures grow.

    Attributes:
        key: names its plot.
        title: what grows.
        across: what is counted across.
        points: label of a line → (how many, figure), in the order in which they were measured.
        plotted: labels of the lines that are drawn, which share a unit.
        upwards: that unit.
        notes: what else was found.
    """

    key: str
    title: str
    across: str
    upwards: str
    points: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    plotted: tuple[str, ...] | None = None
    notes: list[str] = field(default_factory=list)

    def add(self, label: str, at: float, figure: float) -> None:
        """Note a figure."""
        self.points.setdefault(label, []).append((at, figure))


def write_growth(folder: Path, several: Sequence[Series]) -> Path:
    """Write `growth.md`, `growth.json` and a plot of each series; return the path of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = ["# How cost grows\n"]
    for one in several:
        shown = {label: at for label, at in one.points.items() if one.plotted is None or label in one.plotted}
        plot = lines(one.title, shown, across=one.across, upwards=one.upwards)
        (folder / f"growth_{one.key}.svg").write_text(plot, encoding="utf-8")
        parts.append(f"## {one.title}\n\n![{one.title}](growth_{one.key}.svg)\n")
        parts.append(_table(one))
        parts += [f"- {note}" for note in one.notes]
        parts.append("")
    raw = orjson.dumps([asdict(one) for one in several], option=orjson.OPT_INDENT_2)
    (folder / "growth.json").write_bytes(raw)
    path = folder / "growth.md"
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def _table(one: Series) -> str:
    places = sorted({at for several in one.points.values() for at, _ in several})
    rows = [
        f"| {one.across} | {' | '.join(f'{at:g}' for at in places)} |",
        "| --- |" + " --- |" * len(places),
    ]
    for label, several in one.points.items():
        known = dict(several)
        cells = [f"{known[at]:.4g}" if at in known else "" for at in places]
        rows.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"

"""Plots as plain SVG: bars of ratios for the peers, lines for what grows."""

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

from tests.benchmarks.bars import Summary, ratio
from tests.benchmarks.figures import Spread

_COLOURS = ("#7f8c8d", "#c0392b", "#2980b9", "#8e44ad", "#27ae60", "#f39c12", "#16a085", "#2c3e50")
_FONT = 'font-family="sans-serif" font-size="12"'


def bars_of_rates(summary: Summary) -> str:
    """Return a plot of each peer's rate as a share of the limit's, query by query."""
    peers = list(dict.fromkeys(peer for several in summary.values() for peer in several))
    groups = {
        query: [_median(ratio(summary, query, peer, "limit")) for peer in peers]
        for query in summary
        if "limit" in summary[query]
    }
    most = max([1.0, *(share for shares in groups.values() for share in shares if share is not None)])
    wide, high, left, top = 18, 260, 50, 40
    step = wide * len(peers) + 24
    width = left + step * max(1, len(groups)) + 20
    parts = [_text(left, 20, "Answers per second, as a share of hand-written SQL")]
    for tenth in range(0, int(most * 10) + 1, 2):
        y = top + high - high * tenth / 10 / most
        parts.append(f'<line x1="{left}" x2="{width - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(_text(left - 8, y + 4, f"{tenth / 10:.1f}", "end"))
    for place, (query, shares) in enumerate(groups.items()):
        x = left + place * step + 12
        for number, share in enumerate(shares):
            if share is not None:
                tall = high * share / most
                parts.append(
                    f'<rect x="{x + number * wide}" y="{top + high - tall:.1f}" width="{wide - 3}" '
                    f'height="{tall:.1f}" fill="{_colour(number)}"><title>{escape(peers[number])} '
                    f"{query}: {share:.2f}</title></rect>"
                )
        parts.append(_text(x + wide * len(peers) / 2, top + high + 18, query, "middle"))
    return _svg(
        max(width, 460), top + high + 40 + 18 * len(peers), [*parts, *_legend(peers, top + high + 44)]
    )


def _median(found: Spread | None) -> float | None:
    return None if found is None else found.median


def lines(
    title: str, series: Mapping[str, Sequence[tuple[float, float]]], *, across: str, upwards: str
) -> str:
    """Return a plot of series of points, both axes logarithmic where the values span more than a decade."""
    points = [point for several in series.values() for point in several]
    if not points:
        return _svg(460, 60, [_text(20, 30, f"{title}: nothing was measured")])
    left, top, width, high = 70, 40, 420, 240
    x_of = _axis([x for x, _ in points], left, left + width)
    y_of = _axis([y for _, y in points], top + high, top)
    parts = [_text(left, 20, title), _text(left + width / 2, top + high + 36, across, "middle")]
    parts.append(
        f'<text {_FONT} transform="translate(14 {top + high / 2}) rotate(-90)">{escape(upwards)}</text>'
    )
    parts.append(f'<rect x="{left}" y="{top}" width="{width}" height="{high}" fill="none" stroke="#999"/>')
    for x in sorted({x for x, _ in points}):
        parts.append(_text(x_of(x), top + high + 18, f"{x:g}", "middle"))
    for y in (min(y for _, y in points), max(y for _, y in points)):
        parts.append(_text(left - 6, y_of(y) + 4, f"{y:.3g}", "end"))
    for number, several in enumerate(series.values()):
        path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in several)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{_colour(number)}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="3" fill="{_colour(number)}"/>'
            for x, y in several
        ]
    names = list(series)
    return _svg(
        left + width + 30, top + high + 60 + 18 * len(names), [*parts, *_legend(names, top + high + 64)]
    )


def _axis(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    """Return where a value stands between start and end of an axis."""
    least, most = min(values), max(values)
    if least > 0 and most / least > 10:
        low, high = math.log10(least), math.log10(most)
        return lambda value: start + (end - start) * (math.log10(value) - low) / (high - low)
    least = min(0.0, least)
    wide = most - least or 1.0
    return lambda value: start + (end - start) * (value - least) / wide


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {_FONT}>{escape(text)}</text>'


def _legend(names: Sequence[str], top: float) -> list[str]:
    parts = []
    for number, name in enumerate(names):
        y = top + 18 * number
        parts.append(f'<rect x="50" y="{y:.1f}" width="12" height="12" fill="{_colour(number)}"/>')
        parts.append(_text(68, y + 11, name))
    return parts


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    inner = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{inner}\n</svg>\n'
    )

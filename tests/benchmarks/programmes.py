"""Which programmes the benchmark's server loads: the installed ones and the harness's own."""

from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from tests.benchmarks.growth.generated import generate

from wangge._host.compose.rules import apply_rules
from wangge._host.plugins import GROUP, PluginManager

GREETING = EntryPoint("bench_greeting", "tests.benchmarks.plugin.bench_greeting.plugin", GROUP)
HAZARDS = EntryPoint("bench_hazards", "tests.benchmarks.plugin.bench_hazards.plugin", GROUP)
ENABLED = ("volunteer_points", "bench_greeting")
"""What the measured district has enabled, besides the base."""


def bench_plugins(folder: Path | None = None, count: int = 0, *, hazards: bool = False) -> PluginManager:
    """Return a manager of the installed programmes and the harness's own.

    Args:
        folder: where generated programmes are written.
        count: how many of them there are.
        hazards: whether the programme whose fields fail is there, too.

    Raises:
        RuntimeError: when one that the measurements need was set aside.
    """
    grown = generate(folder, count) if folder is not None else []
    grown += [HAZARDS] if hazards else []
    manager = PluginManager([*entry_points(group=GROUP), GREETING, *grown])
    apply_rules(manager)
    for slug in [*ENABLED, *(point.name for point in grown)]:
        if slug not in manager.loaded:
            raise RuntimeError(f"The programme {slug} did not load: {manager.quarantined.get(slug)}")
    return manager

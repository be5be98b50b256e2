"""Which programmes the benchmark's server loads: the installed ones and the harness's own."""

from importlib.metadata import EntryPoint, entry_points

from wangge._host.compose.rules import apply_rules
from wangge._host.plugins import GROUP, PluginManager

GREETING = EntryPoint("bench_greeting", "tests.benchmarks.plugin.bench_greeting.plugin", GROUP)
ENABLED = ("volunteer_points", "bench_greeting")
"""What the measured district has enabled, besides the base."""


def bench_plugins() -> PluginManager:
    """Return a manager of the installed programmes and the harness's own.

    Raises:
        RuntimeError: when one that the measurements need was set aside.
    """
    manager = PluginManager([*entry_points(group=GROUP), GREETING])
    apply_rules(manager)
    for slug in ENABLED:
        if slug not in manager.loaded:
            raise RuntimeError(f"The programme {slug} did not load: {manager.quarantined.get(slug)}")
    return manager

"""Programmes made up for a test: written to a folder, imported from there, forgotten afterwards."""

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from textwrap import dedent

import pytest

from wangge import Model
from wangge._host.compose.rules import apply_rules
from wangge._host.plugins import GROUP, PluginManager
from wangge.testing.worlds import POSTGRES_URL

LONGEST = (
    "vendor_sample/test_installed",
    "vendor_sample/test_own_tests",
    "contract/test_new_package",
    "contract/test_tutorial",
    "core/test_check_command",
    "core/suite/",
    "faults/",
    "test_conformance",
    "districts/test_access",
    "districts/test_no_oracle",
)
"""Modules that take minutes, by what stands in their path."""

BASE_POINT = EntryPoint("base", "wangge_schema.plugin", GROUP)

MANIFEST = """\
slug = "{slug}"
version = "1.0.0"
api = 1
prefix = "{prefix}"
title = {{ zh = "试验", en = "Made up" }}
{extra}
"""

Plant = Callable[..., EntryPoint]
"""`plant(slug, code, prefix="Xy", extra="…")`: write a programme and return its entry point."""


def pytest_configure(config: pytest.Config) -> None:
    """Insist on PostgreSQL where the run promises it, instead of skipping its tests."""
    if os.environ.get("WANGGE_TEST_REQUIRE_POSTGRES") == "1" and not os.environ.get(POSTGRES_URL):
        raise pytest.UsageError(f"WANGGE_TEST_REQUIRE_POSTGRES is 1, but {POSTGRES_URL} is not set.")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the modules that take longest, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: not any(part in item.nodeid for part in LONGEST))


def _counts(config: pytest.Config) -> tuple[int, dict[str, int]]:
    """Return how many tests were skipped, and how many passed on each database."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    stats = reporter.stats if reporter is not None else {}
    passed = [report.nodeid for report in stats.get("passed", ())]
    ran = {name: sum(name in node for node in passed) for name in ("sqlite", "postgresql")}
    return len(stats.get("skipped", ())), ran


def _missing(config: pytest.Config) -> list[str]:
    """Return what a complete run lacks, where one is asked for."""
    skipped, ran = _counts(config)
    found = []
    if os.environ.get("WANGGE_TEST_NO_SKIPS") == "1" and skipped:
        found.append(f"{skipped} tests were skipped")
    if os.environ.get("WANGGE_TEST_REQUIRE_POSTGRES") == "1":
        found += [f"nothing ran on {name}" for name, count in ran.items() if not count]
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that promised to be complete and is not."""
    if not hasattr(session.config, "workerinput") and session.exitstatus == 0 and _missing(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what a complete run lacks."""
    for line in _missing(terminalreporter.config):
        terminalreporter.write_line(f"INCOMPLETE: {line}", red=True)


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plant]:
    """Write programmes; whatever they brought into the process is taken out again."""
    folder = tmp_path / "programmes"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    modules, tables = set(sys.modules), set(Model.metadata.tables)

    def write(slug: str, code: str = "", *, prefix: str = "Xy", extra: str = "", **files: str) -> EntryPoint:
        package = folder / f"planted_{slug}"
        package.mkdir()
        (package / "__init__.py").write_text('"""A programme made up for a test."""\n', encoding="utf-8")
        manifest = MANIFEST.format(slug=slug, prefix=prefix, extra=dedent(extra))
        (package / "plugin.toml").write_text(manifest, encoding="utf-8")
        (package / "plugin.py").write_text(dedent(code), encoding="utf-8")
        for name, text in files.items():
            (package / f"{name}.py").write_text(dedent(text), encoding="utf-8")
        importlib.invalidate_caches()
        return EntryPoint(slug, f"{package.name}.plugin", GROUP)

    yield write
    for name in set(sys.modules) - modules:
        if name.startswith("planted_"):
            del sys.modules[name]
    for name in set(Model.metadata.tables) - tables:
        Model.metadata.remove(Model.metadata.tables[name])


def manager_of(*points: EntryPoint) -> PluginManager:
    """Return a manager of the base and these programmes, with the rules of composition applied."""
    manager = PluginManager([BASE_POINT, *points])
    apply_rules(manager)
    return manager


@pytest.fixture
def managing() -> Callable[..., PluginManager]:
    """The function that makes a manager of planted programmes."""
    return manager_of

"""What the suite found, check by check: as a file for `wangge plugin check`."""

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TypeVar

import pytest

from wangge._host.checking.running import DATABASES
from wangge._host.checking.scale import FAILED, OPEN, PASSED, check_of

MARKER = "wangge_check"
AGAINST = "--wangge-against"
"""Option: a file with what an older release brought."""
Test = TypeVar("Test", bound=Callable[..., object])
_RESULTS = {"passed": PASSED, "failed": FAILED, "skipped": OPEN}


def checks(key: str) -> Callable[[Test], Test]:
    """Mark a test of the suite with the check that it belongs to."""
    mark = getattr(pytest.mark, MARKER)
    found: Callable[[Test], Test] = mark(check_of(key).key)
    return found


def insist(faults: list[str]) -> None:
    """Fail where there are faults, each a line that names the place and what is wrong with it."""
    if faults:
        pytest.fail("\n".join(dict.fromkeys(faults)), pytrace=False)


def leave_open(why: str) -> None:
    """End a test that has nothing to look at; its check is then neither passed nor failed."""
    pytest.skip(why)


class Reporter:
    """Notes how each test of the suite went."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[str, dict[str, str]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note a phase of a test; what failed first is what counts."""
        report = yield
        mark = item.get_closest_marker(MARKER)
        if mark is not None:
            self._note(item, str(mark.args[0]), report, call)
        return report

    def _note(
        self, item: pytest.Item, key: str, report: pytest.TestReport, call: pytest.CallInfo[None]
    ) -> None:
        known = self._rows.get(item.nodeid)
        result = _RESULTS[report.outcome]
        if known is not None and (known["result"] != PASSED or result == PASSED):
            known["shown"] = report.capstdout
            return
        self._rows[item.nodeid] = {
            "check": key,
            "test": item.name,
            "database": database_of(item) or "",
            "result": result,
            "why": _why(call) if result != PASSED else "",
            "shown": report.capstdout,
        }

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        self._path.write_text(
            json.dumps(list(self._rows.values()), ensure_ascii=False, indent=2), encoding="utf-8"
        )


def database_of(item: pytest.Item) -> str | None:
    """Return the database that a test runs on; None where it needs none."""
    called = getattr(item, "callspec", None)
    given = called.params.values() if called is not None else ()
    return next((one for one in given if one in DATABASES), None)


def _why(call: pytest.CallInfo[None]) -> str:
    """Return what a test says of itself: without the trace for what it found, with the place for a crash."""
    assert call.excinfo is not None  # asked where the test did not pass
    value = call.excinfo.value
    text = str(value).strip()
    if isinstance(value, AssertionError | pytest.fail.Exception | pytest.skip.Exception):
        return text
    place = call.excinfo.traceback[-1]
    return f"{type(value).__name__}: {text} ({place.path}:{place.lineno + 1})"

"""A programme's code that keeps the event loop from running is broken off, and nothing else ever is."""

import random
import threading
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

import pytest

from wangge._host.fences import Reason, Side
from wangge._host.fences.calls import Call, Waiting
from wangge._host.watch import Stalled, Watch
from wangge.errors import PluginFailed
from wangge.testing.tiers import without_plans

from .conftest import COUNT, Hazards, crowd

ACCOUNT = {"account": "370703/district_admin"}
STALLING = [
    "hazardNow(way: SLEEP)",
    "hazardNow(way: SPIN)",
    "hazardLater(way: SLEEP)",
    "hazardLater(way: SPIN)",
]


@pytest.fixture
def limits() -> dict[str, Any]:
    """A step may take a moment; of itself nothing times out."""
    return {"plugin_stall": 0.2, "plugin_timeout": 60.0, "request_timeout": 120.0}


@pytest.fixture(autouse=True)
async def watched(hazards: Hazards) -> AsyncIterator[None]:
    """Look at the steps, as a server does."""
    hazards.server.watch.start()
    yield
    hazards.server.watch.stop()


@pytest.mark.parametrize("field", STALLING)
async def test_a_root_that_blocks_is_broken_off_and_the_programme_paused_at_once(
    hazards: Hazards, field: str
) -> None:
    admin = hazards.district.client("district_admin")

    answer = await admin.execute(f"{{ {field} me {{ account }} }}")

    name = field.partition("(")[0]
    assert answer["data"] == {name: None, "me": ACCOUNT}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["PLUGIN_FAILED"]
    fences = hazards.server.district(hazards.district.code).fences
    [opening] = fences.openings().values()
    assert (fences.paused, opening.reason) == ({("hazards", Side.FIELDS)}, Reason.STALLED)
    assert await admin.codes("{ hazardNow }") == ["PLUGIN_PAUSED"]
    assert await hazards.other.client("district_admin").data("{ hazardNow }") == {"hazardNow": 1}


@pytest.mark.parametrize("field", ["hazardNow(way: SLEEP)", "hazardLater(way: SPIN)"])
async def test_a_field_of_a_person_that_blocks_is_broken_off_once_for_the_request(
    hazards: Hazards, field: str
) -> None:
    admin = hazards.district.client("district_admin")
    await crowd(hazards.district)
    document = f"{{ people(first: 50) {{ edges {{ node {{ name failed: {field} }} }} }} }}"

    answer = await admin.execute(document)

    nodes = [edge["node"] for edge in answer["data"]["people"]["edges"]]
    assert [node["failed"] for node in nodes] == [None] * COUNT
    assert len({node["name"] for node in nodes}) == COUNT
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"PLUGIN_FAILED"}
    assert len(hazards.calls) == 1


async def test_a_mutation_that_blocks_has_changed_nothing(hazards: Hazards) -> None:
    admin = hazards.district.client("district_admin")
    ask = '{ grid(code: "370703001") { id name } }'
    grid = (await admin.data(ask))["grid"]
    rename = 'hazardRename(input: {grid: $grid, name: "一", way: SPIN}) { done }'

    with without_plans(hazards.server):
        answer = await admin.execute(f"mutation($grid: ID!) {{ {rename} }}", grid=grid["id"])

    assert answer["data"] == {"hazardRename": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["PLUGIN_FAILED"]
    assert (await admin.data(ask))["grid"] == grid


class _Told:
    """Stands for a request: counts what is told of calls."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.tried: set[object] = set()
        self.reasons: list[Reason] = []
        self.stopped: dict[object, str] = {}
        self.paused: set[object] = set()

    def failed(self, call: Call, reason: Reason, error: BaseException | None) -> PluginFailed:
        """Note a failure."""
        self.reasons.append(reason)
        return PluginFailed(plugin="x", what="x")


def _hammer(watch: Watch, rounds: int) -> tuple[int, int, list[Reason]]:
    """Make many calls that take about as long as a step may; return how many returned, how many failed."""
    told: Any = _Told(watch)
    call = Call(told, told, "x", Side.FIELDS, "x", 60.0)
    draw = random.Random(3)
    returned = failed = 0

    def busy(seconds: float) -> float:
        end = perf_counter() + seconds
        while perf_counter() < end:
            pass
        return seconds

    async def later(seconds: float) -> float:
        return busy(seconds)

    watch.start()
    try:
        for number in range(rounds):
            seconds = draw.uniform(0, 0.004)
            try:
                found = call.run(busy, seconds) if number % 2 else _run(Waiting(call, later(seconds)))
            except PluginFailed:
                failed += 1
            else:
                returned += 1
                assert found == seconds
            for _ in range(200):  # the platform's own work, in which nothing may ever be raised
                draw.random()
    finally:
        watch.stop()
    return returned, failed, told.reasons


def _run(work: Waiting) -> Any:  # whatever it returns
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits for nothing")


def _check(found: tuple[int, int, list[Reason]], rounds: int) -> None:
    returned, failed, reasons = found
    assert returned + failed == rounds
    assert returned > 0
    assert reasons.count(Reason.STALLED) > 0  # else nothing was tried here
    assert failed <= reasons.count(Reason.STALLED)


def test_in_the_main_thread_nothing_is_raised_outside_of_a_step() -> None:
    _check(_hammer(Watch(0.001), 1500), 1500)


def test_in_another_thread_nothing_is_raised_outside_of_a_step() -> None:
    found: list[tuple[int, int, list[Reason]]] = []
    faults: list[BaseException] = []

    def run() -> None:
        try:
            found.append(_hammer(Watch(0.001), 1500))
        except BaseException as fault:  # noqa: BLE001  # told below
            faults.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()

    assert faults == []
    _check(found[0], 1500)


def test_what_catches_everything_is_told_of_again_and_again() -> None:
    watch = Watch(0.02)
    told: Any = _Told(watch)
    caught: list[type[BaseException]] = []

    def stubborn() -> int:
        while len(caught) < 3:
            try:
                while True:
                    pass
            except BaseException as error:  # noqa: BLE001  # as a programme might
                caught.append(type(error))
        return 5

    watch.start()
    try:
        value = Call(told, told, "x", Side.FIELDS, "x", 60.0).run(stubborn)
    finally:
        watch.stop()

    assert (value, caught, told.reasons) == (5, [Stalled] * 3, [Reason.STALLED])
    assert watch.step is None


def test_time_in_a_call_within_a_call_is_charged_to_the_inner_one() -> None:
    watch = Watch(0.05)
    told: Any = _Told(watch)
    outer = Call(told, told, "outer", Side.FIELDS, "x", 60.0)
    inner = Call(told, told, "inner", Side.HOOKS, "x", 60.0)
    seen: list[str] = []

    def failed(call: Call, _reason: Reason, _error: BaseException | None) -> PluginFailed:
        seen.append(call.slug)
        return PluginFailed(plugin="x", what="x")

    told.failed = failed

    def spin() -> None:
        while True:
            pass

    def asks() -> str:
        with pytest.raises(PluginFailed):
            inner.run(spin)
        return "goes on"

    watch.start()
    try:
        assert outer.run(asks) == "goes on"
    finally:
        watch.stop()
    assert seen == ["inner"]

"""What waits and what failed can be seen, tried again and given up; each act is on the record."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.core.workers import Clock, Told, emit, handle_all, with_work
from uuid_utils.compat import uuid7

from wangge import AuditEntry
from wangge._host import cli
from wangge._host.background.cursors import cursors_of
from wangge._host.background.handlers import handlers_of
from wangge._host.background.queue import drop, failed_events, handler_states, replay
from wangge._host.runtime import DistrictRuntime
from wangge.background.models import Job
from wangge.testing.worlds import DISTRICT, OTHER, World

NAMES = [f"base.test.happened_{number}" for number in range(4)]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def told() -> Told:
    return Told(failing={NAMES[1], NAMES[3]})


@pytest.fixture
async def district(world: World, told: Told) -> AsyncIterator[DistrictRuntime]:
    """The district with one handler, which has failed on two of four events: the first of them for good."""
    server = with_work(world, handlers=[told.handler(*NAMES)]).server(Clock())
    await server.start(watch=False)
    found = server.district(DISTRICT)
    await cursors_of(found, handlers_of(found))
    server.settings = server.settings.model_copy(update={"retry_attempts": 1})
    await emit(found, *NAMES[:2])
    await handle_all(found)
    server.settings = server.settings.model_copy(update={"retry_attempts": 10})
    await emit(found, *NAMES[2:])
    await handle_all(found)
    yield found
    await server.stop()


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `wangge …` on the world; return exit code, stdout and stderr."""
    monkeypatch.setenv("WANGGE_DATA", str(world.settings.data))
    monkeypatch.setenv("WANGGE_CATALOG_URL", world.settings.catalog_url or "")

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["wangge", *words])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


async def acts(district: DistrictRuntime) -> list[dict[str, object]]:
    """Return what is on the record about the queue."""
    chosen = select(AuditEntry).where(AuditEntry.action.startswith("platform.queue."))
    async with district.engines.open(write=False) as db:
        entries = await db.scalars(chosen.order_by(AuditEntry.number))
    return [{"action": entry.action, **entry.detail} for entry in entries]


async def test_the_state_of_each_handler_is_told(district: DistrictRuntime) -> None:
    await emit(district, NAMES[0], NAMES[2], "base.test.other")

    [state] = await handler_states(district)

    assert (state.behind, state.waiting, state.dead, state.held_until) == (2, 1, 1, None)
    assert state.oldest == Clock().now


async def test_what_failed_is_listed_in_order_and_the_dead_by_themselves(district: DistrictRuntime) -> None:
    rows = await failed_events(district)

    assert [(row.event_type, row.dead) for row in rows] == [(NAMES[1], True), (NAMES[3], False)]
    assert [row.event_type for row in await failed_events(district, dead=True)] == [NAMES[1]]


async def test_what_failed_is_tried_again_when_it_is_replayed(district: DistrictRuntime, told: Told) -> None:
    told.failing.clear()
    rows = await failed_events(district)

    assert await replay(district, None) == 2
    await handle_all(district)

    assert told.names == [*NAMES, NAMES[1], NAMES[3]]
    assert await failed_events(district) == []
    numbers = [row.event_number for row in rows]
    assert await acts(district) == [
        {
            "action": "platform.queue.replayed",
            "rows": 2,
            "handlers": ["volunteer_points.told"],
            "events": numbers,
        }
    ]


async def test_a_replay_counts_attempts_anew(district: DistrictRuntime) -> None:
    [dead] = await failed_events(district, dead=True)

    assert await replay(district, [dead.id]) == 1
    await handle_all(district)

    [again, other] = await failed_events(district)
    assert (again.attempts, again.dead, other.attempts) == (1, False, 1)


async def test_what_is_given_up_is_tried_no_more(district: DistrictRuntime, told: Told) -> None:
    told.failing.clear()
    [dead, waiting] = await failed_events(district)

    assert await drop(district, [dead.id]) == 1
    assert await drop(district, [dead.id]) == 0
    await replay(district, None)
    await handle_all(district)

    assert told.names == [*NAMES, waiting.event_type]
    assert [act["action"] for act in await acts(district)] == [
        "platform.queue.dropped",
        "platform.queue.replayed",
    ]


async def test_the_command_line_lists_replays_and_drops(district: DistrictRuntime, run: Run) -> None:
    here = ("--district", DISTRICT)

    code, out, _ = await asyncio.to_thread(run, "queue", "list", "--json")
    [dead, waiting] = json.loads(out)
    assert code == 0
    assert (dead["district"], dead["handler"], dead["state"]) == (DISTRICT, "volunteer_points.told", "dead")
    assert (waiting["type"], waiting["state"], waiting["attempts"]) == (NAMES[3], "waiting", 1)
    assert (dead["error"], dead["due"]) == ("ValueError", None)
    assert "张三" not in out
    _, out, _ = await asyncio.to_thread(run, "queue", "list", *here, "--dead", "--json")
    assert json.loads(out) == [dead]
    _, out, _ = await asyncio.to_thread(run, "queue", "list", "--district", OTHER, "--json")
    assert json.loads(out) == []

    assert (await asyncio.to_thread(run, "queue", "replay", dead["id"]))[:2] == (
        0,
        "1 events are tried again.\n",
    )
    assert (await asyncio.to_thread(run, "queue", "replay", "--all", *here))[
        1
    ] == "2 events are tried again.\n"
    assert (await asyncio.to_thread(run, "queue", "drop", waiting["id"]))[1] == "1 events are given up.\n"
    assert [row.event_type for row in await failed_events(district)] == [NAMES[1]]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("queue", "replay"), "Name ids, or give --all together with --district."),
        (("queue", "replay", "--all"), "Name ids, or give --all together with --district."),
        (("queue", "drop"), "Name the ids of what is to be given up"),
        (("queue", "drop", str(uuid7())), "The queue does not hold"),
        (("queue", "list", "--district", "1234"), "There is no district 1234"),
        (("jobs", "run", "nothing", "--district", DISTRICT), "370703 has no job nothing"),
        (("worker", "--once", "--district", "1234"), "There is no district 1234"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_line_and_changes_nothing(
    district: DistrictRuntime, run: Run, words: tuple[str, ...], message: str
) -> None:
    code, out, err = await asyncio.to_thread(run, *words)

    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1
    assert len(await failed_events(district)) == 2
    assert await acts(district) == []


async def test_one_unknown_id_keeps_the_known_from_being_dropped(district: DistrictRuntime, run: Run) -> None:
    known: list[UUID] = [row.id for row in await failed_events(district)]

    code, _, err = await asyncio.to_thread(run, "queue", "drop", str(known[0]), str(uuid7()))

    assert (code, err.count("\n")) == (1, 1)
    assert [row.id for row in await failed_events(district)] == known


async def test_a_worker_does_once_what_is_due_and_ends(district: DistrictRuntime, run: Run) -> None:
    await asyncio.to_thread(run, "worker", "--once")
    async with district.engines.open(write=True) as db:
        await db.execute(update(Job).values(due_at=Clock().now))
        await db.session.commit()

    assert await asyncio.to_thread(run, "worker", "--once", "--district", DISTRICT) == (
        0,
        "3 events and jobs were done.\n",
        "",
    )
    assert (await asyncio.to_thread(run, "worker", "--once"))[1] == "0 events and jobs were done.\n"

    _, out, _ = await asyncio.to_thread(run, "jobs", "list", "--district", DISTRICT, "--json")
    assert {(job["job"], job["state"], job["attempts"], job["error"]) for job in json.loads(out)} == {
        ("retention", "waiting", 0, None),
        ("volunteer_points.expire_points", "waiting", 0, None),
        ("volunteer_points.release_lapsed", "waiting", 0, None),
    }


async def test_doctor_names_what_is_dead(district: DistrictRuntime, run: Run) -> None:
    await asyncio.to_thread(run, "worker", "--once")
    async with district.engines.open(write=True) as db:
        failed = {"dead": True, "error": "ValueError", "reference": "0123456789ab"}
        await db.execute(update(Job).where(Job.name == "retention").values(failed))
        await db.session.commit()

    code, out, _ = await asyncio.to_thread(run, "doctor", "--json")

    assert code == 1
    assert {row["what"]: row["state"] for row in json.loads(out) if row["state"] != "ok"} == {
        f"events of {DISTRICT}": "1 dead",
        f"job retention of {DISTRICT}": "dead: ValueError",
    }


async def test_a_job_is_run_by_hand(district: DistrictRuntime, run: Run) -> None:
    words = ("jobs", "run", "volunteer_points.release_lapsed", "--district", DISTRICT)

    assert await asyncio.to_thread(run, *words) == (
        0,
        "volunteer_points.release_lapsed has run in 370703: 0 redemptions.\n",
        "",
    )

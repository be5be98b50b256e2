"""`wangge queue`: events that programmes have still to be told of, and those that failed."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from wangge._host.background.queue import drop, failed_events, handler_states, replay
from wangge._host.cli.session import DataOption, JsonOption, open_server, run, show
from wangge._host.runtime import DistrictRuntime, Server
from wangge.context import LOCAL_ZONE
from wangge.errors import ConfigurationError

app = typer.Typer(
    help="Events for programmes: what waits, what failed.", no_args_is_help=True, rich_markup_mode=None
)
OneDistrict = Annotated[str | None, typer.Option("--district", help="Code of one district [default: all].")]
Ids = Annotated[list[UUID] | None, typer.Argument(help="Ids, as `wangge queue list` shows them.")]


@app.command("list")
def list_queue(
    district: OneDistrict = None,
    dead: Annotated[bool, typer.Option("--dead", help="Only what is not tried again by itself.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the events that handlers failed on: how often, with what, when they are tried again.

    Of a failure its class is shown; the reference finds the rest in the log.

    Example: wangge queue list --district 370703 --dead
    """
    columns = ("id", "district", "handler", "event", "type", "state", "attempts", "due", "error", "reference")
    show("Failed events", columns, run(_list(data, district, dead)), as_json=as_json)


async def _list(data: Path | None, code: str | None, dead: bool) -> list[tuple[Any, ...]]:
    async with open_server(data) as server:
        return [
            (
                row.id,
                one.record.code,
                f"{row.plugin}.{row.handler}",
                row.event_number,
                row.event_type,
                "dead" if row.dead else "waiting",
                row.attempts,
                None if row.dead else _local(row.due_at),
                row.error,
                row.reference,
            )
            for one in await _districts(server, code)
            for row in await failed_events(one, dead=dead)
        ]


@app.command("handlers")
def list_handlers(district: OneDistrict = None, data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the handlers of enabled programmes: how many events each is behind, and how many failed.

    Example: wangge queue handlers --district 370703
    """
    columns = ("district", "handler", "behind", "oldest", "waiting", "dead", "held_until")
    show("Event handlers", columns, run(_handlers(data, district)), as_json=as_json)


async def _handlers(data: Path | None, code: str | None) -> list[tuple[Any, ...]]:
    async with open_server(data) as server:
        return [
            (
                one.record.code,
                state.known.name,
                state.behind,
                _local(state.oldest),
                state.waiting,
                state.dead,
                _local(state.held_until),
            )
            for one in await _districts(server, code)
            for state in await handler_states(one)
        ]


@app.command("replay")
def replay_events(
    ids: Ids = None,
    every: Annotated[bool, typer.Option("--all", help="All of the district named.")] = False,
    district: OneDistrict = None,
    data: DataOption = None,
) -> None:
    """Have failed events tried again now, dead ones too, with as many attempts as at first.

    Example: wangge queue replay --all --district 370703
    """
    if bool(ids) == every or (every and district is None):
        raise ConfigurationError("Name ids, or give --all together with --district.")
    typer.echo(f"{run(_replay(data, ids or [], district))} events are tried again.")


async def _replay(data: Path | None, ids: list[UUID], code: str | None) -> int:
    async with open_server(data) as server:
        districts = await _districts(server, code)
        if not ids:
            return sum([await replay(one, None) for one in districts])
        found = await _find(districts, ids)
        return sum([await replay(one, own) for one, own in found])


@app.command("drop")
def drop_events(ids: Ids = None, district: OneDistrict = None, data: DataOption = None) -> None:
    """Give failed events up: they are tried no more, and are gone from the queue.

    Example: wangge queue drop 01938b2e-7c00-7000-8000-000000000001
    """
    if not ids:
        raise ConfigurationError("Name the ids of what is to be given up: see `wangge queue list`.")
    typer.echo(f"{run(_drop(data, ids, district))} events are given up.")


async def _drop(data: Path | None, ids: list[UUID], code: str | None) -> int:
    async with open_server(data) as server:
        found = await _find(await _districts(server, code), ids)
        return sum([await drop(one, own) for one, own in found])


async def _districts(server: Server, code: str | None) -> list[DistrictRuntime]:
    """Return one district or all; those that are behind are an error."""
    found = [server.district(one) for one in ([code] if code is not None else server.codes)]
    for one in found:
        await one.check_ready()
    return found


async def _find(
    districts: Iterable[DistrictRuntime], ids: list[UUID]
) -> list[tuple[DistrictRuntime, set[UUID]]]:
    """Return the districts with what they hold of these ids.

    Raises:
        ConfigurationError: when one is nowhere; nothing has been changed then.
    """
    wanted = set(ids)
    held = [(one, wanted & {row.id for row in await failed_events(one)}) for one in districts]
    missing = wanted.difference(*(own for _, own in held))
    if missing:
        raise ConfigurationError(f"The queue does not hold {min(missing)}: see `wangge queue list`.")
    return [(one, own) for one, own in held if own]


def _local(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(LOCAL_ZONE).isoformat(timespec="seconds")

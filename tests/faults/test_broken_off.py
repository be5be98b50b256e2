"""Commands are killed at every commit they make: what they do is done or not, and a repeat completes it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import delete, func, select

from wangge import AuditEntry, Model
from wangge._host.lifecycle import suspend
from wangge._host.migrator import CORE, downgrade, package_of
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.models import PersonalColumn
from wangge.auth.principal import SYSTEM
from wangge.districts.models import PluginState
from wangge.districts.tables import PluginTable
from wangge.errors import DistrictUpgrading
from wangge.testing.worlds import DISTRICT, OTHER, World, Worlds
from wangge_schema import models as base

from .children import KILLED, Moment, Nursery
from .tally import Tally
from .work import check_audit

SLUG, ADDED = "volunteer_points", "370781"
ENABLE = """mutation { enablePlugin(input: { slug: "volunteer_points" }) {
  plugin { state } userErrors { code } } }"""
TABLES = sum(name.startswith(SLUG) for name in Model.metadata.tables)
MOST = 20
"""Commits that an enabling makes at most."""
GRIDS = """code,name,level,parent_code
370784001046,福寿社区居委会,community,370784001
370784001047,向阳社区居委会,community,370784001
370784001046001,福寿小区,compound,370784001046
"""


@dataclass(frozen=True)
class Command:
    """A command, what it needs, and how to tell whether it has happened.

    Attributes:
        district: code of the district that it is about.
        words: of the command line, `{file}` for the file of grids.
        happened: says whether all of it is there; fails when only a part is.
        before: brings a world to where the command has something to do.
        statements: numbers of statements before which it is killed as well.
    """

    district: str
    words: tuple[str, ...]
    happened: Callable[[Server, str], Awaitable[bool]]
    before: Callable[[Server], Awaitable[None]] | None = None
    statements: tuple[int, ...] = ()


async def is_enabled(server: Server, code: str) -> bool:
    """Say whether the programme is on, with its personal-data map; base and tables are whole either way."""
    district = server.district(code)
    state = district.record.states.get(SLUG)
    on = state is not None and state.state is PluginState.ENABLED
    assert await _personal_columns(district) or not on, (
        "a programme is on whose personal columns nobody knows"
    )
    return on


async def is_suspended(server: Server, code: str) -> bool:
    """Say whether the programme is off."""
    return server.district(code).record.states[SLUG].state is PluginState.SUSPENDED


async def is_purged(server: Server, code: str) -> bool:
    """Say whether nothing of the programme is left and the record says what went; its tables go as one."""
    district = server.district(code)
    done = district.record.states[SLUG].state is PluginState.PURGED
    async with district.context(SYSTEM) as ctx:
        there = [name for name in await ctx.db.tables() if name.startswith(SLUG)]
        noted = await ctx.db.scalars(select(PluginTable.purged_rows).where(PluginTable.plugin == SLUG))
        acts = select(AuditEntry.detail).where(AuditEntry.action == "platform.plugin.purged")
        told = [detail for detail in await ctx.db.scalars(acts) if "volunteer_points_teams" in detail]
    assert len(there) in (0, TABLES), there
    assert bool(there) == bool(await _personal_columns(district))
    if there:
        assert (noted.count(None), told, done) == (TABLES, [], False)
    else:
        assert (len(noted), len(told)) in ((TABLES, 0), (0, 1)), "nobody knows what went"
    return done


async def set_aside(server: Server) -> None:
    """Suspend the programme, so that it can be purged."""
    await suspend(server.district(DISTRICT), SLUG)


async def has_grids(server: Server, code: str) -> bool:
    """Say whether the file's grids are there: all of them or none."""
    async with server.district(code).context(SYSTEM) as ctx:
        found = await ctx.db.scalars(select(base.Grid.code).where(base.Grid.code.like("37078400104%")))
    added = sorted(set(found) - {"370784001045"})
    assert len(found) == len(set(found))
    assert added in ([], ["370784001046", "370784001046001", "370784001047"])
    return bool(added)


async def is_added(server: Server, code: str) -> bool:
    """Say whether the district is there."""
    return code in server.codes


async def is_upgraded(server: Server, code: str) -> bool:
    """Say whether the district answers; then all that follows on new tables is done as well."""
    district = server.district(code)
    try:
        await district.check_ready()
    except DistrictUpgrading:
        return False
    assert await _personal_columns(district) > 0, "tables have moved and the work on the data was forgotten"
    return True


async def _personal_columns(district: DistrictRuntime) -> int:
    async with district.context(SYSTEM) as ctx:
        ours = select(func.count(PersonalColumn.id)).where(PersonalColumn.plugin == SLUG)
        return int(await ctx.db.scalar(ours))


async def set_back(server: Server) -> None:
    """Bring a district's database to where an older version of the packages left it."""
    district = server.district(DISTRICT)
    place = district.record.place
    async with district.work() as ctx:
        await ctx.db.session.execute(delete(PersonalColumn).where(PersonalColumn.plugin == SLUG))
    await downgrade(place, package_of(server.plugins.loaded[SLUG]), "0001")
    await downgrade(place, CORE, "0001")


COMMANDS = {
    "an enabling": Command(OTHER, ("plugin", "enable", SLUG, "--district", OTHER), is_enabled),
    "a suspension": Command(DISTRICT, ("plugin", "suspend", SLUG, "--district", DISTRICT), is_suspended),
    "an import": Command(
        OTHER, ("import", "grids", "{file}", "--district", OTHER), has_grids, statements=(4, 8, 12)
    ),
    "a district's making": Command(ADDED, ("district", "add", ADDED, "--name", "青州市"), is_added),
    "a purge": Command(
        DISTRICT,
        ("plugin", "purge", SLUG, "--district", DISTRICT, "--confirm", f"purge {SLUG} in {DISTRICT}"),
        is_purged,
        set_aside,
        statements=(40, 120),
    ),
    "an upgrade": Command(DISTRICT, ("district", "upgrade", DISTRICT), is_upgraded, set_back),
}


async def look(world: World, command: Command) -> bool:
    """Start a server over what is left, insist that its districts are whole, and say whether it happened."""
    server = world.server()
    await server.start(watch=False)
    try:
        known = command.district in server.codes
        happened = await command.happened(server, command.district) if known else False
        for code in server.codes:
            if code != command.district or command.happened is not is_upgraded or happened:
                await check_works(server, code)
    finally:
        await server.stop()
    return happened


async def check_works(server: Server, code: str) -> None:
    """Insist that a district is ready, has its root, and takes changes onto a whole audit trail."""
    district = server.district(code)
    await district.check_ready()
    async with district.work() as ctx:
        roots = await ctx.db.scalars(select(base.Grid.code).where(base.Grid.parent_id.is_(None)))
        assert roots == [code]
        ctx.audit("platform.test")
    async with district.context(SYSTEM) as ctx:
        await check_audit(ctx)


def made(worlds: Worlds, backend: str, command: Command) -> World:
    """Return a fresh world in which the command has something to do."""
    world = worlds.fresh(backend)
    if command.before is not None:
        asyncio.run(_prepared(world, command.before))
    return world


async def _prepared(world: World, before: Callable[[Server], Awaitable[None]]) -> None:
    server = world.server()
    await server.start(watch=False)
    try:
        await before(server)
    finally:
        await server.stop()


def moments_of(seen: dict[str, int], command: Command) -> list[Moment]:
    """Return every moment to try: before a commit is as good as after the one before it."""
    last = seen["commit"]
    found = [Moment("commit", number) for number in range(1, last + 1)]
    found += [Moment("statement", number) for number in command.statements if number <= seen["statement"]]
    return [*found, Moment("commit", last, "after")]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_killed_is_done_or_not_done_and_a_repeat_completes_it(
    name: str, backend: str, worlds: Worlds, nursery: Nursery, tally: Tally, tmp_path: Path
) -> None:
    command, fault = COMMANDS[name], f"SIGKILL in {name}, {backend}"
    file = tmp_path / "grids.csv"
    file.write_text(GRIDS, encoding="utf-8")
    words = [word.format(file=file) for word in command.words]
    world = made(worlds, backend, command)
    assert not asyncio.run(look(world, command))
    whole = nursery.run(world.settings, *words)
    assert (whole.code, asyncio.run(look(world, command))) == (0, True), whole.output
    worlds.drop(world)

    for moment in moments_of(whole.seen, command):
        world = made(worlds, backend, command)
        tally.tried(fault)

        ended = nursery.run(world.settings, *words, fault=moment)

        assert ended.code == KILLED, (moment, ended.output)
        happened = asyncio.run(look(world, command))
        again = nursery.run(world.settings, *words)
        assert again.code == 0 or ("already" in again.output and happened), (moment, again.output)
        assert asyncio.run(look(world, command)), moment
        worlds.drop(world)
        tally.survived(fault, happened_before_the_kill=int(happened))


async def test_a_server_that_is_killed_while_it_enables_a_programme_has_it_on_or_off(
    world: World, server: Server, nursery: Nursery, tally: Tally
) -> None:
    fault = f"SIGKILL of a server that enables, {world.backend}"
    headers = {"authorization": f"Bearer {server.authenticator.issue(f'{OTHER}/district_admin', OTHER)}"}
    number, done = 0, False
    while not done:
        number += 1
        assert number < MOST, "it never gets to its end"
        child = nursery.serve(world.settings, fault=Moment("commit", number))
        async with httpx.AsyncClient(base_url=child.url, timeout=60, headers=headers) as http:
            await child.wait()
            try:
                answer = (await http.post(f"/{OTHER}/graphql", json={"query": ENABLE})).json()
                done = answer["data"]["enablePlugin"] == {"plugin": {"state": "ENABLED"}, "userErrors": []}
                assert done, answer
            except httpx.TransportError:
                tally.tried(fault)
        child.kill()

        on = await look(world, COMMANDS["an enabling"])

        assert on or not done
        if not done:
            tally.survived(fault, happened_before_the_kill=int(on))
    assert number > 3, "no commit was hit"

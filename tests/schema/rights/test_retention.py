"""Rows past their term end as the map says, in bounded batches, on the record, and only after it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from wangge import AuditEntry
from wangge._host import retention
from wangge._host.erasures import apply_erasures, pending_erasures
from wangge._host.plugin_settings.changing import Change, change_settings
from wangge._host.retention import Ended, run_retention
from wangge._host.runtime import DistrictRuntime
from wangge.auth.models import MutationReplay
from wangge.auth.principal import SYSTEM
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base

LONG_AGO, LATELY = timedelta(days=1900), timedelta(days=1000)


@pytest.fixture
def runtime(district: TestDistrict) -> DistrictRuntime:
    return district.server.district(district.code)


async def count(district: TestDistrict, model: Any) -> int:
    """Return how many rows of a table there are, restricted people's too."""
    async with district.context() as ctx:
        return int(await ctx.db.including_restricted().scalar(select(func.count(model.id))))


async def end(district: TestDistrict, home: Any, ago: timedelta) -> None:
    """Let the head's residence, post, membership and consent end so long ago."""
    async with district.committed() as ctx:
        day: date = ctx.today - ago
        for model in (base.Residence, base.Post, base.Membership):
            mine = update(model).where(model.person_id == home.uuid("head"))
            await ctx.db.execute(mine.values(since=day, until=day))
        withdrawn = update(base.Consent).where(base.Consent.person_id == home.uuid("head"))
        await ctx.db.execute(withdrawn.values(withdrawn_at=ctx.now - ago))


ALL = [
    Ended("base", "base_consents", 1, "deleted"),
    Ended("base", "base_memberships", 1, "deleted"),
    Ended("base", "base_posts", 1, "emptied"),
    Ended("base", "base_residences", 1, "deleted"),
]


async def test_what_is_past_its_term_ends_and_the_rest_stays(
    district: TestDistrict, runtime: DistrictRuntime, home: Any
) -> None:
    await end(district, home, LONG_AGO)

    assert await run_retention(runtime, dry_run=True) == ALL
    assert (await count(district, base.Residence), await count(district, base.Consent)) == (4, 1)

    assert await run_retention(runtime) == ALL
    assert (await count(district, base.Residence), await count(district, base.Consent)) == (3, 0)
    assert await run_retention(runtime) == []
    async with district.context() as ctx:
        [post] = await ctx.db.scalars(select(base.Post))
        assert (post.duty_name, post.duty_phone) == (None, None)
        told = select(AuditEntry.detail).where(AuditEntry.action == "platform.retention.applied")
        assert [(one["table"], one["rows"], one["fate"]) for one in await ctx.db.scalars(told)] == [
            (one.table, one.rows, one.fate) for one in ALL
        ]


async def test_terms_are_the_districts(district: TestDistrict, runtime: DistrictRuntime, home: Any) -> None:
    await end(district, home, LATELY)
    assert await run_retention(runtime) == []

    programme = runtime.server.plugins.loaded["base"]
    async with runtime.context(SYSTEM) as ctx:
        await change_settings(runtime, ctx, programme, Change({"days_kept_after_membership": 999}))

    assert await run_retention(district.server.district(district.code)) == [ALL[1]]


async def test_batches_are_bounded(
    district: TestDistrict, runtime: DistrictRuntime, home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)
    async with district.committed() as ctx:
        day = ctx.today - LONG_AGO
        await ctx.db.execute(update(base.Residence).values(since=day, until=day))

    assert await run_retention(runtime) == [Ended("base", "base_residences", 2, "deleted")]
    assert await run_retention(runtime) == [Ended("base", "base_residences", 2, "deleted")]
    assert await count(district, base.Residence) == 0


async def test_the_dead_are_erased_after_their_term(
    district: TestDistrict, runtime: DistrictRuntime, home: Any
) -> None:
    async with district.committed() as ctx:
        for name in ("head", "stranger"):
            dead = update(base.Person).where(base.Person.id == home.uuid(name))
            await ctx.db.execute(dead.values(died_on=ctx.today - LONG_AGO))

    assert await run_retention(runtime) == [Ended("base", "base_people", 2, "erased")]

    assert await run_retention(runtime) == []
    assert await count(district, base.Person) == 3
    async with district.context() as ctx:
        stub = await ctx.db.including_restricted().must_get(base.Person, home.uuid("head"))
        assert (stub.name, stub.died_on) == ("*", None)


async def test_answers_kept_for_repeats_go_after_a_day(
    district: TestDistrict, runtime: DistrictRuntime, home: Any
) -> None:
    grid = """mutation ($name: String!) { createOrganization(input: { clientMutationId: $name, name: $name,
      kind: DEPARTMENT }) { userErrors { code } } }"""
    for name in ("old", "new"):
        await district.client("district_admin").data(grid, name=name)
    async with district.committed() as ctx:
        old = update(MutationReplay).where(MutationReplay.client_mutation_id == "old")
        await ctx.db.execute(old.values(at=ctx.now - timedelta(hours=25)))

    assert await run_retention(runtime) == [Ended("platform", "wangge_mutation_replays", 1, "deleted")]

    async with district.context() as ctx:
        assert await ctx.db.scalars(select(MutationReplay.client_mutation_id)) == ["new"]


async def test_who_was_erased_is_erased_again_in_a_backup_that_is_put_back(
    district: TestDistrict, runtime: DistrictRuntime, home: Any
) -> None:
    """The other people of the fixture stand for the backup: they are there, and noted as erased elsewhere."""
    keys = [home.uuid("stranger"), home.uuid("head")]

    assert await apply_erasures(runtime, keys) == 2

    assert sorted(await pending_erasures(runtime)) == sorted(keys)
    assert await count(district, base.Person) == 3
    assert await apply_erasures(runtime, keys) == 0

"""Use cases in a transaction: stays end once, cells are counted, credits stay within the bill."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from acme_parcel_lockers.errors import BillMissing, CodeNotYours, CreditUnfit, ParcelGone, RecipientDead
from acme_parcel_lockers.jobs import JOBS
from acme_parcel_lockers.models import FeeBill, FeeCredit, Parcel
from acme_parcel_lockers.rules import AcmeParcelState
from acme_parcel_lockers.services import parcels
from acme_parcel_lockers.services.fee_credit import CAPABILITY, FeeCredits
from wangge import AuditEntry
from wangge._host.background.cursors import cursors_of
from wangge._host.background.handlers import HandlerRun, handlers_of
from wangge._host.plugin_settings.changing import Change, change_settings
from wangge.auth.principal import SYSTEM
from wangge_schema import models as base


def key(id: str) -> UUID:
    """Return the key in a GraphQL id."""
    return UUID(id.rpartition("_")[2])


async def test_overdue_parcels_go_back_and_others_stay(estate: Any) -> None:
    old = await estate.deposit("zhang")
    estate.clock.forward(days=7)
    fresh = await estate.deposit("li")
    estate.clock.forward(minutes=1)

    async with estate.district.committed() as ctx:
        assert await parcels.return_overdue_parcels(ctx) == 1
    async with estate.district.committed() as ctx:
        assert await parcels.return_overdue_parcels(ctx) == 0

    gone: Parcel = await estate.row(Parcel, old)
    assert (gone.state, gone.note, gone.fee_fen) == (AcmeParcelState.RETURNED, "overdue", None)
    assert (gone.pick_up_code_cipher, gone.pick_up_code_digest) == (None, None)
    assert (await estate.row(Parcel, fresh)).state is AcmeParcelState.WAITING
    assert await estate.free_cells() == 2


async def test_what_waits_for_a_person_goes_back_and_their_households_stays(estate: Any) -> None:
    await estate.deposit("zhang")
    other = await estate.deposit("li")

    async with estate.district.committed() as ctx:
        because = "recipient died"
        assert (
            await parcels.return_parcels_of(ctx, person_id=key(estate.persons["zhang"]), because=because) == 1
        )

    assert (await estate.row(Parcel, other)).state is AcmeParcelState.WAITING


async def test_nothing_goes_into_a_locker_for_the_dead(estate: Any) -> None:
    async with estate.district.committed() as ctx:
        person = await ctx.db.must_get(base.Person, key(estate.persons["li"]))
        person.died_on = ctx.today

    with pytest.raises(RecipientDead):
        async with estate.district.committed("grid_worker") as ctx:
            await parcels.deposit_parcel(
                ctx,
                locker_id=key(estate.locker),
                person_id=key(estate.persons["li"]),
                carrier="中国邮政",
                recipient_agreed=True,
            )

    assert await estate.rows(Parcel) == []
    assert await estate.free_cells() == 3


async def test_a_parcel_is_written_off_once_and_with_a_reason(estate: Any) -> None:
    parcel = await estate.deposit("zhang")
    async with estate.district.committed("community_secretary") as ctx:
        await parcels.write_off_parcel(ctx, parcel_id=key(parcel), reason="格口损坏")

    with pytest.raises(ParcelGone):
        async with estate.district.committed("community_secretary") as ctx:
            await parcels.write_off_parcel(ctx, parcel_id=key(parcel), reason="再次")

    row: Parcel = await estate.row(Parcel, parcel)
    assert (row.state, row.note) == (AcmeParcelState.WRITTEN_OFF, "格口损坏")
    assert await estate.free_cells() == 3


async def test_a_code_is_shown_to_the_recipients_side_alone_and_on_the_record(estate: Any) -> None:
    parcel = await estate.deposit("zhang")

    async with estate.district.committed("li") as ctx:
        code = await parcels.show_pick_up_code(ctx, parcel_id=key(parcel))
    with pytest.raises(CodeNotYours):
        async with estate.district.committed("grid_worker") as ctx:
            await parcels.show_pick_up_code(ctx, parcel_id=key(parcel))

    row: Parcel = await estate.row(Parcel, parcel)
    assert row.pick_up_code_masked == f"****{code[-2:]}"
    assert code.encode() not in (row.pick_up_code_cipher or b"")
    async with estate.district.context() as ctx:
        shown = await ctx.db.scalars(
            select(AuditEntry.subject_id).where(AuditEntry.action == "parcel_lockers.parcel.code_shown")
        )
    assert shown == [row.id]


async def test_a_credit_is_set_against_the_bill_of_the_household_once_for_a_key(estate: Any) -> None:
    await estate.bill("zhang", "60.00")
    li = key(estate.persons["li"])

    async with estate.district.committed() as ctx:
        provider = ctx.capability(CAPABILITY)
        assert isinstance(provider, FeeCredits)
        assert await provider.open_bill_fen(ctx, person_id=li) == 6000
        first = await provider.credit(ctx, person_id=li, amount_fen=5000, key="r-1")
    async with estate.district.committed() as ctx:
        assert await provider.credit(ctx, person_id=li, amount_fen=5000, key="r-1") == first
        assert await provider.open_bill_fen(ctx, person_id=li) == 1000

    (bill,) = await estate.rows(FeeBill)
    (credit,) = await estate.rows(FeeCredit)
    assert (bill.credited_fen, credit.amount_fen, credit.reference, credit.person_id) == (
        5000,
        5000,
        first,
        li,
    )


@pytest.mark.parametrize("fen", [6001, 0, -1])
async def test_a_credit_that_does_not_fit_changes_nothing(estate: Any, fen: int) -> None:
    await estate.bill("zhang", "60.00")

    with pytest.raises(CreditUnfit):
        async with estate.district.committed() as ctx:
            await FeeCredits().credit(ctx, person_id=key(estate.persons["zhang"]), amount_fen=fen, key="r-1")

    assert [bill.credited_fen for bill in await estate.rows(FeeBill)] == [0]
    assert await estate.rows(FeeCredit) == []


async def test_without_an_open_bill_nothing_is_owed_and_nothing_credited(estate: Any) -> None:
    zhang = key(estate.persons["zhang"])

    async with estate.district.committed() as ctx:
        assert await FeeCredits().open_bill_fen(ctx, person_id=zhang) == 0
    with pytest.raises(BillMissing):
        async with estate.district.committed() as ctx:
            await FeeCredits().credit(ctx, person_id=zhang, amount_fen=1, key="r-1")


async def handle(estate: Any) -> None:
    """Let the programme's handlers do what there is."""
    district = estate.district.server.district(estate.district.code)
    await cursors_of(district, handlers_of(district))
    for known in handlers_of(district):
        await HandlerRun(district, known, asyncio.Event()).run()


async def test_a_death_sends_the_parcels_back(estate: Any) -> None:
    await handle(estate)
    parcel, other = await estate.deposit("zhang"), await estate.deposit("li")
    died = """mutation($person: ID!, $on: Date!) {
      recordDeath(input: {person: $person, diedOn: $on}) { userErrors { code } }
    }"""
    on = str(estate.clock.now.date())
    assert estate.codes(await estate.ask("district_admin", died, person=estate.persons["zhang"], on=on)) == []

    await handle(estate)

    row: Parcel = await estate.row(Parcel, parcel)
    assert (row.state, row.note) == (AcmeParcelState.RETURNED, "recipient died")
    assert (await estate.row(Parcel, other)).state is AcmeParcelState.WAITING
    assert await estate.free_cells() == 2


async def test_the_cells_of_who_was_erased_are_free_again(estate: Any) -> None:
    await handle(estate)
    await estate.deposit("li")
    erase = """mutation($person: ID!) {
      erasePerson(input: {person: $person, reason: "本人申请"}) { remains userErrors { code } }
    }"""
    gone = await estate.ask("district_admin", erase, person=estate.persons["li"])
    assert gone == {"remains": False, "userErrors": []}
    assert await estate.free_cells() == 2

    await handle(estate)

    assert await estate.free_cells() == 3


async def test_a_community_grants_more_free_hours_than_its_district(estate: Any) -> None:
    runtime = estate.district.server.district(estate.district.code)
    plugin = estate.district.server.plugins.loaded["parcel_lockers"]
    async with runtime.context(SYSTEM) as ctx:
        grid = key(await estate.grid("370703001001"))
        await change_settings(runtime, ctx, plugin, Change({"free_hours": 48}), place_id=grid)
    far = await estate.add_locker(grid=estate.ELSEWHERE, number="B-1")

    near = await estate.row(Parcel, await estate.deposit("zhang"))
    async with estate.district.committed() as ctx:
        elsewhere = await parcels.deposit_parcel(
            ctx,
            locker_id=key(far),
            person_id=key(estate.persons["zhang"]),
            carrier="邮政",
            recipient_agreed=True,
        )

    assert near.free_until - near.deposited_at == timedelta(hours=48)
    assert elsewhere.free_until - elsewhere.deposited_at == timedelta(hours=24)


async def test_what_is_due_at_night_runs_by_its_declaration(estate: Any) -> None:
    await estate.deposit("zhang")
    estate.clock.forward(days=8)
    (job,) = JOBS

    async with estate.district.committed() as ctx:
        assert await job.run(ctx) == {"parcels": 1, "lockers": 0}

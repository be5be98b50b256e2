"""Parcel lockers over HTTP, on both databases."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from acme_parcel_lockers.models import FeeBill, Locker, Parcel
from acme_parcel_lockers.rules import AcmeParcelState
from wangge._host.importing import run_import
from wangge.testing.districts import TestDistrict

SEEN = "{ acmeLockers { edges { node { number freeCells } } } acmeParcels { totalCount } }"
MINE = "{ me { person { acmeParcels { edges { node { id carrier feeSoFar fee } } } } } }"


async def test_a_parcel_is_deposited_found_and_collected_with_its_code(estate: Any) -> None:
    parcel = await estate.deposit("zhang")
    estate.clock.forward(hours=25)
    mine = (await estate.client("zhang").data(MINE))["me"]["person"]["acmeParcels"]["edges"]
    assert mine == [{"node": {"id": parcel, "carrier": "邮政", "feeSoFar": "0.50", "fee": None}}]
    code = await estate.code(parcel, "zhang")

    done = (await estate.client("zhang").data(estate.COLLECT, locker=estate.locker, code=code))[
        "acmeCollectParcel"
    ]

    locker = {"freeCells": 3}
    assert done["parcel"] == {"id": parcel, "state": "COLLECTED", "fee": "0.50", "locker": locker}
    again = (await estate.client("zhang").data(estate.COLLECT, locker=estate.locker, code=code))[
        "acmeCollectParcel"
    ]
    assert estate.codes(again) == ["PARCEL_LOCKERS_CODE_WRONG"]


async def test_settings_of_the_day_of_the_deposit_hold_for_the_stay(estate: Any) -> None:
    parcel = await estate.deposit("zhang")
    row: Parcel = await estate.row(Parcel, parcel)

    assert (row.fee_per_day_fen, row.fee_cap_fen) == (50, 500)
    assert (row.free_until - row.deposited_at).total_seconds() == 24 * 3600


async def test_a_wrong_code_opens_nothing(estate: Any) -> None:
    parcel = await estate.deposit("zhang")
    code = await estate.code(parcel, "zhang")
    wrong = f"{(int(code) + 1) % 10**6:06}"

    for who, entered in (("grid_worker", wrong), ("zhang", ""), ("resident", code)):
        done = await estate.client(who).data(estate.COLLECT, locker=estate.locker, code=entered)
        assert estate.codes(done["acmeCollectParcel"]) == ["PARCEL_LOCKERS_CODE_WRONG"]

    assert (await estate.row(Parcel, parcel)).state is AcmeParcelState.WAITING
    assert await estate.free_cells() == 2


async def test_residents_see_their_households_parcels_and_no_one_elses(estate: Any) -> None:
    await estate.household("wang")
    parcel = await estate.deposit("zhang")
    all_of_mine = "{ acmeParcels { totalCount } acmeFeeBills { totalCount } }"
    await estate.bill("zhang", "60.00")

    assert await estate.client("li").data(all_of_mine) == {
        "acmeParcels": {"totalCount": 1},
        "acmeFeeBills": {"totalCount": 1},
    }
    assert await estate.client("wang").data(all_of_mine) == {
        "acmeParcels": {"totalCount": 0},
        "acmeFeeBills": {"totalCount": 0},
    }
    shown = await estate.ask("wang", estate.SHOW, parcel=parcel)
    assert (shown["code"], estate.codes(shown)) == (None, ["NOT_FOUND"])


async def test_every_change_asks_for_its_permission_and_changes_nothing_without(estate: Any) -> None:
    parcel = await estate.deposit("zhang")
    grid = await estate.grid()
    write_off = (
        'mutation($parcel: ID!) { acmeWriteOffParcel(input: {parcel: $parcel, reason: "x"})'
        " { userErrors { code } } }"
    )
    close = (
        "mutation($locker: ID!) { acmeChangeLockerState(input: {locker: $locker, state: CLOSED})"
        " { userErrors { code } } }"
    )
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("zhang", estate.ADD, {"grid": grid, "number": "X", "cells": 1}),
        ("zhang", close, {"locker": estate.locker}),
        ("zhang", estate.DEPOSIT, {"locker": estate.locker, "person": estate.persons["zhang"]}),
        ("district_admin", estate.DEPOSIT, {"locker": estate.locker, "person": estate.persons["zhang"]}),
        ("district_admin", estate.COLLECT, {"locker": estate.locker, "code": "000000"}),
        ("grid_worker", write_off, {"parcel": parcel}),
        ("grid_worker", estate.ISSUE, {"household": estate.households["zhang"], "amount": "1.00"}),
    ]

    for who, document, variables in asked:
        assert await estate.client(who).codes(document, **variables) == ["FORBIDDEN"]
    assert await estate.client("vendor_service").codes("{ acmeFeeBills { totalCount } }") == ["FORBIDDEN"]

    assert len(await estate.rows(Parcel)) == 1
    assert len(await estate.rows(Locker)) == 1
    assert await estate.rows(FeeBill) == []
    assert (await estate.row(Parcel, parcel)).state is AcmeParcelState.WAITING


async def test_staff_of_another_grid_read_where_lockers_stand_and_change_nothing(estate: Any) -> None:
    parcel = await estate.deposit("zhang")
    elsewhere = estate.client("grid_worker_elsewhere")

    seen = await elsewhere.data(
        "{ acmeLockers { edges { node { number freeCells } } } acmeParcels { totalCount } }"
    )
    assert seen["acmeLockers"]["edges"] == [{"node": {"number": "A-1", "freeCells": 2}}]
    assert seen["acmeParcels"] == {"totalCount": 0}
    given = {"locker": estate.locker, "person": estate.persons["zhang"]}
    refused = (await elsewhere.data(estate.DEPOSIT, **given))["acmeDepositParcel"]

    assert estate.codes(refused) == ["NOT_FOUND"]
    assert [row.id for row in await estate.rows(Parcel)] == [(await estate.row(Parcel, parcel)).id]
    assert await estate.free_cells() == 2


async def test_a_full_or_closed_locker_takes_nothing_and_gives_out_what_it_holds(estate: Any) -> None:
    parcels = [await estate.deposit("zhang") for _ in range(3)]
    given = {"locker": estate.locker, "person": estate.persons["zhang"]}
    full = await estate.ask("grid_worker", estate.DEPOSIT, **given)
    assert estate.codes(full) == ["PARCEL_LOCKERS_LOCKER_FULL"]
    close = """mutation($locker: ID!) {
      acmeChangeLockerState(input: {locker: $locker, state: CLOSED}) { locker { state takesParcels } }
    }"""
    closed = await estate.client("community_secretary").data(close, locker=estate.locker)
    assert closed["acmeChangeLockerState"]["locker"] == {"state": "CLOSED", "takesParcels": False}

    code = await estate.code(parcels[1], "zhang")
    done = (await estate.client("zhang").data(estate.COLLECT, locker=estate.locker, code=code))[
        "acmeCollectParcel"
    ]
    assert done["parcel"]["id"] == parcels[1]
    again = await estate.ask("grid_worker", estate.DEPOSIT, **given)
    assert estate.codes(again) == ["PARCEL_LOCKERS_LOCKER_CLOSED"]


async def test_without_the_recipients_agreement_nothing_goes_in(estate: Any) -> None:
    given = {"locker": estate.locker, "person": estate.persons["zhang"], "agreed": False}

    refused = await estate.ask("grid_worker", estate.DEPOSIT, **given)

    assert refused["userErrors"] == [
        {"code": "PARCEL_LOCKERS_RECIPIENT_NOT_ASKED", "path": ["recipientAgreed"]}
    ]
    assert await estate.rows(Parcel) == []


async def test_a_number_of_a_locker_and_an_open_bill_are_there_once(estate: Any) -> None:
    admin = estate.client("district_admin")
    again = await admin.data(estate.ADD, grid=await estate.grid(estate.ELSEWHERE), number="A-1", cells=2)
    assert estate.codes(again["acmeAddLocker"]) == ["PARCEL_LOCKERS_LOCKER_KNOWN"]
    bill = await estate.bill("zhang", "60.00")
    second = await admin.data(estate.ISSUE, household=estate.households["zhang"], amount="1.00")
    assert estate.codes(second["acmeIssueFeeBill"]) == ["PARCEL_LOCKERS_BILL_OPEN"]

    settle = """mutation($bill: ID!) {
      acmeSettleFeeBill(input: {bill: $bill}) { bill { owed settledOn } userErrors { code } }
    }"""
    settled = (await admin.data(settle, bill=bill))["acmeSettleFeeBill"]
    assert settled == {"bill": {"owed": "0.00", "settledOn": "2026-11-23"}, "userErrors": []}
    assert estate.codes((await admin.data(settle, bill=bill))["acmeSettleFeeBill"]) == [
        "PARCEL_LOCKERS_BILL_SETTLED"
    ]
    await estate.bill("zhang", "1.00")


@pytest.mark.parametrize("amount", ["0", "-1.00", "0.001", "NaN", "10000000.01"])
async def test_a_bill_over_an_amount_that_is_none_is_refused(estate: Any, amount: str) -> None:
    answer = await estate.client("district_admin").execute(
        estate.ISSUE, household=estate.households["zhang"], amount=amount
    )

    assert "errors" in answer or estate.codes(answer["data"]["acmeIssueFeeBill"]) == ["INVALID_VALUE"]
    assert await estate.rows(FeeBill) == []


async def test_a_grid_lists_the_lockers_below_it_and_figures_count_them(estate: Any) -> None:
    await estate.add_locker(cells=5, grid=estate.ELSEWHERE, number="B-1")
    parcel = await estate.deposit("zhang")
    code = await estate.code(parcel, "zhang")
    await estate.client("zhang").data(estate.COLLECT, locker=estate.locker, code=code)
    below = """{ grid(code: "370703001") { id
      acmeLockers(where: {freeCells: {gte: 1}}) { edges { node { number takesParcels } } } } }"""

    grid = (await estate.client("district_admin").data(below))["grid"]

    assert grid["acmeLockers"]["edges"] == [{"node": {"number": "A-1", "takesParcels": True}}]
    figures = "query($grid: ID) { indicators(grid: $grid) { key value } }"
    for place, cells in ((grid["id"], "3"), (None, "8")):
        found = (await estate.client("district_admin").data(figures, grid=place))["indicators"]
        values = {one["key"]: one["value"] for one in found}
        assert values["parcel_lockers.cells"] == cells
        assert values["parcel_lockers.collected"] == "1"


async def test_a_firms_list_of_lockers_is_taken_in_and_repeated(estate: Any, tmp_path: Path) -> None:
    file = tmp_path / "lockers.csv"
    file.write_text(
        "柜机编号,网格编码,位置,格口数\n"
        "A-1,370703001001001,东门,3\n"
        "A-2,370703001001001,西门,24\n"
        "A-3,370703009,南门,24\n"
        "A-4,370703001001001,北门,许多\n",
        encoding="utf-8",
    )
    runtime = estate.district.server.district(estate.district.code)
    taken_in = {one.key: one for plugin in runtime.plugins for one in plugin.importers}

    done = await run_import(taken_in["parcel_lockers"], file, open_context=runtime.work, partial=True)

    assert (done.report.created, done.report.unchanged) == (1, 1)
    refused = [(one.line, one.column, one.error.code) for one in done.report.refused]
    assert refused == [
        (4, "grid", "PARCEL_LOCKERS_GRID_CODE_UNKNOWN"),
        (5, "cells", "PARCEL_LOCKERS_CELLS_UNREADABLE"),
    ]
    assert sorted(row.number for row in await estate.rows(Locker)) == ["A-1", "A-2"]


async def test_a_locker_of_its_own_account_deposits_and_gives_out_at_its_grid(estate: Any) -> None:
    grant = """mutation($account: String!, $grid: ID!) {
      grantRole(input: {account: $account, role: "vendor_service", grid: $grid, kind: SERVICE}) {
        userErrors { code }
      }
    }"""
    account = f"{estate.district.code}/locker"
    await estate.client("district_admin").data(grant, account=account, grid=await estate.grid())

    parcel = await estate.deposit("zhang", who="locker")
    code = await estate.code(parcel, "zhang")
    done = (await estate.client("locker").data(estate.COLLECT, locker=estate.locker, code=code))[
        "acmeCollectParcel"
    ]

    assert done["parcel"]["state"] == "COLLECTED"


async def test_a_district_that_did_not_switch_it_on_has_no_such_field(other_district: TestDistrict) -> None:
    admin = other_district.client("district_admin")

    assert await admin.codes("{ acmeLockers { totalCount } }") == ["PLUGIN_NOT_ENABLED"]


async def test_the_last_cell_goes_to_exactly_one_of_fifty(estate: Any, live_server: TestDistrict) -> None:
    estate.clock.now = datetime.now(UTC)
    locker = await estate.add_locker(cells=1, number="B-1")
    given = {"locker": locker, "person": estate.persons["zhang"]}

    answers = await asyncio.gather(
        *(live_server.client("grid_worker").execute(estate.DEPOSIT, **given) for _ in range(50))
    )

    outcomes = Counter(estate.outcome(answer) for answer in answers)
    assert outcomes == {"OK": 1, "PARCEL_LOCKERS_LOCKER_FULL": 49}
    assert len(await estate.rows(Parcel)) == 1
    assert (await estate.row(Locker, locker)).free_cells == 0


async def test_a_code_that_fifty_enter_at_once_opens_its_cell_once(
    estate: Any, live_server: TestDistrict
) -> None:
    parcel = await estate.deposit("zhang")
    code = await estate.code(parcel, "zhang")
    given = {"locker": estate.locker, "code": code}

    answers = await asyncio.gather(
        *(live_server.client("grid_worker").execute(estate.COLLECT, **given) for _ in range(50))
    )

    outcomes = Counter(estate.outcome(answer) for answer in answers)
    assert outcomes.pop("OK") == 1
    assert set(outcomes) <= {"PARCEL_LOCKERS_CODE_WRONG", "PARCEL_LOCKERS_PARCEL_GONE"}
    assert await estate.free_cells() == 3

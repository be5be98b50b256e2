"""A root mutation is all or nothing, once however often it is repeated, and leaves its trace."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, func, select

from wangge import AuditEntry, Model, encode_id
from wangge.auth.audit import GENESIS, entry_hash
from wangge.auth.models import AuditHead, MutationReplay
from wangge.events.outbox import OutboxEvent
from wangge.graphql.mutations import _restored, _stored
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid

from .conftest import COMMUNITY, VILLAGE, Town

CREATE = """mutation ($input: CreateGridInput!) { createGrid(input: $input) {
  clientMutationId grid { id name code parent { code } } userErrors { code message path } warnings { code }
} }"""
TWO = """mutation ($one: CreateGridInput!, $two: CreateGridInput!) {
  one: createGrid(input: $one) { grid { code } userErrors { code } }
  two: createGrid(input: $two) { grid { code } userErrors { code } }
}"""


def _given(town: Town, name: str = "新楼", *, at: str = COMMUNITY, **more: Any) -> dict[str, Any]:  # JSON
    parent = encode_id("Grid", town.grids[at])
    return {"parent": parent, "name": name, "level": "compound", "kind": "BASIC", **more}


async def _counts(district: TestDistrict) -> dict[str, int]:
    async with district.context() as ctx:
        there = await ctx.db.tables()
        tables: list[Table] = [one for one in Model.metadata.sorted_tables if one.name in there]
        found = {}
        for table in tables:
            found[table.name] = (
                await ctx.db.session.execute(select(func.count()).select_from(table))
            ).scalar_one()
        return found


def _changed(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}


async def test_a_mutation_is_written_with_its_audit_row_and_event(district: TestDistrict, town: Town) -> None:
    before = await _counts(district)

    answer = await district.client("street_secretary").data(CREATE, input=_given(town))

    assert answer["createGrid"]["userErrors"] == []
    assert answer["createGrid"]["grid"]["parent"] == {"code": COMMUNITY}
    changed = _changed(before, await _counts(district))
    assert changed == {"base_grids": 1, "wangge_audit_entries": 1, "wangge_outbox": 1}
    async with district.context() as ctx:
        entries = await ctx.db.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1))
        events = await ctx.db.scalars(select(OutboxEvent).order_by(OutboxEvent.number.desc()).limit(1))
        grid = await ctx.db.scalar(select(Grid).where(Grid.name == "新楼"))
    assert (entries[0].action, entries[0].subject_id, entries[0].roles) == (
        "base.grid.created",
        grid.id,
        "street_secretary",
    )
    assert (events[0].type, events[0].subject_id) == ("base.grid.created", grid.id)


async def test_what_the_caller_can_mend_changes_nothing(district: TestDistrict, town: Town) -> None:
    before = await _counts(district)
    client = district.client("street_secretary")

    for given in (
        _given(town, name=" "),
        _given(town, level="nothing_such"),
        _given(town, at=VILLAGE),
        _given(town, code=COMMUNITY),
        _given(town, name=" ", clientMutationId="m-1"),
    ):
        answer = (await client.data(CREATE, input=given))["createGrid"]
        assert answer["grid"] is None
        assert len(answer["userErrors"]) == 1
        assert answer["userErrors"][0]["path"] is not None or answer["userErrors"][0]["code"]
        assert answer["clientMutationId"] == given.get("clientMutationId")

    assert _changed(before, await _counts(district)) == {}


async def test_a_refused_mutation_changes_nothing(district: TestDistrict, town: Town) -> None:
    before = await _counts(district)

    assert await district.client("grid_worker").codes(CREATE, input=_given(town)) == ["FORBIDDEN"]
    assert await district.client(None).codes(CREATE, input=_given(town)) == ["UNAUTHENTICATED"]
    answer = await district.client("street_secretary").codes(CREATE, input=_given(town) | {"parent": "x"})
    assert answer == ["BAD_ID"]

    assert _changed(before, await _counts(district)) == {}


async def test_a_repeat_gives_the_first_answer_and_does_the_work_once(
    district: TestDistrict, town: Town
) -> None:
    client = district.client("street_secretary")
    given = _given(town, clientMutationId="m-1")

    first = await client.data(CREATE, input=given)
    before = await _counts(district)
    second = await client.data(CREATE, input=given)

    assert second == first
    assert first["createGrid"]["clientMutationId"] == "m-1"
    assert _changed(before, await _counts(district)) == {}


async def test_another_input_under_the_same_name_is_refused(district: TestDistrict, town: Town) -> None:
    client = district.client("street_secretary")
    await client.data(CREATE, input=_given(town, clientMutationId="m-1"))
    before = await _counts(district)

    codes = await client.codes(CREATE, input=_given(town, "别楼", clientMutationId="m-1"))

    assert codes == ["IDEMPOTENCY_CONFLICT"]
    assert _changed(before, await _counts(district)) == {}


async def test_a_name_belongs_to_its_account(district: TestDistrict, town: Town) -> None:
    given = _given(town, clientMutationId="m-1")

    for role in ("street_secretary", "district_admin"):
        answer = await district.client(role).data(CREATE, input=given)
        assert answer["createGrid"]["userErrors"] == []

    async with district.context() as ctx:
        assert await ctx.db.scalar(select(func.count(Grid.id)).where(Grid.name == "新楼")) == 2


async def test_a_failed_call_may_be_repeated_under_its_name(district: TestDistrict, town: Town) -> None:
    client = district.client("street_secretary")
    failed = await client.data(CREATE, input=_given(town, " ", clientMutationId="m-1"))
    assert len(failed["createGrid"]["userErrors"]) == 1

    mended = await client.data(CREATE, input=_given(town, clientMutationId="m-1"))

    assert mended["createGrid"]["userErrors"] == []
    async with district.context() as ctx:
        assert await ctx.db.scalar(select(func.count(MutationReplay.id))) == 1


async def test_ten_repeats_at_once_make_one_row(live_server: TestDistrict, town: Town) -> None:
    client = live_server.client("street_secretary")
    before = await _counts(live_server)

    answers = await asyncio.gather(
        *(client.data(CREATE, input=_given(town, clientMutationId="m-1")) for _ in range(10))
    )

    assert answers == [answers[0]] * 10
    assert answers[0]["createGrid"]["userErrors"] == []
    assert _changed(before, await _counts(live_server)) == {
        "base_grids": 1,
        "wangge_audit_entries": 1,
        "wangge_outbox": 1,
        "wangge_mutation_replays": 1,
    }


async def test_several_mutations_run_in_order_each_on_its_own(district: TestDistrict, town: Town) -> None:
    client = district.client("street_secretary")
    code = f"{COMMUNITY}777"

    answer = await client.data(TWO, one=_given(town, code=code), two=_given(town, "后来", code=code))

    assert answer["one"] == {"grid": {"code": code}, "userErrors": []}
    assert answer["two"]["grid"] is None
    assert len(answer["two"]["userErrors"]) == 1
    async with district.context() as ctx:
        assert await ctx.db.scalars(select(Grid.name).where(Grid.code == code)) == ["新楼"]


async def test_the_first_of_several_may_fail_alone(district: TestDistrict, town: Town) -> None:
    answer = await district.client("street_secretary").data(TWO, one=_given(town, " "), two=_given(town))

    assert answer["one"]["grid"] is None
    assert answer["two"]["userErrors"] == []


async def test_the_audit_trail_is_a_chain(district: TestDistrict, town: Town) -> None:
    client = district.client("street_secretary")
    for name in ("一", "二", "三"):
        await client.data(CREATE, input=_given(town, name))

    async with district.context() as ctx:
        entries: list[AuditEntry] = await ctx.db.scalars(select(AuditEntry).order_by(AuditEntry.number))
        head = (await ctx.db.scalars(select(AuditHead)))[0]

    assert [one.number for one in entries] == list(range(1, len(entries) + 1))
    assert [one.previous_hash for one in entries] == [GENESIS, *(one.hash for one in entries[:-1])]
    assert [entry_hash(one) for one in entries] == [one.hash for one in entries]
    assert (head.number, head.hash) == (entries[-1].number, entries[-1].hash)
    entries[1].detail = {"forged": True}
    assert entry_hash(entries[1]) != entries[1].hash


async def test_nothing_is_emitted_or_recorded_without_a_commit(district: TestDistrict, town: Town) -> None:
    before = await _counts(district)

    async with district.context() as ctx:  # never committed
        ctx.audit("base.test")
        ctx.emit("base.grid.created", data={})
        await ctx.db.flush()

    assert _changed(before, await _counts(district)) == {}


async def test_values_of_a_stored_answer_come_back_in_their_own_type() -> None:
    values = [
        datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        date(2026, 11, 22),
        Decimal("12.50"),
        "字",
        3,
        True,
        None,
    ]

    assert [await _restored(ctx=None, stored=_stored(value)) for value in values] == values  # type: ignore[arg-type]  # plain values need no request

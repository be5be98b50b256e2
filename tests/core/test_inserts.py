"""Plain inserts: checked as flushed rows are, in few statements, and then members of the session."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event, func, inspect, select

from wangge import DuplicateValue, Model, NotFound, OutOfScope, RequestContext, Scope, uuid7
from wangge.auth.models import Account, AuditEntry, PrincipalKind, RoleGrant
from wangge.db.scoping import kept_within
from wangge.events.outbox import OutboxEvent
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid
from wangge_schema.people import services
from wangge_schema.people.models import Dwelling, Guardianship, Household, Person, Residence
from wangge_schema.people.rules import DocumentType, HouseholdRelation

from .conftest import BUILDING, COMMUNITY, HOMES, NEIGHBOURS, VILLAGE, Town

DIGEST = b"d" * 32


def _person(town: Town, code: str, name: str = "新", **more: Any) -> Person:  # column values
    return Person(name=name, document_type=DocumentType.NONE, grid_id=town.grids[code], **more)


async def _names(district: TestDistrict) -> list[str]:
    async with district.context() as ctx:
        return sorted(await ctx.db.scalars(select(Person.name)))


async def test_a_row_outside_is_refused_and_nothing_is_written(district: TestDistrict, town: Town) -> None:
    async with district.committed("community_secretary") as ctx:
        with pytest.raises(OutOfScope):
            await ctx.db.insert(_person(town, COMMUNITY), _person(town, NEIGHBOURS))
        with pytest.raises(OutOfScope):
            await ctx.db.insert(_person(town, VILLAGE), taken=DuplicateValue())

    assert await _names(district) == sorted(HOMES)


@pytest.mark.parametrize("role", ["vendor_service", "resident"])
async def test_who_has_no_grid_inserts_nothing(district: TestDistrict, town: Town, role: str) -> None:
    async with district.committed(role) as ctx:
        with pytest.raises(OutOfScope):
            await ctx.db.insert(_person(town, VILLAGE))

    assert await _names(district) == sorted(HOMES)


async def test_what_a_row_says_of_its_ancestors_counts_for_nothing(
    district: TestDistrict, town: Town
) -> None:
    async with district.committed("community_secretary") as ctx:
        inside = await ctx.db.must_get(Grid, town.grids[COMMUNITY])
        with pytest.raises(OutOfScope):
            await ctx.db.insert(_person(town, VILLAGE, anc_1=inside.anc_1, anc_2=inside.anc_2))

    assert await _names(district) == sorted(HOMES)


async def test_an_unknown_grid_is_not_found(district: TestDistrict, town: Town) -> None:
    async with district.context() as ctx:
        with pytest.raises(NotFound):
            await ctx.db.insert(Person(name="无", document_type=DocumentType.NONE, grid_id=uuid7()))


async def test_an_inserted_row_is_the_row_that_a_flush_would_write(
    district: TestDistrict, town: Town
) -> None:
    born = date(1990, 1, 2)
    async with district.committed("community_secretary") as ctx:
        plain = _person(town, BUILDING, birth_date=born, sex=None, document_number_digest=DIGEST)
        added = _person(town, BUILDING, birth_date=born, sex=None)
        await ctx.db.insert(plain)
        ctx.db.add(added)
        await ctx.db.flush()
        ids = plain.id, added.id

    async with district.context() as ctx:
        rows = [await ctx.db.must_get(Person, id) for id in ids]
    own = {"id", "created_at", "updated_at", "document_number_digest"}
    names = [one.key for one in inspect(Person).column_attrs if one.key not in own]
    assert [getattr(rows[0], name) for name in names] == [getattr(rows[1], name) for name in names]
    assert (rows[0].document_number_digest, rows[0].anc_1 is not None) == (DIGEST, True)
    assert rows[0].created_at.tzinfo is not None


async def test_changes_to_an_inserted_row_are_written(district: TestDistrict, town: Town) -> None:
    async with district.committed("community_secretary") as ctx:
        person = _person(town, BUILDING)
        await ctx.db.insert(person)
        assert await ctx.db.must_get(Person, person.id) is person
        person.name = "改"

    assert await _names(district) == sorted([*HOMES, "改"])


async def test_an_inserted_row_cannot_be_moved_out_of_the_scope(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        person = _person(town, BUILDING)
        await ctx.db.insert(person)
        person.grid_id = town.grids[VILLAGE]
        with pytest.raises(OutOfScope):
            await ctx.db.flush()


async def test_a_taken_key_is_told_and_what_follows_is_not_written(
    district: TestDistrict, town: Town
) -> None:
    async with district.committed() as ctx:
        grid = town.grids[BUILDING]
        dwelling = Dwelling(
            id=uuid7(), grid_id=grid, room="1", address_cipher=b"", address_digest=DIGEST, address_masked=""
        )
        await ctx.db.insert(dwelling)
        first, second = (_person(town, BUILDING, id=uuid7(), document_number_digest=DIGEST) for _ in "ab")
        await ctx.db.insert(first, taken=DuplicateValue())
        stay = Residence(
            person_id=second.id, dwelling_id=dwelling.id, kind="CURRENT", since=ctx.today, grid_id=grid
        )
        with pytest.raises(DuplicateValue):
            await ctx.db.insert(second, stay, taken=DuplicateValue(path=("documentNumber",)))

        assert await ctx.db.scalar(select(func.count(Residence.id))) == 0  # the transaction goes on
        assert await ctx.db.scalar(select(func.count(Person.id)).where(Person.name == "新")) == 1


async def test_rows_of_several_tables_are_written_at_once(district: TestDistrict) -> None:
    async with district.committed() as ctx:
        account = Account(id=uuid7(), subject="somebody", kind=PrincipalKind.STAFF)
        grants = [
            RoleGrant(account_id=account.id, role=role, since=datetime(2026, 1, 1, tzinfo=UTC))
            for role in ("grid_worker", "street_secretary")
        ]
        await ctx.db.insert(account, *grants)

    async with district.context() as ctx:
        found = await ctx.db.scalars(
            select(RoleGrant.role).where(RoleGrant.account_id == account.id).order_by(RoleGrant.id)
        )
    assert found == ["grid_worker", "street_secretary"]


async def _lose(ctx: RequestContext) -> None:
    async with ctx.db.unique(DuplicateValue()):
        ctx.emit("base.test.lost")
        raise ValueError("broken")


async def test_events_keep_their_order_and_a_savepoint_that_fails_takes_its_own_back(
    district: TestDistrict,
) -> None:
    async with district.committed() as ctx:
        for name in ("one", "two"):
            ctx.emit(f"base.test.{name}")
        with pytest.raises(ValueError, match="broken"):
            await _lose(ctx)
        for name in ("three", "four", "five"):
            ctx.emit(f"base.test.{name}")
        ctx.audit("base.test")

    async with district.context() as ctx:
        told = (
            select(OutboxEvent.type)
            .where(OutboxEvent.type.startswith("base.test"))
            .order_by(OutboxEvent.number)
        )
        assert [name.rpartition(".")[2] for name in await ctx.db.scalars(told)] == [
            "one",
            "two",
            "three",
            "four",
            "five",
        ]
        assert (
            await ctx.db.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "base.test"))
            == 1
        )


async def test_a_kept_statement_sees_each_scope_alone(district: TestDistrict, town: Town) -> None:
    everyone = select(Person.name).order_by(Person.name)
    seen = {}
    for role in ("community_secretary", "grid_worker_elsewhere", "district_admin", "community_secretary"):
        async with district.context(role) as ctx:
            seen[role] = (await ctx.db.run(everyone)).scalars().all()

    assert seen == {
        "community_secretary": sorted(["吴清", "周平", "陈安"]),
        "grid_worker_elsewhere": sorted(["孙宁", "郑和"]),
        "district_admin": sorted(HOMES),
    }


async def test_a_scope_that_compares_too_little_is_not_kept(town: Town) -> None:
    class Named(Scope):
        """Adds a name to the comparison of `Scope`, which does not know of it."""

        def __init__(self, name: str) -> None:
            super().__init__()
            object.__setattr__(self, "name", name)

        def criteria(self, model: type[Model]) -> Any:  # a filter, or None
            return model.name == self.name if model is Person else None  # type: ignore[attr-defined]

    @dataclass(frozen=True)
    class Plain(Scope):
        """As simple, and compared as a whole."""

    statement = select(Person.id)
    assert Named("a") == Named("b")
    assert kept_within(Named("甲"), statement) is not kept_within(Named("乙"), statement)
    assert kept_within(Plain(), statement) is kept_within(Plain(), statement)


async def _home(ctx: RequestContext, town: Town) -> tuple[Dwelling, Household]:
    dwelling = await services.create_dwelling(ctx, grid_id=town.grids[BUILDING], unit="1", room="101")
    return dwelling, await services.create_household(ctx, dwelling_id=dwelling.id, number="H-1")


async def _register(ctx: RequestContext, name: str, born: date, dwelling: Dwelling, **more: Any) -> Person:
    return await services.register_person(
        ctx,
        name=name,
        birth_date=born,
        document_type=DocumentType.NONE,
        document_number="",
        dwelling_id=dwelling.id,
        purpose="registration",
        **more,
    )


async def test_a_registration_takes_few_statements(district: TestDistrict, town: Town) -> None:
    async with district.committed() as ctx:
        dwelling, _ = await _home(ctx, town)
    seen: list[str] = []
    async with district.context("grid_worker") as ctx:
        connection = (await ctx.db.session.connection()).sync_connection
        assert connection is not None
        event.listen(connection, "before_cursor_execute", lambda *given: seen.append(given[2]))
        await _register(ctx, "周杰", date(1990, 1, 1), dwelling)
        await ctx.commit()

    assert len(seen) == {"postgresql": 4, "sqlite": 7}[ctx.db.dialect]


async def test_members_of_a_household_are_written_with_their_guardian(
    district: TestDistrict, town: Town
) -> None:
    async with district.committed("community_secretary") as ctx:
        dwelling, household = await _home(ctx, town)
        mother = await _register(ctx, "母亲", date(1985, 4, 2), dwelling, household_id=household.id)
        child = await _register(ctx, "孩子", date(2019, 9, 9), dwelling, household_id=household.id)

    async with district.context() as ctx:
        [kept] = await ctx.db.scalars(select(Guardianship))
        head = await ctx.db.must_get(Household, household.id)
        rows = [await ctx.db.must_get(Person, one.id) for one in (mother, child)]
    assert head.head_id == mother.id
    assert [one.relation for one in rows] == [HouseholdRelation.HEAD, HouseholdRelation.OTHER]
    assert (kept.ward_id, kept.guardian_id, kept.anc_1) == (child.id, mother.id, rows[1].anc_1)

"""The scope holds for every statement and every write of a restricted principal."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Executable,
    Update,
    column,
    delete,
    exists,
    false,
    func,
    insert,
    select,
    table,
    text,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from wangge import (
    Account,
    AuditEntry,
    Database,
    DuplicateValue,
    NotFound,
    OutOfScope,
    PrincipalKind,
    RoleGrant,
    UnscopedStatement,
    uuid7,
)
from wangge.db.scoping import within
from wangge.testing.districts import TestDistrict
from wangge_schema.access.services import grant_role
from wangge_schema.grids.models import Grid
from wangge_schema.grids.scope import GridScope, Place
from wangge_schema.grids.services import move_grid
from wangge_schema.organizations.models import Organization
from wangge_schema.organizations.rules import OrganizationKind
from wangge_schema.people.models import Person
from wangge_schema.people.rules import DocumentType

from .conftest import BUILDING, COMPOUND, HOMES, NEIGHBOURS, VILLAGE, Town

SEEN = {
    "district_admin": set(HOMES),
    "street_secretary": {"陈安", "周平", "吴清", "林远"},
    "community_secretary": {"陈安", "周平", "吴清"},
    "grid_worker": {"陈安", "周平"},
    "grid_worker_elsewhere": {"郑和", "孙宁"},
    "vendor_service": set(),
    "resident": set(),
}
"""Role → names that it sees."""


def _names_by_alias() -> Executable:
    other = aliased(Person)
    return select(other.name)


def _names_by_two_aliases() -> Executable:
    one, other = aliased(Person), aliased(Person)
    return select(one.name).join(other, other.id == one.id)


def _names_of_subquery() -> Executable:
    inner = select(Person.name).subquery()
    return select(inner.c.name)


def _names_of_counted_subquery() -> Executable:
    inner = select(Person.name, func.count(Person.id).label("number")).group_by(Person.name).subquery()
    return select(inner.c.name).where(inner.c.number == 1)


def _names_of_entity_in_subquery() -> Executable:
    inner = aliased(Person, select(Person).subquery())
    return select(inner.name)


def _names_of_cte() -> Executable:
    inner = select(Person.name).cte("seen")
    return select(inner.c.name)


def _names_of_nested_cte() -> Executable:
    inner = select(Person.id).cte("seen")
    outer = select(Person.name).where(Person.id.in_(select(inner.c.id))).cte("named")
    return select(outer.c.name)


def _names_of_union() -> Executable:
    return union_all(select(Person.name), select(Person.name).where(false()))


def _names_of_union_in_subquery() -> Executable:
    inner = union_all(select(Person.name), select(Person.name).where(false())).subquery()
    return select(inner.c.name)


def _names_of_window() -> Executable:
    inner = select(Person.name, func.row_number().over(order_by=Person.name).label("place")).subquery()
    return select(inner.c.name).where(inner.c.place > 0)


def _names_beside_their_grid() -> Executable:
    return select(Person.name, Grid.code).join(Grid, Grid.id == Person.grid_id)


def _names_from_their_grid() -> Executable:
    return select(Person.name).select_from(Grid).join(Person, Person.grid_id == Grid.id)


def _names_from_an_outer_join() -> Executable:
    joined = select(Person.name).select_from(Grid).outerjoin(Person, Person.grid_id == Grid.id)
    return joined.where(Person.name.is_not(None))


def _names_chosen_by_exists() -> Executable:
    other = aliased(Person)
    return select(Person.name).where(exists().where(other.id == Person.id))


NAMES: list[Callable[[], Executable]] = [
    lambda: select(Person.name),
    lambda: select(Person.name).with_for_update(),
    _names_by_alias,
    _names_by_two_aliases,
    _names_of_subquery,
    _names_of_counted_subquery,
    _names_of_entity_in_subquery,
    _names_of_cte,
    _names_of_nested_cte,
    _names_of_union,
    _names_of_union_in_subquery,
    _names_of_window,
    _names_beside_their_grid,
    _names_from_their_grid,
    _names_from_an_outer_join,
    _names_chosen_by_exists,
]
"""Statements of every shape whose first column is the name of each person seen."""


def _codes_by_in() -> Executable:
    return select(Grid.code).where(Grid.id.in_(select(Person.grid_id)))


def _codes_by_exists() -> Executable:
    return select(Grid.code).where(exists().where(Person.grid_id == Grid.id))


def _codes_by_exists_of_select() -> Executable:
    return select(Grid.code).where(select(Person.id).where(Person.grid_id == Grid.id).exists())


def _codes_by_count() -> Executable:
    number = select(func.count(Person.id)).where(Person.grid_id == Grid.id).scalar_subquery()
    return select(Grid.code).where(number > 0)


def _codes_by_column() -> Executable:
    number = select(func.count(Person.id)).where(Person.grid_id == Grid.id).scalar_subquery()
    inner = select(Grid.code, number.label("number")).subquery()
    return select(inner.c.code).where(inner.c.number > 0)


def _codes_by_alias_in_exists() -> Executable:
    other = aliased(Person)
    return select(Grid.code).where(exists(select(other.id).where(other.grid_id == Grid.id)))


CODES: list[Callable[[], Executable]] = [
    _codes_by_in,
    _codes_by_exists,
    _codes_by_exists_of_select,
    _codes_by_count,
    _codes_by_column,
    _codes_by_alias_in_exists,
]
"""Statements over grids, which all may read, that look at people in a subquery."""

PEOPLE: Any = Person.__table__
"""A table, which SQLAlchemy types as whatever a class may be mapped to."""


def _update_by_an_alias() -> Executable:
    other = aliased(Person)
    return update(Grid).where(Grid.id == other.grid_id).values(name="x")


RAW: dict[str, Callable[[], Executable]] = {
    "text": lambda: text("SELECT name FROM base_people"),
    "text as rows": lambda: select(Person).from_statement(text("SELECT * FROM base_people")),
    "text in FROM": lambda: select(text("name")).select_from(text("base_people")),
    "text in WHERE": lambda: select(Grid.code).where(text("EXISTS (SELECT 1 FROM base_people)")),
    "text with columns": lambda: text("SELECT name FROM base_people").columns(column("name")),
    "table": lambda: select(PEOPLE),
    "table counted": lambda: select(func.count()).select_from(PEOPLE),
    "table aliased": lambda: select(PEOPLE.alias()),
    "table column": lambda: select(PEOPLE.c.name),
    "table in subquery": lambda: select(Grid.code).where(Grid.id.in_(select(PEOPLE.c.grid_id))),
    "table beside its class": lambda: (
        select(func.count()).select_from(PEOPLE).where(exists(select(Person.id)))
    ),
    "table by name": lambda: select(column("name")).select_from(table("base_people")),
    "insert": lambda: insert(Person).values(name="x"),
    "insert into table": lambda: insert(PEOPLE).values(name="x"),
    "insert from select": lambda: insert(Person).from_select(["name"], select(Person.name)),
    "update of table": lambda: update(PEOPLE).values(name="x"),
    "update by another class": lambda: update(Grid).where(Grid.id == Person.grid_id).values(name="x"),
    "update by an alias": _update_by_an_alias,
    "update from another class": lambda: update(Grid).values(name=Person.name),
    "delete by another class": lambda: delete(Grid).where(Grid.id == Person.grid_id),
    "delete from table": lambda: delete(PEOPLE),
}
"""Statements that go around the mapped classes."""


async def _all_names(district: TestDistrict) -> list[str]:
    async with district.context() as ctx:
        return sorted(await ctx.db.scalars(select(Person.name)))


async def test_statements_of_every_shape_see_the_scope_alone(district: TestDistrict, town: Town) -> None:
    for role, names in SEEN.items():
        async with district.context(role) as ctx:
            found = {number: Counter(await ctx.db.scalars(make())) for number, make in enumerate(NAMES)}
            codes = {number: Counter(await ctx.db.scalars(make())) for number, make in enumerate(CODES)}
            entities = {person.name for person in await ctx.db.scalars(select(Person))}
            counts = [
                await ctx.db.scalar(select(func.count(Person.id))),
                await ctx.db.scalar(select(func.count()).select_from(Person)),
                await ctx.db.scalar(select(select(func.count(Person.id)).scalar_subquery())),
            ]

        assert found == {form: Counter(names) for form in found}, role
        assert codes == {form: Counter(HOMES[name] for name in names) for form in codes}, role
        assert entities == names, role
        assert counts == [len(names)] * 3, role


async def test_someone_not_signed_in_sees_nothing(district: TestDistrict, town: Town) -> None:
    runtime = district.server.district(district.code)
    principal = await runtime.principal(None)

    async with runtime.context(principal) as ctx:
        found = [await ctx.db.scalars(make()) for make in (*NAMES, *CODES)]

    assert found == [[]] * len(found)


@pytest.mark.parametrize("role", ["community_secretary", "vendor_service"])
async def test_statements_around_the_mapped_classes_are_refused(
    district: TestDistrict, town: Town, role: str
) -> None:
    taken = []
    async with district.context(role) as ctx:
        for form, make in RAW.items():
            try:
                await ctx.db.execute(make())
                taken.append(form)
            except UnscopedStatement:
                continue
        await ctx.commit()

    assert taken == []
    assert await _all_names(district) == sorted(HOMES)


async def test_a_bulk_insert_is_refused_within_a_scope(district: TestDistrict, town: Town) -> None:
    row = {"id": uuid7(), "name": "x", "document_type": DocumentType.NONE, "grid_id": town.grids[VILLAGE]}
    async with district.context("community_secretary") as ctx:
        with pytest.raises(UnscopedStatement):
            await ctx.db.execute(insert(Person), [row])
        await ctx.commit()

    assert await _all_names(district) == sorted(HOMES)


async def test_the_whole_district_gets_no_filter_but_that_of_the_restricted(district: TestDistrict) -> None:
    statement = select(Person.name)
    async with district.context("district_admin") as ctx:
        assert ctx.db.scope.everything is True
        assert within(ctx.db.scope, statement, withholding=False) is statement


async def test_an_update_touches_the_scope_alone(district: TestDistrict, town: Town) -> None:
    async with district.committed("community_secretary") as ctx:
        await ctx.db.execute(update(Person).values(name="新"))

    assert await _all_names(district) == sorted(["新", "新", "新", "林远", "郑和", "孙宁"])


async def test_an_update_that_names_a_row_outside_touches_nothing(district: TestDistrict, town: Town) -> None:
    async with district.committed("community_secretary") as ctx:
        await ctx.db.execute(update(Person).where(Person.id == town.people["郑和"]).values(name="新"))
        others = select(Person.id).where(Person.name == "林远")
        await ctx.db.execute(update(Person).where(Person.id.in_(others)).values(name="新"))

    assert await _all_names(district) == sorted(HOMES)


def _renamed_by_in() -> Update:
    return update(Grid).where(Grid.id.in_(select(Person.grid_id)))


def _renamed_by_exists() -> Update:
    return update(Grid).where(exists().where(Person.grid_id == Grid.id))


def _renamed_by_alias() -> Update:
    other = aliased(Person)
    return update(Grid).where(Grid.id.in_(select(other.grid_id)))


async def test_an_update_chooses_by_the_scope_alone(district: TestDistrict, town: Town) -> None:
    forms = [_renamed_by_in, _renamed_by_exists, _renamed_by_alias]
    async with district.committed("grid_worker") as ctx:
        for number, choose in enumerate(forms):
            changed = choose().values(name=str(number))
            await ctx.db.execute(changed.execution_options(synchronize_session=False))
            found = await ctx.db.scalars(select(Grid.code).where(Grid.name == str(number)))
            assert sorted(found) == sorted([COMPOUND, BUILDING])


async def test_no_bulk_update_moves_rows_out_of_the_scope(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        for values in ({"grid_id": town.grids[NEIGHBOURS]}, {"anc_1": 0, "name": "新"}):
            with pytest.raises(UnscopedStatement, match="one by one"):
                await ctx.db.execute(update(Person).values(values))
        await ctx.commit()

    assert await _all_names(district) == sorted(HOMES)


async def test_a_delete_touches_the_scope_alone(district: TestDistrict, town: Town) -> None:
    async with district.committed("grid_worker_elsewhere") as ctx:
        await ctx.db.execute(delete(Person))

    assert await _all_names(district) == sorted(set(HOMES) - {"郑和", "孙宁"})


async def test_a_row_outside_cannot_be_added(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        inside = Person(name="内", document_type=DocumentType.NONE, grid_id=town.grids["370703001001"])
        outside = Person(name="外", document_type=DocumentType.NONE, grid_id=town.grids[NEIGHBOURS])
        ctx.db.add_all([inside, outside])
        with pytest.raises(OutOfScope):
            await ctx.db.flush()

    assert await _all_names(district) == sorted(HOMES)


@pytest.mark.parametrize("role", ["vendor_service", "resident"])
async def test_who_has_no_grid_adds_nothing(district: TestDistrict, town: Town, role: str) -> None:
    async with district.context(role) as ctx:
        ctx.db.add(Person(name="外", document_type=DocumentType.NONE, grid_id=town.grids[VILLAGE]))
        with pytest.raises(OutOfScope):
            await ctx.commit()

    assert await _all_names(district) == sorted(HOMES)


async def test_a_row_cannot_be_moved_out_of_the_scope(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        person = await ctx.db.must_get(Person, town.people["陈安"])
        person.grid_id = town.grids[VILLAGE]
        with pytest.raises(OutOfScope):
            await ctx.commit()

    async with district.context() as ctx:
        assert (await ctx.db.must_get(Person, town.people["陈安"])).grid_id == town.grids[HOMES["陈安"]]


@pytest.fixture
async def village_office(district: TestDistrict, town: Town) -> UUID:
    """A published row of the village: readable in the district, written from there alone."""
    async with district.committed() as ctx:
        office = Organization(name="村委会", kind=OrganizationKind.DEPARTMENT, grid_id=town.grids[VILLAGE])
        ctx.db.add(office)
        await ctx.db.flush()
        return office.id


async def _office(district: TestDistrict, key: UUID) -> tuple[str, UUID]:
    async with district.context() as ctx:
        office = await ctx.db.must_get(Organization, key)
        return office.name, office.grid_id


async def test_a_published_row_is_read_everywhere_and_changed_at_home(
    district: TestDistrict, town: Town, village_office: UUID
) -> None:
    async with district.context("community_secretary") as ctx:
        office = await ctx.db.must_get(Organization, village_office)
        office.name = "别名"
        with pytest.raises(OutOfScope):
            await ctx.commit()
    async with district.committed("community_secretary") as ctx:
        await ctx.db.execute(update(Organization).values(name="别名"))
        await ctx.db.execute(delete(Organization))

    assert await _office(district, village_office) == ("村委会", town.grids[VILLAGE])


async def test_a_published_row_cannot_be_taken_over(
    district: TestDistrict, town: Town, village_office: UUID
) -> None:
    async with district.context("community_secretary") as ctx:
        office = await ctx.db.must_get(Organization, village_office)
        office.grid_id = town.grids["370703001001"]
        with pytest.raises(OutOfScope):
            await ctx.commit()

    assert await _office(district, village_office) == ("村委会", town.grids[VILLAGE])


async def test_a_published_row_cannot_be_deleted_from_elsewhere(
    district: TestDistrict, town: Town, village_office: UUID
) -> None:
    async with district.context("community_secretary") as ctx:
        office = await ctx.db.must_get(Organization, village_office)
        await ctx.db.delete(office)
        with pytest.raises(OutOfScope):
            await ctx.commit()

    assert await _office(district, village_office) == ("村委会", town.grids[VILLAGE])


async def test_get_and_lock_find_nothing_outside(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        outside = town.people["郑和"]
        assert await ctx.db.get(Person, outside) is None
        assert await ctx.load(Person, outside) is None
        with pytest.raises(NotFound):
            await ctx.db.must_get(Person, outside)
        with pytest.raises(NotFound) as refused:
            await ctx.db.lock(Person, outside, path=("person",))
        assert refused.value.path == ("person",)
        assert (await ctx.db.lock(Person, town.people["陈安"])).name == "陈安"


async def test_lock_reads_the_row_anew(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        known = await ctx.db.must_get(Person, town.people["陈安"])
        changed = update(Person).where(Person.id == known.id).values(name="新")
        await ctx.db.execute(changed.execution_options(synchronize_session=False))
        assert known.name == "陈安"

        assert (await ctx.db.lock(Person, known.id)).name == "新"


async def test_a_broken_constraint_becomes_the_error_named(district: TestDistrict) -> None:
    async with district.context() as ctx:
        subject = f"{district.code}/grid_worker"
        with pytest.raises(DuplicateValue):
            async with ctx.db.unique(DuplicateValue(path=("account",))):
                ctx.db.add(Account(subject=subject, kind=PrincipalKind.STAFF))

        statement = select(func.count(Account.id)).where(Account.subject == subject)
        assert await ctx.db.scalar(statement) == 1  # the transaction goes on


async def test_a_row_outside_is_refused_within_a_savepoint_too(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        with pytest.raises(OutOfScope):
            async with ctx.db.unique(DuplicateValue()):
                ctx.db.add(Person(name="外", document_type=DocumentType.NONE, grid_id=town.grids[VILLAGE]))

    assert await _all_names(district) == sorted(HOMES)


async def test_lifting_the_scope_is_audited_and_ends(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        async with ctx.beyond_scope("counting for a test"):
            assert await ctx.db.scalar(select(func.count(Person.id))) == 6
        assert await ctx.db.scalar(select(func.count(Person.id))) == 3
        await ctx.commit()

    async with district.context() as ctx:
        lifted = select(AuditEntry.purpose, AuditEntry.roles).where(
            AuditEntry.action == "platform.scope.lifted"
        )
        assert (await ctx.db.execute(lifted)).all() == [("counting for a test", "community_secretary")]


async def test_the_scope_returns_when_the_block_fails(district: TestDistrict, town: Town) -> None:
    async with district.context("community_secretary") as ctx:
        with pytest.raises(ValueError, match="broken"):
            async with ctx.beyond_scope("failing"):
                raise ValueError("broken")
        assert await ctx.db.scalar(select(func.count(Person.id))) == 3


async def test_several_roles_add_up(district: TestDistrict, town: Town) -> None:
    async with district.committed() as ctx:
        await grant_role(
            ctx,
            account=f"{district.code}/grid_worker",
            kind=PrincipalKind.STAFF,
            role="grid_worker",
            grid_id=town.grids[VILLAGE],
        )
    district.server.district(district.code).forget_principals()

    async with district.context("grid_worker") as ctx:
        found = [Counter(await ctx.db.scalars(make())) for make in NAMES]

    assert found == [Counter(["陈安", "周平", "郑和", "孙宁"])] * len(NAMES)


async def test_a_role_that_has_ended_gives_nothing(district: TestDistrict, town: Town) -> None:
    async with district.committed() as ctx:
        account = select(Account.id).where(Account.subject == f"{district.code}/grid_worker")
        ended = update(RoleGrant).where(RoleGrant.account_id == account.scalar_subquery())
        await ctx.db.execute(ended.values(until=ctx.now))
    district.server.district(district.code).forget_principals()

    async with district.context("grid_worker") as ctx:
        assert ctx.principal.permissions == frozenset()
        assert await ctx.db.scalars(select(Person.name)) == []


async def test_people_are_seen_where_their_grid_has_moved(district: TestDistrict, town: Town) -> None:
    async with district.committed("district_admin") as ctx:
        await move_grid(ctx, grid_id=town.grids[NEIGHBOURS], parent_id=town.grids["370703002"])

    async with district.context("street_secretary") as ctx:
        assert set(await ctx.db.scalars(select(Person.name))) == {"陈安", "周平", "吴清"}
    async with district.context("grid_worker_elsewhere") as ctx:
        assert set(await ctx.db.scalars(select(Person.name))) == {"郑和", "孙宁"}
    async with district.context() as ctx:
        moved = select(Grid.number).where(Grid.code == "370703002")
        found = select(Person.anc_1).where(Person.name == "林远")
        assert await ctx.db.scalar(found) == await ctx.db.scalar(moved)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_the_scope_it_sees_what_a_plain_filter_sees(
    district: TestDistrict, town: Town, data: st.DataObject
) -> None:
    async with district.context() as ctx:
        grids: list[Grid] = await ctx.db.scalars(select(Grid).order_by(Grid.code))
        people: list[Person] = await ctx.db.scalars(select(Person).order_by(Person.name))
        paths = {grid.id: grid.path for grid in grids}
        below = [grid for grid in grids if grid.depth > 0]
        chosen = data.draw(st.lists(st.sampled_from(below), max_size=4))
        own = data.draw(st.frozensets(st.sampled_from([person.id for person in people]), max_size=3))
        scope = GridScope(places=tuple(Place(one.depth, one.number) for one in chosen), person_ids=own)

        seen = await Database(ctx.db.session, scope).scalars(select(Person.id))

    numbers = {grid.number for grid in chosen}
    expected = {one.id for one in people if one.id in own or numbers & set(paths[one.grid_id])}
    assert len(seen) == len(set(seen))
    assert set(seen) == expected

"""Creating, moving, splitting, merging and redrawing grids, with the rows bound to them."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from wangge import Forbidden, NotFound, OutOfScope, RequestContext, RuleError
from wangge.testing.districts import TestDistrict
from wangge_schema.consent.models import Consent
from wangge_schema.consent.rules import ConsentGiver
from wangge_schema.grids import errors, services
from wangge_schema.grids.models import Grid, GridFunction, GridFunctionLink, GridSuccession, QrAnchor
from wangge_schema.grids.rules import GridKind, Part
from wangge_schema.grids.services import NewGrid
from wangge_schema.people.models import Dwelling, Household, Person, ProcessingPurpose, Residence
from wangge_schema.people.rules import DocumentType, ResidenceKind
from wangge_schema.posts.models import Post, PostRole

COMMUNITY = "370703001001"
ELSEWHERE = "370703002200"
COMPOUND = "370703001001001"
ABSENT = UUID(int=0)


async def grid_of(ctx: RequestContext, code: str) -> Grid:
    """Return a grid that must be there."""
    found = await services.grid_by_code(ctx, code)
    assert found is not None
    return found


async def added(ctx: RequestContext, parent: Grid, name: str, level: str = "compound") -> Grid:
    """Return a new grid below `parent`."""
    return await services.create_grid(ctx, parent_id=parent.id, name=name, level=level)


async def dwelling_in(ctx: RequestContext, grid: Grid, room: str) -> Dwelling:
    """Return a new dwelling with a household in it."""
    digest = (grid.code + room).encode().ljust(32, b"0")[-32:]
    dwelling = Dwelling(
        grid_id=grid.id, room=room, address_cipher=b"-", address_digest=digest, address_masked="-"
    )
    ctx.db.add(dwelling)
    await ctx.db.flush()
    ctx.db.add(Household(grid_id=grid.id, dwelling_id=dwelling.id, number=f"{grid.code}-{room}"))
    await ctx.db.flush()
    return dwelling


async def resident_of(ctx: RequestContext, dwelling: Dwelling) -> tuple[Person, Residence, Consent]:
    """Return a new resident of a dwelling, with a residence and a consent."""
    person = Person(
        grid_id=dwelling.grid_id, dwelling_id=dwelling.id, name="测试", document_type=DocumentType.NONE
    )
    ctx.db.add(person)
    await ctx.db.flush()
    residence = Residence(
        grid_id=dwelling.grid_id,
        dwelling_id=dwelling.id,
        person_id=person.id,
        kind=ResidenceKind.CURRENT,
        since=ctx.today,
    )
    purpose = await ctx.db.scalar(select(ProcessingPurpose.id).limit(1))
    consent = Consent(
        grid_id=dwelling.grid_id,
        person_id=person.id,
        purpose_id=purpose,
        notice_version="1",
        given_by=ConsentGiver.PERSON,
        given_at=ctx.now,
    )
    ctx.db.add_all([residence, consent])
    await ctx.db.flush()
    return person, residence, consent


async def addresses(ctx: RequestContext, model: type, rows: Sequence[UUID]) -> list[tuple[UUID, list[int]]]:
    """Return grid and ancestors of rows, as the database has them now."""
    columns = [getattr(model, f"anc_{depth}") for depth in range(1, 7)]
    found = {}
    for id, grid_id, *numbers in await ctx.db.execute(
        select(model.id, model.grid_id, *columns).where(model.id.in_(rows))  # type: ignore[attr-defined]  # any model
    ):
        found[id] = (grid_id, [number for number in numbers if number is not None])
    return [found[id] for id in rows]


async def count_of_grids(ctx: RequestContext) -> int:
    """Return how many grids there are, ended ones included."""
    return int(await ctx.db.scalar(select(func.count(Grid.id))))


async def test_a_new_grid_gets_the_next_code_and_remembers_its_ancestors(district: TestDistrict) -> None:
    async with district.context("street_secretary") as ctx:
        parent = await grid_of(ctx, COMMUNITY)
        taken = await ctx.db.scalars(select(Grid.code).where(Grid.parent_id == parent.id))

        grid = await services.create_grid(
            ctx, parent_id=parent.id, name=" 锦绣小区 ", level="compound", functions=["public_order"]
        )

        assert grid.code == f"{COMMUNITY}{max(int(code[12:]) for code in taken) + 1:03d}"
        assert (grid.name, grid.kind, grid.valid_from, grid.valid_to) == (
            "锦绣小区",
            GridKind.BASIC,
            ctx.today,
            None,
        )
        assert (grid.depth, grid.path) == (3, (*parent.path, grid.number))
        functions = await ctx.db.scalars(
            select(GridFunction.key).join(GridFunctionLink).where(GridFunctionLink.grid_id == grid.id)
        )
        assert functions == ["public_order"]


async def test_a_grid_with_a_local_code_may_be_managed_from_elsewhere(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        parent, manager = await grid_of(ctx, COMMUNITY), await grid_of(ctx, ELSEWHERE)

        grid = await services.create_grid(
            ctx,
            parent_id=parent.id,
            name="园区",
            level="compound",
            code="GX01-001",
            kind=GridKind.SPECIAL,
            managing_parent_id=manager.id,
            valid_from=date(2020, 1, 1),
        )

        assert (grid.code, grid.kind, grid.managing_parent_id) == ("GX01-001", GridKind.SPECIAL, manager.id)
        assert grid.path[:2] == parent.path


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": " "}, errors.GridNameBlank),
        ({"name": "楼" * 129}, errors.GridNameTooLong),
        ({"level": "village"}, errors.GridLevelUnknown),
        ({"level": "community", "code": "370703001099"}, errors.GridLevelOrder),
        ({"code": COMPOUND}, errors.GridCodeTaken),
        ({"code": "123"}, errors.GridCodeInvalid),
        ({"functions": ["astronomy"]}, errors.GridFunctionUnknown),
        ({"parent_id": ABSENT}, NotFound),
        ({"managing_parent_id": ABSENT}, NotFound),
        ({"valid_from": date(2999, 1, 1)}, errors.GridDateInFuture),
    ],
)
async def test_a_grid_that_breaks_a_rule_is_not_created(
    district: TestDistrict, changes: dict[str, object], error: type[RuleError]
) -> None:
    async with district.context("district_admin") as ctx:
        parent = await grid_of(ctx, COMMUNITY)
        before = await count_of_grids(ctx)
        wanted: dict[str, object] = {"parent_id": parent.id, "name": "小区", "level": "compound", **changes}

        with pytest.raises(error):
            await services.create_grid(ctx, **wanted)  # type: ignore[arg-type]  # one of them is wrong on purpose

        assert await count_of_grids(ctx) == before


async def test_a_community_needs_a_code_from_the_tables(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        street = await grid_of(ctx, "370703001")

        with pytest.raises(errors.GridCodeRequired):
            await services.create_grid(ctx, parent_id=street.id, name="新社区", level="community")


async def test_a_community_secretary_may_not_change_grids(district: TestDistrict) -> None:
    async with district.context("community_secretary") as ctx:
        parent = await grid_of(ctx, COMMUNITY)
        before = await count_of_grids(ctx)

        with pytest.raises(Forbidden):
            await added(ctx, parent, "小区")

        assert await count_of_grids(ctx) == before


async def test_a_street_secretary_changes_the_own_street_only(district: TestDistrict) -> None:
    async with district.context("street_secretary") as ctx:
        own, other = await grid_of(ctx, COMPOUND), await grid_of(ctx, ELSEWHERE)
        street = await grid_of(ctx, "370703001")
        before, path = await count_of_grids(ctx), own.path

        parts = [NewGrid("东"), NewGrid("西")]
        for refused in (
            lambda: added(ctx, other, "小区"),
            lambda: services.move_grid(ctx, grid_id=other.id, parent_id=street.id),
            lambda: services.move_grid(ctx, grid_id=own.id, parent_id=other.id),
            lambda: services.split_grid(ctx, grid_id=street.id, parts=parts),
            lambda: services.create_qr_anchor(ctx, grid_id=other.id, purpose="1号楼"),
        ):
            with pytest.raises(OutOfScope):
                await refused()

        assert await count_of_grids(ctx) == before
        assert (await grid_of(ctx, COMPOUND)).path == path
        assert (await grid_of(ctx, "370703001")).valid_to is None


async def test_a_move_takes_the_subtree_and_every_bound_row_along(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        parent, target = await grid_of(ctx, COMMUNITY), await grid_of(ctx, ELSEWHERE)
        compound = await added(ctx, parent, "小区")
        building = await added(ctx, compound, "1号楼", "building")
        dwelling = await dwelling_in(ctx, building, "101")
        anchor = await services.create_qr_anchor(ctx, grid_id=compound.id, purpose="大门")
        stays = await dwelling_in(ctx, await added(ctx, parent, "另一小区"), "102")
        code = compound.code

        moved = await services.move_grid(ctx, grid_id=compound.id, parent_id=target.id)

        assert (moved.code, moved.parent_id) == (code, target.id)
        assert moved.path == (*target.path, compound.number)
        assert building.path == (*moved.path, building.number)
        assert await addresses(ctx, Dwelling, [dwelling.id]) == [(building.id, [*building.path])]
        assert await addresses(ctx, QrAnchor, [anchor.id]) == [(compound.id, [*moved.path])]
        [(_, numbers)] = await addresses(ctx, Dwelling, [stays.id])
        assert numbers[:2] == [*parent.path]


async def test_a_move_below_the_grid_itself_changes_nothing(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        compound = await added(ctx, await grid_of(ctx, COMMUNITY), "小区")
        building = await added(ctx, compound, "1号楼", "building")
        path = compound.path

        with pytest.raises(errors.GridCycle):
            await services.move_grid(ctx, grid_id=compound.id, parent_id=building.id)

        assert (compound.path, building.path) == (path, (*path, building.number))


async def test_a_split_shares_out_sub_grids_and_dwellings_and_keeps_history(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        old = await services.create_grid(
            ctx,
            parent_id=(await grid_of(ctx, COMMUNITY)).id,
            name="大小区",
            level="compound",
            functions=["sanitation"],
        )
        east, west = await added(ctx, old, "东楼", "building"), await added(ctx, old, "西楼", "building")
        in_west = await dwelling_in(ctx, west, "1")
        named, unnamed = await dwelling_in(ctx, old, "2"), await dwelling_in(ctx, old, "3")
        anchor = await services.create_qr_anchor(ctx, grid_id=old.id, purpose="大门")

        first, second = await services.split_grid(
            ctx,
            grid_id=old.id,
            parts=[
                NewGrid("东区", takes=Part((east.id,))),
                NewGrid("西区", takes=Part((west.id,), (named.id,)), functions=()),
            ],
        )

        assert (old.valid_to, first.valid_from, second.valid_from) == (ctx.today,) * 3
        assert (first.parent_id, first.level_id) == (old.parent_id, old.level_id)
        assert (east.path, west.path) == ((*first.path, east.number), (*second.path, west.number))
        homes = await addresses(ctx, Dwelling, [in_west.id, named.id, unnamed.id])
        assert homes == [(west.id, [*west.path]), (second.id, [*second.path]), (first.id, [*first.path])]
        households = select(Household.grid_id).join(Dwelling, Dwelling.id == Household.dwelling_id)
        assert await ctx.db.scalars(households.where(Dwelling.id == named.id)) == [second.id]
        assert await addresses(ctx, QrAnchor, [anchor.id]) == [(first.id, [*first.path])]
        heirs = select(GridSuccession.successor_id).where(GridSuccession.predecessor_id == old.id)
        assert set(await ctx.db.scalars(heirs)) == {first.id, second.id}
        carried = select(GridFunctionLink.grid_id).where(GridFunctionLink.grid_id.in_([first.id, second.id]))
        assert await ctx.db.scalars(carried) == [first.id]


async def test_people_and_what_belongs_to_them_follow_their_dwelling(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        old = await added(ctx, await grid_of(ctx, COMMUNITY), "小区")
        dwelling = await dwelling_in(ctx, old, "1")
        person, residence, consent = await resident_of(ctx, dwelling)
        other, _, _ = await resident_of(ctx, await dwelling_in(ctx, old, "2"))

        first, second = await services.split_grid(
            ctx,
            grid_id=old.id,
            parts=[NewGrid("东"), NewGrid("西", takes=Part((), (dwelling.id,)))],
        )

        there = [(second.id, [*second.path])]
        assert await addresses(ctx, Person, [person.id]) == there
        assert await addresses(ctx, Residence, [residence.id]) == there
        assert await addresses(ctx, Consent, [consent.id]) == there
        assert await addresses(ctx, Person, [other.id]) == [(first.id, [*first.path])]


async def test_a_split_that_forgets_a_sub_grid_changes_nothing(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        old = await added(ctx, await grid_of(ctx, COMMUNITY), "小区")
        building = await added(ctx, old, "1号楼", "building")
        before = await count_of_grids(ctx)

        with pytest.raises(errors.GridSubgridsUnassigned):
            await services.split_grid(ctx, grid_id=old.id, parts=[NewGrid("东"), NewGrid("西")])

        assert (old.valid_to, building.parent_id) == (None, old.id)
        assert await count_of_grids(ctx) == before


async def test_a_dwelling_of_another_grid_cannot_be_given_away(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        parent = await grid_of(ctx, COMMUNITY)
        old, other = await added(ctx, parent, "小区"), await added(ctx, parent, "别的小区")
        foreign = await dwelling_in(ctx, other, "1")

        with pytest.raises(errors.GridPartForeign):
            await services.split_grid(
                ctx,
                grid_id=old.id,
                parts=[NewGrid("东", takes=Part((), (foreign.id,))), NewGrid("西")],
            )

        assert await addresses(ctx, Dwelling, [foreign.id]) == [(other.id, [*other.path])]


async def test_a_merger_may_carry_on_an_old_code(district: TestDistrict) -> None:
    async with district.context("street_secretary") as ctx:
        parent = await grid_of(ctx, COMMUNITY)
        one, two = await added(ctx, parent, "甲"), await added(ctx, parent, "乙")
        building = await added(ctx, two, "1号楼", "building")
        dwelling = await dwelling_in(ctx, one, "1")

        merged = await services.merge_grids(
            ctx, grid_ids=[one.id, two.id], into=NewGrid("甲乙", code=one.code)
        )

        assert (merged.code, merged.name) == (one.code, "甲乙")
        assert (one.valid_to, two.valid_to) == (ctx.today, ctx.today)
        assert building.path == (*merged.path, building.number)
        assert await addresses(ctx, Dwelling, [dwelling.id]) == [(merged.id, [*merged.path])]
        assert await services.grid_by_code(ctx, one.code) is merged
        assert await services.grid_by_code(ctx, two.code) is two


async def test_grids_of_two_communities_are_not_merged(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        one = await added(ctx, await grid_of(ctx, COMMUNITY), "甲")
        two = await added(ctx, await grid_of(ctx, ELSEWHERE), "乙")

        with pytest.raises(errors.GridsNotSiblings):
            await services.merge_grids(ctx, grid_ids=[one.id, two.id], into=NewGrid("甲乙"))

        assert (one.valid_to, two.valid_to) == (None, None)


async def test_redrawing_turns_two_grids_into_two_others(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        parent = await grid_of(ctx, COMMUNITY)
        one, two = await added(ctx, parent, "甲"), await added(ctx, parent, "乙")
        buildings = [await added(ctx, grid, grid.name + "楼", "building") for grid in (one, one, two)]

        north, south = await services.redraw_grids(
            ctx,
            grid_ids=[one.id, two.id],
            parts=[
                NewGrid("北", takes=Part((buildings[0].id,))),
                NewGrid("南", takes=Part((buildings[1].id, buildings[2].id))),
            ],
        )

        assert [building.parent_id for building in buildings] == [north.id, south.id, south.id]
        links = select(func.count(GridSuccession.id)).where(
            GridSuccession.predecessor_id.in_([one.id, two.id])
        )
        assert await ctx.db.scalar(links) == 4


async def test_an_ended_grid_takes_no_more_changes(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        old = await added(ctx, await grid_of(ctx, COMMUNITY), "小区")
        await services.split_grid(ctx, grid_id=old.id, parts=[NewGrid("东"), NewGrid("西")])

        parts = [NewGrid("东"), NewGrid("西")]
        for refused in (
            lambda: added(ctx, old, "1号楼", "building"),
            lambda: services.split_grid(ctx, grid_id=old.id, parts=parts),
            lambda: services.create_qr_anchor(ctx, grid_id=old.id, purpose="大门"),
        ):
            with pytest.raises(errors.GridClosed, match=old.code):
                await refused()


async def test_the_day_of_a_split_lies_within_the_life_of_the_grid(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        old = await added(ctx, await grid_of(ctx, COMMUNITY), "小区")
        parts = [NewGrid("东"), NewGrid("西")]

        with pytest.raises(errors.GridDateTooEarly):
            await services.split_grid(ctx, grid_id=old.id, parts=parts, on=ctx.today - timedelta(days=1))
        with pytest.raises(errors.GridDateInFuture):
            await services.split_grid(ctx, grid_id=old.id, parts=parts, on=ctx.today + timedelta(days=1))

        assert old.valid_to is None


async def test_an_unusual_size_is_a_warning_and_no_refusal(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        parent = await grid_of(ctx, COMMUNITY)
        one, two = await added(ctx, parent, "甲"), await added(ctx, parent, "乙")
        await dwelling_in(ctx, one, "1")

        merged = await services.merge_grids(ctx, grid_ids=[one.id, two.id], into=NewGrid("甲乙"))

        [warning] = ctx.take_warnings()
        assert warning.params == {"code": merged.code, "households": 1, "low": 300, "high": 400}


async def test_roles_at_an_ended_grid_are_told_of(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        old = await grid_of(ctx, COMPOUND)
        buildings = await ctx.db.scalars(select(Grid.id).where(Grid.parent_id == old.id))

        await services.split_grid(
            ctx, grid_id=old.id, parts=[NewGrid("东", takes=Part(tuple(buildings))), NewGrid("西")]
        )

        warnings = [(warning.code, warning.params) for warning in ctx.take_warnings()]
        assert ("BASE_GRID_ROLES_LEFT", {"count": 1}) in warnings


async def test_a_post_stays_with_the_grid_it_served(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        old = await added(ctx, await grid_of(ctx, COMMUNITY), "小区")
        person, _, _ = await resident_of(ctx, await dwelling_in(ctx, old, "1"))
        role = await ctx.db.scalar(select(PostRole.key).limit(1))
        post = Post(grid_id=old.id, person_id=person.id, role_key=role, since=ctx.today)
        ctx.db.add(post)
        await ctx.db.flush()

        await services.split_grid(ctx, grid_id=old.id, parts=[NewGrid("东"), NewGrid("西")])

        assert await addresses(ctx, Post, [post.id]) == [(old.id, [*old.path])]


async def test_an_anchor_has_a_token_nobody_guesses(district: TestDistrict) -> None:
    async with district.context("street_secretary") as ctx:
        grid = await grid_of(ctx, COMPOUND)

        one = await services.create_qr_anchor(ctx, grid_id=grid.id, purpose=" 1号楼 ")
        two = await services.create_qr_anchor(ctx, grid_id=grid.id, purpose="2号楼")

        assert one.purpose == "1号楼"
        assert len(one.token) == 22
        assert one.token != two.token
        assert await services.anchor_by_token(ctx, one.token) is one


async def test_an_anchor_without_purpose_is_refused(district: TestDistrict) -> None:
    async with district.context("street_secretary") as ctx:
        grid = await grid_of(ctx, COMPOUND)

        with pytest.raises(errors.QrPurposeBlank):
            await services.create_qr_anchor(ctx, grid_id=grid.id, purpose="  ")

        assert await ctx.db.scalar(select(func.count(QrAnchor.id)).where(QrAnchor.grid_id == grid.id)) == 0


async def test_founding_a_district_again_changes_nothing(district: TestDistrict) -> None:
    async with district.context("district_admin") as ctx:
        before = await count_of_grids(ctx)

        root = await services.found_district(ctx)

        assert (root.code, root.depth, root.number) == ("370703", 0, 0)
        assert await count_of_grids(ctx) == before

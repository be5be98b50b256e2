"""Rows of a demo district, made to point across the borders of grids: hidden rows in every position."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from wangge import Account, DemoOptions, RequestContext, uuid7
from wangge.auth.models import PrincipalKind, RoleGrant
from wangge.testing.districts import TestDistrict
from wangge_schema.consent.models import Consent
from wangge_schema.consent.rules import ConsentGiver
from wangge_schema.grids.models import Grid, GridFunction, GridFunctionLink, GridSuccession, QrAnchor
from wangge_schema.grids.services import address_of
from wangge_schema.organizations.models import Membership, Organization
from wangge_schema.people.models import Dwelling, Household, Person, ProcessingPurpose, Residence
from wangge_schema.posts.models import Pairing, Post
from wangge_volunteer_points.models import (
    ActivityShift,
    OrderClaim,
    OrderShowcase,
    PointsAccount,
    Redemption,
    Reward,
    ServiceRecord,
    ShiftSignup,
    Volunteer,
    VolunteerActivity,
    VolunteerOrder,
    VolunteerTeam,
    VolunteerTeamMember,
)

PAGE = 3
"""Objects on a page, where a document names no number: deep documents stay small."""

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
"""The present time of the servers that are compared."""

PEOPLE = 300
SEED = 20261122
ROLES = {
    "two_places": ("community_secretary", ("370703001001", "370703002001")),
    "nested_places": ("grid_worker", ("370703001001", "370703001001001", "370703002")),
}
"""Accounts besides those of every test district → role, and the codes of the grids where it is held."""

BOUND: tuple[type[Any], ...] = (
    *(Person, Household, Dwelling, Residence, Post, Pairing, Membership, Consent, QrAnchor, Organization),
    *(Volunteer, VolunteerTeam, VolunteerTeamMember, VolunteerOrder, OrderClaim, OrderShowcase),
    *(VolunteerActivity, ActivityShift, ShiftSignup, ServiceRecord, PointsAccount, Reward, Redemption),
)
"""Tables of which every seventh row is bound to a grid drawn at random."""

POINTERS: tuple[tuple[type[Any], str, type[Any]], ...] = (
    (Person, "household_id", Household),
    (Household, "head_id", Person),
    (Household, "dwelling_id", Dwelling),
    (Residence, "dwelling_id", Dwelling),
    (Post, "person_id", Person),
    (Pairing, "official_id", Person),
    (VolunteerTeam, "leader_id", Volunteer),
    (VolunteerTeam, "organization_id", Organization),
    (VolunteerOrder, "placed_by_id", Person),
    (VolunteerOrder, "team_id", VolunteerTeam),
    (Grid, "managing_parent_id", Grid),
)
"""Keys of which every fifth is turned to a row drawn at random."""

NAMES = (
    '"引"号"',
    "反\\斜",
    "换\n行\t\r\b\f",
    "\x01\x1f\x7f",
    "😀👨‍👩‍👧",
    '{"":0}',
    "\u2028\u2029",
    "é",
    "é",
    "a'b;--",
)
"""Names that are hard to write as JSON or SQL."""


async def fill(district: TestDistrict) -> None:
    """Fill a test district with the demo's people, then cross their relations."""
    runtime = district.server.district(district.code)
    for plugin in runtime.plugins:
        hook = district.server.plugins.hook(plugin.slug, "demo_data")
        if hook is not None:
            async with runtime.work() as ctx:
                await hook(ctx, DemoOptions(people=PEOPLE), lambda done, whole: None)
    async with runtime.work() as ctx:
        grids = {grid.code: grid for grid in await ctx.db.scalars(select(Grid).order_by(Grid.code))}
        _accounts(ctx, district.code, grids)
        await ctx.db.flush()
        chance = Random(SEED)
        await _add_rows(ctx, chance, list(grids.values()))
        await _rename(ctx, chance)
        await _cross(ctx, chance, [grid for code, grid in grids.items() if len(code) >= 18])
        await _resident(ctx, district.code)
    runtime.forget_principals()
    runtime.memory.forget()


def _accounts(ctx: RequestContext, code: str, grids: dict[str, Grid]) -> None:
    for name, (role, codes) in ROLES.items():
        account = Account(id=uuid7(), subject=f"{code}/{name}", kind=PrincipalKind.STAFF)
        since = datetime(2026, 1, 1, tzinfo=UTC)
        held = [
            RoleGrant(account_id=account.id, role=role, place_id=grids[one].id, since=since) for one in codes
        ]
        ctx.db.add_all([account, *held])


async def _add_rows(ctx: RequestContext, chance: Random, grids: Sequence[Grid]) -> None:
    """Add what the demo leaves empty: functions, successions, memberships, consents, sign-ups."""
    small = [grid for grid in grids if grid.depth > 2]
    people: list[Person] = await ctx.db.scalars(select(Person).order_by(Person.id).limit(40))
    functions: list[UUID] = await ctx.db.scalars(select(GridFunction.id).order_by(GridFunction.key))
    organizations: list[UUID] = await ctx.db.scalars(select(Organization.id).order_by(Organization.id))
    purpose: UUID = await ctx.db.scalar(select(ProcessingPurpose.id).order_by(ProcessingPurpose.id))
    volunteers: list[Volunteer] = await ctx.db.scalars(select(Volunteer).order_by(Volunteer.id))
    shifts: list[UUID] = await ctx.db.scalars(select(ActivityShift.id).order_by(ActivityShift.id))
    day = date(2026, 1, 1)
    for grid in small:
        for function in chance.sample(functions, chance.randrange(3)):
            ctx.db.add(GridFunctionLink(grid_id=grid.id, function_id=function))
    for before, after in zip(small[::3], small[1::3], strict=False):
        ctx.db.add(GridSuccession(predecessor_id=before.id, successor_id=after.id, on=day))
    for person in people[:20]:
        where = {"person_id": person.id, "grid_id": person.grid_id}
        ctx.db.add(Membership(organization_id=chance.choice(organizations), since=day, **where))
        given = {"purpose_id": purpose, "given_by": ConsentGiver.PERSON, "given_at": ctx.now}
        ctx.db.add(Consent(notice_version="1", **given, **where))
    for volunteer in volunteers:
        where = {"person_id": volunteer.person_id, "grid_id": volunteer.grid_id}
        for shift in chance.sample(shifts, 2):
            ctx.db.add(ShiftSignup(volunteer_id=volunteer.id, shift_id=shift, **where))
    small[-1].valid_to = date(2026, 5, 1)
    await ctx.db.flush()


async def _rename(ctx: RequestContext, chance: Random) -> None:
    """Give people names that are hard to write, and take some of their values away."""
    people: list[UUID] = await ctx.db.scalars(select(Person.id).order_by(Person.id))
    for at, person in enumerate(chance.sample(people, 6 * len(NAMES))):
        values: dict[str, Any] = {"name": NAMES[at % len(NAMES)]}  # columns of any type
        if at % 3 == 0:
            values |= {"sex": None, "birth_date": None, "phone_masked": None, "relation": None}
        await ctx.db.execute(update(Person).where(Person.id == person).values(values))


async def _cross(ctx: RequestContext, chance: Random, grids: Sequence[Grid]) -> None:
    for model in BOUND:
        for key in await _keys(ctx, model):
            if chance.randrange(7) == 0:
                address = address_of(chance.choice(grids))
                await ctx.db.execute(update(model).where(model.id == key).values(address))
    for model, attribute, target in POINTERS:
        keys = await _keys(ctx, target)
        for key in await _keys(ctx, model):
            if chance.randrange(5) == 0:
                pointed = {attribute: chance.choice(keys)}
                await ctx.db.execute(update(model).where(model.id == key).values(pointed))


async def _keys(ctx: RequestContext, model: type[Any]) -> list[UUID]:
    found: list[UUID] = await ctx.db.scalars(select(model.id).order_by(model.id))
    return found


async def _resident(ctx: RequestContext, code: str) -> None:
    """Let the resident's account be that of a volunteer who lives with others."""
    with_others = select(Volunteer.person_id).join(Person, Person.id == Volunteer.person_id)
    person: UUID = await ctx.db.scalar(with_others.where(Person.household_id.is_not(None)).limit(1))
    account = update(Account).where(Account.subject == f"{code}/resident")
    await ctx.db.execute(account.values(person_id=person))

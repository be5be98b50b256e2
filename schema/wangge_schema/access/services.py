"""Use cases about roles: make accounts known, grant a role at a grid, revoke it."""

from uuid import UUID

from sqlalchemy import func, or_, select

from wangge import ROLES, Account, PrincipalKind, RequestContext, RoleGrant
from wangge_schema.access.errors import LastAdministrator, RoleGrantedTwice, RoleNeedsGrid, RoleUnknown
from wangge_schema.access.provider import DISTRICT_WIDE
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Person

WITHOUT_GRID = DISTRICT_WIDE | {"resident", "vendor_service"}
"""Roles that may be granted without a grid."""


async def grant_role(
    ctx: RequestContext,
    *,
    account: str,
    kind: PrincipalKind,
    role: str,
    grid_id: UUID | None = None,
    person_id: UUID | None = None,
) -> RoleGrant:
    """Grant a role to an account, which is made known here on its first grant.

    Args:
        ctx: needs `base.roles.write`, and the grid within the scope.
        account: the subject that its tokens carry.
        kind: of an account that is not known yet.
        role: one of the platform's roles.
        grid_id: where; None for the whole district or, for residents and services, nowhere.
        person_id: whose account it is, where it is a person's.

    Raises:
        RoleUnknown: when there is no such role.
        RoleNeedsGrid: when the role is held at a grid and none is named.
        RoleGrantedTwice: when the account holds it there.
        NotFound: when the grid or person is out of reach.
    """
    ctx.require("base.roles.write")
    await _check_role(ctx, role, grid_id)
    if person_id is not None:
        await ctx.db.must_get(Person, person_id, path=("person",))
    found = await _account(ctx, account, kind, person_id)
    if await _holds(ctx, found, role, grid_id):
        raise RoleGrantedTwice(path=("role",))
    grant = RoleGrant(
        account_id=found.id, role=role, place_id=grid_id, since=ctx.now, granted_by=ctx.principal.account_id
    )
    ctx.db.add(grant)
    await ctx.db.flush()
    ctx.audit("base.role.granted", subject=grant, detail={"role": role, "grid": grid_id and grid_id.hex})
    await ctx.platform.access_changed(found.id)
    return grant


async def _check_role(ctx: RequestContext, role: str, grid_id: UUID | None) -> None:
    """Refuse roles that do not exist, that need a grid, or whose grid is out of reach."""
    if role not in ROLES:
        raise RoleUnknown(path=("role",), role=role, known=", ".join(ROLES))
    if grid_id is None and role not in WITHOUT_GRID:
        raise RoleNeedsGrid(path=("grid",), role=role)
    if grid_id is not None:
        await ctx.db.must_get(Grid, grid_id, path=("grid",))


async def _holds(ctx: RequestContext, account: Account, role: str, grid_id: UUID | None) -> bool:
    """Say whether an account holds a role at just this grid."""
    same = select(RoleGrant).where(
        RoleGrant.account_id == account.id,
        RoleGrant.role == role,
        RoleGrant.place_id == grid_id if grid_id is not None else RoleGrant.place_id.is_(None),
        or_(RoleGrant.until.is_(None), RoleGrant.until > ctx.now),
    )
    return await ctx.db.scalar(same) is not None


async def _account(ctx: RequestContext, subject: str, kind: PrincipalKind, person_id: UUID | None) -> Account:
    found: Account | None = await ctx.db.scalar(select(Account).where(Account.subject == subject))
    if found is None:
        found = Account(subject=subject, kind=kind, person_id=person_id)
        ctx.db.add(found)
        await ctx.db.flush()
        ctx.audit("base.account.added", subject=found, detail={"kind": kind.name})
    elif person_id is not None and found.person_id is None:
        found.person_id = person_id
    return found


async def revoke_role(ctx: RequestContext, *, account: str, role: str, grid_id: UUID | None = None) -> int:
    """End an account's role at a grid, or everywhere where no grid is named; return how many grants ended.

    Args:
        ctx: needs `base.roles.write`.
        account: the subject that its tokens carry.
        role: the role.
        grid_id: where; None ends it everywhere.

    Raises:
        LastAdministrator: when nobody would administer the district any more.
    """
    ctx.require("base.roles.write")
    current = or_(RoleGrant.until.is_(None), RoleGrant.until > ctx.now)
    statement = (
        select(RoleGrant)
        .join(Account, Account.id == RoleGrant.account_id)
        .where(Account.subject == account, RoleGrant.role == role, current)
    )
    if grid_id is not None:
        statement = statement.where(RoleGrant.place_id == grid_id)
    grants: list[RoleGrant] = await ctx.db.scalars(statement.with_for_update(of=RoleGrant))
    if grants and role in DISTRICT_WIDE:
        all_of_role = select(func.count(RoleGrant.id)).where(RoleGrant.role == role, current)
        if await ctx.db.scalar(all_of_role) <= len(grants):
            raise LastAdministrator(path=("role",))
    for grant in grants:
        grant.until = ctx.now
        ctx.audit("base.role.revoked", subject=grant, detail={"role": role})
        await ctx.platform.access_changed(grant.account_id)
    await ctx.db.flush()
    return len(grants)

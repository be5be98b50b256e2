"""Demo accounts: one per role, made known in a district so that tokens can be issued for them."""

from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import or_, select
from uuid_utils.compat import uuid7

from wangge._host.authn import Identity
from wangge._host.runtime import DistrictRuntime
from wangge.auth.models import Account, PrincipalKind, RoleGrant
from wangge.auth.principal import ROLES, SYSTEM, Principal
from wangge.auth.scope import ScopeProvider
from wangge.context import RequestContext
from wangge.errors import ConfigurationError, Unauthenticated

KINDS = {"resident": PrincipalKind.RESIDENT, "vendor_service": PrincipalKind.SERVICE}


def demo_subject(role: str, grid: str | None = None) -> str:
    """Return the name of the demo account of a role, or of one that holds it at a named grid."""
    return f"demo-{role}" if grid is None else f"demo-{role}-{grid}"


async def ensure_account(
    district: DistrictRuntime, role: str, *, grid: str | None = None, account: str | None = None
) -> str:
    """Make sure that an account holds a role, and return its subject.

    Args:
        district: where.
        role: one of the platform's roles.
        grid: code of the grid where the role is held; by default one that suits the role.
        account: subject; by default the demo account of the role. An account that is there keeps its roles,
            unless a grid is named.

    Raises:
        ConfigurationError: when there is no such role or grid.
    """
    if role not in ROLES:
        raise ConfigurationError(f"There is no role {role}: use one of {', '.join(ROLES)}.")
    subject = account or demo_subject(role, grid)
    async with district.work() as ctx:
        provider = cast("ScopeProvider", ctx.capability("scope/1"))
        found: Account | None = await ctx.db.scalar(select(Account).where(Account.subject == subject))
        place = await _place(ctx, provider, role, grid)
        if found is None:
            found = Account(subject=subject, kind=KINDS.get(role, PrincipalKind.STAFF))
            ctx.db.add(found)
            await ctx.db.flush()
        if role == "resident" and found.person_id is None:
            found.person_id = await provider.person_for_demo(ctx.db)
        if not await _holds(ctx, found, role, place if grid is not None else None):
            grant = RoleGrant(account_id=found.id, role=role, place_id=place, since=datetime.now(UTC))
            ctx.db.add(grant)
            await ctx.db.flush()
            ctx.audit("platform.account.granted", subject=grant, detail={"role": role, "account": subject})
    district.forget_principals()
    return subject


async def role_principal(district: DistrictRuntime, role: str) -> Principal:
    """Return someone who holds a role where its demo account would; nothing is written.

    Raises:
        ConfigurationError: when there is no such role.
    """
    if role not in ROLES:
        raise ConfigurationError(f"There is no role {role}: use one of {', '.join(ROLES)}.")
    async with district.context(SYSTEM) as ctx:
        provider = cast("ScopeProvider", ctx.capability("scope/1"))
        account = Account(id=uuid7(), subject=demo_subject(role), kind=KINDS.get(role, PrincipalKind.STAFF))
        if role == "resident":
            account.person_id = await provider.person_for_demo(ctx.db)
        place = await provider.place_for_role(ctx.db, role)
        grant = RoleGrant(account_id=account.id, role=role, place_id=place, since=ctx.now)
        return await district.principal_with(ctx.db, account, [grant])


async def account_principal(district: DistrictRuntime, subject: str) -> Principal:
    """Return who an account is.

    Raises:
        ConfigurationError: when there is none with this subject, or it is disabled.
    """
    try:
        return await district.principal(Identity(subject, None))
    except Unauthenticated as error:
        raise ConfigurationError(f"There is no account {subject} in {district.record.code}.") from error


async def _place(ctx: RequestContext, provider: ScopeProvider, role: str, grid: str | None) -> UUID | None:
    if grid is None:
        return await provider.place_for_role(ctx.db, role)
    found = await provider.place_by_code(ctx.db, grid)
    if found is None:
        raise ConfigurationError(f"There is no grid {grid} in district {ctx.district.code}.")
    return found


async def _holds(ctx: RequestContext, account: Account, role: str, place: UUID | None) -> bool:
    statement = select(RoleGrant.id).where(
        RoleGrant.account_id == account.id,
        RoleGrant.role == role,
        or_(RoleGrant.until.is_(None), RoleGrant.until > ctx.now),
    )
    if place is not None:
        statement = statement.where(RoleGrant.place_id == place)
    return await ctx.db.scalar(statement) is not None

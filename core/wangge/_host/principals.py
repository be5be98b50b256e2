"""Who an account is: its row, its present roles, and the principal that they make."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import or_, select

from wangge.auth.models import Account, RoleGrant
from wangge.auth.principal import HeldRole, Principal
from wangge.auth.scope import Scope
from wangge.db.session import Database
from wangge.errors import Unauthenticated


async def account_and_grants(db: Database, subject: str) -> tuple[Account, list[RoleGrant]]:
    """Return an account with the roles that it holds now.

    Raises:
        Unauthenticated: when there is none that may come in.
    """
    account: Account | None = await db.scalar(
        select(Account).where(Account.subject == subject, Account.disabled.is_(False))
    )
    if account is None:
        raise Unauthenticated()
    now = datetime.now(UTC)
    grants: list[RoleGrant] = await db.scalars(
        select(RoleGrant).where(
            RoleGrant.account_id == account.id,
            RoleGrant.since <= now,
            or_(RoleGrant.until.is_(None), RoleGrant.until > now),
        )
    )
    return account, grants


def principal_of(
    account: Account, grants: Sequence[RoleGrant], permissions: frozenset[str], scope: Scope
) -> Principal:
    """Return the principal that an account is with these roles."""
    return Principal(
        account_id=account.id,
        subject=account.subject,
        kind=account.kind,
        person_id=account.person_id,
        roles=tuple(HeldRole(one.role, one.place_id, one.since, one.until) for one in grants),
        permissions=permissions,
        scope=scope,
    )

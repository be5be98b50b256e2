"""What the platform's own tables remember of a person: account, roles, answers kept for repeats, events."""

import re
from collections.abc import Set
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, or_, select, update

from wangge.auth.models import Account, AuditEntry, Erasure, MutationReplay, RoleGrant
from wangge.db.session import Database
from wangge.events.outbox import OutboxEvent
from wangge.files import StoredFile

if TYPE_CHECKING:
    from wangge.context import RequestContext

_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_PAGE = 500


async def accounts_of(db: Database, person_id: UUID) -> list[tuple[Account, list[RoleGrant]]]:
    """Return the accounts that are a person's, each with the roles granted to it."""
    accounts: list[Account] = await db.scalars(
        select(Account).where(Account.person_id == person_id).order_by(Account.id)
    )
    grants: list[RoleGrant] = await db.scalars(
        select(RoleGrant)
        .where(RoleGrant.account_id.in_([one.id for one in accounts]))
        .order_by(RoleGrant.since, RoleGrant.id)
    )
    return [(one, [grant for grant in grants if grant.account_id == one.id]) for one in accounts]


async def entries_about(db: Database, ids: Set[UUID], *, most: int) -> list[AuditEntry]:
    """Return the audit entries about rows with these keys, the latest first, at most so many."""
    found: list[AuditEntry] = []
    keys = sorted(ids)
    for start in range(0, len(keys), _PAGE):
        about = select(AuditEntry).where(AuditEntry.subject_id.in_(keys[start : start + _PAGE]))
        found += await db.scalars(about.order_by(AuditEntry.number.desc()).limit(most))
    return sorted(found, key=lambda one: one.number, reverse=True)[:most]


async def forget_traces(ctx: "RequestContext", person_id: UUID, ids: Set[UUID]) -> None:
    """Take a person out of the platform's own tables, and note the bare key as erased.

    Args:
        ctx: the request, beyond every scope.
        person_id: who is erased.
        ids: keys of the person and of the person's rows.
    """
    for account_id in await forget_account(ctx.db, person_id, ctx.now):
        await ctx.platform.access_changed(account_id)
    await forget_answers(ctx.db, ids)
    await forget_events(ctx.db, person_id, ids)
    await ctx.db.execute(delete(Erasure).where(Erasure.person_id == person_id))
    ctx.db.add(Erasure(person_id=person_id, at=ctx.now))
    await ctx.db.flush()


async def forget_account(db: Database, person_id: UUID, now: datetime) -> list[UUID]:
    """Close the accounts of a person, take their names and waiting files from them; return their keys.

    The rows stay, since audit entries name them by key; no token opens them any more.
    """
    closed = []
    for account, grants in await accounts_of(db, person_id):
        account.disabled, account.person_id, account.subject = True, None, f"erased:{account.id.hex}"
        for grant in grants:
            if grant.until is None or grant.until > now:
                grant.until = now
        await db.execute(delete(MutationReplay).where(MutationReplay.account_id == account.id))
        waiting = StoredFile.account_id == account.id, StoredFile.attached_at.is_(None)
        await db.execute(delete(StoredFile).where(*waiting))
        closed.append(account.id)
    await db.flush()
    return closed


async def forget_answers(db: Database, ids: Set[UUID]) -> int:
    """Delete the answers kept for repeats that name rows with these keys; return how many."""
    named = [
        key
        for key, answer in (
            await db.execute(select(MutationReplay.id, cast(MutationReplay.answer, Text)))
        ).all()
        if any(UUID(one) in ids for one in _ID.findall(answer or ""))
    ]
    for start in range(0, len(named), _PAGE):
        await db.execute(delete(MutationReplay).where(MutationReplay.id.in_(named[start : start + _PAGE])))
    return len(named)


async def forget_events(db: Database, person_id: UUID, ids: Set[UUID]) -> int:
    """Empty the events about rows with these keys, and those whose data name the person; return how many."""
    keys, emptied = sorted(ids), 0
    text = cast(OutboxEvent.data, Text)
    named = or_(text.contains(person_id.hex), text.contains(str(person_id)))
    for start in range(0, len(keys), _PAGE):
        about = or_(OutboxEvent.subject_id.in_(keys[start : start + _PAGE]), named)
        empty = update(OutboxEvent).where(about).values(subject_type=None, subject_id=None, data={})
        done: Any = await db.execute(empty.execution_options(synchronize_session=False))
        emptied += int(done.rowcount)
    return emptied

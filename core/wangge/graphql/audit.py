"""`Query.auditEntries`: the record of sensitive reads, changes and administrative acts, for auditors."""

from datetime import datetime
from enum import Enum
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, select, true
from strawberry import ID, Parent

from wangge.auth.access import requires
from wangge.auth.models import Account, AuditEntry
from wangge.context import Info, RequestContext
from wangge.graphql.connections import Connection, connection
from wangge.graphql.extend import Query, extends
from wangge.graphql.fields import column, field
from wangge.graphql.filters import (
    DateTimeMatch,
    Filter,
    IdMatch,
    IntMatch,
    KeyMatch,
    PrefixMatch,
    compare,
    filter_type,
    match,
    match_by,
    order_type,
)
from wangge.graphql.ids import encode_id
from wangge.graphql.types import Node, object_type, table_type

READ = requires("base.audit.read")


def _open_to(ctx: RequestContext) -> ColumnElement[bool]:
    """Return which entries the caller may read: those of the whole district, or of their own account alone.

    Entries belong to no grid. Who holds the permission for a part of the district only (a street secretary to
    whom it was given) can tell from no entry whether it is of that part, and sees what they did themselves.
    """
    if ctx.principal.scope.everything:
        return true()
    return AuditEntry.account_id == ctx.principal.account_id


def _of_account(ctx: RequestContext, value: KeyMatch) -> ColumnElement[bool]:
    """Return the condition that an entry is of accounts with these subjects."""
    return AuditEntry.account_id.in_(select(Account.id).where(compare(Account.subject, value)))


@filter_type(AuditEntry, "Which entries of the audit trail to list.")
class AuditFilter(Filter):
    """Conditions on entries, all of them over indexed columns."""

    account: KeyMatch | None = match_by(_of_account, "Name of the account that acted.")
    action: PrefixMatch | None = match(
        "action", "What was done, such as `base.person.revealed`; `base.person.` finds all of its kind."
    )
    subject: IdMatch | None = match("subject_id", "What it was done to.")
    at: DateTimeMatch | None = match("at", "When.")
    number: IntMatch | None = match("number", "Its number in the chain.")


@order_type(AuditEntry, "Order of entries.")
class AuditOrder(Enum):
    """How entries may be ordered."""

    NUMBER_ASC = "number"
    NUMBER_DESC = "-number"


@object_type(access=READ, description="A small fact of an act (审计详情); never a personal value.")
class AuditDetail:
    """One entry of the act's details."""

    key: str = column("What it is.")
    value: str = column("Its value: a text as it is, anything else as JSON.")


@table_type(
    AuditEntry,
    access=READ,
    description="Entry of the audit trail (审计记录): one sensitive read, change or administrative act. "
    "It tells who, when, what and why, and never a personal value.",
    name="AuditEntry",
)
class AuditEntryType:
    """A row of the chain; no `Node`, so that it is reached by the list alone, which says who may read it."""

    number: int = column("Its number in the chain: 1, 2, 3, with no gaps.")
    at: datetime = column("When.")
    action: str = column("What was done, such as `base.person.revealed`.")
    subject_type: str | None = column("Type of what it was done to.")
    purpose: str | None = column("What for, as the caller stated it.")
    request_id: str | None = column("Id of the request, as in its answer and in the log.")

    @field(description="Name of the account that acted; null for the server's own work.")
    @staticmethod
    async def account(root: Parent[AuditEntry], info: Info) -> str | None:
        """Return the account's subject."""
        found = cast("Account | None", await info.context.load(Account, root.account_id))
        return None if found is None else found.subject

    @field(description="The roles that it held then; `system` for the server's own work.")
    @staticmethod
    def roles(root: Parent[AuditEntry]) -> list[str]:
        """Return the roles."""
        return root.roles.split()

    @field(description="Names of the fields touched.")
    @staticmethod
    def fields(root: Parent[AuditEntry]) -> list[str]:
        """Return the fields."""
        return list(root.fields)

    @field(description="Small facts of the act.")
    @staticmethod
    def detail(root: Parent[AuditEntry]) -> list[AuditDetail]:
        """Return the details, by key."""
        return [AuditDetail(key=key, value=_text(value)) for key, value in sorted(root.detail.items())]

    @field(description="Id of what it was done to, kept also when that is gone.")
    @staticmethod
    def subject_id(root: Parent[AuditEntry]) -> ID | None:
        """Return the id."""
        if root.subject_type is None or root.subject_id is None:
            return None
        return ID(encode_id(root.subject_type, root.subject_id))

    @field(
        description="What it was done to; null where it is gone, or is of a kind that the caller may not see."
    )
    @staticmethod
    async def subject(root: Parent[AuditEntry], info: Info) -> Node | None:
        """Return the row, if the caller may see it."""
        ctx = info.context
        found = ctx.platform.node_model(root.subject_type) if root.subject_type else None
        if found is None or (found[1].permission is not None and not ctx.can(found[1].permission)):
            return None
        return cast("Node | None", await ctx.load(found[0], root.subject_id))


def _text(value: Any) -> str:  # any JSON
    return value if isinstance(value, str) else orjson.dumps(value).decode()


@extends(Query)
class AuditQueries:
    """The audit trail."""

    audit_entries: Connection[AuditEntryType] = connection(
        "The audit trail (审计记录), oldest first unless ordered otherwise. Reading it is audited too. "
        "Callers whose scope is not the whole district read the entries of their own account.",
        where=AuditFilter,
        order_by=AuditOrder,
        restrict=_open_to,
        access=READ,
        audit="base.audit.read",
    )

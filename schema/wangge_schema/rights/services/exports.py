"""A copy of everything that is held on a person, for machines and for people (PIPL art. 45)."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from wangge import (
    LOCAL_ZONE,
    AuditEntry,
    ConfigurationError,
    Holding,
    RequestContext,
    accounts_of,
    entries_about,
    files_of,
    holdings,
    rows_of,
)
from wangge_schema.people.models import Person, ProcessingPurpose
from wangge_schema.rights import rules
from wangge_schema.rights.errors import NotYours
from wangge_schema.rights.services.names import Names
from wangge_schema.rights.services.page import page_of
from wangge_schema.rights.services.reach import is_own
from wangge_schema.rights.services.restrictions import HANDLE

EXPORT = "base.people.export"
_LIFTED = "A copy of a person's data takes in the rows of every programme"

Told = dict[str, Any]  # JSON


@dataclass(frozen=True)
class PersonCopy:
    """Everything held on a person.

    Attributes:
        person: who.
        json: in the format that `rules.FORMAT` names.
        html: a page that stands by itself, for reading and printing.
    """

    person: Person
    json: str
    html: str


async def export_person(ctx: RequestContext, *, person_id: UUID, purpose: str) -> PersonCopy:
    """Return everything held on a person, in the tables of all programmes, on or off.

    For the person, for a guardian of one who is under age, and for staff with `base.people.export`; for data
    that are restricted staff need `base.people.restrict` besides. The audit keeps who asked and why.

    Raises:
        NotFound: when the person is out of the caller's reach.
        DataRestricted: when staff ask who do not handle restrictions.
        NotYours: when residents ask for somebody else.
        ReasonUnstated: when the purpose says nothing.
    """
    why = rules.check_reason(purpose, field="purpose")
    person = await _reach(ctx, person_id)
    async with ctx.beyond_scope(_LIFTED, restricted=True):
        told = await _gather(ctx, person, why)
    tables = [holding["table"] for holding in told["holdings"]]
    ctx.audit("base.person.exported", subject=person, fields=tables, purpose=why)
    text = json.dumps(told, ensure_ascii=False, indent=1)
    return PersonCopy(person, text, page_of(told))


async def _reach(ctx: RequestContext, person_id: UUID) -> Person:
    """Return the person, where the caller may have a copy."""
    everyone = ctx.db.including_restricted()
    if ctx.principal.person_id is not None:
        person = await everyone.must_get(Person, person_id, path=("person",))
        if await is_own(ctx, person):
            return person
        if not ctx.can(EXPORT):
            raise NotYours(path=("person",))
    ctx.require(EXPORT)
    database = everyone if ctx.can(HANDLE) else ctx.db
    return await database.must_get(Person, person_id, path=("person",))


async def _gather(ctx: RequestContext, person: Person, why: str) -> Told:
    """Return the copy as it is written; see `docs/privacy.md` for its format."""
    found = await holdings(ctx.db)
    purposes = {row.key: row for row in await ctx.db.scalars(select(ProcessingPurpose))}
    keys, told, files = {person.id}, [], []
    for holding in found:
        rows = await rows_of(ctx.db, holding, person.id, most=rules.MOST_ROWS + 1)
        keys.update(UUID(str(row["id"])) for row in rows if "id" in row)
        files += await _files(ctx, holding, rows)
        if rows:
            told.append(await _holding(ctx, holding, rows, purposes.get(holding.entry.purpose)))
    entries = await entries_about(ctx.db, keys, most=rules.MOST_ROWS)
    return {
        "format": rules.FORMAT,
        "district": {"code": ctx.district.code, "name": ctx.district.name},
        "person": str(person.id),
        "exportedAt": _plain(ctx.now),
        "purpose": why,
        "holdings": told,
        "files": files,
        "accounts": await _accounts(ctx, person.id),
        "audit": [_entry(one) for one in entries],
    }


async def _holding(
    ctx: RequestContext, holding: Holding, rows: Sequence[Told], purpose: ProcessingPurpose | None
) -> Told:
    entry, names = holding.entry, Names(ctx)
    title = None if purpose is None else {"zh": purpose.title_zh, "en": purpose.title_en}
    return {
        "plugin": entry.plugin,
        "table": entry.table_name,
        "title": entry.title,
        "personKey": entry.person_key,
        "purpose": {"key": entry.purpose, "title": title},
        "legalBasis": entry.legal_basis,
        "retention": entry.retention,
        "onErasure": entry.on_erase,
        "rows": [{**_row(ctx, one), **await names.beside(one)} for one in rows[: rules.MOST_ROWS]],
        "leftOut": len(rows) > rules.MOST_ROWS,
    }


async def _files(ctx: RequestContext, holding: Holding, rows: Sequence[Told]) -> list[Told]:
    """Return the files that rows name, with their bytes as far as a copy takes them."""
    table = holding.entry.table_name
    return [
        {
            "table": table,
            "column": one.column_name,
            "id": str(one.id),
            "name": one.name,
            "mediaType": one.media_type,
            "size": one.size,
            "content": base64.b64encode(content).decode() if content is not None else None,
        }
        for one, content in await files_of(ctx.db, table, rows, most=rules.MOST_BYTES)
    ]


def _row(ctx: RequestContext, row: Told) -> Told:
    return {
        rules.told_as(name): _opened(ctx, name, value)
        for name, value in row.items()
        if rules.is_told(name, row)
    }


def _opened(ctx: RequestContext, name: str, value: Any) -> Any:
    """Return a value as JSON knows it, a sealed one in full."""
    if not name.endswith("_cipher") or value is None:
        return _plain(value)
    try:
        return ctx.keys.open(rules.told_as(name), value)
    except ConfigurationError:
        return None  # sealed under another name by its programme, which alone could open it


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(LOCAL_ZONE).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value


async def _accounts(ctx: RequestContext, person_id: UUID) -> list[Told]:
    return [
        {
            "subject": account.subject,
            "kind": account.kind.name,
            "disabled": account.disabled,
            "since": _plain(account.created_at),
            "roles": [
                {"role": one.role, "since": _plain(one.since), "until": _plain(one.until)} for one in grants
            ],
        }
        for account, grants in await accounts_of(ctx.db, person_id)
    ]


def _entry(entry: AuditEntry) -> Told:
    """Return who did what about the person; the roles, not the names, of those who did."""
    return {
        "number": entry.number,
        "at": _plain(entry.at),
        "action": entry.action,
        "roles": entry.roles.split(),
        "subject": entry.subject_type,
        "fields": entry.fields,
        "purpose": entry.purpose,
    }

"""The audit chain: append-only rows, each with the hash of the one before."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import orjson
from sqlalchemy import Table, bindparam, select, update

from wangge.auth.models import AuditEntry, AuditHead
from wangge.auth.principal import Principal
from wangge.db.base import Model
from wangge.db.inserts import complete
from wangge.db.sealing import KeyRing
from wangge.db.session import Database

GENESIS = bytes(32)
"""The hash before the first entry."""


@dataclass
class AuditDraft:
    """What is to be recorded of one act; written when the transaction commits."""

    action: str
    subject: Model | None = None
    fields: Sequence[str] = ()
    purpose: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)  # small facts of any JSON kind


_HEAD = cast(Table, AuditHead.__table__)
_END = select(_HEAD.c.number, _HEAD.c.hash).where(_HEAD.c.id == 1).with_for_update()
_MOVE = (
    update(_HEAD)
    .where(_HEAD.c.id == 1)
    .values(number=bindparam("new_number"), hash=bindparam("new_hash"), seal=bindparam("new_seal"))
)


async def write_entries(
    db: Database,
    drafts: Sequence[AuditDraft],
    *,
    keys: KeyRing,
    principal: Principal,
    at: datetime,
    request_id: str | None,
) -> None:
    """Append entries to the chain in the database's transaction; its end stays locked until the commit."""
    number, end = (await db.session.execute(_END)).one()
    entries = []
    for draft in drafts:
        number += 1
        entry = _entry(draft, number, end, principal=principal, at=at, request_id=request_id)
        end = entry.hash
        entries.append(entry)
    moved = {"new_number": number, "new_hash": end, "new_seal": head_seal(keys, number, end)}
    await db.write_last(entries, _MOVE, moved)


async def write_events(db: Database) -> None:
    """Write what was noted by a transaction that audits nothing, at its end and in the order of the commits.

    Events get their numbers while the chain's end is locked, here as in `write_entries`: who reads all events
    after a number misses none that is committed later. SQLite has one writer at a time anyway.
    """
    if db.dialect == "postgresql":
        await db.session.execute(_END)
    await db.write_last()


def _entry(
    draft: AuditDraft,
    number: int,
    previous: bytes,
    *,
    principal: Principal,
    at: datetime,
    request_id: str | None,
) -> AuditEntry:
    subject = draft.subject
    entry = AuditEntry(
        number=number,
        at=at,
        account_id=principal.account_id,
        roles=" ".join(sorted({held.role for held in principal.roles}))
        or ("system" if principal.is_system else ""),
        action=draft.action,
        subject_type=type(subject).__name__ if subject is not None else None,
        subject_id=getattr(subject, "id", None),
        fields=list(draft.fields),
        purpose=draft.purpose,
        request_id=request_id,
        detail=draft.detail,
        previous_hash=previous,
    )
    complete(entry)
    entry.hash = entry_hash(entry)
    return entry


def head_seal(keys: KeyRing, number: int, end: bytes) -> bytes:
    """Return the keyed hash of the end of a chain; the key is not in the database."""
    return keys.digest("audit", f"{number}:{end.hex()}")


def entry_hash(entry: AuditEntry) -> bytes:
    """Return the SHA-256 that binds an entry to the one before it."""
    body = [
        entry.number,
        entry.at.astimezone(UTC).isoformat(),
        str(entry.account_id),
        entry.roles,
        entry.action,
        entry.subject_type,
        str(entry.subject_id),
        entry.fields,
        entry.purpose,
        entry.request_id,
        entry.detail,
    ]
    return hashlib.sha256(entry.previous_hash + orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).digest()

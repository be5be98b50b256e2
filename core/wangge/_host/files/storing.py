"""Takes files in, gives them out, and ends those that wait for too long or that nothing names."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import undefer

from wangge import uuid7
from wangge._host.files.failures import FileAddressInvalid, FilesWaiting
from wangge._host.principals import account_and_grants
from wangge._host.runtime import DistrictRuntime
from wangge.auth.models import Account
from wangge.auth.principal import Principal
from wangge.context import RequestContext
from wangge.db.base import Model
from wangge.db.session import Database
from wangge.errors import Unauthenticated
from wangge.files import WAITING, StoredFile, drop_unnamed, is_personal, read_address


@dataclass(frozen=True)
class Upload:
    """A file that came in."""

    name: str
    media_type: str
    content: bytes


async def store(ctx: RequestContext, upload: Upload, *, most: int) -> StoredFile:
    """Store a file of the caller, who is signed in, until it is attached to something.

    Raises:
        FilesWaiting: when too many of the caller's wait already.
    """
    waiting = select(func.count()).select_from(StoredFile)
    waiting = waiting.where(
        StoredFile.account_id == ctx.principal.account_id, StoredFile.attached_at.is_(None)
    )
    if int(await ctx.db.scalar(waiting)) >= most:
        raise FilesWaiting(limit=most)
    stored = StoredFile(
        id=uuid7(),
        name=upload.name,
        media_type=upload.media_type,
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).digest(),
        content=upload.content,
        account_id=ctx.principal.account_id,
        created_at=ctx.now,
    )
    ctx.db.add(stored)
    await ctx.db.flush()
    return stored


async def fetch(district: DistrictRuntime, token: str, request_id: str) -> StoredFile:
    """Return the file that an address names, with its bytes; a personal one is audited first.

    Raises:
        FileAddressInvalid: when it is no address of this district, too old, its file is gone, no row names it
            or only a restricted person's, its programme is off, or whoever was given it may not sign in
            any more.
    """
    clock = district.server.clock
    address = read_address(
        district.server.keys, district.record.code, token, clock() if clock else datetime.now(UTC)
    )
    if address is None:
        raise FileAddressInvalid()
    async with district.engines.open(write=False) as db:
        wanted = select(StoredFile).options(undefer(StoredFile.content))
        found: StoredFile | None = await db.scalar(
            wanted.where(StoredFile.id == address.file_id, StoredFile.attached_at.is_not(None))
        )
        principal = Principal()
        if address.account_id is not None:
            subject = await db.scalar(select(Account.subject).where(Account.id == address.account_id))
            try:
                principal = await district.principal_with(db, *await account_and_grants(db, str(subject)))
            except Unauthenticated:
                raise FileAddressInvalid() from None
        row = await _row_of(district, db, found) if found is not None else None
        if found is None or row is None:
            raise FileAddressInvalid()
        table, column = str(found.table_name), str(found.column_name)
        personal = found.personal or await is_personal(db, table, column)
    if personal:
        detail = {"file": found.id.hex, "table": table, "column": column}
        async with district.work(principal, request_id) as ctx:
            ctx.audit("platform.file.downloaded", subject=row, fields=(column,), detail=detail)
    return found


async def _row_of(district: DistrictRuntime, db: Database, file: StoredFile) -> Model | None:
    """Return the row that names a file, among the tables of the programmes that are on."""
    models = (model for plugin in district.plugins if plugin.slug == file.plugin for model in plugin.models)
    model = next((one for one in models if one.__tablename__ == file.table_name), None)
    if model is None:
        return None
    named = model.__mapper__.column_attrs.get(str(file.column_name))
    if named is None:
        return None
    named_by = select(model).where(getattr(model, named.key) == file.id).limit(1)
    row: Model | None = await db.scalar(named_by)
    return row


async def end_files(district: DistrictRuntime) -> int:
    """Delete files that have waited for a day, and attached ones that no row names; return how many."""
    async with district.work() as ctx:
        late = delete(StoredFile).where(
            StoredFile.attached_at.is_(None), StoredFile.created_at <= ctx.now - WAITING
        )
        gone: Any = await ctx.db.execute(late.execution_options(synchronize_session=False))
        return int(gone.rowcount) + await drop_unnamed(ctx.db.beyond().including_restricted())

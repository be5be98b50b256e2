"""Files that people upload and programmes keep, in the district's own database.

`POST /{district}/files` stores a file that waits. A service attaches it to a row with `ctx.files.attach`. It
lives as long as that row names it: rows that go, or are emptied, take their files with them.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Index, Integer, LargeBinary, String, Uuid, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from wangge.auth.models import PersonalColumn
from wangge.db.base import Identified, Model
from wangge.db.columns import UtcDateTime
from wangge.db.sealing import KeyRing
from wangge.db.session import Database
from wangge.errors import BadId, FileUnknown
from wangge.graphql.ids import split_id

if TYPE_CHECKING:
    from wangge.context import RequestContext

WAITING: Final = timedelta(hours=24)
"""How long a file waits to be attached."""

ADDRESS_LASTS: Final = timedelta(minutes=5)
"""How long an address of a file can be used."""

_KIND = "File"
_NOBODY = UUID(int=0)
_DIGEST = 16
_EXPIRY = 5


class StoredFile(Identified, Model):
    """A file: waiting for the account that uploaded it, or attached to a row of a programme."""

    __tablename__ = "wangge_files"
    __table_args__ = (Index("ix_wangge_files_table_name_column_name", "table_name", "column_name"),)

    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(128))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    account_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    """Who uploaded it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    plugin: Mapped[str | None] = mapped_column(String(64), index=True)
    """Slug of the programme that keeps it; None while it waits."""
    table_name: Mapped[str | None] = mapped_column(String(128))
    column_name: Mapped[str | None] = mapped_column(String(128))
    """The column that names it."""
    attached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    personal: Mapped[bool] = mapped_column(Boolean, default=False)
    """The map of personal data named the column when it was attached."""


class Files:
    """What a service does with files, in the transaction of its request."""

    def __init__(self, ctx: "RequestContext") -> None:
        self._ctx = ctx

    async def attach(
        self, row: Model, column: str, file_id: str | None, *, path: Sequence[str] = ("file",)
    ) -> None:
        """Attach a file that the caller uploaded to a row, in place of the one it had; None takes that away.

        Where the manifest lists the column among the personal ones, either is audited.

        Args:
            row: of one of the programme's own tables; the service has checked that the caller may change it.
            column: name of the mapped attribute that names the file, a nullable `Uuid`.
            file_id: the id that the upload answered.
            path: where in the input the id stands.

        Raises:
            BadId: when it is no id of a file.
            FileUnknown: when it is not the caller's, attached already, or gone.
        """
        if file_id is None:
            before = await self._release(row, column)
            if before is not None and await is_personal(self._ctx.db.beyond(), row.__tablename__, column):
                self._audit("removed", row, column, before)
            return
        kind, key = split_id(file_id)
        if kind != _KIND:
            raise BadId(expected=_KIND, path=path)
        ctx, table = self._ctx, row.__tablename__
        personal = await is_personal(ctx.db.beyond(), table, column)
        claimed: Any = await ctx.db.beyond().execute(
            update(StoredFile)
            .where(
                StoredFile.id == key,
                StoredFile.attached_at.is_(None),
                StoredFile.account_id == ctx.principal.account_id,
                StoredFile.created_at > ctx.now - WAITING,
            )
            .values(
                plugin=ctx.platform.plugin_of(type(row)),
                table_name=table,
                column_name=column,
                attached_at=ctx.now,
                personal=personal,
            )
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount != 1:
            raise FileUnknown(path=path)
        await self._release(row, column)
        setattr(row, column, key)
        if personal:
            self._audit("attached", row, column, key)

    async def read(self, row: Model, column: str) -> bytes | None:
        """Return the bytes of the file that a row names, or None; the service has checked who asks."""
        key = getattr(row, column)
        if key is None:
            return None
        found: bytes | None = await self._ctx.db.beyond().scalar(
            select(StoredFile.content).where(StoredFile.id == key, StoredFile.table_name == row.__tablename__)
        )
        return found

    async def _release(self, row: Model, column: str) -> UUID | None:
        """Take away the file that a row has, and return its key."""
        if type(row).__table__.c[column].nullable is False:
            raise TypeError(f"{row.__tablename__}.{column} names a file and must be nullable.")
        key: UUID | None = getattr(row, column)
        if key is not None:
            await self._ctx.db.beyond().execute(
                delete(StoredFile)
                .where(StoredFile.id == key, StoredFile.table_name == row.__tablename__)
                .execution_options(synchronize_session=False)
            )
            setattr(row, column, None)
        return key

    def _audit(self, act: str, row: Model, column: str, key: UUID) -> None:
        detail = {"file": key.hex, "table": row.__tablename__, "column": column}
        self._ctx.audit(f"platform.file.{act}", subject=row, fields=(column,), detail=detail)


async def is_personal(db: Database, table: str, column: str) -> bool:
    """Say whether the map of personal data names a column now."""
    known = select(func.count()).select_from(PersonalColumn)
    known = known.where(PersonalColumn.table_name == table, PersonalColumn.column_name == column)
    return bool(await db.scalar(known))


async def drop_unnamed(db: Database, tables: Set[str] | None = None) -> int:
    """Delete attached files that no row names any more, and return how many.

    A table or column that is not there says nothing: files of a programme that is purged go with it.

    Args:
        db: a database without a scope that withholds nothing.
        tables: look at files of these tables alone.
    """
    pairs = select(StoredFile.table_name, StoredFile.column_name).where(StoredFile.attached_at.is_not(None))
    if tables is not None:
        pairs = pairs.where(StoredFile.table_name.in_(tables))
    found = [(str(table), str(column)) for table, column in await db.execute(pairs.distinct())]
    there = await db.reflected({table for table, _ in found})
    dropped = 0
    for name, column in found:
        table = there.get(name)
        if table is None or column not in table.c:
            continue
        named = select(table.c[column]).where(table.c[column].is_not(None))
        gone: Any = await db.execute(
            delete(StoredFile)
            .where(StoredFile.table_name == name, StoredFile.column_name == column)
            .where(StoredFile.id.not_in(named))
            .execution_options(synchronize_session=False)
        )
        dropped += int(gone.rowcount)
    return dropped


async def files_of(
    db: Database, table: str, rows: Sequence[Mapping[str, Any]], *, most: int
) -> list[tuple[StoredFile, bytes | None]]:
    """Return the files that rows of a table name, each with its bytes as far as they are few enough.

    Args:
        db: a database without a scope that withholds nothing.
        table: whose rows they are.
        rows: values by column, as `rows_of` returns them.
        most: bytes of all files together; those beyond are told without theirs.
    """
    columns = select(StoredFile.column_name).where(StoredFile.table_name == table).distinct()
    given = [row.get(str(name)) for name in (await db.execute(columns)).scalars() for row in rows]
    keys = {one if isinstance(one, UUID) else UUID(hex=str(one)) for one in given if one is not None}
    wanted = select(StoredFile).where(StoredFile.table_name == table, StoredFile.id.in_(keys))
    found: list[tuple[StoredFile, bytes | None]] = []
    for stored in await db.scalars(wanted.order_by(StoredFile.id)) if keys else []:
        content: bytes | None = None
        if stored.size <= most:
            content = await db.scalar(select(StoredFile.content).where(StoredFile.id == stored.id))
            most -= stored.size
        found.append((stored, content))
    return found


@dataclass(frozen=True)
class Address:
    """What an address of a file says.

    Attributes:
        file_id: which.
        account_id: who was given it; None for somebody who is not signed in.
    """

    file_id: UUID
    account_id: UUID | None


def address_of(ctx: "RequestContext", file_id: UUID) -> str:
    """Return a signed address of a file for the caller, good for five minutes."""
    account = ctx.principal.account_id or _NOBODY
    until = int((ctx.now + ADDRESS_LASTS).timestamp()).to_bytes(_EXPIRY, "big")
    said = file_id.bytes + account.bytes + until
    token = base64.urlsafe_b64encode(said + _digest(ctx.keys, ctx.district.code, said)).rstrip(b"=")
    return f"/{ctx.district.code}/files/{token.decode()}"


def read_address(keys: KeyRing, district: str, token: str, now: datetime) -> Address | None:
    """Return what an address of a district says, or None where it is not one of this server's, or too old."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 32 + _EXPIRY + _DIGEST:
        return None
    said, digest = raw[:-_DIGEST], raw[-_DIGEST:]
    until = datetime.fromtimestamp(int.from_bytes(said[32:], "big"), UTC) if said[32:33] == b"\0" else now
    if not hmac.compare_digest(digest, _digest(keys, district, said)) or until <= now:
        return None
    account = UUID(bytes=said[16:32])
    return Address(UUID(bytes=said[:16]), None if account == _NOBODY else account)


def _digest(keys: KeyRing, district: str, said: bytes) -> bytes:
    return keys.digest("wangge.file", f"{district}\0{said.hex()}")[:_DIGEST]

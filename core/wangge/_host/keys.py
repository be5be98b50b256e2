"""Changes the keys of personal values: sealed anew value by value, old keys given up when nothing is left."""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    func,
    inspect,
    select,
    update,
)

from wangge._host.key_checks import check_keys, forget_checks
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.models import PersonalColumn
from wangge.db.sealing import KeyRing
from wangge.errors import ConfigurationError

BATCH = 500
"""Values that are sealed anew in one transaction."""
PASSES = 3
"""How often a district is gone through: who learns of a key late seals with the old one meanwhile."""
SUFFIX = "_cipher"

Report = Callable[[str, int, int], None]
"""Called with the district, the values looked at and how many there are."""


@dataclass(frozen=True)
class SealedColumn:
    """A column that holds ciphers, whichever programme's it is, on or not.

    Attributes:
        key: name of the table's key.
        field: the name under which its values are sealed.
    """

    table: Table
    key: str
    column: str
    field: str

    @property
    def name(self) -> str:
        """Table and column."""
        return f"{self.table.name}.{self.column}"

    @property
    def cipher(self) -> Column[Any]:
        """The column."""
        return self.table.c[self.column]


@dataclass
class Rotated:
    """What a rotation did in a district.

    Attributes:
        values: sealed anew.
        left: values that are still under another key.
        unreadable: columns with values that no key opens.
    """

    district: str
    key: int
    values: int = 0
    left: int = 0
    unreadable: tuple[str, ...] = ()


# What is sealed, and under which keys


async def sealed_columns(district: DistrictRuntime) -> list[SealedColumn]:
    """Return the sealed columns of a district's database, those of programmes that are gone included.

    They are found in the database: binary columns called `<field>_cipher`, and those that a map of personal
    columns names.
    """
    place = district.record.place
    async with district.engines.open(write=False) as db:
        mapped = {(one.table_name, one.column_name) for one in await db.scalars(select(PersonalColumn))}
        connection = await db.session.connection()
        return await connection.run_sync(_found, place.schema, mapped)


def _found(connection: Connection, schema: str | None, mapped: set[tuple[str, str]]) -> list[SealedColumn]:
    inspector = inspect(connection)
    found = []
    for name in sorted(inspector.get_table_names(schema=schema)):
        columns = {one["name"]: one["type"] for one in inspector.get_columns(name, schema=schema)}
        keys = inspector.get_pk_constraint(name, schema=schema)["constrained_columns"]
        for column, kind in columns.items():
            named = column.endswith(SUFFIX) or ((name, column) in mapped and not column.endswith("_digest"))
            if not named or not isinstance(kind, LargeBinary) or len(keys) != 1:
                continue
            parts = [Column(keys[0], columns[keys[0]], primary_key=True), Column(column, LargeBinary)]
            table = Table(name, MetaData(), *parts, schema=schema)
            found.append(SealedColumn(table, keys[0], column, column.removesuffix(SUFFIX)))
    return found


async def values_by_key(district: DistrictRuntime, columns: Sequence[SealedColumn]) -> dict[int, int]:
    """Return number of a key → how many values are under it."""
    found: dict[int, int] = {}
    async with district.engines.open(write=False) as db:
        for one in columns:
            first = func.substr(one.cipher, 1, 1, type_=LargeBinary).label("first")
            counted = select(first, func.count()).where(one.cipher.is_not(None)).group_by(first)
            for number, values in (await db.session.execute(counted)).all():
                found[bytes(number)[0]] = found.get(bytes(number)[0], 0) + values
    return found


async def unreadable(district: DistrictRuntime, columns: Sequence[SealedColumn]) -> list[str]:
    """Return the columns of which the keys do not open a value; one value of each is tried."""
    found = []
    async with district.engines.open(write=False) as db:
        for one in columns:
            first = select(one.cipher).where(one.cipher.is_not(None)).limit(1)
            cipher = (await db.session.execute(first)).scalar()
            if cipher is not None and _opened(district.server.keys, one, bytes(cipher)) is None:
                found.append(one.name)
    return found


def _opened(keys: KeyRing, column: SealedColumn, cipher: bytes) -> bytes | None:
    """Return the cipher under the present key, or None where no key opens it."""
    try:
        return keys.reseal(column.field, cipher)
    except ConfigurationError:
        return None


# Changing keys


async def begin(server: Server, codes: Sequence[str]) -> KeyRing | None:
    """See to it that there is a newer key than those that values are under.

    A rotation that was broken off goes on with the key it had. Otherwise the ring gets a new key, of which
    running servers learn by the catalog.

    Returns:
        None; or the ring that is to be put into the environment, where the ring comes from there.

    Raises:
        ConfigurationError: when the newest key is not the one that encrypts yet.
    """
    keys = server.keys
    if keys.sealing != keys.newest:
        raise ConfigurationError(
            f"The ring still seals with key {keys.sealing}: once all servers have key {keys.newest}, take "
            "`sealing` out of the ring and restart them; then rotate."
        )
    for code in codes:
        district = server.district(code)
        used = await values_by_key(district, await sealed_columns(district))
        if set(used) - {keys.newest}:
            return None
    if keys.path is None:
        return keys.with_new_key(sealing=keys.sealing)
    with _alone(keys.path):
        keys.refresh()
        fresh = keys.with_new_key()
        fresh.save()
        keys.take_over(fresh)
    await check_keys(server.catalog, keys)
    await server.catalog.announce()
    return None


async def rotate(district: DistrictRuntime, report: Report) -> Rotated:
    """Seal every value of a district under the key that encrypts now, in batches; audited.

    Each batch is a transaction, so that a rotation that breaks off is finished by another.
    """
    keys = district.server.keys
    found = Rotated(district.record.code, keys.sealing)
    columns = await sealed_columns(district)
    for _ in range(PASSES):
        found.values += await _pass(district, columns, found, report)
        used = await values_by_key(district, columns)
        found.left = sum(values for number, values in used.items() if number != keys.sealing)
        if found.left == 0 or found.unreadable:
            break
    async with district.work() as ctx:
        ctx.audit("platform.keys.rotated", detail={"key": found.key, "values": found.values})
    return found


async def _pass(
    district: DistrictRuntime, columns: Sequence[SealedColumn], found: Rotated, report: Report
) -> int:
    whole = sum((await values_by_key(district, columns)).values())
    seen, changed, bad = 0, 0, set(found.unreadable)
    for column in columns:
        last: Any = None
        while True:
            rows, written, failed, last = await _batch(district, column, last)
            seen, changed = seen + rows, changed + written
            bad |= {column.name} if failed else set()
            report(district.record.code, seen, whole)
            if rows < BATCH:
                break
    found.unreadable = tuple(sorted(bad))
    return changed


async def _batch(
    district: DistrictRuntime, one: SealedColumn, after: Any
) -> tuple[int, int, int, Any]:  # keys of any type
    """Seal the values of some rows anew; return rows, values written, values not opened, the last key."""
    keys, key = district.server.keys, one.table.c[one.key]
    wanted = select(key, one.cipher).where(one.cipher.is_not(None)).order_by(key).limit(BATCH)
    changed = update(one.table).where(key == bindparam("row")).values({one.column: bindparam("sealed")})
    async with district.engines.open(write=True) as db:
        chosen = wanted if after is None else wanted.where(key > after)
        rows = (await db.session.execute(chosen.with_for_update())).all()
        old = [(row, bytes(cipher)) for row, cipher in rows if bytes(cipher)[0] != keys.sealing]
        made = [{"row": row, "sealed": _opened(keys, one, cipher)} for row, cipher in old]
        good = [values for values in made if values["sealed"] is not None]
        if good:
            await db.session.execute(changed, good)
        await db.session.commit()
    return len(rows), len(good), len(made) - len(good), rows[-1][0] if rows else after


async def prune(server: Server) -> tuple[list[int], KeyRing]:
    """Give up the keys that no value of any district is under any more.

    Returns:
        Their numbers, and the ring without them; it is written to its file, where it has one.

    Raises:
        ConfigurationError: when a value is still under one of them.
    """
    keys = server.keys
    older = [number for number in keys.numbers if number != keys.sealing]
    for code in server.codes:
        district = server.district(code)
        used = await values_by_key(district, await sealed_columns(district))
        left = sum(values for number, values in used.items() if number != keys.sealing)
        if left:
            raise ConfigurationError(
                f"{left} values of district {code} are under an older key: run `wangge keys rotate` first."
            )
    await forget_checks(
        server.catalog, older
    )  # first: a server starts with a key too many, not with one too few
    fresh = keys.without(older)
    if keys.path is not None:
        with _alone(keys.path):
            keys.refresh()
            fresh = keys.without(older)
            fresh.save()
    keys.take_over(fresh)
    await server.catalog.announce()
    return older, fresh


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other processes of this machine from changing the ring's file."""
    with path.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

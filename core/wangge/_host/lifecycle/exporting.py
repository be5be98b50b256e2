"""A programme's rows as a copy that others can read: a file of any size, or JSON of a small programme."""

import json
import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import select

from wangge._host.lifecycle.checking import check_known
from wangge._host.lifecycle.failures import ExportTooLarge
from wangge._host.lifecycle.noting import known_slugs, tables_of
from wangge._host.runtime import DistrictRuntime
from wangge._host.transfer.rows import Row
from wangge._host.transfer.shapes import Contents, Shape
from wangge._host.transfer.tables import reading
from wangge.auth.principal import SYSTEM, Principal
from wangge.db.base import utc_now
from wangge.db.sealing import KeyRing
from wangge.errors import ConfigurationError, InvalidValue
from wangge.files import StoredFile

FORMAT = 1
MOST_ROWS = 2000
"""Rows that an answer of the API holds; a larger programme is exported by the command."""

_LONGEST_PURPOSE = 255
_SEALED = "_cipher"
"""How the columns of sealed values end; the rest of the name is the field that they are sealed under."""


@dataclass(frozen=True)
class Export:
    """What is exported: of which programme, what for, and whether sealed values are opened."""

    district: DistrictRuntime
    slug: str
    purpose: str
    opened: bool
    principal: Principal
    request_id: str | None

    def shapes(self, contents: Contents) -> list[Shape]:
        """Return the programme's tables, by name."""
        names = tables_of(self.slug, contents.shapes, known_slugs(self.district))
        return [contents.shapes[name] for name in names]

    def reader(self, shape: Shape) -> Callable[[Row], dict[str, Any]]:
        """Return what makes a row of a table an object by the names of its columns."""
        return reader_of(shape, self.district.server.keys if self.opened else None)

    def manifest(self, shapes: Sequence[Shape], counts: dict[str, int]) -> dict[str, Any]:
        """Return what is said of the rows, as JSON."""
        record = self.district.record
        state = record.states[self.slug]
        return {
            "format": FORMAT,
            "district": record.code,
            "plugin": self.slug,
            "version": state.version,
            "title": state.title,
            "taken_at": utc_now().isoformat(timespec="seconds"),
            "purpose": self.purpose,
            "sealed_values_opened": self.opened,
            "tables": [
                {
                    "name": shape.name,
                    "rows": counts[shape.name],
                    "columns": _columns(shape, opened=self.opened),
                    "primary_key": list(shape.primary_key),
                    "references": [
                        {"columns": list(one.columns), "table": one.table, "to": list(one.to)}
                        for one in shape.references
                    ],
                }
                for shape in shapes
            ],
        }

    async def record(self, counts: dict[str, int]) -> None:
        """Put the export on the record."""
        version = self.district.record.states[self.slug].version
        detail = {"plugin": self.slug, "version": version, "opened": self.opened, **counts}
        async with self.district.work(self.principal, self.request_id) as ctx:
            ctx.audit("platform.plugin.exported", purpose=self.purpose, detail=detail)


def plan_export(
    district: DistrictRuntime,
    slug: str,
    *,
    purpose: str,
    opened: bool = False,
    principal: Principal = SYSTEM,
    request_id: str | None = None,
) -> Export:
    """Return an export that may be made.

    Raises:
        PluginIsBase, PluginUnknown, PluginPurged: when the district holds nothing of it.
        InvalidValue: when no purpose is stated, or it is too long for the record.
    """
    check_known(district, slug)
    purpose = purpose.strip()
    if not 0 < len(purpose) <= _LONGEST_PURPOSE:
        reason = f"say what the copy is for, in at most {_LONGEST_PURPOSE} characters."
        raise InvalidValue(reason=reason, path=("purpose",))
    return Export(district, slug, purpose, opened, principal, request_id)


async def export_to(export: Export, path: Path) -> dict[str, int]:
    """Write all rows to a ZIP of the owner's alone, as they are at one moment; return the rows by table.

    It stands under its name once it is complete and on the record.

    Raises:
        ConfigurationError: when the folder is not there.
    """
    if not path.parent.is_dir():
        raise ConfigurationError(f"There is no folder {path.parent}: make it, or name another file.")
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            counts = await _write(export, file)
            file.flush()
            os.fsync(file.fileno())
        await export.record(counts)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return counts


async def _write(export: Export, file: IO[bytes]) -> dict[str, int]:
    counts: dict[str, int] = {}
    async with reading(export.district.record.place) as tables:
        shapes = export.shapes(await tables.contents())
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for shape in shapes:
                read, counts[shape.name] = export.reader(shape), 0
                with archive.open(f"tables/{shape.name}.jsonl", "w", force_zip64=True) as member:
                    async for batch in tables.rows(shape):
                        member.write(b"".join(orjson.dumps(read(row)) + b"\n" for row in batch))
                        counts[shape.name] += len(batch)
            told = {**export.manifest(shapes, counts), "files": await _write_files(export, archive)}
            archive.writestr("manifest.json", json.dumps(told, ensure_ascii=False, indent=2))
    return counts


async def _write_files(export: Export, archive: zipfile.ZipFile) -> list[dict[str, Any]]:
    """Write what people uploaded for the programme, one by one, and return what is said of each, as JSON."""
    ours = select(StoredFile).where(StoredFile.plugin == export.slug).order_by(StoredFile.id)
    told = []
    async with export.district.engines.open(write=False) as db:
        for one in await db.scalars(ours):
            content = await db.scalar(select(StoredFile.content).where(StoredFile.id == one.id))
            archive.writestr(f"files/{one.id.hex}", content)
            place = {"table": one.table_name, "column": one.column_name}
            told.append({"id": one.id.hex, "name": one.name, "media_type": one.media_type, **place})
    return told


async def export_as_text(export: Export, *, most: int = MOST_ROWS) -> tuple[str, dict[str, int]]:
    """Return all rows of a small programme as JSON, `manifest` and `tables`, and the rows by table.

    Raises:
        ExportTooLarge: when there are more rows than an answer holds; then nothing is on the record.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    async with reading(export.district.record.place) as tables:
        shapes = export.shapes(await tables.contents())
        for shape in shapes:
            read, found[shape.name] = export.reader(shape), []
            async for batch in tables.rows(shape):
                found[shape.name] += map(read, batch)
                if sum(map(len, found.values())) > most:
                    raise ExportTooLarge(path=("slug",), plugin=export.slug, most=most)
    counts = {name: len(rows) for name, rows in found.items()}
    text = json.dumps({"manifest": export.manifest(shapes, counts), "tables": found}, ensure_ascii=False)
    await export.record(counts)
    return text, counts


def reader_of(shape: Shape, keys: KeyRing | None) -> Callable[[Row], dict[str, Any]]:
    """Return what makes a row an object: truth as such, JSON as such, sealed values opened where keys are."""
    readers: list[tuple[str, Callable[[Any], Any]]] = []
    for column in shape.columns:
        name = column.name
        if keys is not None and column.kind == "bytes" and name.endswith(_SEALED):
            field = name.removesuffix(_SEALED)
            readers.append((field, _opener(keys, field)))
        else:
            readers.append((name, _FORMS.get(column.kind, _same)))

    def read(row: Row) -> dict[str, Any]:
        return {
            name: None if value is None else convert(value)
            for (name, convert), value in zip(readers, row, strict=True)
        }

    return read


def _same(value: Any) -> Any:
    return value


_FORMS: dict[str, Callable[[Any], Any]] = {"boolean": bool, "json": json.loads}
"""Kinds of columns whose values are written in another form than the backup's."""


def _opener(keys: KeyRing, field: str) -> Callable[[str], str]:
    return lambda value: keys.open(field, bytes.fromhex(value))


def _columns(shape: Shape, *, opened: bool) -> list[dict[str, Any]]:
    """Return name, kind and nullability of a table's columns, as they stand in the copy."""
    found = []
    for one in shape.columns:
        sealed = opened and one.kind == "bytes" and one.name.endswith(_SEALED)
        name, kind = (one.name.removesuffix(_SEALED), "text") if sealed else (one.name, one.kind)
        found.append({"name": name, "kind": kind, "nullable": one.nullable})
    return found

"""Writes a district to a file, as it is at one moment, while the server goes on."""

from collections.abc import AsyncIterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wangge._host.catalog import DistrictRecord
from wangge._host.runtime import DistrictRuntime
from wangge._host.transfer.archive import ArchiveWriter
from wangge._host.transfer.copying import Told, revisions_in
from wangge._host.transfer.rows import Row, Samples
from wangge._host.transfer.shapes import Contents, Shape
from wangge._host.transfer.tables import Tables, reading
from wangge.db.base import utc_now
from wangge.db.sealing import KeyRing
from wangge.errors import ConfigurationError

HEAD = "wangge_audit_head"
CHECK = "wangge backup"
"""Field whose empty value is hashed, to know the ring's digest key again."""


async def back_up(district: DistrictRuntime, path: Path, told: Told) -> dict[str, Any]:
    """Write a district to a file of the owner's alone; return what the manifest says, without the tables.

    Raises:
        ConfigurationError: when the folder is not there.
    """
    if not path.parent.is_dir():
        raise ConfigurationError(f"There is no folder {path.parent}: make it, or name another file.")
    async with district.work() as ctx:
        ctx.audit("platform.district.backed_up")
    async with reading(district.record.place) as tables:
        with ArchiveWriter(path) as archive:
            manifest = await _write(district, tables, archive, told)
            archive.finish(manifest, lambda rows: told("reading back", rows))
            members = archive.members
    return {**manifest, "tables": {one.shape.name: one.rows for one in members}}


async def _write(
    district: DistrictRuntime, tables: Tables, archive: ArchiveWriter, told: Told
) -> dict[str, Any]:
    contents, samples = await tables.contents(), Samples()
    if HEAD not in contents.shapes:
        raise ConfigurationError(
            f"District {district.record.code} has no tables yet: run `wangge district upgrade`."
        )
    for shape in contents.shapes.values():
        rows = _watched(tables, shape, samples)
        await archive.table(shape, rows, lambda rows: told("writing", rows))
    return {
        "product": version("wangge"),
        "taken_at": utc_now().isoformat(timespec="seconds"),
        "backend": contents.backend,
        "district": describe_record(district.record),
        "revisions": await revisions_in(tables, contents),
        "audit": await _audit_head(tables, contents),
        "keys": keys_of(samples, district.server.keys),
        "sequences": contents.sequences,
        "functions": list(contents.functions),
    }


async def _watched(tables: Tables, shape: Shape, samples: Samples) -> AsyncIterator[Sequence[Row]]:
    async for batch in tables.rows(shape):
        samples.look(shape, batch)
        yield batch


async def _audit_head(tables: Tables, contents: Contents) -> dict[str, Any]:
    shape, found = contents.shapes[HEAD], {"number": 0, "hash": None}
    async for batch in tables.rows(shape):
        row = dict(zip(shape.names, batch[0], strict=True))
        found = {"number": row["number"], "hash": row["hash"]}
    return found


def describe_record(record: DistrictRecord) -> dict[str, Any]:
    """Return what the catalog says of a district, but for its place."""
    return {
        "code": record.code,
        "name": record.name,
        "kind": record.kind.name,
        "plugins": [
            {
                "slug": one.slug,
                "state": one.state.name,
                "version": one.version,
                "enabled_at": one.enabled_at.isoformat() if one.enabled_at else None,
                "title": one.title,
            }
            for one in record.states.values()
        ],
        "settings": record.settings,
    }


def keys_of(samples: Samples, keys: KeyRing) -> dict[str, Any]:
    """Return which keys the sealed values need, with values to try a ring on."""
    opened = []
    for number, (field, value) in samples.sealed.items():
        try:
            keys.open(field, bytes.fromhex(value))
        except ConfigurationError:  # sealed under another name than its column's: nothing to try with
            continue
        opened.append({"number": number, "field": field, "sealed": value})
    return {"needed": sorted(samples.sealed), "samples": opened, "digest": keys.digest(CHECK, "").hex()}


def check_keys(manifest: dict[str, Any], keys: KeyRing) -> str | None:
    """Say why a ring does not fit a backup, or None where it does."""
    needed: dict[str, Any] = manifest["keys"]
    if needed["digest"] != keys.digest(CHECK, "").hex():
        return "the digest key of this server's ring is another one, so that no exact search would find."
    for sample in needed["samples"]:
        try:
            keys.open(sample["field"], bytes.fromhex(sample["sealed"]))
        except ConfigurationError:
            return f"this server's ring does not have key {sample['number']} of the sealed values."
    return None

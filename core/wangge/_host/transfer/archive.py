"""The file of a backup: a ZIP with a JSON line per row, a manifest, and a digest over all of it."""

import hashlib
import json
import os
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import orjson

from wangge._host.transfer.failures import BackupUnreadable
from wangge._host.transfer.rows import Row, TableDigest, batch_of
from wangge._host.transfer.shapes import Contents, Shape

FORMAT = 1
MANIFEST = "manifest.json"
_SEAL = 64
"""Hexadecimal digits of SHA-256: the ZIP's comment, over every byte before it."""
_CHUNK = 1024 * 1024

Told = Callable[[int], None]
"""Told how many rows, or bytes, have gone by since the last time."""


@dataclass(frozen=True)
class Member:
    """A table in a backup."""

    shape: Shape
    rows: int
    sha256: str
    digest: str

    @property
    def file(self) -> str:
        """Name of the member."""
        return f"tables/{self.shape.name}.jsonl"


class ArchiveWriter:
    """Writes a backup under another name; it stands under its own once it is complete and sealed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._file: IO[bytes] | None = None
        self._zip: zipfile.ZipFile | None = None
        self.members: list[Member] = []

    def __enter__(self) -> Self:
        """Begin the file, for its owner's eyes alone."""
        self._draft.unlink(missing_ok=True)
        descriptor = os.open(self._draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "w+b")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave nothing of a file that was not finished."""
        if self._zip is not None:
            self._zip.close()
        if self._file is not None:
            self._file.close()
        self._draft.unlink(missing_ok=True)

    async def table(self, shape: Shape, batches: AsyncIterator[Sequence[Row]], told: Told) -> None:
        """Write a table."""
        assert self._zip is not None  # within the block
        digest, sha256 = TableDigest(shape), hashlib.sha256()
        name = Member(shape, 0, "", "").file
        with self._zip.open(name, "w", force_zip64=True) as member:
            async for batch in batches:
                digest.add(batch)
                text = b"".join(orjson.dumps(row) + b"\n" for row in batch)
                sha256.update(text)
                member.write(text)
                told(len(batch))
        self.members.append(Member(shape, digest.rows, sha256.hexdigest(), digest.hex()))

    def finish(self, manifest: dict[str, Any], told: Told) -> None:
        """Write the manifest, seal the file, read it back, and put it under its name."""
        assert self._zip is not None  # within the block
        assert self._file is not None
        tables = [
            {
                "rows": one.rows,
                "sha256": one.sha256,
                "digest": one.digest,
                "shape": one.shape.plain(),
            }
            for one in self.members
        ]
        whole = {"format": FORMAT, **manifest, "tables": tables}
        self._zip.writestr(MANIFEST, json.dumps(whole, ensure_ascii=False, indent=1))
        self._zip.comment = b"0" * _SEAL
        self._zip.close()
        self._file.flush()
        seal = _seal_of(self._file)
        self._file.seek(-_SEAL, os.SEEK_END)
        self._file.write(seal.encode())
        self._file.flush()
        os.fsync(self._file.fileno())
        written = Archive(self._draft)
        try:
            written.check(told)
        finally:
            written.close()
        os.replace(self._draft, self._path)


class Archive:
    """A backup that is read.

    Raises:
        BackupUnreadable: from every method, when the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                whole = _seal_of(file)
                file.seek(-_SEAL, os.SEEK_END)
                sealed = file.read(_SEAL)
            if sealed != whole.encode():
                raise self.refusal("it is no backup of Wangge, or it is damaged or cut off.")
            self._zip = zipfile.ZipFile(path)
            self.manifest: dict[str, Any] = json.loads(self._zip.read(MANIFEST))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            raise self.refusal("it is no backup of Wangge, or it is damaged or cut off.") from error
        if self.manifest.get("format") != FORMAT:
            raise self.refusal(
                f"its format is {self.manifest.get('format')}, and this version reads {FORMAT}: upgrade."
            )
        self.members = [
            Member(Shape.read(one["shape"]), one["rows"], one["sha256"], one["digest"])
            for one in self.manifest["tables"]
        ]

    def refusal(self, reason: str) -> BackupUnreadable:
        """Return the error that says why this file cannot be restored."""
        return BackupUnreadable(file=self._path.name, reason=reason)

    @property
    def rows_in_all(self) -> int:
        """Number of rows of all tables."""
        return sum(one.rows for one in self.members)

    def contents(self) -> Contents:
        """Return what stood in the database."""
        return Contents(
            self.manifest["backend"],
            {one.shape.name: one.shape for one in self.members},
            self.manifest["sequences"],
            tuple(self.manifest["functions"]),
        )

    def check(self, told: Told) -> None:
        """Read every row and compare it with the manifest."""
        for member in self.members:
            digest, sha256 = TableDigest(member.shape), hashlib.sha256()
            for batch, text in self._batches(member):
                sha256.update(text)
                digest.add(batch)
                told(len(batch))
            if (digest.rows, sha256.hexdigest(), digest.hex()) != (member.rows, member.sha256, member.digest):
                raise self.refusal(f"{member.shape.name} is not what the manifest says.")

    async def rows(self, member: Member) -> AsyncIterator[Sequence[Row]]:
        """Return a table's rows."""
        for batch, _ in self._batches(member):
            yield batch

    def _batches(self, member: Member) -> Iterator[tuple[list[Row], bytes]]:
        try:
            with self._zip.open(member.file) as file:
                while lines := list(_some(file, batch_of(member.shape))):
                    yield [orjson.loads(line) for line in lines], b"".join(lines)
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise self.refusal(f"{member.shape.name} is damaged.") from error

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


def _some(file: IO[bytes], most: int) -> Iterator[bytes]:
    for _ in range(most):
        line = file.readline()
        if not line:
            return
        yield line


def _seal_of(file: IO[bytes]) -> str:
    """Return the digest of everything before the seal."""
    file.seek(0, os.SEEK_END)
    left = max(file.tell() - _SEAL, 0)
    file.seek(0)
    digest = hashlib.sha256()
    while left and (chunk := file.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()

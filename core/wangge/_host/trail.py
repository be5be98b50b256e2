"""Checks the audit trail of a district: every entry, the link to the one before, and the sealed end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from wangge._host.runtime import DistrictRuntime
from wangge.auth.audit import GENESIS, entry_hash, head_seal
from wangge.auth.models import AuditEntry, AuditHead

BATCH = 1000
"""Entries read at a time."""

Report = Callable[[int, int], None]
"""Called with the entries checked and how many there are."""


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes:
        checked: entries that were in order.
        number: number and hash of the last of them; an anchor to compare a later check with.
        hash: hexadecimal.
        broken: number of the first entry that is not in order.
        why: what is wrong there.
    """

    checked: int
    hash: str
    broken: int | None = None
    why: str = ""


class _Broken(Exception):
    """Raise at the first entry that is not in order."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(why)
        self.number = number


@dataclass
class _Chain:
    """As far as it was found in order."""

    number: int = 0
    end: bytes = GENESIS

    def follow(self, entries: Sequence[AuditEntry]) -> None:
        """Check that entries go on where the chain was."""
        for place, entry in enumerate(entries):
            if entry.number != self.number + 1:
                raise _Broken(self.number + 1, "it is missing.")
            if entry.previous_hash != self.end:
                raise _Broken(entry.number, "its link does not lead to the entry before it.")
            if entry.hash != entry_hash(entry):
                following = entries[place + 1 : place + 2]
                kept = any(one.previous_hash == entry.hash for one in following)
                told = "its columns were changed" if kept else "its columns or its hash were changed"
                raise _Broken(entry.number, f"{told}: what it says does not give its hash.")
            self.number, self.end = entry.number, entry.hash


async def check_trail(
    district: DistrictRuntime, *, anchor: tuple[int, str] | None = None, report: Report | None = None
) -> Verdict:
    """Check the chain as it stands now, in batches; entries written meanwhile are left for the next check.

    Args:
        district: whose trail.
        anchor: number and hash of an entry, as an earlier check gave them, which must still be there.
        report: is told of the progress.
    """
    chain = _Chain()
    try:
        await _check(district, chain, anchor, report or (lambda done, whole: None))
    except _Broken as broken:
        return Verdict(chain.number, chain.end.hex(), broken.number, str(broken))
    return Verdict(chain.number, chain.end.hex())


async def _check(
    district: DistrictRuntime, chain: _Chain, anchor: tuple[int, str] | None, report: Report
) -> None:
    number, end, seal, last = await _head(district)
    while chain.number < min(number, last):
        entries = await _entries(district, chain.number, number)
        if not entries:
            raise _Broken(chain.number + 1, "it is missing.")
        if anchor is not None:
            _check_anchor(entries, anchor)
        chain.follow(entries)
        report(chain.number, number)
    if anchor is not None and anchor[0] > chain.number:
        raise _Broken(anchor[0], "it is missing: it was there when the anchor was taken.")
    if last != number:
        raise _Broken(min(last, number) + 1, _at_the_end(last, number))
    if end != chain.end:
        raise _Broken(number, "its hash is not the one that the head of the chain holds.")
    if seal != head_seal(district.server.keys, number, end):
        raise _Broken(number, "the seal of the head is not of this server's keys: entries after it were cut.")


def _at_the_end(last: int, number: int) -> str:
    if last > number:
        return "it stands beyond the head of the chain."
    return "it is missing, and so is what followed: the head of the chain is further on."


def _check_anchor(entries: Sequence[AuditEntry], anchor: tuple[int, str]) -> None:
    for entry in entries:
        if entry.number == anchor[0] and entry.hash.hex() != anchor[1]:
            raise _Broken(entry.number, "its hash is another than the anchor's: the chain was rewritten.")


async def _head(district: DistrictRuntime) -> tuple[int, bytes, bytes | None, int]:
    """Return number, hash and seal of the head, and the highest number there is, all of one moment."""
    last = select(func.coalesce(func.max(AuditEntry.number), 0)).scalar_subquery()
    async with district.engines.open(write=False) as db:
        found = (await db.execute(select(AuditHead.number, AuditHead.hash, AuditHead.seal, last))).first()
    if found is None:
        raise _Broken(1, "the head of the chain is missing.")
    return found[0], found[1], found[2], found[3]


async def _entries(district: DistrictRuntime, after: int, upto: int) -> list[AuditEntry]:
    wanted = select(AuditEntry).where(AuditEntry.number > after, AuditEntry.number <= upto)
    async with district.engines.open(write=False) as db:
        return await db.scalars(wanted.order_by(AuditEntry.number).limit(BATCH))

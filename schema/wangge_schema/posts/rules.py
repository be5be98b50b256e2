"""Decide what a valid post and pairing is: roles, days, duty contacts, sizes."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from wangge_schema.organizations.rules import overlaps
from wangge_schema.posts.errors import (
    DutyNameInvalid,
    DutyPhoneInvalid,
    PairingDatesInvalid,
    PairingEnded,
    PairingExists,
    PairingOfOne,
    PairingTooLarge,
    PostDatesInvalid,
    PostEnded,
    PostOverlaps,
    PostRoleInvalid,
)

Term = tuple[date, date | None]
"""First and last day, both included; no last day means that it lasts."""

LONGEST_TITLE: Final = 64
LONGEST_DUTY_NAME: Final = 64
MOST_HOUSEHOLDS: Final = 200
BUILDING_HEAD: Final = "building_head"

_KEY = re.compile(r"[a-z][a-z0-9_]{1,31}")
_PHONE = re.compile(
    r"1[3-9]\d{9}"  # mobile
    r"|0\d{2,3}-?\d{7,8}(-\d{1,6})?"  # landline with area code and perhaps an extension
    r"|[48]00-?\d{3}-?\d{4}"  # service numbers
    r"|[19]\d{4}",  # short numbers such as 12345
    re.ASCII,
)


class Role(NamedTuple):
    """A role that posts are held in."""

    key: str
    title: str
    full_time: bool


DEFAULT_ROLES: Final = (
    Role("grid_head", "网格长", False),
    Role("grid_worker_full_time", "专职网格员", True),
    Role("grid_worker_part_time", "兼职网格员", False),
    Role(BUILDING_HEAD, "楼长", False),
    Role("red_grid_captain", "红格长", False),
    Role("lane_steward", "小巷管家", False),
)
"""What a district starts with; it adds its own."""


def role(key: str, title: str, full_time: bool) -> Role:
    """Return a new role in its one spelling.

    Raises:
        PostRoleInvalid: when key or title cannot be used.
    """
    named = Role(key.strip(), " ".join(title.split()), full_time)
    if not _KEY.fullmatch(named.key) or not 0 < len(named.title) <= LONGEST_TITLE:
        raise PostRoleInvalid(path=("key",), longest=LONGEST_TITLE)
    return named


def duty_phone(text: str | None) -> str | None:
    """Return a published duty phone without blanks, or None where there is none.

    Raises:
        DutyPhoneInvalid: when it is neither a mobile, a landline, a service nor a short number.
    """
    number = "".join(unicodedata.normalize("NFKC", text or "").split())
    if number and not _PHONE.fullmatch(number):
        raise DutyPhoneInvalid(path=("dutyPhone",))
    return number or None


def duty_name(text: str | None) -> str | None:
    """Return a published duty name trimmed, or None where there is none.

    Raises:
        DutyNameInvalid: when it is longer than fits.
    """
    name = " ".join((text or "").split())
    if len(name) > LONGEST_DUTY_NAME:
        raise DutyNameInvalid(path=("dutyName",), longest=LONGEST_DUTY_NAME)
    return name or None


def check_post(term: Term, others: Iterable[Term]) -> None:
    """Check a post's days against the same person's posts of the same role in the same grid.

    Raises:
        PostDatesInvalid: when it would end before it began.
        PostOverlaps: when it shares a day with another.
    """
    if term[1] is not None and term[1] < term[0]:
        raise PostDatesInvalid(path=("until",))
    if any(overlaps(term, other) for other in others):
        raise PostOverlaps(path=("person",))


def check_post_end(since: date, ended: date | None, until: date) -> None:
    """Check that a post may end on `until`; a planned end may be brought forward.

    Raises:
        PostEnded: when it ends on that day or before already.
        PostDatesInvalid: when that is before its first day.
    """
    if ended is not None and ended <= until:
        raise PostEnded(path=("post",), until=ended.isoformat())
    if until < since:
        raise PostDatesInvalid(path=("until",))


def check_pairing(official: UUID, building_head: UUID, term: Term, others: Iterable[Term]) -> None:
    """Check a pairing's people and days against the pairings that either of them has had.

    Raises:
        PairingOfOne: when both are the same person.
        PairingDatesInvalid: when it would end before it began.
        PairingExists: when it shares a day with another ("1+1": one official, one building head).
    """
    if official == building_head:
        raise PairingOfOne(path=("buildingHead",))
    if term[1] is not None and term[1] < term[0]:
        raise PairingDatesInvalid(path=("until",))
    if any(overlaps(term, other) for other in others):
        raise PairingExists(path=("official",))


def check_pairing_end(since: date, ended: date | None, until: date) -> None:
    """Check that a pairing may end on `until`; a planned end may be brought forward.

    Raises:
        PairingEnded: when it ends on that day or before already.
        PairingDatesInvalid: when that is before its first day.
    """
    if ended is not None and ended <= until:
        raise PairingEnded(path=("pairing",), until=ended.isoformat())
    if until < since:
        raise PairingDatesInvalid(path=("until",))


def check_households(households: Collection[UUID]) -> list[UUID]:
    """Return the households of a pairing, each once and in a stable order.

    Raises:
        PairingTooLarge: when there are more than one call may name.
    """
    once = sorted(set(households))
    if len(once) > MOST_HOUSEHOLDS:
        raise PairingTooLarge(path=("households",), limit=MOST_HOUSEHOLDS)
    return once


def is_unusual_size(households: int, low: int, high: int) -> bool:
    """Say whether a pairing of so many households lies outside the district's range."""
    return not low <= households <= high

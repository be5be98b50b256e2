"""Decide what a valid organisation and membership is: names, credit codes, days."""

import enum
import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from wangge_schema.organizations.errors import (
    CreditCodeCheckWrong,
    CreditCodeMalformed,
    MembershipDatesInvalid,
    MembershipEnded,
    MembershipExists,
    MembershipTitleInvalid,
    OrganizationNameInvalid,
)

LONGEST_NAME = 128
LONGEST_TITLE = 64
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015: digits and capitals without I, O, S, V and Z."""

_FORM = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")


class OrganizationKind(enum.Enum):
    """What sort of organisation it is."""

    PARTY_ORGANIZATION = "party_organization"
    DEPARTMENT = "department"
    COMMITTEE = "committee"
    COMPANY = "company"
    COOPERATIVE = "cooperative"
    SOCIAL_ORGANIZATION = "social_organization"


def spelling(text: str) -> str:
    """Return a credit code in its one spelling, unchecked: half-width capitals without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def credit_code(text: str) -> str:
    """Return a unified social credit code in its one spelling, after checking it.

    GB 32100-2015: department, type, six digits of division, nine of the organisation, one check character.
    The department may be a letter: N is the agricultural department's, held by rural collectives. The inner
    check of the nine is left alone, since older codes of sole traders do not follow it.

    Raises:
        CreditCodeMalformed: when length or characters do not fit.
        CreditCodeCheckWrong: when the last character does not follow from the others.
    """
    code = spelling(text)
    if not _FORM.fullmatch(code):
        raise CreditCodeMalformed(path=("creditCode",))
    if check_character(code[:17]) != code[17]:
        raise CreditCodeCheckWrong(path=("creditCode",))
    return code


def check_character(first_seventeen: str) -> str:
    """Return the 18th character: weights 3^i mod 31, complement of the sum mod 31."""
    total = sum(ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(first_seventeen))
    return ALPHABET[-total % 31]


def organization_name(text: str) -> str:
    """Return the name with single spaces and none at its ends.

    Raises:
        OrganizationNameInvalid: when nothing is left, or more than fits.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name or len(name) > LONGEST_NAME:
        raise OrganizationNameInvalid(path=("name",), longest=LONGEST_NAME)
    return name


def membership_title(text: str | None) -> str | None:
    """Return the title trimmed, or None where there is none.

    Raises:
        MembershipTitleInvalid: when it is longer than fits.
    """
    title = " ".join((text or "").split())
    if len(title) > LONGEST_TITLE:
        raise MembershipTitleInvalid(path=("title",), longest=LONGEST_TITLE)
    return title or None


def check_membership(since: date, until: date | None, others: Iterable[tuple[date, date | None]]) -> None:
    """Check a membership against those that the person has had in the same organisation.

    Args:
        since: its first day.
        until: its last day, or None while it lasts.
        others: first and last days of the others.

    Raises:
        MembershipDatesInvalid: when it would end before it began.
        MembershipExists: when it shares a day with another.
    """
    if until is not None and until < since:
        raise MembershipDatesInvalid(path=("until",))
    if any(overlaps((since, until), other) for other in others):
        raise MembershipExists(path=("person",))


def check_membership_end(since: date, ended: date | None, until: date) -> None:
    """Check that a membership may end on `until`; a planned end may be brought forward.

    Raises:
        MembershipEnded: when it ends on that day or before already.
        MembershipDatesInvalid: when that is before its first day.
    """
    if ended is not None and ended <= until:
        raise MembershipEnded(path=("membership",), until=ended.isoformat())
    if until < since:
        raise MembershipDatesInvalid(path=("until",))


def overlaps(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    """Say whether two terms share a day; both ends belong to a term, None means that it lasts."""
    return one[0] <= (other[1] or date.max) and other[0] <= (one[1] or date.max)

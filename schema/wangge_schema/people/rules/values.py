"""Names, phones, addresses, dates and ages: their one spelling, and what is refused."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from wangge_schema.people.errors import (
    BirthDateInvalid,
    DeathDateInvalid,
    DocumentContradicts,
    DwellingUnnamed,
    FloorAreaInvalid,
    HouseholdNumberInvalid,
    NameInvalid,
    PhoneInvalid,
    PurposeUnstated,
)
from wangge_schema.people.rules.documents import DocumentFacts
from wangge_schema.people.rules.kinds import Sex

GUARDIAN_AGE = 14
"""Under this age personal data are sensitive and a guardian consents (PIPL arts. 28, 31)."""

FULL_AGE = 18
"""Age of majority (Civil Code art. 17)."""

OLDEST_YEARS = 130
LONGEST_NAME = 64
LONGEST_HOUSEHOLD_NUMBER = 32
LONGEST_ADDRESS = 200
LONGEST_PART = 16
LARGEST_FLOOR_AREA = Decimal(100_000)
SHORTEST_REASON = 2
LONGEST_REASON = 200

_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_COUNTRY = re.compile(r"^(\+?86|0086)(?=1\d{10}$)")
_HOUSEHOLD = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-]*")


def normalise_name(text: str) -> str:
    """Return the name in its one spelling: composed characters, single spaces, none at the ends.

    Raises:
        NameInvalid: when nothing is left, it is too long, or it holds digits or control characters.
    """
    if any(unicodedata.category(sign).startswith("C") for sign in text):
        raise NameInvalid(path=("name",), longest=LONGEST_NAME)
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    letters = sum(sign.isalpha() for sign in name)
    if not letters or len(name) > LONGEST_NAME or any(sign.isdigit() or sign in "*<>" for sign in name):
        raise NameInvalid(path=("name",), longest=LONGEST_NAME)
    return name


def normalise_phone(text: str) -> str:
    """Return the eleven digits of a mobile number, without separators and country code.

    Raises:
        PhoneInvalid: when it does not match `^1[3-9]\\d{9}$`.
    """
    digits = _COUNTRY.sub("", re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)))
    if not _MOBILE.fullmatch(digits):
        raise PhoneInvalid(path=("phone",))
    return digits


def normalise_household_number(text: str) -> str:
    """Return the household number without blanks at its ends.

    Raises:
        HouseholdNumberInvalid: when it is empty, too long or holds other signs.
    """
    number = unicodedata.normalize("NFKC", text).strip()
    if len(number) > LONGEST_HOUSEHOLD_NUMBER or not _HOUSEHOLD.fullmatch(number):
        raise HouseholdNumberInvalid(path=("number",), longest=LONGEST_HOUSEHOLD_NUMBER)
    return number


def normalise_address(text: str) -> str:
    """Return the address in the spelling under which its keyed hash is found: composed, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())[:LONGEST_ADDRESS]


def normalise_part(text: str | None) -> str:
    """Return a unit (单元) or room (室) in its one spelling: without blanks and without the word itself."""
    part = "".join(unicodedata.normalize("NFKC", text or "").split())
    return part.removesuffix("单元").removesuffix("室")[:LONGEST_PART]


def compose_address(places: Sequence[str], unit: str, room: str) -> str:
    """Return the address of a dwelling from the names of its grids, outermost first.

    Raises:
        DwellingUnnamed: when neither unit nor room says which dwelling of the grid it is.
    """
    if not unit and not room:
        raise DwellingUnnamed(path=("room",))
    return normalise_address(
        "".join(places)
        + (f"{unit}单元" if unit.isdigit() else unit)
        + (f"{room}室" if room.isdigit() else room)
    )


def check_birth_date(born: date | None, today: date) -> None:
    """Refuse a date of birth, where one is known, that no living or registered person can have."""
    if born is None:
        return
    if born > today or today.year - born.year > OLDEST_YEARS:
        raise BirthDateInvalid(path=("birthDate",), oldest=OLDEST_YEARS)


def check_death_date(died: date, born: date | None, today: date) -> None:
    """Refuse a date of death after today or before the birth."""
    if died > today or (born is not None and died < born):
        raise DeathDateInvalid(path=("diedOn",))


def square_decimetres(area: Decimal) -> int:
    """Return a floor area of so many square metres in square decimetres, rounded half up.

    Raises:
        FloorAreaInvalid: when no dwelling has such an area.
    """
    if not area.is_finite() or not 0 < area < LARGEST_FLOOR_AREA:
        raise FloorAreaInvalid(path=("floorArea",), largest=LARGEST_FLOOR_AREA)
    return max(1, int((area * 100).to_integral_value(ROUND_HALF_UP)))


def check_reason(text: str) -> str:
    """Return the stated reason of a reveal, trimmed; refuse one that tells an auditor nothing."""
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise PurposeUnstated(path=("purpose",), shortest=SHORTEST_REASON, longest=LONGEST_REASON)
    return reason


def reconcile(facts: DocumentFacts, sex: Sex | None, born: date | None) -> tuple[Sex | None, date | None]:
    """Return sex and birth date as the document and the caller together say them.

    Raises:
        DocumentContradicts: when the two differ.
    """
    if sex is not None and facts.sex is not None and sex is not facts.sex:
        raise DocumentContradicts(path=("sex",))
    if born is not None and facts.birth_date is not None and born != facts.birth_date:
        raise DocumentContradicts(path=("birthDate",))
    return facts.sex or sex, facts.birth_date or born


def age_on(born: date, day: date) -> int:
    """Return the completed years on `day`; who is born on 29 February turns a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def needs_guardian(born: date | None, today: date) -> bool:
    """Say whether a guardian must consent: under 14 (PIPL art. 31). Unknown birth dates count as adult."""
    return born is not None and age_on(born, today) < GUARDIAN_AGE


def is_minor(born: date | None, today: date) -> bool:
    """Say whether the person is under full age (Civil Code art. 17)."""
    return born is not None and age_on(born, today) < FULL_AGE

"""Who may volunteer, and for what: free will, guardians and the protection of minors.

Sources: Regulation on Voluntary Service (2017) and the Shandong regulation of 2022: service is voluntary,
persons of limited capacity need a guardian's consent, and minors take no part in dangerous rescue.
"""

import enum
from datetime import date

from wangge_volunteer_points.errors import AdultsOnly, GuardianConsentMissing


class VolunteerState(enum.Enum):
    """Whether a volunteer takes part."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


def age_on(day: date, birth_date: date) -> int:
    """Return the age in completed years; who is born on 29 February ages on 1 March in other years."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def is_adult(day: date, birth_date: date | None, *, adult_age: int) -> bool:
    """Say whether someone is known to be of age on `day`. An unknown birth date proves nothing."""
    return birth_date is not None and age_on(day, birth_date) >= adult_age


def needs_guardian(day: date, birth_date: date | None, *, adult_age: int) -> bool:
    """Say whether someone is known to be a minor on `day`."""
    return birth_date is not None and age_on(day, birth_date) < adult_age


def ensure_guardian_consent(day: date, birth_date: date | None, *, consented: bool, adult_age: int) -> None:
    """Refuse a minor without a guardian's consent.

    Raises:
        GuardianConsentMissing: the person is a minor and `consented` is false.
    """
    if needs_guardian(day, birth_date, adult_age=adult_age) and not consented:
        raise GuardianConsentMissing(path=("guardianConsentOn",), age=adult_age)


def ensure_may_serve(day: date, birth_date: date | None, *, dangerous: bool, adult_age: int) -> None:
    """Refuse dangerous service to everyone who is not known to be of age on the day of service.

    Raises:
        AdultsOnly: the service is dangerous and the person a minor, or of unknown age.
    """
    if dangerous and not is_adult(day, birth_date, adult_age=adult_age):
        raise AdultsOnly()

"""Pure decisions about consents: who may give one, and when it still holds."""

from enum import Enum


class ConsentGiver(Enum):
    """Who gave a consent."""

    PERSON = "person"
    GUARDIAN = "guardian"


def giver_of(*, under_age: bool, has_guardian: bool) -> ConsentGiver | None:
    """Say in whose name a consent is given, or None where only a guardian could give it and none is named.

    A child under 14 cannot consent (PIPL art. 31). Older persons consent themselves, unless a recorded
    guardian does it for them (Civil Code art. 23).
    """
    if has_guardian:
        return ConsentGiver.GUARDIAN
    return None if under_age else ConsentGiver.PERSON


def holds(*, notice_version: str, current_version: str) -> bool:
    """Say whether a consent covers the present notice; a changed notice needs a new one (PIPL art. 14)."""
    return notice_version == current_version

"""Rules of consents: who gives one, and when it still holds."""

import pytest

from wangge_schema.consent import rules
from wangge_schema.consent.rules import ConsentGiver


@pytest.mark.parametrize(
    ("under_age", "has_guardian", "giver"),
    [
        (False, False, ConsentGiver.PERSON),
        (False, True, ConsentGiver.GUARDIAN),
        (True, True, ConsentGiver.GUARDIAN),
        (True, False, None),
    ],
)
def test_a_child_consents_through_a_guardian_alone(
    under_age: bool, has_guardian: bool, giver: ConsentGiver | None
) -> None:
    assert rules.giver_of(under_age=under_age, has_guardian=has_guardian) is giver


def test_a_new_notice_needs_a_new_consent() -> None:
    assert rules.holds(notice_version="1", current_version="1") is True
    assert rules.holds(notice_version="1", current_version="2") is False

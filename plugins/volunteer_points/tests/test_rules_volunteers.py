"""The rules of volunteers: ages, guardians, and nothing dangerous for minors."""

from datetime import date

import pytest

from wangge_volunteer_points.errors import AdultsOnly, GuardianConsentMissing
from wangge_volunteer_points.rules.volunteers import age_on, ensure_guardian_consent, ensure_may_serve

TODAY = date(2026, 11, 22)
SEVENTEEN, EIGHTEEN = date(2008, 11, 23), date(2008, 11, 22)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (EIGHTEEN, TODAY, 18),
        (SEVENTEEN, TODAY, 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_a_year_is_completed_on_the_birthday(born: date, day: date, age: int) -> None:
    assert age_on(day, born) == age


def test_a_minor_needs_a_guardians_consent() -> None:
    ensure_guardian_consent(TODAY, SEVENTEEN, consented=True, adult_age=18)
    ensure_guardian_consent(TODAY, EIGHTEEN, consented=False, adult_age=18)

    with pytest.raises(GuardianConsentMissing) as refused:
        ensure_guardian_consent(TODAY, SEVENTEEN, consented=False, adult_age=18)
    assert refused.value.params == {"age": 18}


@pytest.mark.parametrize("born", [SEVENTEEN, None])
def test_dangerous_service_is_closed_to_minors_and_to_those_of_unknown_age(born: date | None) -> None:
    ensure_may_serve(TODAY, born, dangerous=False, adult_age=18)
    ensure_may_serve(TODAY, EIGHTEEN, dangerous=True, adult_age=18)

    with pytest.raises(AdultsOnly):
        ensure_may_serve(TODAY, born, dangerous=True, adult_age=18)

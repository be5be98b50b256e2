"""Credit codes by GB 32100-2015, names, titles and the days of memberships."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge_schema.organizations import rules
from wangge_schema.organizations.errors import (
    CreditCodeCheckWrong,
    CreditCodeMalformed,
    MembershipDatesInvalid,
    MembershipEnded,
    MembershipExists,
    MembershipTitleInvalid,
    OrganizationNameInvalid,
)

DAY = date(2026, 3, 1)
codes = st.tuples(
    st.text(rules.ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(rules.ALPHABET, min_size=9, max_size=9),
).map("".join)
dates = st.dates(date(2020, 1, 1), date(2030, 1, 1))
terms = st.tuples(dates, st.none() | dates).filter(lambda term: term[1] is None or term[0] <= term[1])


def with_check(first_seventeen: str) -> str:
    return first_seventeen + rules.check_character(first_seventeen)


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",  # the worked example printed in many guides to the standard
        with_check("N2370703MF1234567"),  # a rural collective, which common validators refuse
        with_check("54370703MEA123456"),
    ],
)
def test_a_valid_code_is_returned_as_it_is(code: str) -> None:
    assert rules.credit_code(code) == code


def test_weights_are_powers_of_three_modulo_31() -> None:
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    for place, weight in enumerate(weights):
        unit = "0" * place + "1" + "0" * (16 - place)
        assert rules.check_character(unit) == rules.ALPHABET[31 - weight]
    assert rules.check_character("0" * 17) == "0"


def test_lower_case_full_width_and_blanks_are_brought_into_one_spelling() -> None:
    assert rules.credit_code(" 91350100 m000100y43 ") == "91350100M000100Y43"
    assert rules.credit_code("９１350100Ｍ000100Ｙ43") == "91350100M000100Y43"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "91350100M000100Y4",
        "91350100M000100Y433",
        "91350100I000100Y43",
        "9135010AM000100Y43",
        "9135０-00M00100Y43",
    ],
)
def test_a_code_of_another_form_is_refused(code: str) -> None:
    with pytest.raises(CreditCodeMalformed) as refused:
        rules.credit_code(code)
    assert refused.value.path == ("creditCode",)


@given(codes, st.integers(0, 16), st.sampled_from(rules.ALPHABET))
def test_every_single_mistyped_character_is_found(first: str, place: int, sign: str) -> None:
    code = with_check(first)
    assert rules.credit_code(code) == code
    mistyped = code[:place] + sign + code[place + 1 :]
    if mistyped != code:
        with pytest.raises((CreditCodeCheckWrong, CreditCodeMalformed)):
            rules.credit_code(mistyped)


def test_a_wrong_check_character_is_refused_as_such() -> None:
    with pytest.raises(CreditCodeCheckWrong):
        rules.credit_code("91350100M000100Y44")


def test_names_and_titles_are_trimmed_and_bounded() -> None:
    assert rules.organization_name("  寒亭街道  商城社区党委 ") == "寒亭街道 商城社区党委"
    assert rules.membership_title(" 书记 ") == "书记"
    assert rules.membership_title("  ") is None
    assert rules.membership_title(None) is None
    for wrong in ("", "   ", "社" * 129):
        with pytest.raises(OrganizationNameInvalid):
            rules.organization_name(wrong)
    with pytest.raises(MembershipTitleInvalid):
        rules.membership_title("书" * 65)


def test_a_membership_may_follow_another_from_the_next_day() -> None:
    rules.check_membership(DAY, None, [(date(2025, 1, 1), date(2026, 2, 28))])
    with pytest.raises(MembershipExists):
        rules.check_membership(DAY, None, [(date(2025, 1, 1), DAY)])
    with pytest.raises(MembershipExists):
        rules.check_membership(DAY, DAY, [(date(2025, 1, 1), None)])


def test_a_membership_ends_once_and_not_before_it_began() -> None:
    rules.check_membership(DAY, DAY, [])
    rules.check_membership_end(DAY, None, DAY)
    rules.check_membership_end(DAY, date(2026, 12, 31), date(2026, 12, 30))
    with pytest.raises(MembershipDatesInvalid):
        rules.check_membership(DAY, date(2026, 2, 28), [])
    with pytest.raises(MembershipDatesInvalid):
        rules.check_membership_end(DAY, None, date(2026, 2, 28))
    with pytest.raises(MembershipEnded) as refused:
        rules.check_membership_end(DAY, date(2026, 4, 1), date(2026, 5, 1))
    assert refused.value.params == {"until": "2026-04-01"}


@given(terms, terms)
def test_overlap_is_mutual_and_means_a_shared_day(
    one: tuple[date, date | None], other: tuple[date, date | None]
) -> None:
    shared = rules.overlaps(one, other)
    assert shared == rules.overlaps(other, one)
    start, end = max(one[0], other[0]), min(one[1] or date.max, other[1] or date.max)
    assert shared == (start <= end)

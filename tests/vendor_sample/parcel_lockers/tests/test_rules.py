"""Decisions and sums, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acme_parcel_lockers import rules
from acme_parcel_lockers.errors import (
    CellsOutOfRange,
    CreditUnfit,
    LockerClosed,
    LockerFull,
    ParcelGone,
    RecipientNotAsked,
    TextUnfit,
)
from acme_parcel_lockers.rules import AcmeLockerState, AcmeParcelState

NINE = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOURS = timedelta(hours=1)


def test_nothing_is_charged_within_the_free_time() -> None:
    end = rules.free_until(NINE, hours=24)

    assert end == NINE + 24 * HOURS
    assert rules.storage_fee(end, end, fen_per_day=50, most_fen=500) == 0


@pytest.mark.parametrize(("hours", "fen"), [(0.01, 50), (24, 50), (24.01, 100), (240, 500), (2400, 500)])
def test_each_day_begun_costs_as_much_up_to_the_cap(hours: float, fen: int) -> None:
    assert rules.storage_fee(NINE + hours * HOURS, NINE, fen_per_day=50, most_fen=500) == fen


@given(
    minutes=st.integers(min_value=-100_000, max_value=1_000_000),
    more=st.integers(min_value=0, max_value=100_000),
    per_day=st.integers(min_value=0, max_value=1000),
    most=st.integers(min_value=0, max_value=10_000),
)
def test_a_fee_is_never_negative_never_above_the_cap_and_never_falls(
    minutes: int, more: int, per_day: int, most: int
) -> None:
    def fee(after: int) -> int:
        return rules.storage_fee(NINE + timedelta(minutes=after), NINE, fen_per_day=per_day, most_fen=most)

    assert 0 <= fee(minutes) <= fee(minutes + more) <= most


@given(
    amount=st.integers(min_value=1, max_value=10**9),
    credits=st.lists(st.integers(min_value=-5, max_value=10**9), max_size=20),
)
def test_credits_never_sum_up_to_more_than_the_bill(amount: int, credits: list[int]) -> None:
    credited, granted = 0, 0
    for one in credits:
        fits = 0 < one <= amount - granted
        try:
            credited = rules.credited_after(amount, credited, one)
        except CreditUnfit:
            assert not fits
        else:
            assert fits
            granted += one

    assert credited == granted <= amount
    assert rules.open_fen(amount, credited) == amount - granted


def test_a_parcel_goes_into_the_lowest_free_cell() -> None:
    assert rules.first_free_cell(3, {1, 3}) == 2
    with pytest.raises(LockerFull):
        rules.first_free_cell(2, {1, 2})


def test_a_locker_takes_parcels_when_it_is_open_and_the_recipient_agreed() -> None:
    rules.ensure_takes_parcels(AcmeLockerState.OPEN, agreed=True)
    with pytest.raises(RecipientNotAsked):
        rules.ensure_takes_parcels(AcmeLockerState.OPEN, agreed=False)
    with pytest.raises(LockerClosed):
        rules.ensure_takes_parcels(AcmeLockerState.CLOSED, agreed=True)


@pytest.mark.parametrize("state", [one for one in AcmeParcelState if one is not AcmeParcelState.WAITING])
def test_a_stay_ends_once(state: AcmeParcelState) -> None:
    with pytest.raises(ParcelGone, match=state.name):
        rules.ensure_waiting(state)


@pytest.mark.parametrize("cells", [0, -1, rules.MOST_CELLS + 1])
def test_a_locker_has_at_least_one_cell_and_no_more_than_are_built(cells: int) -> None:
    assert rules.checked_cells(rules.MOST_CELLS) == rules.MOST_CELLS
    with pytest.raises(CellsOutOfRange):
        rules.checked_cells(cells)


@pytest.mark.parametrize("text", ["", "  ", "四个字节", "a\0"])
def test_a_text_that_cannot_be_kept_is_refused(text: str) -> None:
    assert rules.checked_text(" abc ", most=3, field="place") == "abc"
    with pytest.raises(TextUnfit):
        rules.checked_text(text, most=3, field="place")


def test_lists_show_the_end_of_a_code_alone() -> None:
    assert rules.masked_code("123456") == "****56"

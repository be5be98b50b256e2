"""The rules of rewards: values by kind, stock and limits, sponsorships, bills, days of a reservation."""

from datetime import date

import pytest

from wangge_volunteer_points.errors import (
    BillMissing,
    CreditAboveBill,
    DailyLimitReached,
    OutOfStock,
    RedemptionLapsed,
    RedemptionNotReserved,
    RewardNotOffered,
    RewardValueMissing,
    SponsorshipMissing,
    VolunteerPointsError,
)
from wangge_volunteer_points.rules.rewards import (
    RedemptionState,
    RewardKind,
    RewardState,
    ensure_credit_within_bill,
    ensure_in_stock,
    ensure_not_lapsed,
    ensure_reserved,
    ensure_reward_value,
    ensure_sponsored,
    ensure_within_daily_limit,
    held_until,
    is_sponsorship_in_force,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("kind", "credit_fen", "parking_hours"),
    [
        (RewardKind.PROPERTY_FEE_CREDIT, 5000, None),
        (RewardKind.PARKING_HOURS, None, 2),
        (RewardKind.GOODS, None, None),
    ],
)
def test_a_reward_says_what_its_kind_needs(
    kind: RewardKind, credit_fen: int | None, parking_hours: int | None
) -> None:
    ensure_reward_value(kind, credit_fen=credit_fen, parking_hours=parking_hours)


@pytest.mark.parametrize(
    ("kind", "credit_fen", "parking_hours"),
    [
        (RewardKind.PROPERTY_FEE_CREDIT, None, None),
        (RewardKind.PROPERTY_FEE_CREDIT, 0, None),
        (RewardKind.PROPERTY_FEE_CREDIT, 5000, 2),
        (RewardKind.PARKING_HOURS, 5000, None),
        (RewardKind.GOODS, None, 2),
    ],
)
def test_a_reward_without_its_value_or_with_anothers_is_refused(
    kind: RewardKind, credit_fen: int | None, parking_hours: int | None
) -> None:
    with pytest.raises(RewardValueMissing):
        ensure_reward_value(kind, credit_fen=credit_fen, parking_hours=parking_hours)


def test_the_last_item_can_be_redeemed_and_the_last_of_a_day() -> None:
    ensure_in_stock(RewardState.OFFERED, 1)
    ensure_within_daily_limit(4, 5)
    ensure_within_daily_limit(400, None)


@pytest.mark.parametrize(
    ("state", "stock", "refusal"),
    [
        (RewardState.DRAFT, 5, RewardNotOffered),
        (RewardState.ENDED, 5, RewardNotOffered),
        (RewardState.OFFERED, 0, OutOfStock),
    ],
)
def test_what_is_not_offered_or_gone_is_refused(
    state: RewardState, stock: int, refusal: type[VolunteerPointsError]
) -> None:
    with pytest.raises(refusal):
        ensure_in_stock(state, stock)


def test_what_has_gone_for_today_is_refused() -> None:
    with pytest.raises(DailyLimitReached) as refused:
        ensure_within_daily_limit(2, 2)
    assert refused.value.params == {"limit": 2}


@pytest.mark.parametrize(
    ("signed_on", "valid_from", "valid_to", "in_force"),
    [
        (TODAY, TODAY, TODAY, True),
        (None, TODAY, TODAY, False),
        (date(2026, 11, 23), TODAY, TODAY, False),
        (TODAY, date(2026, 11, 23), date(2027, 1, 1), False),
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 11, 21), False),
    ],
)
def test_a_sponsorship_is_in_force_once_signed_and_while_valid(
    signed_on: date | None, valid_from: date, valid_to: date, in_force: bool
) -> None:
    found = is_sponsorship_in_force(TODAY, signed_on=signed_on, valid_from=valid_from, valid_to=valid_to)

    assert found is in_force


def test_only_a_fee_credit_needs_a_sponsorship() -> None:
    ensure_sponsored(RewardKind.GOODS, in_force=False)
    ensure_sponsored(RewardKind.PROPERTY_FEE_CREDIT, in_force=True)

    with pytest.raises(SponsorshipMissing):
        ensure_sponsored(RewardKind.PROPERTY_FEE_CREDIT, in_force=False)


def test_a_credit_may_reach_the_bill_and_not_exceed_it() -> None:
    ensure_credit_within_bill(5000, 5000)

    with pytest.raises(CreditAboveBill):
        ensure_credit_within_bill(5001, 5000)
    with pytest.raises(BillMissing):
        ensure_credit_within_bill(5000, None)


@pytest.mark.parametrize("state", [RedemptionState.CONFIRMED, RedemptionState.RELEASED])
def test_a_redemption_is_settled_once(state: RedemptionState) -> None:
    ensure_reserved(RedemptionState.RESERVED)

    with pytest.raises(RedemptionNotReserved):
        ensure_reserved(state)


def test_a_reservation_can_be_picked_up_until_its_last_day() -> None:
    last = held_until(TODAY, days=7)
    ensure_not_lapsed(last, last)

    assert last == date(2026, 11, 29)
    with pytest.raises(RedemptionLapsed):
        ensure_not_lapsed(date(2026, 11, 30), last)

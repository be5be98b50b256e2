"""Redeeming points: stock, limits of a day, and what each kind of reward needs before it may be given."""

import enum
from datetime import date, timedelta

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
)


class RewardKind(enum.Enum):
    """What a reward is."""

    PROPERTY_FEE_CREDIT = "property_fee_credit"
    PARKING_HOURS = "parking_hours"
    GOODS = "goods"


class RewardState(enum.Enum):
    """Whether a reward can be redeemed."""

    DRAFT = "draft"
    OFFERED = "offered"
    ENDED = "ended"


class RedemptionState(enum.Enum):
    """Where a redemption stands."""

    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    RELEASED = "released"


_NEEDS: dict[RewardKind, str] = {
    RewardKind.PROPERTY_FEE_CREDIT: "credit",
    RewardKind.PARKING_HOURS: "parkingHours",
    RewardKind.GOODS: "",
}


def ensure_reward_value(kind: RewardKind, *, credit_fen: int | None, parking_hours: int | None) -> None:
    """Refuse a reward that lacks what its kind needs, or says what belongs to another kind.

    Raises:
        RewardValueMissing: a fee credit without an amount, parking without hours, or goods with either.
    """
    given = {"credit": credit_fen, "parkingHours": parking_hours}
    needed = _NEEDS[kind]
    fits = {name: (value or 0) > 0 if name == needed else value is None for name, value in given.items()}
    if not all(fits.values()):
        raise RewardValueMissing(path=("kind",), needed=needed or "neither credit nor parkingHours")


def ensure_in_stock(state: RewardState, stock: int) -> None:
    """Refuse a redemption where the reward is not offered, or has gone.

    Raises:
        RewardNotOffered: it is a draft or has ended.
        OutOfStock: nothing is left.
    """
    if state is not RewardState.OFFERED:
        raise RewardNotOffered(path=("reward",))
    if stock <= 0:
        raise OutOfStock(path=("reward",))


def ensure_within_daily_limit(taken_today: int, daily_limit: int | None) -> None:
    """Refuse a redemption beyond a reward's share of one local day; None sets no limit.

    Raises:
        DailyLimitReached: today's share is used up.
    """
    if daily_limit is not None and taken_today >= daily_limit:
        raise DailyLimitReached(path=("reward",), limit=daily_limit)


def is_sponsorship_in_force(day: date, *, signed_on: date | None, valid_from: date, valid_to: date) -> bool:
    """Say whether a firm's sponsorship is signed and covers `day`; both ends belong to it."""
    return signed_on is not None and signed_on <= day and valid_from <= day <= valid_to


def ensure_sponsored(kind: RewardKind, *, in_force: bool) -> None:
    """Refuse a property-fee credit without the firm's signed sponsorship in force.

    Raises:
        SponsorshipMissing: as said.
    """
    if kind is RewardKind.PROPERTY_FEE_CREDIT and not in_force:
        raise SponsorshipMissing(path=("sponsorship",))


def ensure_credit_within_bill(credit_fen: int, bill_fen: int | None) -> None:
    """Refuse a property-fee credit that is more than the open bill.

    Raises:
        BillMissing: nobody said how much the bill is.
        CreditAboveBill: the credit exceeds it.
    """
    if bill_fen is None:
        raise BillMissing(path=("bill",))
    if credit_fen > bill_fen:
        raise CreditAboveBill(path=("bill",))


def ensure_reserved(state: RedemptionState) -> None:
    """Refuse to settle a redemption twice.

    Raises:
        RedemptionNotReserved: it was confirmed or released before.
    """
    if state is not RedemptionState.RESERVED:
        raise RedemptionNotReserved(path=("redemption",), state=state.name)


def ensure_not_lapsed(today: date, held_until: date) -> None:
    """Refuse to hand out a reward after the last day of its reservation.

    Raises:
        RedemptionLapsed: as said.
    """
    if today > held_until:
        raise RedemptionLapsed(path=("redemption",))


def held_until(today: date, *, days: int) -> date:
    """Return the last day on which a reservation made `today` can be picked up."""
    return today + timedelta(days=days)

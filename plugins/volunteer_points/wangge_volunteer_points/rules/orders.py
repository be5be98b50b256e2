"""The five verbs 点单·接单/派单·领单·晒单 as states of an order, its offers and its claims."""

import enum
from datetime import datetime

from wangge_volunteer_points.errors import OrderFull, OrderNotReady, OrderOver


class OrderState(enum.Enum):
    """Where an order stands."""

    PLACED = "placed"
    TAKEN = "taken"
    CLAIMED = "claimed"
    DONE = "done"
    SHOWN = "shown"
    CANCELLED = "cancelled"


class OrderStep(enum.Enum):
    """What can be done with an order."""

    OFFER = "offer"
    ACCEPT = "accept"
    CLAIM = "claim"
    FINISH = "finish"
    SHOW = "show"
    CANCEL = "cancel"


class OfferState(enum.Enum):
    """What became of an offer. An offer binds nobody until its team accepts it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"


class ClaimState(enum.Enum):
    """Whether a claim stands."""

    CLAIMED = "claimed"
    RELEASED = "released"


_STEPS: dict[OrderStep, tuple[frozenset[OrderState], OrderState | None]] = {
    OrderStep.OFFER: (frozenset({OrderState.PLACED}), None),
    OrderStep.ACCEPT: (frozenset({OrderState.PLACED}), OrderState.TAKEN),
    OrderStep.CLAIM: (frozenset({OrderState.TAKEN, OrderState.CLAIMED}), OrderState.CLAIMED),
    OrderStep.FINISH: (frozenset({OrderState.CLAIMED}), OrderState.DONE),
    OrderStep.SHOW: (frozenset({OrderState.DONE}), OrderState.SHOWN),
    OrderStep.CANCEL: (
        frozenset({OrderState.PLACED, OrderState.TAKEN, OrderState.CLAIMED}),
        OrderState.CANCELLED,
    ),
}
"""From which states a step may be taken, and where it leads; None leaves the state as it is."""


def state_after(state: OrderState, step: OrderStep) -> OrderState:
    """Return the state that `step` leads to.

    Raises:
        OrderNotReady: the step is not possible in this state.
    """
    allowed, target = _STEPS[step]
    if state not in allowed:
        raise OrderNotReady(path=("order",), state=state.name)
    return target or state


def ensure_order_not_over(now: datetime, ends_at: datetime) -> None:
    """Refuse to take or claim an order whose time has passed.

    Raises:
        OrderOver: as said.
    """
    if ends_at <= now:
        raise OrderOver(path=("order",))


def ensure_free_place(claimed: int, needed: int) -> None:
    """Refuse a claim beyond the number of volunteers that the order needs.

    Raises:
        OrderFull: `claimed` has reached `needed`.
    """
    if claimed >= needed:
        raise OrderFull(path=("order",), needed=needed)

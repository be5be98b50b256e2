"""The rules of orders: which of the five verbs follows which."""

from datetime import UTC, datetime, timedelta

import pytest

from wangge_volunteer_points.errors import OrderFull, OrderNotReady, OrderOver
from wangge_volunteer_points.rules.orders import (
    OrderState,
    OrderStep,
    ensure_free_place,
    ensure_order_not_over,
    state_after,
)

ALLOWED = {
    (OrderState.PLACED, OrderStep.OFFER): OrderState.PLACED,
    (OrderState.PLACED, OrderStep.ACCEPT): OrderState.TAKEN,
    (OrderState.TAKEN, OrderStep.CLAIM): OrderState.CLAIMED,
    (OrderState.CLAIMED, OrderStep.CLAIM): OrderState.CLAIMED,
    (OrderState.CLAIMED, OrderStep.FINISH): OrderState.DONE,
    (OrderState.DONE, OrderStep.SHOW): OrderState.SHOWN,
    (OrderState.PLACED, OrderStep.CANCEL): OrderState.CANCELLED,
    (OrderState.TAKEN, OrderStep.CANCEL): OrderState.CANCELLED,
    (OrderState.CLAIMED, OrderStep.CANCEL): OrderState.CANCELLED,
}


@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("step", OrderStep)
def test_each_step_is_possible_in_its_own_states_only(state: OrderState, step: OrderStep) -> None:
    if (state, step) in ALLOWED:
        assert state_after(state, step) is ALLOWED[state, step]
        return
    with pytest.raises(OrderNotReady) as refused:
        state_after(state, step)
    assert refused.value.params == {"state": state.name}


def test_no_step_but_the_teams_own_acceptance_makes_an_offered_order_work_to_do() -> None:
    leading_to_taken = [step for (_, step), target in ALLOWED.items() if target is OrderState.TAKEN]

    assert leading_to_taken == [OrderStep.ACCEPT]


def test_an_order_takes_as_many_claims_as_it_needs() -> None:
    ensure_free_place(1, 2)

    with pytest.raises(OrderFull) as refused:
        ensure_free_place(2, 2)
    assert refused.value.params == {"needed": 2}


def test_an_order_is_taken_and_claimed_before_its_time_is_over() -> None:
    end = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

    ensure_order_not_over(end - timedelta(seconds=1), end)
    with pytest.raises(OrderOver):
        ensure_order_not_over(end, end)

"""A breaker opens by failures within its window, lets one trial through after its rest, and closes."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wangge._host.fences.breakers import LONGEST_REST, Breaker, Budget, Opening, Reason

START = datetime(2026, 11, 29, 4, tzinfo=UTC)
BUDGET = Budget(failures=3, window=timedelta(seconds=60), rest=timedelta(seconds=30))


def at(seconds: float) -> datetime:
    """Return a time after the start."""
    return START + timedelta(seconds=seconds)


def opened() -> Breaker:
    """Return a breaker that three failures have opened at the start."""
    breaker = Breaker(BUDGET)
    assert [breaker.failed(Reason.RAISED, ref, START) for ref in "abc"] == [False, False, True]
    return breaker


def test_failures_within_the_window_open_it_and_the_last_is_shown() -> None:
    breaker = opened()

    assert breaker.opening == Opening(START, at(30), 3, Reason.RAISED, "c")
    assert not breaker.admits("anyone", at(29))


def test_failures_that_are_older_than_the_window_do_not_count() -> None:
    breaker = Breaker(BUDGET)

    times = [0, 1, 61, 62, 120]
    found = [breaker.failed(Reason.RAISED, "x", at(second)) for second in times]

    assert found == [False, False, False, False, True]  # at 61 the first two are gone; 61, 62 and 120 count


def test_what_hangs_counts_three_times_and_a_stall_opens_at_once() -> None:
    late, stalled = Breaker(BUDGET), Breaker(Budget(100, BUDGET.window, BUDGET.rest))

    assert late.failed(Reason.LATE, "x", START)
    assert stalled.failed(Reason.STALLED, "x", START)
    assert stalled.opening == Opening(START, at(120), 1, Reason.STALLED, "x")


def test_after_the_rest_one_caller_tries_it_with_all_its_calls() -> None:
    breaker = opened()

    assert [breaker.admits(who, at(30)) for who in ("one", "other", "one")] == [True, False, True]


def test_a_trial_that_goes_well_closes_it() -> None:
    breaker = opened()
    breaker.admits("one", at(30))

    breaker.close()

    assert breaker.opening is None
    assert breaker.admits("other", at(30))
    assert not breaker.failed(Reason.RAISED, "x", at(31))


def test_a_trial_that_fails_lets_it_rest_twice_as_long_up_to_a_bound() -> None:
    breaker, now, rests = opened(), START, []
    for _ in range(6):
        assert breaker.opening is not None
        rests.append((breaker.opening.retry_at - now).total_seconds())
        now = breaker.opening.retry_at
        assert breaker.admits("one", now)
        assert breaker.failed(Reason.RAISED, "x", now)

    assert rests == [30, 60, 120, 240, 480, 30 * LONGEST_REST]


def test_a_trial_that_never_ends_lets_another_be_made() -> None:
    breaker = opened()
    breaker.admits("gone", at(30))

    assert not breaker.admits("other", at(59))
    assert breaker.admits("other", at(60))


def test_a_call_that_began_before_it_opened_changes_nothing() -> None:
    breaker = opened()

    assert not breaker.failed(Reason.LATE, "late", at(1))
    assert breaker.opening == Opening(START, at(30), 3, Reason.RAISED, "c")


def test_it_is_open_as_another_process_found_it() -> None:
    breaker = Breaker(BUDGET)
    breaker.take_over(Opening(START, at(90), 7, Reason.LATE, "theirs"))
    breaker.take_over(Opening(START, at(30), 7, Reason.LATE, "older"))

    assert breaker.opening == Opening(START, at(90), 7, Reason.LATE, "theirs")
    assert not breaker.admits("anyone", at(89))
    assert breaker.admits("anyone", at(90))


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=40))
def test_it_opens_exactly_when_so_many_failures_lie_within_the_window(times: list[float]) -> None:
    breaker, seen = Breaker(BUDGET), list[float]()
    for second in sorted(times):
        seen.append(second)
        recent = [one for one in seen if at(one) > at(second) - BUDGET.window]
        opens = breaker.failed(Reason.RAISED, "x", at(second))
        assert opens == (len(recent) >= BUDGET.failures)
        if opens:
            return

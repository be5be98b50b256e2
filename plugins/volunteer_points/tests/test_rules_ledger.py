"""The ledger's rules: balanced postings, first-in first-out lots, no negative book, reversal and expiry."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from wangge_volunteer_points.errors import NotEnoughPoints
from wangge_volunteer_points.rules.ledger import (
    Book,
    Holding,
    Line,
    Lot,
    Move,
    Posting,
    TransferKind,
    earn,
    expire,
    is_balanced,
    redeem,
    release,
    reserve,
    reverse,
)

TODAY = date(2026, 11, 22)
OLD, NEW, NEWER = UUID(int=1), UUID(int=2), UUID(int=3)

amounts = st.integers(min_value=1, max_value=500)


def lot(id: UUID, remaining: int, *, days: int = 30) -> Lot:
    return Lot(id, TODAY + timedelta(days=days), remaining)


def lots() -> st.SearchStrategy[list[Lot]]:
    one = st.tuples(st.integers(min_value=0, max_value=50), st.integers(min_value=-20, max_value=20))
    return st.lists(one, max_size=6).map(
        lambda drawn: [lot(UUID(int=number), left, days=days) for number, (left, days) in enumerate(drawn)]
    )


def test_points_earned_without_debt_open_a_lot() -> None:
    posting = earn(Holding(), 10)

    assert posting.lines == (Line(Book.ISSUED, debit=10), Line(Book.AVAILABLE, credit=10))
    assert posting.opens == 10


def test_points_earned_settle_a_debt_before_they_open_a_lot() -> None:
    posting = earn(Holding(debt=6), 10)

    assert posting.lines == (
        Line(Book.ISSUED, debit=10),
        Line(Book.DEBT, credit=6),
        Line(Book.AVAILABLE, credit=4),
    )
    assert posting.opens == 4
    assert posting.holding_after(Holding(debt=6)) == Holding(available=4)


def test_points_earned_below_the_debt_open_no_lot() -> None:
    posting = earn(Holding(debt=6), 4)

    assert posting.opens == 0
    assert posting.holding_after(Holding(debt=6)) == Holding(debt=2)


def test_a_reservation_takes_from_the_lots_that_expire_first() -> None:
    posting = reserve([lot(NEWER, 9, days=20), lot(OLD, 3, days=1), lot(NEW, 4, days=10)], 8, TODAY)

    assert posting.moves == (Move(OLD, -3), Move(NEW, -4), Move(NEWER, -1))


def test_lots_of_one_day_are_used_in_the_order_they_were_earned() -> None:
    posting = reserve([lot(NEW, 5), lot(OLD, 5)], 6, TODAY)

    assert posting.moves == (Move(OLD, -5), Move(NEW, -1))


def test_points_can_be_spent_on_their_last_day_and_not_after() -> None:
    assert reserve([lot(OLD, 5, days=0)], 5, TODAY).moves == (Move(OLD, -5),)

    with pytest.raises(NotEnoughPoints) as refused:
        reserve([lot(OLD, 5, days=-1)], 5, TODAY)
    assert refused.value.params == {"needed": 5, "available": 0}


def test_a_reservation_beyond_what_remains_is_refused() -> None:
    with pytest.raises(NotEnoughPoints) as refused:
        reserve([lot(OLD, 3), lot(NEW, 4)], 8, TODAY)

    assert refused.value.params == {"needed": 8, "available": 7}


def test_released_points_return_to_the_lots_they_came_from() -> None:
    posting = release(Holding(reserved=7), [Move(OLD, -3), Move(NEW, -4)], 7)

    assert posting.moves == (Move(OLD, 3), Move(NEW, 4))
    assert posting.holding_after(Holding(reserved=7)) == Holding(available=7)


def test_released_points_settle_a_debt_from_the_lots_that_expire_first() -> None:
    posting = release(Holding(reserved=7, debt=5), [Move(OLD, -3), Move(NEW, -4)], 7)

    assert posting.moves == (Move(NEW, 2),)
    assert posting.holding_after(Holding(reserved=7, debt=5)) == Holding(available=2)


def test_a_redemption_spends_what_was_reserved() -> None:
    posting = redeem(7)

    assert posting.lines == (Line(Book.RESERVED, debit=7), Line(Book.REDEEMED, credit=7))
    assert posting.holding_after(Holding(available=1, reserved=7)) == Holding(available=1)


def test_only_lots_past_their_day_expire() -> None:
    posting = expire([lot(OLD, 3, days=-1), lot(NEW, 4, days=0), lot(NEWER, 0, days=-9)], TODAY)

    assert posting is not None
    assert posting.moves == (Move(OLD, -3),)
    assert posting.lines == (Line(Book.AVAILABLE, debit=3), Line(Book.EXPIRED, credit=3))


def test_nothing_expires_where_no_lot_is_past_its_day() -> None:
    assert expire([lot(OLD, 3, days=0)], TODAY) is None


def test_a_reversal_takes_from_the_records_own_lot_first() -> None:
    posting = reverse([lot(OLD, 9), lot(NEW, 4)], 6, earned_lot=NEW)

    assert posting.moves == (Move(NEW, -4), Move(OLD, -2))


def test_a_reversal_of_points_already_spent_becomes_a_debt() -> None:
    posting = reverse([lot(OLD, 4)], 10, earned_lot=OLD)

    assert posting.lines == (
        Line(Book.AVAILABLE, debit=4),
        Line(Book.DEBT, debit=6),
        Line(Book.ISSUED, credit=10),
    )
    assert posting.holding_after(Holding(available=4, reserved=6)) == Holding(reserved=6, debt=6)


@given(amounts, st.integers(min_value=0, max_value=500))
def test_a_reversal_right_after_the_earning_restores_the_holding(amount: int, before: int) -> None:
    held = Holding(available=before)
    earned = earn(held, amount)
    own = [lot(OLD, before), lot(NEW, earned.opens)]

    undone = reverse(own, amount, earned_lot=NEW)

    assert undone.holding_after(earned.holding_after(held)) == held
    assert undone.moves == (Move(NEW, -amount),)


@given(lots(), amounts)
def test_a_reservation_uses_no_later_lot_while_an_earlier_one_remains(held: list[Lot], amount: int) -> None:
    try:
        posting = reserve(held, amount, TODAY)
    except NotEnoughPoints:
        assert sum(one.remaining for one in held if one.expires_on >= TODAY) < amount
        return
    by_id = {one.id: one for one in held}
    *emptied, last = posting.moves
    assert all(by_id[move.lot_id].remaining == -move.amount for move in emptied)
    untouched = [one for one in held if one.id not in {move.lot_id for move in posting.moves}]
    assert all(
        (one.expires_on, one.id) > (by_id[last.lot_id].expires_on, last.lot_id)
        for one in untouched
        if one.remaining and one.expires_on >= TODAY
    )


@given(lots(), amounts, st.integers(min_value=0, max_value=500))
def test_every_posting_is_balanced(held: list[Lot], amount: int, debt: int) -> None:
    holding = Holding(available=sum(one.remaining for one in held), reserved=amount, debt=debt)
    postings = [
        earn(holding, amount),
        release(holding, [Move(OLD, -amount)], amount),
        redeem(amount),
        expire(held, TODAY),
        reverse(held, amount, earned_lot=OLD),
    ]
    assert all(is_balanced(posting.lines) for posting in postings if posting)


def test_a_line_with_both_sides_or_none_is_not_balanced() -> None:
    assert not is_balanced([Line(Book.ISSUED, debit=3, credit=3)])
    assert not is_balanced([Line(Book.ISSUED)])
    assert not is_balanced([Line(Book.ISSUED, debit=3), Line(Book.AVAILABLE, credit=2)])


class Ledger(RuleBasedStateMachine):
    """One account through any sequence of movements, kept the way the services keep it."""

    def __init__(self) -> None:
        super().__init__()
        self.today = TODAY
        self.holding = Holding()
        self.lots: dict[UUID, Lot] = {}
        self.books = dict.fromkeys(Book, 0)
        self.records: list[tuple[int, UUID | None]] = []
        self.reservations: list[Posting] = []
        self.expired_of: dict[UUID, int] = {}

    def write(self, posting: Posting) -> UUID | None:
        self.holding = posting.holding_after(self.holding)
        for line in posting.lines:
            self.books[line.book] += line.credit - line.debit
        for move in posting.moves:
            old = self.lots[move.lot_id]
            self.lots[old.id] = Lot(old.id, old.expires_on, old.remaining + move.amount)
            if posting.kind is TransferKind.EXPIRE:
                self.expired_of[old.id] = self.expired_of.get(old.id, 0) - move.amount
        if not posting.opens:
            return None
        opened = UUID(int=len(self.lots) + 1)
        self.lots[opened] = Lot(opened, self.today + timedelta(days=10), posting.opens)
        return opened

    def close_day(self) -> None:
        posting = expire(list(self.lots.values()), self.today)
        if posting:
            self.write(posting)

    @rule(amount=amounts)
    def earns(self, amount: int) -> None:
        self.records.append((amount, self.write(earn(self.holding, amount))))

    @rule(amount=amounts)
    def reserves(self, amount: int) -> None:
        self.close_day()
        before = self.holding
        try:
            posting = reserve(list(self.lots.values()), amount, self.today)
        except NotEnoughPoints:
            assert before.available < amount
            return
        self.write(posting)
        self.reservations.append(posting)

    @precondition(lambda self: self.reservations)
    @rule(data=st.data())
    def settles(self, data: st.DataObject) -> None:
        posting = self.reservations.pop(data.draw(st.integers(0, len(self.reservations) - 1)))
        if data.draw(st.booleans()):
            self.write(redeem(posting.amount))
        else:
            self.write(release(self.holding, posting.moves, posting.amount))

    @precondition(lambda self: self.records)
    @rule(data=st.data())
    def voids(self, data: st.DataObject) -> None:
        self.close_day()
        earned, own = self.records.pop(data.draw(st.integers(0, len(self.records) - 1)))
        amount = earned - (self.expired_of.get(own, 0) if own else 0)
        if amount:
            self.write(reverse(list(self.lots.values()), amount, earned_lot=own))

    @rule(days=st.integers(min_value=1, max_value=8))
    def waits(self, days: int) -> None:
        self.today += timedelta(days=days)

    @invariant()
    def nothing_is_negative(self) -> None:
        assert min(self.holding.available, self.holding.reserved, self.holding.debt) >= 0
        assert all(one.remaining >= 0 for one in self.lots.values())

    @invariant()
    def the_books_agree(self) -> None:
        assert sum(self.books.values()) == 0
        assert self.books[Book.AVAILABLE] == self.holding.available
        assert self.books[Book.RESERVED] == self.holding.reserved
        assert -self.books[Book.DEBT] == self.holding.debt

    @invariant()
    def what_is_available_lies_in_lots(self) -> None:
        assert self.holding.available == sum(one.remaining for one in self.lots.values())

    @invariant()
    def what_is_set_aside_awaits_its_redemption(self) -> None:
        assert self.holding.reserved == sum(posting.amount for posting in self.reservations)


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)

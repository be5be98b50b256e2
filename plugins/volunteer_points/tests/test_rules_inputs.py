"""The rules of inputs: texts that fit their columns, and numbers in range."""

import pytest

from wangge_volunteer_points.errors import NumberOutOfRange, TextUnfit
from wangge_volunteer_points.rules.inputs import MANY, checked_number, checked_text, optional_text


def test_a_text_is_kept_without_the_blanks_around_it() -> None:
    assert checked_text("  修灯 ", most=2, field="title") == "修灯"


@pytest.mark.parametrize("text", ["", "   ", "修路灯", "a\0"])
def test_a_text_that_is_empty_too_long_or_unkeepable_is_refused(text: str) -> None:
    with pytest.raises(TextUnfit) as refused:
        checked_text(text, most=2, field="title")
    assert (refused.value.path, refused.value.params) == (("title",), {"most": 2})


def test_a_text_that_may_be_left_out_is_none_when_blank() -> None:
    assert optional_text(None, most=5, field="reason") is None
    assert optional_text("  ", most=5, field="reason") is None
    assert optional_text(" 没空 ", most=5, field="reason") == "没空"


def test_a_number_lies_between_its_bounds() -> None:
    assert checked_number(1, field="cost") == 1
    assert checked_number(MANY, field="cost") == MANY

    for number in (0, -1, MANY + 1):
        with pytest.raises(NumberOutOfRange) as refused:
            checked_number(number, field="cost")
        assert refused.value.params == {"least": 1, "most": MANY}

"""What makes a tree of grids sound, decided without a database."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge import RuleError
from wangge_schema.grids import errors, rules
from wangge_schema.grids.rules import Level, Part, Spot

DISTRICT = Level("district", "县市区", 0)
STREET = Level("street", "街道", 10)
MERGED = Level("merged_community", "农村社区", 20)
COMMUNITY = Level("community", "社区", 30)
COMPOUND = Level("compound", "小区", 40)
BUILDING = Level("building", "楼栋", 60)
SCHEME = rules.check_scheme([DISTRICT, STREET, MERGED, COMMUNITY, COMPOUND, BUILDING])

ONE, TWO, THREE, FOUR = (UUID(int=number) for number in range(1, 5))


def test_a_scheme_is_ordered_by_rank() -> None:
    scheme = rules.check_scheme([COMMUNITY, DISTRICT, STREET])

    assert [level.key for level in scheme.levels] == ["district", "street", "community"]


@pytest.mark.parametrize(
    "levels",
    [
        [DISTRICT, STREET],
        [DISTRICT, STREET, COMMUNITY, Level("compound", "小区", 30)],
        [DISTRICT, STREET, COMMUNITY, Level("community", "村", 35)],
        [Level("district", "市", 5), STREET, COMMUNITY],
        [DISTRICT, Level("street", "街道", 40), COMMUNITY],
        [Level("city", "市", -1), DISTRICT, STREET, COMMUNITY],
    ],
    ids=[
        "no community",
        "rank twice",
        "key twice",
        "district not 0",
        "street below community",
        "above district",
    ],
)
def test_a_scheme_without_the_levels_of_the_division_tables_in_order_is_refused(levels: list[Level]) -> None:
    with pytest.raises(errors.LevelSchemeInvalid):
        rules.check_scheme(levels)


def test_an_unknown_level_is_refused_with_the_known_ones() -> None:
    with pytest.raises(errors.GridLevelUnknown, match="no level village: use one of district, street"):
        SCHEME.level("village")


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("370703", DISTRICT),
        ("WFGX", DISTRICT),
        ("370703001", STREET),
        ("370703400", STREET),
        ("370703001007", COMMUNITY),
        ("370703002200", COMMUNITY),
        ("370703101601", MERGED),
        ("370703001007001", COMPOUND),
        ("370703001007001004", BUILDING),
        ("GX01", STREET),
        ("GX01-001", COMPOUND),
        ("3707GX", COMMUNITY),
    ],
)
def test_a_code_of_the_form_of_its_level_is_taken(code: str, level: Level) -> None:
    assert rules.check_code(code, level, SCHEME) == code


@pytest.mark.parametrize(
    ("code", "level", "reason"),
    [
        ("370", DISTRICT, "expected 4–12 digits"),
        ("3707030011", STREET, "expected 9 digits"),
        ("370703001", COMMUNITY, "expected 12 digits"),
        ("370703101201", MERGED, "12 .601–999. digits"),
        ("370703001007", COMPOUND, "15, 18, 21 … digits"),
        ("3707030010070011", COMPOUND, "15, 18, 21 … digits"),
        ("gx01", STREET, "9 digits, or a local code"),
        ("GX01--1", STREET, "9 digits, or a local code"),
        ("", STREET, "9 digits, or a local code"),
        ("３７０７０３００１", STREET, "9 digits, or a local code"),
        ("G" * 33, STREET, "9 digits, or a local code"),
    ],
)
def test_a_code_of_another_form_is_refused_with_what_is_expected(
    code: str, level: Level, reason: str
) -> None:
    with pytest.raises(errors.GridCodeInvalid, match=reason) as refused:
        rules.check_code(code, level, SCHEME)

    assert refused.value.path == ("code",)


def test_serials_follow_the_highest_ever_given() -> None:
    taken = ["370703001007001", "370703001007004", "370703001007004001", "370703001008009"]

    assert rules.next_code("370703001007", []) == "370703001007001"
    assert rules.next_code("370703001007", taken) == "370703001007005"
    assert rules.next_code("370703001007004", taken) == "370703001007004002"


def test_serials_below_a_local_code_follow_a_hyphen() -> None:
    assert rules.next_code("GX01", ["GX01-007", "GX01-A", "GX01008"]) == "GX01-008"


def test_serial_999_is_the_last() -> None:
    with pytest.raises(errors.GridSerialsExhausted):
        rules.next_code("370703001007", ["370703001007999"])


def test_a_grid_must_rank_below_its_parent() -> None:
    with pytest.raises(errors.GridLevelOrder):
        rules.check_place(COMMUNITY, Spot(COMMUNITY, (1, 2)), SCHEME)


@pytest.mark.parametrize("parent", [Spot(DISTRICT, ()), Spot(STREET, (1,)), Spot(MERGED, (1, 2))])
def test_a_grid_below_the_community_level_must_lie_in_a_community(parent: Spot) -> None:
    with pytest.raises(errors.GridCommunityNeeded):
        rules.check_place(COMPOUND, parent, SCHEME)


def test_a_building_may_lie_directly_in_a_community() -> None:
    rules.check_place(BUILDING, Spot(COMMUNITY, (1, 2)), SCHEME)


def test_the_seventh_level_below_the_district_is_refused() -> None:
    rules.check_place(BUILDING, Spot(COMPOUND, (1, 2, 3, 4, 5)), SCHEME)

    with pytest.raises(errors.GridTooDeep, match="at most 6"):
        rules.check_place(BUILDING, Spot(COMPOUND, (1, 2, 3, 4, 5, 6)), SCHEME)


def test_the_district_does_not_move() -> None:
    with pytest.raises(errors.GridRootFixed):
        rules.check_move(Spot(DISTRICT, ()), 3, Spot(STREET, (1,)), SCHEME)


@pytest.mark.parametrize("below", [(1, 2), (1, 2, 3)], ids=["itself", "a descendant"])
def test_a_grid_does_not_move_below_itself(below: tuple[int, ...]) -> None:
    with pytest.raises(errors.GridCycle):
        rules.check_move(Spot(COMMUNITY, (1, 2)), 1, Spot(COMPOUND, below), SCHEME)


def test_a_move_counts_the_levels_below_the_grid() -> None:
    grid = Spot(COMMUNITY, (1, 2))

    rules.check_move(grid, 3, Spot(MERGED, (7, 8)), SCHEME)
    with pytest.raises(errors.GridTooDeep):
        rules.check_move(grid, 4, Spot(MERGED, (7, 8)), SCHEME)


def test_a_move_rewrites_the_head_of_the_path_and_keeps_its_tail() -> None:
    assert rules.moved_path((1, 2), (1, 2), (7, 8)) == (7, 8, 2)
    assert rules.moved_path((1, 2, 3, 4), (1, 2), (7, 8)) == (7, 8, 2, 3, 4)
    assert rules.moved_path((1, 2, 3), (1, 2), ()) == (2, 3)


@given(
    head=st.lists(st.integers(1, 99), max_size=2, unique=True),
    parent=st.lists(st.integers(100, 199), max_size=2, unique=True),
    tail=st.lists(st.integers(200, 299), max_size=2, unique=True),
)
def test_moving_there_and_back_changes_nothing(head: list[int], parent: list[int], tail: list[int]) -> None:
    own = 500
    root = (*head, own)
    path = (*root, *tail)

    there = rules.moved_path(path, root, tuple(parent))
    back = rules.moved_path(there, (*parent, own), tuple(head))

    assert there == (*parent, own, *tail)
    assert back == path


def test_ancestors_are_padded_to_six_columns() -> None:
    assert rules.ancestor_columns((4, 9)) == {
        "anc_1": 4,
        "anc_2": 9,
        "anc_3": None,
        "anc_4": None,
        "anc_5": None,
        "anc_6": None,
    }
    assert set(rules.ancestor_columns(()).values()) == {None}


def test_two_siblings_may_be_merged() -> None:
    rules.check_merge([Spot(COMPOUND, (1, 2, 3)), Spot(COMPOUND, (1, 2, 4))])


def test_one_grid_named_twice_is_not_a_merger() -> None:
    with pytest.raises(errors.GridMergeTooFew):
        rules.check_merge([Spot(COMPOUND, (1, 2, 3)), Spot(COMPOUND, (1, 2, 3))])


@pytest.mark.parametrize("other", [Spot(COMPOUND, (1, 9, 4)), Spot(BUILDING, (1, 2, 4))])
def test_grids_of_other_parents_or_levels_are_not_merged(other: Spot) -> None:
    with pytest.raises(errors.GridsNotSiblings):
        rules.check_merge([Spot(COMPOUND, (1, 2, 3)), other])


def test_the_district_is_not_split_or_merged() -> None:
    with pytest.raises(errors.GridRootFixed):
        rules.check_siblings([Spot(DISTRICT, ())])


def test_parts_share_out_every_sub_grid_once() -> None:
    rules.check_parts([Part((ONE,), (THREE,)), Part((TWO,))], {ONE, TWO}, {THREE})


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ([Part((ONE, TWO))], errors.GridPartsTooFew),
        ([Part((ONE, TWO)), Part((TWO,))], errors.GridPartOverlap),
        ([Part((ONE, TWO), (THREE,)), Part((), (THREE,))], errors.GridPartOverlap),
        ([Part((ONE, TWO)), Part((FOUR,))], errors.GridPartForeign),
        ([Part((ONE, TWO)), Part((), (FOUR,))], errors.GridPartForeign),
        ([Part((ONE,)), Part()], errors.GridSubgridsUnassigned),
    ],
)
def test_parts_that_do_not_share_out_the_old_grid_are_refused(
    parts: list[Part], error: type[RuleError]
) -> None:
    with pytest.raises(error):
        rules.check_parts(parts, {ONE, TWO}, {THREE})


def test_grids_change_between_the_last_beginning_and_today() -> None:
    began = [date(2020, 1, 1), date(2024, 5, 1)]
    today = date(2026, 11, 22)

    rules.check_change_date(date(2024, 5, 1), began, today)
    rules.check_change_date(today, began, today)
    with pytest.raises(errors.GridDateTooEarly, match="2024-05-01"):
        rules.check_change_date(date(2024, 4, 30), began, today)
    with pytest.raises(errors.GridDateInFuture):
        rules.check_change_date(date(2026, 11, 23), began, today)


def test_a_grid_does_not_begin_in_the_future() -> None:
    rules.check_start(date(2026, 11, 22), date(2026, 11, 22))
    with pytest.raises(errors.GridDateInFuture):
        rules.check_start(date(2026, 11, 23), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("households", "unusual"), [(0, False), (299, True), (300, False), (400, False), (401, True)]
)
def test_size_is_unusual_outside_the_range_and_an_empty_grid_is_not(households: int, unusual: bool) -> None:
    assert rules.is_unusual_size(households, 300, 400) is unusual


@pytest.mark.parametrize(
    ("check", "limit", "blank", "too_long"),
    [
        (rules.check_name, 128, errors.GridNameBlank, errors.GridNameTooLong),
        (rules.check_purpose, 64, errors.QrPurposeBlank, errors.QrPurposeTooLong),
    ],
)
def test_words_are_trimmed_and_neither_blank_nor_too_long(
    check: Callable[[str], str], limit: int, blank: type[RuleError], too_long: type[RuleError]
) -> None:
    assert check(" 锦绣小区 ") == "锦绣小区"
    assert check(" " + "楼" * limit) == "楼" * limit
    with pytest.raises(blank):
        check("  ")
    with pytest.raises(too_long, match=str(limit)):
        check("楼" * (limit + 1))

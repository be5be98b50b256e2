"""Roles, days, duty contacts and the size of pairings."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge_schema.posts import rules
from wangge_schema.posts.errors import (
    DutyNameInvalid,
    DutyPhoneInvalid,
    PairingDatesInvalid,
    PairingEnded,
    PairingExists,
    PairingOfOne,
    PairingTooLarge,
    PostDatesInvalid,
    PostEnded,
    PostOverlaps,
    PostRoleInvalid,
)
from wangge_schema.posts.settings import PostSettings

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
OFFICIAL, HEAD = UUID(int=1), UUID(int=2)


def test_a_district_starts_with_six_roles_of_which_one_is_full_time() -> None:
    assert [(role.key, role.title) for role in rules.DEFAULT_ROLES] == [
        ("grid_head", "网格长"),
        ("grid_worker_full_time", "专职网格员"),
        ("grid_worker_part_time", "兼职网格员"),
        ("building_head", "楼长"),
        ("red_grid_captain", "红格长"),
        ("lane_steward", "小巷管家"),
    ]
    assert [role.key for role in rules.DEFAULT_ROLES if role.full_time] == ["grid_worker_full_time"]


def test_the_default_roles_are_valid_themselves() -> None:
    assert tuple(rules.role(*role) for role in rules.DEFAULT_ROLES) == rules.DEFAULT_ROLES


@pytest.mark.parametrize(
    ("key", "title"),
    [("", "路长"), ("Lane", "路长"), ("2nd", "路长"), ("a-b", "路长"), ("lane", " "), ("k" * 33, "路长")],
)
def test_a_role_needs_a_plain_key_and_a_title(key: str, title: str) -> None:
    with pytest.raises(PostRoleInvalid):
        rules.role(key, title, False)
    with pytest.raises(PostRoleInvalid):
        rules.role("lane_head", "长" * 65, False)


@pytest.mark.parametrize(
    ("given_phone", "kept"),
    [
        ("13800000000", "13800000000"),
        (" 0536-7251234 ", "0536-7251234"),
        ("05367251234", "05367251234"),
        ("0536-7251234-801", "0536-7251234-801"),
        ("400-123-4567", "400-123-4567"),
        ("12345", "12345"),
        ("０５３６-7251234", "0536-7251234"),
        ("", None),
        (None, None),
    ],
)
def test_a_duty_phone_is_kept_without_blanks(given_phone: str | None, kept: str | None) -> None:
    assert rules.duty_phone(given_phone) == kept


@pytest.mark.parametrize(
    "phone", ["12800000000", "7251234", "phone", "138000000001", "0536-72512345678", "١٢٣٤٥"]
)
def test_what_is_no_telephone_number_is_refused(phone: str) -> None:
    with pytest.raises(DutyPhoneInvalid) as refused:
        rules.duty_phone(phone)
    assert refused.value.path == ("dutyPhone",)


def test_a_duty_name_is_trimmed_and_bounded() -> None:
    assert rules.duty_name("  网格  小张 ") == "网格 小张"
    assert rules.duty_name("") is None
    with pytest.raises(DutyNameInvalid):
        rules.duty_name("名" * 65)


def test_the_same_post_may_follow_from_the_next_day_but_share_none() -> None:
    rules.check_post((APRIL, None), [(MARCH, date(2026, 3, 31))])
    with pytest.raises(PostOverlaps):
        rules.check_post((APRIL, None), [(MARCH, APRIL)])
    with pytest.raises(PostOverlaps):
        rules.check_post((MARCH, None), [(MAY, None)])
    rules.check_post((MARCH, APRIL), [(MAY, None)])


def test_a_post_cannot_end_before_it_begins() -> None:
    rules.check_post((APRIL, APRIL), [])
    with pytest.raises(PostDatesInvalid):
        rules.check_post((APRIL, MARCH), [])


def test_a_post_ends_once_though_a_planned_end_may_come_earlier() -> None:
    rules.check_post_end(MARCH, None, MARCH)
    rules.check_post_end(MARCH, MAY, APRIL)
    with pytest.raises(PostEnded) as refused:
        rules.check_post_end(MARCH, APRIL, MAY)
    assert refused.value.params == {"until": "2026-04-01"}
    with pytest.raises(PostEnded):
        rules.check_post_end(MARCH, APRIL, APRIL)
    with pytest.raises(PostDatesInvalid):
        rules.check_post_end(APRIL, None, MARCH)


def test_a_pairing_needs_two_people_who_are_free() -> None:
    rules.check_pairing(OFFICIAL, HEAD, (APRIL, None), [(MARCH, date(2026, 3, 31))])
    with pytest.raises(PairingOfOne):
        rules.check_pairing(OFFICIAL, OFFICIAL, (APRIL, None), [])
    with pytest.raises(PairingExists):
        rules.check_pairing(OFFICIAL, HEAD, (APRIL, None), [(MARCH, None)])
    with pytest.raises(PairingDatesInvalid):
        rules.check_pairing(OFFICIAL, HEAD, (APRIL, MARCH), [])


def test_a_pairing_ends_once() -> None:
    rules.check_pairing_end(MARCH, None, APRIL)
    with pytest.raises(PairingEnded):
        rules.check_pairing_end(MARCH, APRIL, MAY)
    with pytest.raises(PairingDatesInvalid):
        rules.check_pairing_end(APRIL, None, MARCH)


@given(st.lists(st.uuids(), max_size=210))
def test_households_of_a_pairing_count_once_and_at_most_200(households: list[UUID]) -> None:
    if len(set(households)) > 200:
        with pytest.raises(PairingTooLarge):
            rules.check_households(households)
    else:
        once = rules.check_households([*households, *households])
        assert len(once) == len(set(households))
        assert set(once) == set(households)


@pytest.mark.parametrize(
    ("households", "unusual"), [(39, True), (40, False), (50, False), (60, False), (61, True)]
)
def test_a_pairing_outside_40_to_60_households_is_unusual(households: int, unusual: bool) -> None:
    settings = PostSettings()
    assert (
        rules.is_unusual_size(households, settings.pairing_households_low, settings.pairing_households_high)
        is unusual
    )


def test_settings_with_bounds_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="must not exceed"):
        PostSettings(pairing_households_low=61)

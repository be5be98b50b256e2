"""Rules about people: documents, masks, names, phones, dates."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wangge import RuleError
from wangge_schema.people import errors, rules
from wangge_schema.people.rules import AreaStatus, DocumentType, Sex

TODAY = date(2026, 11, 22)

unhurried = settings(deadline=None)
"""No test asserts a time."""


def identity_number(born: date, sequence: int, area: str = "379999") -> str:
    """Return a synthetic identity number with a fitting check character."""
    first = f"{area}{born:%Y%m%d}{sequence:03d}"
    return first + rules.check_character(first)


births = st.dates(date(1900, 1, 1), TODAY)
sequences = st.integers(0, 999)


@unhurried
@given(births, sequences)
def test_an_identity_number_tells_birth_date_and_sex(born: date, sequence: int) -> None:
    facts = rules.read_document(DocumentType.IDENTITY_CARD, identity_number(born, sequence), TODAY)
    assert (facts.birth_date, facts.sex) == (born, Sex.MALE if sequence % 2 else Sex.FEMALE)


@unhurried
@given(births, sequences, st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_mistyped_digit_is_always_found(born: date, sequence: int, at: int, digit: str) -> None:
    number = identity_number(born, sequence)
    mistyped = number[:at] + digit + number[at + 1 :]
    if mistyped == number:
        return
    with pytest.raises(RuleError):
        rules.read_document(DocumentType.IDENTITY_CARD, mistyped, TODAY)


@unhurried
@given(births, sequences, st.integers(6, 15))
def test_two_neighbours_exchanged_are_always_found(born: date, sequence: int, at: int) -> None:
    number = identity_number(born, sequence)
    exchanged = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if exchanged == number:
        return
    with pytest.raises(errors.DocumentCheckDigitWrong):
        rules.read_document(DocumentType.IDENTITY_CARD, exchanged, TODAY)


def test_the_check_character_may_be_x() -> None:
    number = next(n for n in (identity_number(date(1990, 1, 1), i) for i in range(999)) if n.endswith("X"))
    facts = rules.read_document(DocumentType.IDENTITY_CARD, number.lower(), TODAY)
    assert facts.number == number


def test_blanks_and_full_width_digits_are_normalised() -> None:
    number = identity_number(date(1980, 5, 17), 12)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    spaced = f" {wide[:6]} {wide[6:14]}-{wide[14:]}"
    assert rules.read_document(DocumentType.IDENTITY_CARD, spaced, TODAY).number == number


def test_the_wrong_check_character_is_named() -> None:
    number = identity_number(date(1980, 5, 17), 12)
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    with pytest.raises(errors.DocumentCheckDigitWrong) as caught:
        rules.read_document(DocumentType.IDENTITY_CARD, wrong, TODAY)
    assert caught.value.path == ("documentNumber",)
    assert wrong not in str(caught.value)


def test_fifteen_digits_are_refused_as_obsolete() -> None:
    with pytest.raises(errors.DocumentNumberObsolete):
        rules.read_document(DocumentType.IDENTITY_CARD, "370703800517001", TODAY)


@pytest.mark.parametrize("middle", ["20230230", "19801301", "19800001", "20261123"])
def test_an_impossible_birth_date_is_refused(middle: str) -> None:
    first = f"379999{middle}001"
    with pytest.raises(errors.DocumentBirthDateInvalid):
        rules.read_document(DocumentType.IDENTITY_CARD, first + rules.check_character(first), TODAY)


@pytest.mark.parametrize(
    "text", ["12345", "37999919800517001", "A79999198005170012", "379999" * 3 + "1", "3799991980051700一二"]
)
def test_other_forms_of_identity_number_are_refused(text: str) -> None:
    with pytest.raises(errors.DocumentNumberInvalid):
        rules.read_document(DocumentType.IDENTITY_CARD, text, TODAY)


@pytest.mark.parametrize(
    ("area", "status"),
    [
        ("370703", AreaStatus.KNOWN),
        ("371523", AreaStatus.RETIRED),
        ("372922", AreaStatus.RETIRED),
        ("379999", AreaStatus.UNKNOWN),
    ],
)
def test_area_codes_are_judged_but_never_refused(area: str, status: AreaStatus) -> None:
    number = identity_number(date(1970, 3, 1), 7, area)
    assert rules.read_document(DocumentType.IDENTITY_CARD, number, TODAY).area is status


@pytest.mark.parametrize(
    ("kind", "area"),
    [
        (DocumentType.HONG_KONG_MACAO_RESIDENCE_PERMIT, "810000"),
        (DocumentType.HONG_KONG_MACAO_RESIDENCE_PERMIT, "820000"),
        (DocumentType.TAIWAN_RESIDENCE_PERMIT, "830000"),
        (DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD, "937840"),
    ],
)
def test_residence_permits_tell_birth_date_and_sex(kind: DocumentType, area: str) -> None:
    facts = rules.read_document(kind, identity_number(date(1991, 2, 3), 31, area), TODAY)
    assert (facts.birth_date, facts.sex, facts.area) == (date(1991, 2, 3), Sex.MALE, AreaStatus.KNOWN)


def test_a_permit_of_another_kind_is_refused() -> None:
    number = identity_number(date(1991, 2, 3), 31, "830000")
    with pytest.raises(errors.DocumentNumberInvalid):
        rules.read_document(DocumentType.HONG_KONG_MACAO_RESIDENCE_PERMIT, number, TODAY)


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        (DocumentType.PASSPORT, "e 1234 5678", "E12345678"),
        (DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD, "usa110080010101", "USA110080010101"),
        (DocumentType.NONE, " ", ""),
    ],
)
def test_other_documents_keep_their_number(kind: DocumentType, text: str, number: str) -> None:
    assert rules.read_document(kind, text, TODAY) == rules.DocumentFacts(number)


def test_a_number_without_a_document_is_refused() -> None:
    with pytest.raises(errors.DocumentNumberUnexpected):
        rules.read_document(DocumentType.NONE, "E12345678", TODAY)


def test_a_document_without_a_number_is_refused() -> None:
    with pytest.raises(errors.DocumentNumberMissing):
        rules.read_document(DocumentType.PASSPORT, "", TODAY)


@unhurried
@given(births, sequences)
def test_a_masked_identity_number_shows_seven_characters(born: date, sequence: int) -> None:
    number = identity_number(born, sequence)
    masked = rules.mask_document(number)
    assert masked == number[:3] + "*" * 11 + number[-4:]


@unhurried
@given(st.text("0123456789ABCXYZ", max_size=17))
def test_other_masked_numbers_hide_at_least_half(number: str) -> None:
    masked = rules.mask_document(number)
    assert len(masked) == len(number)
    assert 2 * masked.count("*") >= len(number)


@unhurried
@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_the_masked_phone_hides_the_middle_four(phone: str) -> None:
    assert rules.mask_phone(rules.normalise_phone(phone)) == f"{phone[:3]}****{phone[7:]}"


@unhurried
@given(st.text(max_size=12))
def test_a_masked_phone_never_shows_more_than_seven_signs(text: str) -> None:
    assert sum(sign != "*" for sign in rules.mask_phone(text)) <= 7


@unhurried
@given(st.text(min_size=1, max_size=64))
def test_a_masked_name_is_one_character_and_a_star(name: str) -> None:
    assert rules.mask_name(name) == f"{name[0]}*"


def test_a_masked_address_ends_at_the_building() -> None:
    assert rules.mask_address("幸福小区3号楼") == "幸福小区3号楼***"


@pytest.mark.parametrize(
    "text", ["13812345678", " 138-1234-5678", "+8613812345678", "008613812345678", "１３８１２３４５６７８"]
)
def test_phones_have_one_spelling(text: str) -> None:
    assert rules.normalise_phone(text) == "13812345678"


@pytest.mark.parametrize(
    "text", ["", "12812345678", "1381234567", "138123456789", "0536-1234567", "1381234567x"]
)
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    with pytest.raises(errors.PhoneInvalid):
        rules.normalise_phone(text)


@pytest.mark.parametrize(
    ("text", "name"), [(" 张 ", "张"), ("买买提·艾山", "买买提·艾山"), ("Anna  Maria", "Anna Maria")]
)
def test_names_have_one_spelling(text: str, name: str) -> None:
    assert rules.normalise_name(text) == name


@pytest.mark.parametrize("text", ["", "  ", "···", "张3", "张\x00三", "张\n三", "<b>", "张*", "王" * 65])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(errors.NameInvalid):
        rules.normalise_name(text)


def test_contradictions_between_document_and_caller_are_refused() -> None:
    facts = rules.DocumentFacts("x", date(1990, 1, 1), Sex.MALE)
    with pytest.raises(errors.DocumentContradicts):
        rules.reconcile(facts, Sex.FEMALE, None)
    with pytest.raises(errors.DocumentContradicts):
        rules.reconcile(facts, None, date(1990, 1, 2))
    assert rules.reconcile(facts, None, None) == (Sex.MALE, date(1990, 1, 1))
    assert rules.reconcile(rules.DocumentFacts("E1"), Sex.FEMALE, None) == (Sex.FEMALE, None)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2012, 11, 22), TODAY, 14),
        (date(2012, 11, 23), TODAY, 13),
        (date(2012, 2, 29), date(2026, 2, 28), 13),
        (date(2012, 2, 29), date(2026, 3, 1), 14),
    ],
)
def test_age_turns_on_the_birthday(born: date, day: date, age: int) -> None:
    assert rules.age_on(born, day) == age
    assert rules.needs_guardian(born, day) is (age < 14)


def test_without_a_birth_date_nobody_counts_as_a_child() -> None:
    assert rules.needs_guardian(None, TODAY) is False
    assert rules.is_minor(None, TODAY) is False


@pytest.mark.parametrize(("born", "minor"), [(date(2008, 11, 22), False), (date(2008, 11, 23), True)])
def test_full_age_is_eighteen(born: date, minor: bool) -> None:
    assert rules.is_minor(born, TODAY) is minor


@pytest.mark.parametrize("born", [date(2026, 11, 23), date(1895, 1, 1)])
def test_impossible_birth_dates_are_refused(born: date) -> None:
    with pytest.raises(errors.BirthDateInvalid):
        rules.check_birth_date(born, TODAY)


@pytest.mark.parametrize("died", [date(2026, 11, 23), date(1949, 12, 31)])
def test_impossible_death_dates_are_refused(died: date) -> None:
    with pytest.raises(errors.DeathDateInvalid):
        rules.check_death_date(died, date(1950, 1, 1), TODAY)


@pytest.mark.parametrize("area", [Decimal(0), Decimal(-1), Decimal(100_000), Decimal("NaN")])
def test_impossible_floor_areas_are_refused(area: Decimal) -> None:
    with pytest.raises(errors.FloorAreaInvalid):
        rules.square_decimetres(area)


def test_addresses_are_composed_from_the_grids() -> None:
    assert (
        rules.compose_address(["寒亭区", "寒亭街道", "3号楼"], "2", "501") == "寒亭区寒亭街道3号楼2单元501室"
    )
    assert rules.compose_address(["某村"], "", "12-1") == "某村12-1"


def test_a_dwelling_needs_unit_or_room() -> None:
    with pytest.raises(errors.DwellingUnnamed):
        rules.compose_address(["某村"], "", "")


@pytest.mark.parametrize("text", ["", " ", "a", "x" * 201])
def test_a_reveal_needs_a_reason_that_can_be_read(text: str) -> None:
    with pytest.raises(errors.PurposeUnstated):
        rules.check_reason(text)


@pytest.mark.parametrize("text", ["", "-1", "H 1", "户1", "H" * 33])
def test_what_is_no_household_number_is_refused(text: str) -> None:
    with pytest.raises(errors.HouseholdNumberInvalid):
        rules.normalise_household_number(text)


@pytest.mark.parametrize(("area", "whole"), [("89.5", 8950), ("0.004", 1), ("120.005", 12001)])
def test_floor_areas_are_kept_in_square_decimetres(area: str, whole: int) -> None:
    assert rules.square_decimetres(Decimal(area)) == whole

"""Reading one row of a list of residents: every cell checked, in the words people write."""

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeVar

from wangge import ImportRow, RuleError
from wangge_schema.people import rules
from wangge_schema.people.errors import ValueUnreadable
from wangge_schema.people.rules import DocumentType, HouseholdRelation, ResidenceKind, Sex
from wangge_schema.people.services.bulk import PersonFacts

E = TypeVar("E", bound=Enum)

_SEX = {"男": Sex.MALE, "男性": Sex.MALE, "女": Sex.FEMALE, "女性": Sex.FEMALE}
_DOCUMENTS = {
    "居民身份证": DocumentType.IDENTITY_CARD,
    "身份证": DocumentType.IDENTITY_CARD,
    "港澳居民居住证": DocumentType.HONG_KONG_MACAO_RESIDENCE_PERMIT,
    "台湾居民居住证": DocumentType.TAIWAN_RESIDENCE_PERMIT,
    "外国人永久居留身份证": DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD,
    "护照": DocumentType.PASSPORT,
    "无": DocumentType.NONE,
    "无证件": DocumentType.NONE,
}
_RESIDENCES = {
    "现居住": ResidenceKind.CURRENT,
    "常住": ResidenceKind.CURRENT,
    "居住": ResidenceKind.CURRENT,
    "户籍": ResidenceKind.REGISTERED,
    "暂住": ResidenceKind.TEMPORARY,
}
_RELATIONS = {
    "户主": HouseholdRelation.HEAD,
    "本人": HouseholdRelation.HEAD,
    "配偶": HouseholdRelation.SPOUSE,
    "妻": HouseholdRelation.SPOUSE,
    "夫": HouseholdRelation.SPOUSE,
    "子": HouseholdRelation.CHILD,
    "女": HouseholdRelation.CHILD,
    "子女": HouseholdRelation.CHILD,
    "父": HouseholdRelation.PARENT,
    "母": HouseholdRelation.PARENT,
    "父母": HouseholdRelation.PARENT,
    "孙子女": HouseholdRelation.GRANDCHILD,
    "祖父母": HouseholdRelation.GRANDPARENT,
    "兄弟姐妹": HouseholdRelation.SIBLING,
    "其他": HouseholdRelation.OTHER,
}


@dataclass(frozen=True)
class ResidentRow:
    """A row that was understood. Whether its grid is there and its place is free is seen later."""

    row: ImportRow
    facts: PersonFacts
    grid_code: str
    unit: str
    room: str
    address: str | None
    kind: ResidenceKind
    household: str | None
    relation: HouseholdRelation | None

    @property
    def place(self) -> tuple[str, str, str, str]:
        """What tells dwellings apart."""
        return self.grid_code, self.unit, self.room, self.address or ""


def read_row(row: ImportRow, today: date) -> ResidentRow:
    """Return what a row says.

    Raises:
        RuleError: when a cell breaks a rule; its path names the column.
    """
    unit, room = rules.normalise_part(row["unit"]), rules.normalise_part(row["room"])
    address = rules.normalise_address(row["address"]) or None
    if address is None:
        rules.compose_address((), unit, room)
    return ResidentRow(
        row=row,
        facts=_facts(row, today),
        grid_code=row["grid"],
        unit=unit,
        room=room,
        address=address,
        kind=_word(row, "residence", ResidenceKind, _RESIDENCES) or ResidenceKind.CURRENT,
        household=rules.normalise_household_number(row["household"]) if row["household"] else None,
        relation=_word(row, "relation", HouseholdRelation, _RELATIONS),
    )


def column_of(error: RuleError) -> str:
    """Return the column that an error is about, from the input field it names."""
    name = error.path[-1] if error.path else ""
    column = re.sub(r"(?<=[a-z])([A-Z])", lambda capital: f"_{capital[1].lower()}", name)
    return "household" if column == "number" else column


def _facts(row: ImportRow, today: date) -> PersonFacts:
    kind = _word(row, "document_type", DocumentType, _DOCUMENTS)
    if kind is None:
        kind = DocumentType.IDENTITY_CARD if row["document_number"] else DocumentType.NONE
    document = rules.read_document(kind, row["document_number"], today)
    sex, born = rules.reconcile(document, _word(row, "sex", Sex, _SEX), _day(row, "birth_date"))
    if born is not None:
        rules.check_birth_date(born, today)
    return PersonFacts(
        name=rules.normalise_name(row["name"]),
        document_type=kind,
        document=document,
        sex=sex,
        birth_date=born,
        phone=rules.normalise_phone(row["phone"]) if row["phone"] else None,
    )


def _word(row: ImportRow, column: str, members: type[E], words: dict[str, E]) -> E | None:
    """Return the member that a cell names, in Chinese or by its English name; None for an empty cell."""
    text = row[column]
    if not text:
        return None
    found = words.get(text) or members.__members__.get(text.upper().replace(" ", "_"))
    if found is None:
        raise ValueUnreadable(path=(column,), known=", ".join([*words, *members.__members__]))
    return found


def _day(row: ImportRow, column: str) -> date | None:
    text = row[column]
    if not text:
        return None
    parts = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", text)
    try:
        if parts is None:
            raise ValueError
        return date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        raise ValueUnreadable(path=(column,), known="1990-01-31, 19900131") from None

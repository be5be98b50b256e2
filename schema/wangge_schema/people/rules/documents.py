"""Numbers of identity documents: their form, their check character, and what they say of the holder."""

import re
import unicodedata
from datetime import date
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from stdnum import numdb
from stdnum.iso7064 import mod_11_2

from wangge_schema.people.errors import (
    DocumentBirthDateInvalid,
    DocumentCheckDigitWrong,
    DocumentNumberInvalid,
    DocumentNumberMissing,
    DocumentNumberObsolete,
    DocumentNumberUnexpected,
)
from wangge_schema.people.rules.kinds import DocumentType, Sex

_PATH = ("documentNumber",)
_EIGHTEEN = {
    DocumentType.IDENTITY_CARD: re.compile(r"[1-8]\d{16}[\dX]"),
    DocumentType.HONG_KONG_MACAO_RESIDENCE_PERMIT: re.compile(r"8[12]0000\d{11}[\dX]"),
    DocumentType.TAIWAN_RESIDENCE_PERMIT: re.compile(r"830000\d{11}[\dX]"),
    DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD: re.compile(r"9\d{16}[\dX]"),
}
"""Layouts of 18 characters: six of area, eight of birth, three of sequence, one check character."""

_FREE = {
    # Cards of foreigners issued before 2017: three letters of nationality and twelve digits.
    DocumentType.FOREIGN_PERMANENT_RESIDENT_CARD: re.compile(r"[A-Z]{3}\d{12}"),
    # ICAO 9303 allows nine characters; some states print more.
    DocumentType.PASSPORT: re.compile(r"(?=.*\d)[A-Z0-9]{6,15}"),
}
_SEPARATORS = re.compile(r"[\s\-]+")


class AreaStatus(Enum):
    """What is known of the area code that an identity number starts with."""

    KNOWN = "known"
    RETIRED = "retired"
    UNKNOWN = "unknown"


class DocumentFacts(NamedTuple):
    """A document number in its one spelling, and what it says of the holder, where it says anything."""

    number: str
    birth_date: date | None = None
    sex: Sex | None = None
    area: AreaStatus = AreaStatus.KNOWN


def read_document(kind: DocumentType, text: str, today: date) -> DocumentFacts:
    """Check a document number and read the holder's birth date and sex from it.

    Identity cards and residence permits follow GB 11643-1999: digits 7 to 14 are the date of birth, an odd
    17th digit is male. A withdrawn or unknown area code is reported, never refused.

    Raises:
        DocumentNumberMissing: when the number is empty but the kind is not NONE.
        DocumentNumberUnexpected: when the kind is NONE and there is a number.
        DocumentNumberObsolete: for an identity number of 15 digits (withdrawn on 2013-01-01).
        DocumentNumberInvalid: when the number does not have the form of its kind.
        DocumentCheckDigitWrong: when the check character does not fit.
        DocumentBirthDateInvalid: when the date of birth does not exist or lies after `today`.
    """
    number = normalise_document(text)
    if kind is DocumentType.NONE:
        if number:
            raise DocumentNumberUnexpected(path=_PATH)
        return DocumentFacts("")
    if not number:
        raise DocumentNumberMissing(path=_PATH)
    if kind is DocumentType.IDENTITY_CARD and len(number) == 15 and number.isascii() and number.isdigit():
        raise DocumentNumberObsolete(path=_PATH)
    layout = _EIGHTEEN.get(kind)
    if layout is not None and number.isascii() and layout.fullmatch(number):
        return _read_eighteen(kind, number, today)
    free = _FREE.get(kind)
    if free is None or not number.isascii() or not free.fullmatch(number):
        raise DocumentNumberInvalid(path=_PATH)
    return DocumentFacts(number)


def normalise_document(text: str) -> str:
    """Return a document number in its one spelling: ASCII forms, capitals, no blanks or hyphens."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def check_character(first_seventeen: str) -> str:
    """Return the 18th character of an identity number (GB 11643-1999, which is ISO 7064 MOD 11-2)."""
    return str(mod_11_2.calc_check_digit(first_seventeen))


@lru_cache(maxsize=10_000)
def area_status(code: str) -> AreaStatus:
    """Say whether the six digits are an area code in use, one withdrawn, or neither.

    The table is the one bundled with python-stdnum, which keeps the years in which a code was assigned,
    such as `[1997-2019]茌平县`.
    """
    counties = "".join(properties.get("county", "") for _, properties in numdb.get("cn/loc").info(code))
    if not counties:
        return AreaStatus.UNKNOWN
    ended = all(re.match(r"\[\d*-\d+\]", county) for county in counties.split(","))
    return AreaStatus.RETIRED if ended else AreaStatus.KNOWN


def _read_eighteen(kind: DocumentType, number: str, today: date) -> DocumentFacts:
    if check_character(number[:17]) != number[17]:
        raise DocumentCheckDigitWrong(path=_PATH)
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise DocumentBirthDateInvalid(path=_PATH) from None
    if born > today:
        raise DocumentBirthDateInvalid(path=_PATH)
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    area = area_status(number[:6]) if kind is DocumentType.IDENTITY_CARD else AreaStatus.KNOWN
    return DocumentFacts(number, born, sex, area)

"""Codes of grids: their form by level, and the next free one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from wangge_schema.grids.errors import GridCodeInvalid, GridSerialsExhausted
from wangge_schema.grids.rules.levels import COMMUNITY, DISTRICT, STREET, Level, LevelScheme

SERIALS: Final = 999
"""Serials that three digits hold."""

_LONGEST_CODE: Final = 32

_LOCAL_CODE: Final = re.compile(r"(?=.*[A-Z])[0-9A-Z]+(-[0-9A-Z]+)*")

_DISTRICT_CODE: Final = re.compile(r"[0-9A-Z]{4,12}")


@dataclass(frozen=True)
class _CodeForm:
    """Form of a statistical code, and how a message names it in any language."""

    pattern: re.Pattern[str]
    shown: str


_CODE_FORMS: Final = {
    DISTRICT: _CodeForm(_DISTRICT_CODE, "4–12"),
    STREET: _CodeForm(re.compile(r"\d{9}"), "9"),
    COMMUNITY: _CodeForm(re.compile(r"\d{12}"), "12"),
}

_MERGED_COMMUNITY: Final = _CodeForm(re.compile(r"\d{9}(60[1-9]|6[1-9]\d|[7-9]\d\d)"), "12 (601–999)")

_BELOW_COMMUNITY: Final = _CodeForm(re.compile(r"\d{12}(\d{3})+"), "15, 18, 21 …")


def check_code(code: str, level: Level, scheme: LevelScheme) -> str:
    """Return `code` if it has the form of its level.

    Statistical codes are digits alone: 9 for a street, 12 for a community or village (GB/T 10114; the kind of
    committee is *not* derived from the last three, because converted villages keep theirs), and 15, 18, …
    below, three more for each further level. A community merged of several has a 12-digit code whose last
    three are 601 or more (practice of CJ/T 349-2010). Whatever has no statistical code, such as a functional
    zone's own units, carries a local one: capitals and digits with at least one capital, parts joined by `-`.

    Raises:
        GridCodeInvalid: with what is expected.
    """
    digits = _code_form(level, scheme)
    statistical = code.isascii() and code.isdigit()
    pattern = _DISTRICT_CODE if level.key == DISTRICT else digits.pattern if statistical else _LOCAL_CODE
    if len(code) > _LONGEST_CODE or not pattern.fullmatch(code):
        shown = code[:_LONGEST_CODE]
        raise GridCodeInvalid(path=("code",), code=shown, level=level.key, digits=digits.shown)
    return code


def _code_form(level: Level, scheme: LevelScheme) -> "_CodeForm":
    if level.key in _CODE_FORMS:
        return _CODE_FORMS[level.key]
    return _BELOW_COMMUNITY if scheme.is_below_community(level) else _MERGED_COMMUNITY


def next_code(parent_code: str, taken: Iterable[str]) -> str:
    """Return the next code below a community or one of its grids: the parent's code and a 3-digit serial.

    Serials follow the order of the calls; practice numbers grids west to east, then north to south. A serial
    is never given twice, so `taken` holds the codes of past grids too. Below a local code the serial follows
    a hyphen.

    Raises:
        GridSerialsExhausted: after serial 999.
    """
    prefix = parent_code if parent_code.isdigit() else parent_code + "-"
    tails = (code[len(prefix) :] for code in taken if code.startswith(prefix))
    serial = 1 + max((int(tail) for tail in tails if len(tail) == 3 and tail.isdigit()), default=0)
    if serial > SERIALS:
        raise GridSerialsExhausted(path=("code",), code=parent_code)
    return f"{prefix}{serial:03d}"

"""Masks of personal values as SQL, for lists that are read in one statement; `rules` has them in Python."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column


def name(value: ColumnElement[Any]) -> ColumnElement[str]:
    """Return what `mask_name` does: the first character and a star."""
    return func.substr(value, literal_column("1"), literal_column("1")).op("||")(literal_column("'*'"))


def wholly(value: ColumnElement[Any]) -> ColumnElement[str]:
    """Return what `mask_wholly` does: three stars, or nothing for an empty text."""
    return case((value == literal_column("''"), literal_column("''")), else_=literal_column("'***'"))

"""What would give hidden rows away, and where it stands in answers."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wangge.testing.proofs.asking import Answer, Document
from wangge.testing.proofs.planting import secret
from wangge.testing.proofs.seeds import FAR, NEAR, SHORTEST, Crop
from wangge.testing.proofs.tables import ancestors

_POINTING = {"grid_id", "created_at", "updated_at"}


@dataclass(frozen=True)
class Marks:
    """What would give rows away in an answer: texts anywhere in it, numbers among its values."""

    texts: frozenset[str]
    numbers: frozenset[int]


def marks_of(crop: Crop, groups: Collection[str]) -> Marks:
    """Return what gives away the secret rows of these groups, and what is hidden of the contact."""
    texts: set[str] = set()
    numbers: set[int] = set()
    for row in crop.rows:
        whole = secret(row, groups)
        names = row.values if whole else crop.hidden.get(row.model, ()) if row.group in groups else ()
        pointing = {*_POINTING, *ancestors(row.model)}
        for name in names:
            if name not in pointing:
                _note(row.values.get(name), texts, numbers)
        if whole and "id" in row.values:
            texts.add(row.id.hex)
    texts |= {f"密由{group}" for group in (FAR, NEAR)}  # purposes of audited acts
    texts |= {plain for (group, _), plain in crop.plain.items() if group in groups}
    return Marks(frozenset(texts), frozenset(numbers))


def all_marks_of(crop: Crop) -> Marks:
    """Return what gives away any planted row, open or not: to somebody of another district all are hidden."""
    texts: set[str] = set(crop.plain.values())
    numbers: set[int] = set()
    for row in crop.rows:
        pointing = {*_POINTING, *ancestors(row.model)}
        for name, value in row.values.items():
            if name not in pointing:
                _note(value, texts, numbers)
    return Marks(frozenset(texts), frozenset(numbers))


def _note(value: Any, texts: set[str], numbers: set[int]) -> None:  # a column's value
    if isinstance(value, str) and len(value) >= SHORTEST:
        texts.add(value)
    elif isinstance(value, int) and not isinstance(value, bool) and value > 1000:
        numbers.add(value)
    elif isinstance(value, Decimal) and value > 1000:
        numbers |= {int(value), int(value * 100)}
    elif isinstance(value, date) and not isinstance(value, datetime):
        texts.add(value.isoformat())


def given_away(
    answers: Iterable[Answer], documents: Iterable[Document], marks: Marks
) -> list[tuple[str, Document]]:
    """Return the marks that stand in answers, each with the document that brought it."""
    found: list[tuple[str, Document]] = []
    for document, answer in zip(documents, answers, strict=True):
        found += [(mark, document) for mark in marks.texts if mark in answer.text]
        found += [(str(number), document) for number in _numbers(answer.body) & marks.numbers]
    return found


def apart(
    documents: Iterable[Document], full: Iterable[Answer], lacking: Iterable[Answer]
) -> list[tuple[Document, Any, Any]]:  # JSON
    """Return the documents that two districts answer differently, with both answers."""
    return [
        (document, one.body, other.body)
        for document, one, other in zip(documents, full, lacking, strict=True)
        if (one.status, one.data, one.errors) != (other.status, other.data, other.errors)
    ]


def _numbers(value: Any) -> set[int]:  # JSON
    """Return the numbers among an answer's values, amounts of money as their hundredths."""
    if isinstance(value, dict):
        return set().union(*map(_numbers, value.values()))
    if isinstance(value, list):
        return set().union(*map(_numbers, value))
    if isinstance(value, str) and re.fullmatch(r"\d+\.\d\d", value):
        return {int(value.replace(".", ""))}
    return {value} if isinstance(value, int) else set()

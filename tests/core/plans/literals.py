"""Values as they are written in a document: JSON, in which enum members and variables are marked."""

import json
from typing import Any


class Enumerated(str):
    """The name of an enum's member, which stands in a document without quotation marks."""


class Reference(str):
    """The name of a variable."""


def holds_reference(value: Any) -> bool:  # JSON, marked
    """Say whether a variable stands somewhere in a value."""
    if isinstance(value, list):
        return any(holds_reference(one) for one in value)
    if isinstance(value, dict):
        return any(holds_reference(one) for one in value.values())
    return isinstance(value, Reference)


def literal(value: Any) -> str:  # JSON, marked
    """Return a value as it is written in a document."""
    if isinstance(value, Reference):
        return f"${value}"
    if isinstance(value, Enumerated):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {literal(one)}' for name, one in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)

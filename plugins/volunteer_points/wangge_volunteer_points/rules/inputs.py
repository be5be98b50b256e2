"""What may be written into a text or a number, whatever it means: the columns' own limits, said politely."""

from wangge_volunteer_points.errors import NumberOutOfRange, TextUnfit

TITLE, NAME, PURPOSE, PLACE, REASON, NUMBER, STORY = 128, 64, 500, 200, 200, 64, 4000
"""Most characters of a title, a name, a purpose, a place, a reason, a document's number, a longer text."""

MANY = 1_000_000
"""Most points, items or people that one number may say: a bound of the columns, not of policy."""


def checked_text(text: str, *, most: int, field: str) -> str:
    """Return a text without the blanks around it.

    Raises:
        TextUnfit: it is empty, longer than `most`, or holds a character that no database keeps.
    """
    trimmed = text.strip()
    if not 0 < len(trimmed) <= most or "\0" in trimmed:
        raise TextUnfit(path=(field,), most=most)
    return trimmed


def optional_text(text: str | None, *, most: int, field: str) -> str | None:
    """Return a text as `checked_text` does; None for None and for blanks.

    Raises:
        TextUnfit: as `checked_text`.
    """
    return checked_text(text, most=most, field=field) if text and text.strip() else None


def checked_number(number: int, *, least: int = 1, most: int = MANY, field: str) -> int:
    """Return a number that lies between two others, both included.

    Raises:
        NumberOutOfRange: it does not.
    """
    if not least <= number <= most:
        raise NumberOutOfRange(path=(field,), least=least, most=most)
    return number

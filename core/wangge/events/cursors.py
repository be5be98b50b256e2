"""Cursors of events: opaque text that names a place in the order of commits."""

import base64
import binascii
import hashlib
from datetime import UTC, datetime
from typing import NamedTuple

from wangge.errors import BadCursor

_NUMBER, _SEAL = 8, 4


class Position(NamedTuple):
    """What a cursor says: the number of an event, and by what the event is known again."""

    number: int
    seal: bytes


def encode_cursor(number: int, type: str, at: datetime) -> str:
    """Return the cursor of an event."""
    return base64.urlsafe_b64encode(number.to_bytes(_NUMBER, "big") + seal_of(type, at)).decode()


def decode_cursor(text: str) -> Position:
    """Return what a cursor says.

    Raises:
        BadCursor: when it has not the form of one.
    """
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise BadCursor(path=("after",)) from None
    if len(raw) != _NUMBER + _SEAL or raw[0] > 0x7F:
        raise BadCursor(path=("after",))
    return Position(int.from_bytes(raw[:_NUMBER], "big"), raw[_NUMBER:])


def seal_of(type: str, at: datetime) -> bytes:
    """Return by what an event is known again: numbers may be given anew after a backup is restored."""
    return hashlib.sha256(f"{type} {at.astimezone(UTC).isoformat()}".encode()).digest()[:_SEAL]

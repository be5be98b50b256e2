"""Records the statements that are sent while a block runs, so that a test can count them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from wangge._host.databases import Engines


@contextmanager
def recorded_statements() -> Iterator[list[str]]:
    """Return a list that the statements of this process are added to: those of plans and all others."""
    sent: list[str] = []
    plain = Engines.fetch

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:  # the driver's objects
        sent.append(statement)

    async def fetch(
        self: Engines, text: str, args: Sequence[Any], *, ranges: bool = False
    ) -> Any:  # a column of any type
        sent.append(text)
        return await plain(self, text, args, ranges=ranges)

    event.listen(Engine, "before_cursor_execute", note)
    Engines.fetch = fetch  # type: ignore[method-assign]  # given back below
    try:
        yield sent
    finally:
        Engines.fetch = plain  # type: ignore[method-assign]
        event.remove(Engine, "before_cursor_execute", note)

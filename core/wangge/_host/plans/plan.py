"""Plans of operations: which tier serves one, its statements by shape, and the bytes they return."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import structlog

from wangge._host.plans.failures import is_too_large
from wangge._host.plans.frames import Seer
from wangge._host.plans.objects import ME, Builder
from wangge._host.plans.outline import Outline
from wangge._host.plans.selection import NotPlanned
from wangge._host.plans.slots import Asked, Part, Unbound
from wangge._host.plans.statements import Statement, compiled, dialect_of
from wangge._host.plans.values import writer_for
from wangge._host.plans.variables import Variables

log = structlog.get_logger("wangge")

MAX_SHAPES = 64
"""Statements kept per operation; each differs in filters, orders, page sizes or kinds of callers."""


@dataclass
class Bound:
    """A plan bound to a request: the statement's values, and the shape that decides its text."""

    parts: list[Part]
    seer: Seer
    shape: Hashable
    values: dict[str, Any]


class Plan:
    """How one operation of a document is served by SQL.

    Attributes:
        outline: its fields.
        variables: what its variables are.
    """

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.variables = Variables(outline.reader.schema, outline.reader.operation)
        self._statements: OrderedDict[Hashable, Statement | NotPlanned] = OrderedDict()

    @property
    def tier(self) -> int:
        """1 where SQL gives the whole answer, 2 where some of its values are resolved in Python."""
        return 2 if self.outline.python else 1

    @property
    def why(self) -> str:
        """What keeps the operation from tier 1, if it is a field that Python resolves."""
        python = self.outline.python
        return f"{python[0].selected.where} is resolved in Python." if python else ""

    def serves(self, asked: Asked) -> bool:
        """Say whether the caller may see everything selected; if not, the ordinary executor says what not."""
        principal = asked.principal
        if self.outline.signed_in and not principal.signed_in:
            return False
        return all(principal.may(one) for one in self.outline.permissions)

    async def bind(self, asked: Asked) -> Bound:
        """Bind the arguments of a request.

        Raises:
            Unbound: when the ordinary executor must answer.
        """
        principal = asked.principal
        found: dict[int, Part] = {}
        for item in self.outline.items:
            if item.kind == "node":
                assert item.slot is not None  # node fields have one
                found[item.slot] = part = await self.outline.slots[item.slot].bind(asked)
                assert part.type_name is not None  # bound by an id
                _, needs = self.outline.node(item, part.type_name)  # may bring slots of its own
                if not all(principal.may(one) for one in needs):
                    raise Unbound
        parts = [found.get(at) or await slot.bind(asked) for at, slot in enumerate(self.outline.slots)]
        seer = Seer.of(principal, frozenset(self.outline.unless))
        values: dict[str, Any] = dict(principal.scope.parameters())
        if principal.person_id is not None:
            values[ME] = principal.person_id
        for part in parts:
            values.update(part.values)
        return Bound(parts, seer, (seer.shape, *(part.shape for part in parts)), values)

    def knows(self, bound: Bound, dialect: str) -> bool:
        """Say whether the statement for a shape is built already."""
        return (dialect, bound.shape) in self._statements

    def statement(self, bound: Bound, dialect: str) -> Statement:
        """Return the statement for a shape, built on first use.

        Raises:
            NotPlanned: when it cannot be written for this database or caller.
        """
        return self._kept((dialect, bound.shape), lambda: self._build(bound, dialect))

    def failed(self, statement: Statement, error: BaseException) -> str:
        """Note that the database refused a statement and return why; one that is too large is not kept."""
        if not is_too_large(error):
            log.error("a plan's statement failed", exc_info=error)
            return f"its statement failed: {type(error).__name__}."
        refusal = NotPlanned("its statement is larger than the database takes.")
        for key, known in self._statements.items():
            if known is statement:
                self._statements[key] = refusal
        return str(refusal)

    def _kept(self, key: Hashable, build: Callable[[], Statement]) -> Statement:
        found = self._statements.get(key)
        if found is None:
            try:
                found = build()
            except NotPlanned as refusal:
                found = refusal
            except Exception as broken:  # a statement that cannot be written costs speed, not the answer
                log.exception("a plan could not be written")
                found = NotPlanned(f"writing it failed: {type(broken).__name__}.")
            self._statements[key] = found
            while len(self._statements) > MAX_SHAPES:
                self._statements.popitem(last=False)
        if isinstance(found, NotPlanned):
            raise found
        return found

    def _build(self, bound: Bound, dialect: str) -> Statement:
        builder = Builder(self.outline, bound.parts, bound.seer, writer_for(dialect))
        ranges = any(part.has_ranges for part in bound.parts)
        return compiled(builder.statement(), dialect_of(dialect), bound.values, ranges=ranges)

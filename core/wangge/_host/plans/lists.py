"""Builds connections inside a statement: keyset pages, page information and counts."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from wangge._host.plans.frames import Frame
from wangge._host.plans.outline import Item
from wangge._host.plans.values import NULL, joined, or_else, plain, quoted
from wangge.graphql.pages import PageRequest
from wangge.graphql.ways import Branch, LinkVia

if TYPE_CHECKING:
    from wangge._host.plans.objects import Builder


def page_text(builder: "Builder", item: Item, outer: Frame | None) -> ColumnElement[Any]:
    """Return a connection as JSON text; `outer` is the object it hangs on, none at the root."""
    return _Page(builder, item, outer).text()


class _Page:
    """One connection of a statement."""

    def __init__(self, builder: "Builder", item: Item, outer: Frame | None) -> None:
        assert item.slot is not None  # connections have arguments
        assert item.model is not None
        self._builder = builder
        self._item = item
        self._outer = outer
        self._slot = item.slot
        self._part = builder.parts[item.slot]
        assert self._part.page is not None  # bound by a page slot
        self._page: PageRequest = self._part.page
        self._way = item.options["via"]
        self._frame = Frame(item.model, builder.names, builder.seer, covered=self._part.covered, wrapped=True)
        self._numbered = any(self._needs_numbers(child) for child in item.children)

    def text(self) -> ColumnElement[Any]:
        """Return the JSON text."""
        from wangge._host.plans.objects import scalar

        pieces: list[Any] = ["{"]
        reads = False
        for place, child in enumerate(self._item.children):
            pieces.append(f'{"," if place else ""}"{child.key}":')
            if child.kind == "total_count":
                pieces.append(cast(self._count(), Text()))
            elif child.kind == "typename":
                pieces.append(f'"{child.selected.parent.name}"')
            elif child.kind == "edges":
                reads = True
                pieces += self._edges(child)
            else:
                reads = reads or self._needs_numbers(child)
                pieces += self._info(child)
        text = joined([*pieces, "}"])
        return scalar(select(text).select_from(self._rows())) if reads else text

    # What is asked of the page

    def _needs_numbers(self, child: Item) -> bool:
        if child.kind != "page_info":
            return False
        moving = "hasPreviousPage" if self._page.backwards else "hasNextPage"
        cursors = {"startCursor", "endCursor"}
        return any(one.selected.name in cursors or one.selected.name == moving for one in child.children)

    def _edges(self, item: Item) -> list[Any]:
        pieces: list[Any] = ["{"]
        for place, child in enumerate(item.children):
            pieces.append(f'{"," if place else ""}"{child.key}":')
            if child.kind == "typename":
                pieces.append(f'"{child.selected.parent.name}"')
            elif child.kind == "cursor":
                pieces += ['"', self._cursor(), '"']
            else:
                pieces += self._builder.object(self._frame, child.children)
        text = joined([*pieces, "}"])
        if self._numbered:
            text = case((self._number("n") <= literal_column(str(self._page.size)), text))
        return ["[", self._builder.writer.listed(text), "]"]

    def _info(self, item: Item) -> list[Any]:
        pieces: list[Any] = ["{"]
        for place, child in enumerate(item.children):
            pieces.append(f'{"," if place else ""}"{child.key}":')
            pieces.append(self._info_field(child))
        return [*pieces, "}"]

    def _info_field(self, child: Item) -> Any:  # a piece
        name = child.selected.name
        beyond = "true" if self._page.cursor is not None else "false"
        if child.kind == "typename":
            return '"PageInfo"'
        if name in {"startCursor", "endCursor"}:
            return self._end(first=(name == "startCursor") is not self._page.backwards)
        if (name == "hasNextPage") is self._page.backwards:
            return beyond
        more = func.max(self._number("c")) > literal_column(str(self._page.size))
        return case((more, quoted("true")), else_=quoted("false"))

    def _end(self, *, first: bool) -> ColumnElement[Any]:
        """Return the cursor of the first or last row in reading order."""
        size: ColumnElement[int] = literal_column(str(self._page.size))
        number, count = self._number("n"), self._number("c")
        last = case((count < size, count), else_=size)
        at = number == (literal_column("1") if first else last)
        shown = and_(at, number <= size)
        return or_else(joined(['"', func.max(case((shown, self._cursor()))), '"']), NULL)

    def _number(self, name: str) -> ColumnElement[int]:
        return literal_column(f"{self._frame.name}.{name}", Integer())

    def _cursor(self) -> ColumnElement[Any]:
        names = [f'"{"-" if descending else ""}{name}"' for name, descending in self._page.order]
        pieces: list[Any] = [f"[[{','.join(names)}],["]
        for place, (name, _) in enumerate(self._page.order):
            column = self._frame.column(name)
            pieces += ["," if place else "", plain(self._builder.writer, column, column.type)]
        return self._builder.writer.hidden_in_hex(joined([*pieces, "]]"]))

    # Which rows

    def _rows(self) -> Any:  # a subquery under the frame's name
        frame = self._frame
        order = [frame.column(name) for name, _ in self._page.order]
        sorting = [
            column.desc() if descending != self._page.backwards else column.asc()
            for column, (_, descending) in zip(order, self._page.order, strict=True)
        ]
        limit: ColumnElement[int] = literal_column(
            str(self._page.size + 1 if self._numbered else self._page.size)
        )
        inner = [
            statement.order_by(*self._inner_order()).limit(limit)
            for statement in self._branches(frame, frame.columns(), paged=True)
        ]
        if len(inner) == 1:
            page: Any = inner[0]
        else:
            wrapped: list[Select[Any]] = [
                select(literal_column("*")).select_from(one.subquery(self._builder.names.next()))
                for one in inner
            ]
            union = union_all(*wrapped).subquery(frame.name)
            page = select(literal_column("*")).select_from(union).order_by(*sorting).limit(limit)
        if not self._numbered and not self._page.backwards:
            return page.subquery(frame.name)
        place = func.row_number().over(order_by=sorting).label("n")
        total = func.count(literal_column("*")).over().label("c")
        numbered = select(literal_column(f"{frame.name}.*"), place, total)
        numbered = numbered.select_from(page.subquery(frame.name))
        if self._page.backwards:
            numbered = numbered.order_by(literal_column("n").desc())
        else:
            numbered = numbered.order_by(literal_column("n"))
        return numbered.subquery(frame.name)

    def _inner_order(self) -> list[ColumnElement[Any]]:
        return [
            self._frame.inner(name).desc()
            if descending != self._page.backwards
            else self._frame.inner(name).asc()
            for name, descending in self._page.order
        ]

    def _branches(self, frame: Frame, columns: Sequence[Any], *, paged: bool) -> list[Select[Any]]:
        """Return a statement over the frame's alias for each way in which rows belong to the outer object."""
        beyond = [self._beyond_cursor(frame)] if paged else []
        if self._outer is None:
            conditions = [*(frame.adapt(one) for one in self._part.conditions()), *beyond]
            return [
                select(*columns).select_from(frame.alias).where(*visible, *conditions)
                for visible in frame.visible_apart()
            ]
        return [
            self._branch(frame.select_from(select(*columns)).where(*beyond), frame, branch)
            for branch in self._way.branches(self._outer.column)
        ]

    def _branch(self, statement: Select[Any], frame: Frame, branch: Branch) -> Select[Any]:
        """Add what ties the rows to the outer object, and the conditions, which may be on the link, too."""
        way = self._way
        conditions = self._part.conditions()
        if not isinstance(way, LinkVia):
            gate = [] if branch.gate is None else [branch.gate]
            return statement.where(*(frame.adapt(one) for one in (*conditions, branch.condition)), *gate)
        assert way.target is not None  # through() gives it
        link = Frame(way.target.class_, self._builder.names, self._builder.seer)
        tied = link.inner(way.target.key) == frame.inner("id")
        only = [] if way.only is None else [way.only]
        adapted = (frame.adapt(one, beside=link) for one in (*conditions, branch.condition, *only))
        return statement.where(tied, *adapted, *link.visible())

    def _beyond_cursor(self, frame: Frame) -> ColumnElement[bool]:
        """Return the condition of rows after the cursor, in reading direction."""
        if self._page.cursor is None:
            return literal_column("(1 = 1)")
        branches = []
        equal: list[ColumnElement[bool]] = []
        for place, (name, descending) in enumerate(self._page.order):
            column = frame.inner(name)
            value: ColumnElement[Any] = bindparam(f"s{self._slot}_c{place}", type_=column.type)
            smaller = descending != self._page.backwards
            branches.append(and_(*equal, column < value if smaller else column > value))
            equal.append(column == value)
        return or_(*branches)

    def _count(self) -> ColumnElement[Any]:
        """Return how many rows there are in all."""
        if self._outer is None:
            first, *others = self._counted(covered=self._part.covered)
            return reduce(add, others, first)  # the alternatives are disjoint
        gates = [branch.gate for branch in self._way.branches(self._outer.column)]
        counts = list(zip(gates, self._counted(covered=self._part.covered), strict=True))
        inside_it = self._way.covered(self._outer.column, self._builder.seer.scope)
        if inside_it is not None:
            whole = zip(gates, self._counted(covered=True), strict=True)
            inside = [(inside_it if gate is None else and_(inside_it, gate), count) for gate, count in whole]
            counts = [*inside, *counts]
        if counts[0][0] is None:
            return counts[0][1]
        cases = [(gate if gate is not None else literal_column("(1 = 1)"), count) for gate, count in counts]
        return case(*cases, else_=literal_column("0"))

    def _counted(self, *, covered: bool) -> list[ColumnElement[Any]]:
        """Return the number of rows of each branch; where they are covered, without the scope's filter."""
        from wangge._host.plans.objects import scalar

        builder = self._builder
        frame = Frame(self._frame.model, builder.names, builder.seer, covered=covered)
        return [scalar(one) for one in self._branches(frame, [func.count(literal_column("*"))], paged=False)]

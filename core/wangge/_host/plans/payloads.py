"""Serves mutations: each field runs as ever; its payload's rows are read by SQL in the same transaction."""

from collections.abc import Sequence
from typing import Any

import orjson
from graphql import GraphQLObjectType, VariableValues
from graphql.execution.values import get_argument_values
from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.exc import DBAPIError

from wangge._host.compose import ComposedSchema
from wangge._host.fences import HostSignal
from wangge._host.plans.answers import resolve_info, value_json
from wangge._host.plans.failures import is_of_statement
from wangge._host.plans.frames import Frame
from wangge._host.plans.objects import Builder, key_of, scalar
from wangge._host.plans.outline import Item, Outline
from wangge._host.plans.plan import Bound, Plan
from wangge._host.plans.selection import DEFINITION, TYPENAME, NotPlanned, Reader, Selected
from wangge._host.plans.statements import Statement, compiled, dialect_of
from wangge._host.plans.values import MARKER, NULL, joined, or_else, writer_for
from wangge.context import RequestContext


class MutationOutline(Outline):
    """The root fields of a mutation; below each, its payload's fields by kind.

    `rows` of tables are read by SQL; `leaf` and `plain` values, the errors among them, by Python.
    """

    def _root(self, selected: Selected) -> Item:
        if selected.name == TYPENAME:
            return Item(selected, "typename")
        mark = self._note_needs(selected)
        if mark.kind != "mutation":
            raise NotPlanned(f"{selected.where} is no mutation of the platform's kind.")
        kind = selected.type
        assert isinstance(kind, GraphQLObjectType)  # payloads are
        return Item(
            selected,
            "mutation",
            children=[self._of_payload(one) for one in self.reader.below(selected, kind)],
        )

    def _of_payload(self, selected: Selected) -> Item:
        if selected.name == TYPENAME:
            return Item(selected, "typename")
        definition = selected.type.extensions.get(DEFINITION)
        if getattr(getattr(definition, "origin", None), "__wangge_table__", None) is None:
            return self.value(selected)
        self._note_type(selected)
        if selected.is_list:
            raise NotPlanned(f"{selected.where} is a list of rows.")
        return Item(selected, "row", self._model(selected), children=self._objects(selected))


class MutationPlan(Plan):
    """How a mutation is served."""

    def payload_statement(self, bound: Bound, item: Item, dialect: str) -> Statement:
        """Return the statement that reads the rows of a field's payload: a column each, as JSON text."""
        return self._kept(
            ("payload", item.key, dialect, bound.shape), lambda: _build(self, bound, item, dialect)
        )


def plan_mutation(composed: ComposedSchema, reader: Reader) -> MutationPlan:
    """Return the plan of a mutation.

    Raises:
        NotPlanned: when graphql-core must serve it; the text says why.
    """
    plan = MutationPlan(MutationOutline(composed, reader))
    if plan.outline.python:
        raise NotPlanned(f"{plan.outline.python[0].selected.where} is resolved in Python.")
    return plan


async def run_mutation(
    plan: MutationPlan, bound: Bound, variables: VariableValues, ctx: RequestContext
) -> bytes | None:
    """Run the fields one after the other and return `data`, or None where graphql-core must tell the rest.

    What has run is kept in the context, so that graphql-core runs no mutation again.
    """
    answer: dict[str, Any] = {}
    for item in plan.outline.items:
        if item.kind == "typename":
            answer[item.key] = item.selected.parent.name
            continue
        found = await _Field(plan, bound, variables, ctx, item).run()
        if found is None:
            return None
        answer[item.key] = found
    return None if ctx.failures else orjson.dumps(answer)


class _NotRead(HostSignal):
    """Raise when the statement that reads a payload fails: with it goes the transaction."""


class _Field:
    """One mutation of a request."""

    def __init__(
        self, plan: MutationPlan, bound: Bound, variables: VariableValues, ctx: RequestContext, item: Item
    ) -> None:
        self._plan = plan
        self._bound = bound
        self._variables = variables
        self._ctx = ctx
        self._item = item
        self._rows = [child for child in item.children if child.kind == "row"]
        self._statement = plan.payload_statement(bound, item, ctx.db.dialect) if self._rows else None
        self._read: dict[str, Any] | None = {}

    async def run(self) -> dict[str, Any] | None:
        """Return the payload's JSON, or None where something in it needs graphql-core."""
        ctx, selected = self._ctx, self._item.selected
        resolve: Any = selected.field.resolve  # all fields of a composed schema have one
        info = resolve_info(self._plan.outline, selected, self._variables, ctx)
        ctx.read_back = self._read_back if self._rows else None
        try:
            given = get_argument_values(selected.field, selected.nodes[0], self._variables)
            payload = await resolve(None, info, **given)
        except _NotRead:  # nothing was committed: graphql-core runs it, and reads its payload in its own way
            return None
        except Exception as error:  # noqa: BLE001  # graphql-core raises it again and tells it as it tells all
            ctx.outcomes[self._item.key] = error
            return None
        finally:
            ctx.read_back = None
        ctx.outcomes[self._item.key] = payload
        try:
            return self._written(payload)
        except (AttributeError, TypeError, ValueError):  # a value does not fit: graphql-core tells where
            return None

    async def _read_back(self, payload: Any) -> None:  # of the field's own type
        rows = {child.key: getattr(payload, child.selected.definition.python_name) for child in self._rows}
        if not any(row is not None for row in rows.values()):
            return
        statement = self._statement
        assert statement is not None  # made where there are rows
        values = dict(self._bound.values)
        for key, row in rows.items():
            values[f"row_{key}"] = None if row is None else getattr(row, key_of(type(row)))
        connection = await self._ctx.db.session.connection()
        assert connection.sync_connection is not None  # it is open
        places = connection.sync_connection.get_execution_options().get("schema_translate_map") or {}
        text = statement.text(places.get(None))
        try:
            found = (await connection.exec_driver_sql(text, tuple(statement.arguments(values)))).one()
        except DBAPIError as broken:
            cause = _cause(broken)
            if not is_of_statement(cause):
                raise
            self._plan.failed(statement, cause)
            raise _NotRead from broken
        texts = dict(zip(rows, found, strict=True))
        hidden = any(MARKER in text for text in texts.values())
        gone = any(texts[key] == NULL for key, row in rows.items() if row is not None)
        self._read = None if hidden or gone else texts

    def _written(self, payload: Any) -> dict[str, Any] | None:  # of the field's own type
        answer: dict[str, Any] = {}
        for child in self._item.children:
            if child.kind == "row":
                row = getattr(payload, child.selected.definition.python_name)
                if row is None and not child.selected.nullable:
                    raise TypeError(child.selected.where)
                read = (self._read or {}).get(child.key)
                if row is not None and read is None:
                    return None  # something in it is hidden, or no transaction was there to read it in
                answer[child.key] = None if read is None or row is None else orjson.Fragment(read)
            else:
                answer[child.key] = value_json(child, payload)
        return answer


def _cause(error: DBAPIError) -> BaseException:
    """Return what the driver itself raised, behind SQLAlchemy's wrappers."""
    found: BaseException = error
    while (inner := getattr(found, "orig", None) or found.__cause__) is not None:
        found = inner
    return found


def _build(plan: MutationPlan, bound: Bound, item: Item, dialect: str) -> Statement:
    builder = Builder(plan.outline, bound.parts, bound.seer, writer_for(dialect))
    columns: Sequence[Any] = [_column(builder, child) for child in item.children if child.kind == "row"]
    return compiled(select(*columns), dialect_of(dialect), bound.values)


def _column(builder: Builder, item: Item) -> ColumnElement[Any]:
    assert item.model is not None  # rows are of a table
    frame = Frame(item.model, builder.names, builder.seer, beyond=True)
    text = joined(builder.object(frame, item.children))
    key = frame.inner(key_of(item.model))
    same = key == bindparam(f"row_{item.key}", None, type_=key.type)
    return or_else(scalar(frame.select_from(select(text)).where(same)), NULL)

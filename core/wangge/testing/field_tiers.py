"""Which tier each field of a plugin falls to, and why: what the conformance suite reports to vendors."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    OperationDefinitionNode,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
    parse,
)
from graphql.execution.values import get_variable_values
from sqlalchemy import select

from wangge._host.compose import ComposedSchema
from wangge._host.compose.names import CONVERTER, names_of
from wangge._host.plans.explain import remedy_for
from wangge._host.plans.frames import Frame
from wangge._host.plans.objects import Builder
from wangge._host.plans.outline import Item, Outline
from wangge._host.plans.payloads import plan_mutation
from wangge._host.plans.plan import Bound, Plan
from wangge._host.plans.selection import DEFINITION, NotPlanned, Reader, Selected
from wangge._host.plans.slots import Asked, Unbound
from wangge._host.plans.statements import Statement, compiled, dialect_of
from wangge._host.plans.values import joined, writer_for
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import DistrictRuntime
from wangge.auth.principal import Principal
from wangge.context import RequestContext
from wangge.db.base import Model
from wangge.graphql.connections import Connection
from wangge.graphql.types import Payload, table_of

_CONNECTION = """{ totalCount edges { cursor node { __typename } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"""
_MEANT_FOR_SQL = frozenset({"masked", "connection", "related", "related_one", "related_list", "by_id"})
_NO_ROW = UUID(int=0)
UNTRIED = "No made-up arguments fit: its statement was not run."


@dataclass(frozen=True)
class FieldTier:
    """How selections with one field are served.

    Attributes:
        field: `Type.field`, or `Type` for all fields of a type that stands on no table.
        tier: 1 SQL, 2 SQL and Python for this value, 3 graphql-core.
        why: what keeps it from a lower tier.
        remedy: what its author can do about that.
        mistake: it is declared so that it should be SQL, and is not.
    """

    field: str
    tier: int
    why: str = ""
    remedy: str = ""
    mistake: bool = False


def report(found: Iterable[FieldTier]) -> str:
    """Return a table for people, the highest tiers first."""
    lines = ["tier  field"]
    for one in sorted(found, key=lambda one: (-one.tier, one.field)):
        lines.append(f"{one.tier:>4}  {one.field}{f': {one.why}' if one.why else ''}")
        lines += [f"      {one.remedy}"] if one.remedy else []
    return "\n".join(lines)


async def field_tiers(
    plugin: LoadedPlugin, district: DistrictRuntime, callers: Sequence[Principal]
) -> list[FieldTier]:
    """Return the tier of each field of a plugin's types, and of each it adds to roots and others' types.

    Each is asked alone, in a statement that is written and run on the district's database for every caller;
    rows need not be there.

    Args:
        plugin: enabled in the district.
        district: whose database and schema are used.
        callers: whose scopes are tried.
    """
    prober = _Prober(await district.schema(), district, callers)
    names = names_of(plugin)
    found: list[FieldTier] = []
    for name, origin in names.types.items():
        kind = prober.composed.schema.type_map.get(name)
        if not isinstance(kind, GraphQLObjectType) or issubclass(origin, Payload):
            continue
        if table_of(origin) is None:
            why = "stands on no table, so what leads to it is resolved in Python."
            found.append(FieldTier(name, 3, f"{name} {why}"))
            continue
        own = [CONVERTER.from_field(one) for one in origin.__strawberry_definition__.fields]
        found += [await prober.probe(kind, one) for one in own]
    for type_name, field_name in names.fields:
        kind = prober.composed.schema.type_map[type_name]
        assert isinstance(kind, GraphQLObjectType)  # roots and object types are extended, nothing else
        found.append(await prober.probe(kind, field_name))
    return found


class _Probe(Outline):
    """An outline of one field, whatever type it is of."""

    def item(self, selected: Selected) -> Item:
        """Return how the field is read."""
        return self._field(selected)


class _Prober:
    """Asks a district for single fields."""

    def __init__(
        self, composed: ComposedSchema, district: DistrictRuntime, callers: Sequence[Principal]
    ) -> None:
        self.composed = composed
        self._district = district
        self._callers = callers
        self._dialect = "sqlite" if district.record.place.is_sqlite else "postgresql"

    async def probe(self, kind: GraphQLObjectType, name: str) -> FieldTier:
        """Return the tier of a field."""
        question = _Question(self.composed, kind, name)
        try:
            plan, tried = question.plan()[0], True
            for caller in self._callers:
                tried = await self._try(question, caller) and tried
        except NotPlanned as refusal:
            return question.refused(str(refusal), mistake=question.meant_for_sql)
        except (asyncpg.PostgresError, sqlite3.Error) as refusal:
            return question.refused(
                f"{question.where}: the database refuses its SQL: {refusal}", mistake=True
            )
        except Exception as broken:  # noqa: BLE001  # whatever an SQL form raises is its author's to know
            why = f"{question.where}: its SQL cannot be written: {type(broken).__name__}: {broken}"
            return question.refused(why, mistake=True)
        if plan.tier == 1:
            return FieldTier(question.where, 1, "" if tried else UNTRIED)
        return FieldTier(question.where, 2, f"{question.where} is resolved in Python.", question.remedy)

    async def _try(self, question: "_Question", caller: Principal) -> bool:
        """Write and run a field's statement for a caller; say whether any made-up arguments fit."""
        async with self._district.context(caller) as ctx:

            async def context() -> RequestContext:
                """Return it for arguments that look something up."""
                return ctx  # type: ignore[no-any-return]  # contexts are opened untyped

            plan, item = question.plan()
            for values in question.values():
                variables = get_variable_values(
                    self.composed.schema, question.operation.variable_definitions or (), values
                )
                if isinstance(variables, list):
                    continue
                try:
                    asked = Asked(caller, variables, context, self._district.memory)
                    bound = await plan.bind(asked)
                except Unbound:
                    continue
                await self._run(question.statement(plan, item, bound, self._dialect), bound)
                return True
        return False

    async def _run(self, statement: Statement | None, bound: Bound) -> None:
        if statement is not None:
            place = self._district.record.place
            text = statement.text(None if place.is_sqlite else place.schema)
            arguments = statement.arguments(bound.values)
            await self._district.engines.fetch(text, arguments, ranges=statement.ranges)


class _Question:
    """A document that asks for one field, with variables for the arguments that it must have."""

    def __init__(self, composed: ComposedSchema, kind: GraphQLObjectType, name: str) -> None:
        self._composed = composed
        self._kind = kind
        self._name = name
        self._field: GraphQLField = kind.fields[name]
        self._root = kind.name if kind.name in {"Query", "Mutation"} else None
        self._given = {key: one for key, one in self._field.args.items() if is_required_argument(one)}
        document = parse(self._text())
        operation = document.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        self.operation = operation
        self._reader = Reader(composed.schema, document, operation, {})
        holder: Any = document.definitions[-1]  # the operation again, or a fragment
        node = holder.selection_set.selections[0]
        assert isinstance(node, FieldNode)
        assert self._root or isinstance(holder, FragmentDefinitionNode)
        self._selected = Selected(name, name, kind, self._field, (node,))

    @property
    def where(self) -> str:
        """The field's name."""
        return self._selected.where

    @property
    def remedy(self) -> str:
        """What would keep it in SQL."""
        return remedy_for(self._selected)

    @property
    def meant_for_sql(self) -> bool:
        """Whether it is declared in a way that should be SQL."""
        mark = self._selected.mark
        if mark is None:
            return False
        return mark.kind in _MEANT_FOR_SQL or (mark.options or {}).get("sql") is not None

    def refused(self, why: str, *, mistake: bool) -> FieldTier:
        """Return that graphql-core serves it."""
        remedy = self.remedy if not mistake or "no SQL form" in why else ""
        return FieldTier(self.where, 3, why[:1].upper() + why[1:], remedy, mistake)

    def plan(self) -> tuple[Plan, Item]:
        """Return the plan of the document, and the field's item in it."""
        if self._root == "Mutation":
            made: Plan = plan_mutation(self._composed, self._reader)
            return made, made.outline.items[0]
        outline = _Probe(self._composed, self._reader)
        item = outline.items[0] if self._root else outline.item(self._selected)
        return Plan(outline), item

    def statement(self, plan: Plan, item: Item, bound: Bound, dialect: str) -> Statement | None:
        """Return the statement of the bound document; None where a payload holds no row."""
        builder = Builder(plan.outline, bound.parts, bound.seer, writer_for(dialect))
        if self._root == "Query":
            written = builder.statement()
        elif self._root == "Mutation":
            rows = [child for child in item.children if child.kind == "row"]
            bound.values.update({f"row_{child.key}": None for child in rows})
            return plan.payload_statement(bound, item, dialect) if rows else None  # type: ignore[attr-defined]  # a mutation's plan
        else:
            frame = Frame(self._model, builder.names, bound.seer)
            written = frame.select_from(select(joined(builder.object(frame, [item]))))
        ranges = any(part.has_ranges for part in bound.parts)
        return compiled(written, dialect_of(dialect), bound.values, ranges=ranges)

    @property
    def _model(self) -> type[Model]:
        table = table_of(self._kind.extensions[DEFINITION].origin)
        if table is None:
            raise NotPlanned(f"{self._kind.name} stands on no table.")
        return table.model

    def values(self) -> Iterable[dict[str, Any]]:  # JSON
        """Yield values for the variables, with ids of one type after the other."""
        own = get_named_type(self._field.type).name
        for name in dict.fromkeys([own, *self._composed.nodes]):
            yield {key: _value(one.type, f"{name}_{_NO_ROW.hex}") for key, one in self._given.items()}
            if not self._given:
                return

    def _text(self) -> str:
        declared = ", ".join(f"${key}: {one.type}" for key, one in self._given.items())
        given = ", ".join(f"{key}: ${key}" for key in self._given)
        asked = f"{self._name}{f'({given})' if given else ''} {self._below(get_named_type(self._field.type))}"
        head = f"Probe({declared})" if declared else "Probe"
        if self._root == "Mutation":
            return f"mutation {head} {{ {asked} }}"
        if self._root == "Query":
            return f"query {head} {{ {asked} }}"
        return f"query {head} {{ __typename }} fragment Asked on {self._kind.name} {{ {asked} }}"

    def _below(self, kind: GraphQLNamedType) -> str:
        if is_leaf_type(kind):
            return ""
        definition = kind.extensions[DEFINITION]
        if definition.concrete_of is not None and definition.concrete_of.origin is Connection:
            return _CONNECTION
        if self._root == "Mutation" and isinstance(kind, GraphQLObjectType):
            leaves = [key for key, one in kind.fields.items() if is_leaf_type(get_named_type(one.type))]
            objects = [key for key in kind.fields if key not in leaves]
            return f"{{ {' '.join(leaves)} {' '.join(f'{key} {{ __typename }}' for key in objects)} }}"
        return "{ __typename }"


def _value(kind: Any, id: str) -> Any:  # any input type; JSON
    """Return some value of an input type."""
    if isinstance(kind, GraphQLNonNull):
        return _value(kind.of_type, id)
    if isinstance(kind, GraphQLList):
        return [_value(kind.of_type, id)]
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        needed = {key: one for key, one in kind.fields.items() if is_required_input_field(one)}
        return {key: _value(one.type, id) for key, one in needed.items()}
    plain: Mapping[str, Any] = {  # of the scalars
        "ID": id,
        "Int": 1,
        "Float": 1.0,
        "Boolean": True,
        "Date": "2026-11-22",
        "DateTime": "2026-11-22T09:30:00+08:00",
        "Decimal": "1.00",
    }
    return plain.get(kind.name, "x")

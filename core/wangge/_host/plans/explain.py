"""Tells how an operation is served: its tier, what keeps it from a lower one, and what callers need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    is_abstract_type,
)

from wangge._host.compose import ComposedSchema, needs_of
from wangge._host.databases import Place
from wangge._host.plans.outline import Item, Outline
from wangge._host.plans.payloads import MutationOutline, MutationPlan
from wangge._host.plans.plan import Plan
from wangge._host.plans.selection import DEFINITION, TYPENAME, NotPlanned, Reader, Selected
from wangge._host.plans.slots import Asked, Unbound
from wangge.auth.access import Access, public
from wangge.graphql.types import table_of

INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True)
class Reason:
    """What keeps an operation from a lower tier.

    Attributes:
        field: `Type.field`; empty where it is the operation itself, or the caller.
        tier: where it leads, 2 or 3.
        why: in a sentence.
        remedy: what the field's author can do about it; empty where nothing helps.
    """

    field: str
    tier: int
    why: str
    remedy: str = ""


@dataclass(frozen=True)
class Explained:
    """How an operation is served, whoever asks.

    Attributes:
        name: the operation's, if it has one.
        kind: `query`, `mutation` or `subscription`.
        reasons: those that lead to graphql-core first, each in the order of the document.
        signed_in: whether callers must be.
        permissions: what they need for everything selected.
        shown_with: permissions without which values are masked or null.
    """

    name: str | None
    kind: str
    reasons: tuple[Reason, ...]
    signed_in: bool
    permissions: tuple[str, ...]
    shown_with: tuple[str, ...] = ()

    @property
    def tier(self) -> int:
        """1 SQL, 2 SQL and Python for some values, 3 graphql-core."""
        return max((one.tier for one in self.reasons), default=1)


def explain(
    composed: ComposedSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    switches: Mapping[str, bool],
) -> Explained:
    """Return how an operation of a valid document is served; all fields are looked at, not just the first."""
    reader = Reader(composed.schema, document, operation, switches)
    needs: list[Access] = []
    try:
        if operation.operation is OperationType.SUBSCRIPTION:
            needs = [access for access in _needs(composed, reader) if access != public]
        outline = _survey(composed, reader)
        needs = [access for access in _needs(composed, reader) if access != public]
        found, shown_with = outline.all_reasons(), outline.unless
        introspects = any(one.name in INTROSPECTION for one in reader.root())
    except NotPlanned as refusal:
        found, shown_with, introspects = [Reason("", 3, _sentence(str(refusal)))], set(), False
    return Explained(
        operation.name.value if operation.name else None,
        operation.operation.value,
        tuple(sorted(dict.fromkeys(found), key=lambda one: -one.tier)),
        bool(needs) or introspects,
        tuple(sorted({access.permission for access in needs if access.permission is not None})),
        tuple(sorted(shown_with)),
    )


def _survey(composed: ComposedSchema, reader: Reader) -> "_Survey":
    match reader.operation.operation:
        case OperationType.QUERY:
            return _Survey(composed, reader)
        case OperationType.MUTATION:
            return _MutationSurvey(composed, reader)
    raise NotPlanned("subscriptions are served by graphql-core.")


class _Survey(Outline):
    """An outline that goes on after a field that cannot be compiled, and keeps the reason."""

    python_tier = 2

    def __init__(self, composed: ComposedSchema, reader: Reader) -> None:
        self.reasons: list[Reason] = []
        super().__init__(composed, reader)
        for item in self.items:
            if item.kind == "node":
                for name in composed.nodes:  # which one it is, only an id tells
                    self.node(item, name)

    def all_reasons(self) -> list[Reason]:
        """Return why the operation is in no lower tier: refused fields, then those that Python resolves."""
        python = [
            Reason(where, self.python_tier, f"{where} is resolved in Python.", remedy_for(one.selected))
            for one in self.python
            for where in (one.selected.where,)
        ]
        return [*self.reasons, *python]

    def _root(self, selected: Selected) -> Item:
        if selected.name in INTROSPECTION:
            self.reasons.append(Reason(selected.where, 3, "Introspection is served by graphql-core."))
            return _left_out(selected)
        try:
            return super()._root(selected)
        except NotPlanned as refusal:
            return self._leave_out(selected, refusal)

    def _field(self, selected: Selected) -> Item:
        try:
            return super()._field(selected)
        except NotPlanned as refusal:
            return self._leave_out(selected, refusal)

    def _leave_out(self, selected: Selected, refusal: NotPlanned) -> Item:
        self.reasons.append(Reason(selected.where, 3, _sentence(str(refusal)), remedy_for(selected)))
        return _left_out(selected)


class _MutationSurvey(_Survey, MutationOutline):
    """The same for mutations, which have no second tier."""

    python_tier = 3

    def _of_payload(self, selected: Selected) -> Item:
        try:
            return super()._of_payload(selected)
        except NotPlanned as refusal:
            return self._leave_out(selected, refusal)


def _left_out(selected: Selected) -> Item:
    return Item(selected, "typename")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def remedy_for(selected: Selected) -> str:
    """Return what would keep a field in SQL that is not, or nothing."""
    mark = selected.mark
    if mark is None:
        return "Declare it with `column`, `related`, `connection` or `field(…, sql=…)`."
    options = mark.options or {}
    if mark.kind == "masked" and options.get("sql") is None:
        return "Give `masked` the mask as SQL: `sql=`."
    if mark.kind in {"connection", "related", "related_one", "related_list", "by_id"}:
        return "Let it lead to a `table_type`."
    if mark.kind == "mutation":
        return "Let the payload hold rows, one to a field, and plain values."
    if mark.kind != "resolver":
        return ""
    declared = "query" if selected.parent.name == "Query" else "field"
    if not hasattr(selected.type, "fields"):
        return f"Give `{declared}` the value as SQL over the row's columns: `sql=`."
    origin = getattr(selected.type.extensions.get(DEFINITION), "origin", None)
    if origin is None or table_of(origin) is None:
        return f"{selected.type.name} stands on no table: ask for it in an operation of its own."
    return f"Give `{declared}` the rows it leads to: `sql=Rows(…)`."


def _needs(composed: ComposedSchema, reader: Reader) -> Iterator[Access]:
    """Yield what the selected fields need, those below interfaces for each type that may stand there."""
    waiting = reader.root()
    while waiting:
        selected = waiting.pop()
        yield from needs_of(selected.field)
        kind = selected.type
        if isinstance(kind, GraphQLObjectType):
            waiting += reader.below(selected, kind)
        elif is_abstract_type(kind):
            for one in reader.schema.get_possible_types(kind):
                below = reader.below(selected, one)
                shared = {TYPENAME, *getattr(kind, "fields", ())}
                if one.name in composed.nodes and any(child.name not in shared for child in below):
                    yield composed.nodes[one.name][1]
                waiting += below


@dataclass(frozen=True)
class Shown:
    """A statement to look at.

    Attributes:
        field: the mutation whose payload it reads; empty for a query, which is one statement.
        text: as the district's database gets it.
        parameters: their names, in the driver's order; values are never shown.
        ranges: whether PostgreSQL plans it anew for each value.
    """

    field: str
    text: str
    parameters: tuple[str, ...]
    ranges: bool


async def statements_for(plan: Plan, asked: Asked, place: Place) -> list[Shown]:
    """Return the statements of a plan for a caller and the arguments of a request.

    Raises:
        NotPlanned: when graphql-core answers; the text says why.
    """
    missing = sorted(one for one in plan.outline.permissions if not asked.principal.may(one))
    if missing:
        raise NotPlanned(f"the caller lacks {', '.join(missing)}: graphql-core refuses.")
    if plan.outline.signed_in and not asked.principal.signed_in:
        raise NotPlanned("the caller is not signed in: graphql-core refuses.")
    try:
        bound = await plan.bind(asked)
    except Unbound as error:
        raise NotPlanned(f"the arguments cannot be used: {error.__cause__ or 'they need more'}") from error
    dialect, schema = ("sqlite", None) if place.is_sqlite else ("postgresql", place.schema)
    if isinstance(plan, MutationPlan):
        reading = [item for item in plan.outline.items if any(one.kind == "row" for one in item.children)]
        made = [(item.key, plan.payload_statement(bound, item, dialect)) for item in reading]
    else:
        made = [("", plan.statement(bound, dialect))]
    return [Shown(key, one.text(schema), one.names, one.ranges) for key, one in made]

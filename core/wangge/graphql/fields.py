"""Fields of table-backed types: columns, money, masked values, relations, and fields with resolvers."""

import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, TypeVar, get_args, get_origin

import strawberry
from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute
from strawberry.extensions import FieldExtension
from strawberry.types.base import StrawberryContainer, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from wangge.auth.access import Access
from wangge.context import Info
from wangge.db.base import Model
from wangge.errors import NotVisible, PluginError
from wangge.graphql.directives import access_directive
from wangge.graphql.ids import decode_id
from wangge.graphql.marks import MARK, FieldMark, Mask
from wangge.graphql.sqlforms import Expression, Rows
from wangge.graphql.types import table_of

F = TypeVar("F", bound=Callable[..., Any])
_ABSENT = object()


def _make(mark: FieldMark, description: str, **options: Any) -> Any:  # Strawberry's own options
    """Return a Strawberry field with the platform's mark and its access shown."""
    directives = [access_directive(mark.access)] if mark.access else []
    return strawberry.field(description=description, directives=directives, metadata={MARK: mark}, **options)


def column(
    description: str,
    *,
    source: str | None = None,
    access: Access | None = None,
    within_scope: bool = False,
    unless: str | None = None,
    default: Any = _ABSENT,
    default_factory: Any = _ABSENT,
    name: str | None = None,
) -> Any:  # a dataclass field of whatever type is annotated
    """Declare a field that shows an attribute of the row, or of the value object.

    Args:
        description: English, with the Chinese term.
        source: the mapped attribute, where it is not called as the field is.
        access: what the caller needs beyond the type's own access.
        within_scope: answer null for rows outside the caller's scope (reached by a published relation).
        unless: answer null without this permission, and outside the scope; people see their own.
        default: for value objects and payloads.
        default_factory: for value objects and payloads.
        name: another GraphQL name.
    """
    options: dict[str, Any] = {"name": name}
    if default is not _ABSENT:
        options["default"] = default
    if default_factory is not _ABSENT:
        options["default_factory"] = default_factory
    mark = FieldMark("column", access, source, {"within_scope": within_scope, "unless": unless})
    if source is not None or within_scope or unless is not None:
        options["resolver"] = _column_resolver(source, within_scope, unless)
    return _make(mark, description, **options)


def _column_resolver(source: str | None, within_scope: bool, unless: str | None) -> Callable[..., Any]:
    def resolve(root: Any, info: Info) -> Any:  # the annotated field decides the type
        if within_scope and not info.context.principal.scope.contains(root):
            return None
        if unless is not None and not info.context.may_read(root, unless):
            return None
        return getattr(root, source or info.python_name)

    return resolve


def money(source: str, description: str, *, access: Access | None = None) -> Any:  # a Decimal field
    """Declare an amount in yuan (a decimal string such as "12.50") over a column of integer fen."""

    def resolve(root: Any) -> Any:  # Decimal, or None where the column is null
        fen = getattr(root, source)
        return None if fen is None else Decimal(fen).scaleb(-2)

    return _make(FieldMark("money", access, source), description, resolver=resolve)


def masked(
    source: str,
    *,
    unless: str,
    mask: Mask,
    description: str,
    access: Access | None = None,
    sql: Expression | None = None,
) -> Any:  # a str field
    """Declare text that is masked unless the caller holds a permission and the row lies in their scope.

    A person's own row is shown to them in full.

    Args:
        source: the mapped attribute.
        unless: the permission that shows the value.
        mask: turns a value into its masked form.
        description: says what is masked and for whom.
        access: what the caller needs to ask at all.
        sql: the mask as SQL over the column; without it, selections of the field are no SQL plan.
    """

    def resolve(root: Any, info: Info) -> Any:  # str, or None where the column is null
        value = getattr(root, source)
        return value if value is None or info.context.may_read(root, unless) else mask(value)

    return _make(
        FieldMark("masked", access, source, {"unless": unless, "mask": mask, "sql": sql}),
        description,
        resolver=resolve,
    )


def related(
    source: str,
    description: str,
    *,
    published: bool = False,
    within_scope: bool = False,
    access: Access | None = None,
) -> Any:  # an object or None
    """Declare the row that a foreign key points to; one statement for all rows of a page.

    Args:
        source: attribute that holds the key.
        description: of the relation.
        published: the row may lie outside the caller's scope (a published duty); its personal columns
            are then masked or null.
        within_scope: answer null for rows outside the caller's scope (reached by a published relation).
        access: what the caller needs beyond the type's own access.
    """
    mark = FieldMark("related", access, source, {"published": published, "within_scope": within_scope})
    extension = _Related(source, published, within_scope)
    return _make(mark, description, resolver=_nothing, extensions=[extension])


def _nothing(root: Any) -> None:
    """Stand in for a resolver; the field's extension answers."""


class _Related(FieldExtension):
    """Loads the row behind a foreign key in a batch."""

    def __init__(self, source: str, published: bool, within_scope: bool) -> None:
        self._source = source
        self._published = published
        self._within_scope = within_scope
        self._model: type[Model] | None = None
        self._optional = True

    def apply(self, field: StrawberryField) -> None:
        """Nothing to change; the field's type is read on first use, when all types are known."""

    async def resolve_async(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        """Return the row, or raise where one that must be there is hidden."""
        if self._model is None:
            self._optional = isinstance(info._field.type, StrawberryOptional)
            self._model = model_of(info._field)
        if self._within_scope and not info.context.principal.scope.contains(source):
            return None
        key = getattr(source, self._source)
        row = await info.context.loaders.by_id(self._model, key, published=self._published)
        if row is None and not self._optional:
            raise NotVisible()
        return row


def related_list(
    key: InstrumentedAttribute[Any],
    description: str,
    *,
    order_by: ColumnElement[Any] | InstrumentedAttribute[Any] | None = None,
    of: str = "id",
    access: Access | None = None,
) -> Any:  # a list of objects
    """Declare the rows whose `key` holds this row's id: a list that is short by its nature.

    Args:
        key: the foreign key on the other table.
        description: of the relation.
        order_by: the stated order; the id decides ties.
        of: this row's attribute that the key points to.
        access: what the caller needs beyond the type's own access.
    """
    order: tuple[Any, ...] = () if order_by is None else (order_by,)

    async def resolve(root: Any, info: Info) -> Any:  # rows of the key's table
        return await info.context.loaders.by_key(key, getattr(root, of), order)

    mark = FieldMark("related_list", access, of, {"key": key, "order_by": order})
    return _make(mark, description, resolver=resolve)


def related_one(
    key: InstrumentedAttribute[Any], description: str, *, of: str = "id", access: Access | None = None
) -> Any:  # an object or None
    """Declare the one row whose `key` holds this row's id, or null: the other side of a unique key.

    Args:
        key: the foreign key on the other table; where several rows hold it, the first by id counts.
        description: of the relation.
        of: this row's attribute that the key points to.
        access: what the caller needs beyond the type's own access.
    """

    async def resolve(root: Any, info: Info) -> Any:  # a row of the key's table, or None
        return next(iter(await info.context.loaders.by_key(key, getattr(root, of))), None)

    mark = FieldMark("related_one", access, of, {"key": key})
    return _make(mark, description, resolver=resolve)


def field(
    *,
    description: str,
    access: Access | None = None,
    name: str | None = None,
    sql: Expression | Rows | None = None,
) -> Callable[[F], Any]:
    """Declare a computed field with a Python resolver.

    On a type that the plugin does not own, the field must be nullable and state its access.

    Args:
        description: English, with the Chinese term.
        access: what the caller needs beyond the type's own access.
        name: another GraphQL name.
        sql: the same value as SQL: an expression over the row's columns, or the `Rows` it leads to. Without
            it the field is resolved in Python, row by row. The two must agree; tests compare them.
    """
    directives = [access_directive(access)] if access else []

    def decorate(resolver: F) -> Any:  # a Strawberry field
        mark = FieldMark("resolver", access, None, {"sql": sql})
        return strawberry.field(
            resolver=resolver,
            description=description,
            name=name,
            directives=directives,
            metadata={MARK: mark},
        )

    return decorate


def query(
    *, description: str, access: Access, name: str | None = None, sql: Rows | None = None
) -> Callable[[F], Any]:
    """Declare a root query field with a Python resolver; `sql` as for `field`."""
    return field(description=description, access=access, name=name, sql=sql)


def by_id(model: type[Model], description: str, *, access: Access) -> Any:  # an object or None
    """Declare a root field `name(id: ID!)` that finds one row within the caller's scope."""
    mark = FieldMark("by_id", access, None, {"model": model})
    return _make(mark, description, resolver=_by_id, extensions=[_ById(model)])


def _by_id(id: Annotated[strawberry.ID, strawberry.argument(description="The object's id.")]) -> None:
    """Stand in for a resolver; the field's extension answers."""


class _ById(FieldExtension):
    """Finds one row by its GraphQL id."""

    def __init__(self, model: type[Model]) -> None:
        self._model = model

    async def resolve_async(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        """Return the row, or None where there is none within the scope."""
        key = decode_id(node_type_of(info._field), kwargs["id"], ("id",))
        return await info.context.loaders.by_id(self._model, key)


def argument(
    description: str, *, default: Any = _ABSENT, name: str | None = None
) -> Any:  # depends on its place
    """Describe a field of an input: `name: str = argument("…")`, optional with `default=None`.

    For arguments of resolvers write `Annotated[str, strawberry.argument(description="…")]`, or `described`.
    """
    options: dict[str, Any] = {} if default is _ABSENT else {"default": default}
    return strawberry.field(description=description, name=name, **options)


def described(description: str, name: str | None = None) -> Any:  # Strawberry's own marker
    """Describe an argument of a resolver: `code: Annotated[str, described("The code.")]`."""
    return strawberry.argument(description=description, name=name)


def node_type_of(field: StrawberryField) -> type:
    """Return the object type a field leads to, through lists, nulls and connections."""
    found: Any = field.type
    while True:
        if isinstance(found, StrawberryContainer):
            found = found.of_type
        elif isinstance(found, LazyType):
            found = found.resolve_type()
        elif get_origin(found) is Annotated:
            found = get_args(found)[0]
        else:
            break
    definition = getattr(found, "__strawberry_definition__", None)
    if definition is not None and definition.type_var_map:
        inner: Any = next(iter(definition.type_var_map.values()))
        return inner.resolve_type() if isinstance(inner, LazyType) else inner
    if not inspect.isclass(found):
        raise PluginError(f"The field {field.python_name} does not lead to an object type.")
    return found


def model_of(field: StrawberryField) -> type[Model]:
    """Return the table behind the object type a field leads to.

    Raises:
        PluginError: when that type is not table-backed.
    """
    info = table_of(node_type_of(field))
    if info is None:
        raise PluginError(f"The field {field.python_name} leads to a type that stands on no table.")
    return info.model

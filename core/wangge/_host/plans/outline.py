"""The outline of an operation: which fields it selects and how each is read, found once per document."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLObjectType, is_leaf_type
from strawberry.types.base import StrawberryObjectDefinition

from wangge._host.compose import ComposedSchema, needs_of
from wangge._host.fences.fields import fenced_by
from wangge._host.plans.selection import DEFINITION, TYPENAME, NotPlanned, Reader, Selected
from wangge._host.plans.slots import FirstSlot, IdSlot, NodeSlot, PageSlot, Slot
from wangge.db.base import Model
from wangge.graphql.sqlforms import Rows


@dataclass
class Item:
    """A selected field, how it is read, and what is selected below it.

    Attributes:
        selected: the field.
        kind: as in the field's mark, or `typename`, `edges`, `node_of_edge`, `page_info`, `total_count`,
            `cursor`, `info` within connections, `rows` and `value` for resolvers with an SQL form, `python`.
        model: the table below, where there is one.
        slot: number of the slot that binds the field's arguments.
        children: what is selected below; by type name where the type is only known from an id.
    """

    selected: Selected
    kind: str
    model: type[Model] | None = None
    slot: int | None = None
    children: list["Item"] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)  # the mark's

    @property
    def key(self) -> str:
        """Under which it stands in the answer."""
        return self.selected.key


class Outline:
    """The fields of an operation as items, with the slots of their arguments and what callers need.

    Attributes:
        slots: arguments that requests bind.
        signed_in: whether the caller must be signed in.
        permissions: what the caller needs for everything selected.
        unless: permissions on which values depend, masked or null without them.
        python: fields that are resolved in Python.
        plugins: programmes whose code stands behind fields.
    """

    def __init__(self, composed: ComposedSchema, reader: Reader) -> None:
        self.composed = composed
        self.reader = reader
        self.slots: list[Slot] = []
        self.signed_in = False
        self.permissions: set[str] = set()
        self.unless: set[str] = set()
        self.python: list[Item] = []
        self.plugins: set[str] = set()
        self.nodes: dict[tuple[int, str], tuple[list[Item], frozenset[str]]] = {}
        self.items = [self._root(one) for one in reader.root()]

    def node(self, item: Item, type_name: str) -> tuple[list[Item], frozenset[str]]:
        """Return what is selected of a `node` field that turns out to be of a type, and what that needs."""
        assert item.slot is not None  # node fields have one
        known = self.nodes.get((item.slot, type_name))
        if known is None:
            kind = self.reader.schema.type_map[type_name]
            assert isinstance(kind, GraphQLObjectType)  # nodes are
            before, self.permissions = self.permissions, set()
            try:
                children = self._objects(item.selected, kind)
                known = children, frozenset(self.permissions)
            finally:
                self.permissions = before
            self.nodes[item.slot, type_name] = known
        return known

    def _root(self, selected: Selected) -> Item:
        if selected.name == TYPENAME:
            return Item(selected, "typename")
        mark = self._note_needs(selected)
        if mark.kind == "by_id":
            item = Item(selected, "by_id", self._model(selected))
            item.slot = self._slot(IdSlot(len(self.slots), selected, self.composed))
        elif mark.kind == "node":
            slot = NodeSlot(len(self.slots), selected, self.composed)
            return Item(selected, "node", slot=self._slot(slot))
        elif mark.kind == "connection":
            return self._connection(selected)
        elif mark.kind == "resolver" and isinstance((mark.options or {}).get("sql"), Rows):
            item = self._rows(selected, (mark.options or {})["sql"], None)
        else:
            raise NotPlanned(f"{selected.where} is resolved in Python.")
        item.children = self._objects(selected)
        return item

    def _slot(self, slot: Slot) -> int:
        self.slots.append(slot)
        return len(self.slots) - 1

    def _note_needs(self, selected: Selected) -> Any:  # the mark, which differs per kind
        for access in needs_of(selected.field):
            self.signed_in = True
            if access.permission is not None:
                self.permissions.add(access.permission)
        owner = fenced_by(selected.field)
        if owner is not None:
            self.plugins.add(owner)
        mark = selected.mark
        if mark is None:
            raise NotPlanned(f"{selected.where} is an ordinary Strawberry field.")
        return mark

    def _model(self, selected: Selected) -> type[Model]:
        definition = selected.type.extensions.get(DEFINITION)
        if isinstance(definition, StrawberryObjectDefinition):
            table = getattr(definition.origin, "__wangge_table__", None)
            if table is not None:
                model: type[Model] = table.model
                return model
        raise NotPlanned(f"{selected.where} leads to a type that stands on no table.")

    def _objects(self, selected: Selected, kind: GraphQLObjectType | None = None) -> list[Item]:
        if kind is None:
            found = selected.type
            if not isinstance(found, GraphQLObjectType):
                raise NotPlanned(f"{selected.where} leads to the interface {found.name}.")
            kind = found
        return [self._field(one) for one in self.reader.below(selected, kind)]

    def _field(self, selected: Selected) -> Item:
        if selected.name == TYPENAME:
            return Item(selected, "typename")
        mark = self._note_needs(selected)
        options = mark.options or {}
        if mark.kind in {"id", "column", "money", "masked"}:
            if mark.kind == "masked" and options["sql"] is None:
                raise NotPlanned(f"the mask of {selected.where} has no SQL form.")
            source = mark.source or selected.definition.python_name
            if options.get("unless"):
                self.unless.add(options["unless"])
            return Item(selected, mark.kind, options={**options, "source": source})
        if mark.kind == "connection":
            return self._connection(selected)
        if mark.kind in {"related", "related_one", "related_list"}:
            item = Item(selected, mark.kind, self._model(selected), options={**options, "of": mark.source})
            item.children = self._objects(selected)
            return item
        if mark.kind == "resolver":
            return self._resolver(selected, options.get("sql"))
        raise NotPlanned(f"{selected.where} is a {mark.kind} field.")

    def _resolver(self, selected: Selected, form: Any) -> Item:  # an SQL form, or None
        if isinstance(form, Rows):
            owner = selected.parent.extensions[DEFINITION].origin.__wangge_table__.model
            item = self._rows(selected, form, owner)
            item.children = self._objects(selected)
            return item
        if form is not None:
            return Item(selected, "value", options={"sql": form})
        item = Item(selected, "python")
        if not is_leaf_type(selected.type):
            item.children = self._values(selected)
        self.python.append(item)
        return item

    def _values(self, selected: Selected) -> list[Item]:
        """Return the fields of a value object that a resolver makes, such as the figures of a grid."""
        kind = selected.type
        if not isinstance(kind, GraphQLObjectType) or _stands_on_table(kind):
            raise NotPlanned(f"{selected.where} is resolved in Python and leads to objects.")
        return [self.value(one) for one in self.reader.below(selected, kind)]

    def value(self, selected: Selected) -> Item:
        """Return a field of a value object: a leaf, or another such object, which Python writes."""
        if selected.name == TYPENAME:
            return Item(selected, "typename")
        self._note_type(selected)
        if selected.definition.base_resolver is not None:
            raise NotPlanned(f"{selected.where} is resolved in Python.")
        if is_leaf_type(selected.type):
            return Item(selected, "leaf")
        kind = selected.type
        if not isinstance(kind, GraphQLObjectType):
            raise NotPlanned(f"{selected.where} leads to the interface {kind.name}.")
        below = [self.value(one) for one in self.reader.below(selected, kind)]
        return Item(selected, "plain", children=below)

    def _rows(self, selected: Selected, form: Rows, owner: type[Model] | None) -> Item:
        slot = FirstSlot(len(self.slots), selected, self.composed, form, owner)
        kind = "first" if form.first else "rows"
        return Item(selected, kind, form.model, self._slot(slot), options={"sql": form})

    def _connection(self, selected: Selected) -> Item:
        mark = self._note_needs(selected)
        kind = selected.type
        assert isinstance(kind, GraphQLObjectType)  # Connection[…]
        below = self.reader.below(selected, kind)
        node = kind.extensions[DEFINITION].type_var_map
        origin = next(iter(node.values()))
        origin = origin.resolve_type() if hasattr(origin, "resolve_type") else origin
        table = getattr(origin, "__wangge_table__", None)
        if table is None:
            raise NotPlanned(f"{selected.where} lists objects that stand on no table.")
        slot = self._slot(PageSlot(len(self.slots), selected, self.composed, table.model))
        item = Item(selected, "connection", table.model, slot, options=mark.options)
        item.children = [self._part(one) for one in below]
        return item

    def _part(self, selected: Selected) -> Item:
        """Return a field of a connection."""
        kinds = {
            "edges": "edges",
            "pageInfo": "page_info",
            "totalCount": "total_count",
            TYPENAME: "typename",
        }
        item = Item(selected, kinds[selected.name])
        if item.kind == "edges":
            item.children = [self._edge(one) for one in self._plain(selected)]
        elif item.kind == "page_info":
            item.children = [
                Item(one, "typename" if one.name == TYPENAME else "info") for one in self._plain(selected)
            ]
        return item

    def _edge(self, selected: Selected) -> Item:
        if selected.name == TYPENAME:
            return Item(selected, "typename")
        if selected.name == "cursor":
            return Item(selected, "cursor")
        self._note_type(selected)
        return Item(selected, "node_of_edge", children=self._objects(selected))

    def _note_type(self, selected: Selected) -> None:
        for access in needs_of(selected.field):
            self.signed_in = True
            if access.permission is not None:
                self.permissions.add(access.permission)

    def _plain(self, selected: Selected) -> Sequence[Selected]:
        kind = selected.type
        assert isinstance(kind, GraphQLObjectType)  # edges and page infos are
        return self.reader.below(selected, kind)


def _stands_on_table(kind: GraphQLObjectType) -> bool:
    definition = kind.extensions.get(DEFINITION)
    return getattr(getattr(definition, "origin", None), "__wangge_table__", None) is not None

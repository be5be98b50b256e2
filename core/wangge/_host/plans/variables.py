"""Variables of an operation, coerced without graphql-core's walk where they are plain scalars."""

from typing import Any, Final

from graphql import GraphQLNonNull, GraphQLSchema, OperationDefinitionNode, Undefined, VariableValues
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValueSource, get_variable_values

_PLAIN: Final[dict[str, type]] = {"ID": str, "String": str, "Boolean": bool, "Int": int}
_LARGEST = 2**31


class Variables:
    """The variables that one operation declares."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        self._plain: list[tuple[GraphQLVariableSignature, type, bool]] | None = []
        for definition in self._definitions:
            signature = get_variable_signature(schema, definition)
            assert isinstance(signature, GraphQLVariableSignature)  # validation has passed
            kind: Any = signature.type
            required = isinstance(kind, GraphQLNonNull)
            named = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
            plain = _PLAIN.get(getattr(named, "name", ""))
            if plain is None or definition.default_value is not None:
                self._plain = None
                return
            self._plain.append((signature, plain, required))

    def coerce(self, given: dict[str, Any] | None) -> VariableValues | None:
        """Return the values of a request, or None where one does not fit."""
        inputs = given or {}
        if self._plain is not None:
            found = self._quickly(inputs)
            if found is not None:
                return found
        values = get_variable_values(self._schema, self._definitions, inputs)
        return None if isinstance(values, list) else values

    def _quickly(self, inputs: dict[str, Any]) -> VariableValues | None:
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        assert self._plain is not None  # asked before
        for signature, kind, required in self._plain:
            value: Any = inputs.get(signature.name, Undefined)
            if value is Undefined:
                if required:
                    return None
                sources[signature.name] = VariableValueSource(signature)
                continue
            if value is None:
                if required:
                    return None
            elif type(value) is not kind or (type(value) is int and not -_LARGEST <= value < _LARGEST):
                return None
            sources[signature.name] = VariableValueSource(signature, value)
            coerced[signature.name] = value
        return VariableValues(sources, coerced)

"""Finds what frontends would meet without a description."""

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
    is_specified_scalar_type,
)

from wangge.errors import PluginError


def check_descriptions(schema: GraphQLSchema) -> None:
    """Rule 5: every type, field, argument and enum member is described.

    Raises:
        PluginError: naming the first that is not.
    """
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        _described(kind.description or name in {"Query", "Mutation", "Subscription"}, name)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, one in kind.fields.items():
                _described(one.description, f"{name}.{field_name}")
                for argument_name, argument in one.args.items():
                    _described(argument.description, f"{name}.{field_name}({argument_name}:)")
        elif isinstance(kind, GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                _described(field.description, f"{name}.{field_name}")
        elif isinstance(kind, GraphQLEnumType):
            for member, value in kind.values.items():
                _described(value.description, f"{name}.{member}")


def _described(text: object, what: str) -> None:
    if not text:
        raise PluginError(f"{what} has no description: every name that frontends meet needs one.")
